output "stack_set_id" {
  description = "The stack set, to look up how far its roll-out is."
  value       = aws_cloudformation_stack_set.reader.stack_set_id
}
