# One account that ctq reads: a role that only ctq's workers can become, and only in somebody's name.

locals {
  policies = "${path.module}/../../policies"

  # In whose name `ctq doctor` tries the role: nobody's of any workspace.
  doctor = "T0DOCTOR.ctq-doctor"

  # The policy names an example worker and any Slack workspace; here are yours.
  trust = replace(
    replace(file("${local.policies}/reader-trust.json"), "arn:aws:iam::111122223333:role/ctq-worker", var.worker_role_arn),
    "\"T*.*\"", jsonencode(["${var.slack_team_id}.*", local.doctor]),
  )
}

resource "aws_iam_role" "reader" {
  name                 = var.name
  description          = "ctq reads CloudTrail's event history and the list of enabled Regions"
  assume_role_policy   = local.trust
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "reader" {
  name   = "read-event-history"
  role   = aws_iam_role.reader.id
  policy = file("${local.policies}/reader.json")
}
