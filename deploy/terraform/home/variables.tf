variable "worker_role" {
  description = "Name of the role that ctq's workers run as."
  type        = string
  default     = "ctq-worker"
}

variable "bot_role" {
  description = "Name of the role that ctq's bot runs as."
  type        = string
  default     = "ctq-bot"
}

variable "reader_role" {
  description = "Name of the role that is read with in each account: aws.readerRole in ctq.yml."
  type        = string
  default     = "ctq-reader"
}

variable "worker_trust" {
  description = "Who may run as the worker: a trust policy as JSON. Null: tasks of ECS in this account."
  type        = string
  default     = null
}

variable "bot_trust" {
  description = "Who may run as the bot: a trust policy as JSON. Null: tasks of ECS in this account."
  type        = string
  default     = null
}

variable "list_organization" {
  description = "Whether ctq lists the organisation's accounts (inventory.from: organizations). This account must then be the management account or a delegated administrator."
  type        = bool
  default     = false
}

variable "permissions_boundary" {
  description = "ARN of a permissions boundary for both roles, if your organisation wants one."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for both roles."
  type        = map(string)
  default     = {}
}
