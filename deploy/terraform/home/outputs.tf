output "worker_role_arn" {
  description = "For the reader modules: whom the reader roles trust."
  value       = aws_iam_role.worker.arn
}

output "bot_role_arn" {
  description = "The role that the bot runs as."
  value       = aws_iam_role.bot.arn
}
