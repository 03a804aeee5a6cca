# The account that ctq itself runs in: the role of its workers and the role of its bot.
# What they may do is in ../../policies: the JSON that `ctq iam` prints, also for those who do not use Terraform.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  policies = "${path.module}/../../policies"

  # With `inventory: { from: organizations }` in ctq.yml, both processes list the organisation's accounts.
  worker_file = var.list_organization ? "worker-organizations.json" : "worker.json"
  bot_file    = var.list_organization ? "bot-organizations.json" : "bot.json"

  # The policies name the commercial partition and the usual role; here are yours.
  worker_policy = replace(
    replace(file("${local.policies}/${local.worker_file}"), "role/ctq-reader", "role/${var.reader_role}"),
    "arn:aws:", "arn:${data.aws_partition.current.partition}:",
  )

  # Tasks of ECS in this account, where nothing else is said.
  ecs_trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role" "worker" {
  name                 = var.worker_role
  description          = "ctq's workers: become the reader role of each account, and nothing else"
  assume_role_policy   = coalesce(var.worker_trust, local.ecs_trust)
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "worker" {
  name   = "read-through-readers"
  role   = aws_iam_role.worker.id
  policy = local.worker_policy
}

resource "aws_iam_role" "bot" {
  name                 = var.bot_role
  description          = "ctq's bot: finds the account of an access key; it cannot read CloudTrail"
  assume_role_policy   = coalesce(var.bot_trust, local.ecs_trust)
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "bot" {
  name   = "find-accounts"
  role   = aws_iam_role.bot.id
  policy = file("${local.policies}/${local.bot_file}")
}
