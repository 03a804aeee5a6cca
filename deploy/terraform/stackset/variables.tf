variable "worker_role_arn" {
  description = "ARN of the worker's role: worker_role_arn of the home module."
  type        = string
}

variable "organizational_unit_ids" {
  description = "Organisational units whose accounts get the role (ou-… or, for all, the root r-…)."
  type        = list(string)
}

variable "slack_team_id" {
  description = "Your Slack workspace (T0EXAMPLE): sessions in the name of anybody else are refused. T* takes every workspace."
  type        = string
  default     = "T*"
}

variable "name" {
  description = "Name of the role: aws.readerRole in ctq.yml. The same in every account."
  type        = string
  default     = "ctq-reader"
}

variable "call_as" {
  description = "SELF in the management account, DELEGATED_ADMIN in an account that administers StackSets for it."
  type        = string
  default     = "SELF"
  validation {
    condition     = contains(["SELF", "DELEGATED_ADMIN"], var.call_as)
    error_message = "call_as is SELF or DELEGATED_ADMIN."
  }
}

variable "tags" {
  description = "Tags for the stack set and what it makes."
  type        = map(string)
  default     = {}
}
