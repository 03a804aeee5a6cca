output "reader_role_arn" {
  description = "The role that ctq's workers become in this account."
  value       = aws_iam_role.reader.arn
}
