variable "worker_role_arn" {
  description = "ARN of the worker's role: worker_role_arn of the home module."
  type        = string
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

variable "permissions_boundary" {
  description = "ARN of a permissions boundary for the role, if your organisation wants one."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for the role."
  type        = map(string)
  default     = {}
}
