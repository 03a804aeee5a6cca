# Every account of an organisation, present and future: the reader role as a service-managed CloudFormation StackSet.
# StackSets leave out the management account; where ctq reads that too, use the reader module there.

locals {
  policies = "${path.module}/../../policies"

  # In whose name `ctq doctor` tries the role: nobody's of any workspace.
  doctor = "T0DOCTOR.ctq-doctor"

  trust = replace(
    replace(file("${local.policies}/reader-trust.json"), "arn:aws:iam::111122223333:role/ctq-worker", var.worker_role_arn),
    "\"T*.*\"", jsonencode(["${var.slack_team_id}.*", local.doctor]),
  )

  template = {
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "ctq's reader role: CloudTrail's event history and the list of enabled Regions"
    Resources = {
      Reader = {
        Type = "AWS::IAM::Role"
        Properties = {
          RoleName                 = var.name
          AssumeRolePolicyDocument = jsondecode(local.trust)
          Policies = [{
            PolicyName     = "read-event-history"
            PolicyDocument = jsondecode(file("${local.policies}/reader.json"))
          }]
        }
      }
    }
  }
}

resource "aws_cloudformation_stack_set" "reader" {
  name             = "ctq-reader"
  description      = local.template.Description
  permission_model = "SERVICE_MANAGED"
  call_as          = var.call_as
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  template_body    = jsonencode(local.template)
  tags             = var.tags

  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  lifecycle {
    # Set by AWS for service-managed stack sets; without this every plan would show a change.
    ignore_changes = [administration_role_arn]
  }
}

# IAM is global: one Region an account, that of the provider.
resource "aws_cloudformation_stack_set_instance" "reader" {
  stack_set_name = aws_cloudformation_stack_set.reader.name
  call_as        = var.call_as

  deployment_targets {
    organizational_unit_ids = var.organizational_unit_ids
  }

  operation_preferences {
    failure_tolerance_percentage = 10
    max_concurrent_percentage    = 25
  }
}
