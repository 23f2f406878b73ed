variable "name" {
  description = "Name of the queue without `.fifo`, such as `slipway-dev-reconcile`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "name must be letters, digits, hyphens and underscores (got ${var.name})."
  }

  # A queue's name has at most 80 characters, and the longest is the one of the dead letter queue.
  validation {
    condition     = length(var.name) <= (var.fifo ? 63 : 68)
    error_message = "name must have at most ${var.fifo ? 63 : 68} characters, so that -dead-letter${var.fifo ? ".fifo" : ""} fits behind it (got ${length(var.name)})."
  }
}

variable "account" {
  description = "AWS account id, twelve digits."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be twelve digits (got ${var.account})."
  }
}

variable "region" {
  description = "AWS region of the queue."
  type        = string
  nullable    = false
}

variable "partition" {
  description = "AWS partition: `aws`, `aws-cn` or `aws-us-gov`."
  type        = string
  default     = "aws"
  nullable    = false
}

variable "fifo" {
  description = "Whether messages of a group are received in order and each once. Another value makes another queue, without the messages."
  type        = bool
  default     = true
  nullable    = false
}

variable "visibility_seconds" {
  description = "Seconds that a received message stays hidden from others: as long as the work takes, or the receiver prolongs it."
  type        = number
  default     = 300
  nullable    = false

  # AWS takes 0 as well, with which everybody receives every message.
  validation {
    condition     = var.visibility_seconds >= 1 && var.visibility_seconds <= 43200 && floor(var.visibility_seconds) == var.visibility_seconds
    error_message = "visibility_seconds must be a whole number from 1 to 43200, twelve hours (got ${var.visibility_seconds})."
  }
}

variable "retention_days" {
  description = "Days that a message waits for a receiver before it is lost."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 14 && floor(var.retention_days) == var.retention_days
    error_message = "retention_days must be a whole number from 1 to 14, the days that dead letters are kept (got ${var.retention_days})."
  }
}

variable "maximum_receives" {
  description = "How often a message is received and not deleted before it becomes a dead letter."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.maximum_receives >= 1 && var.maximum_receives <= 1000 && floor(var.maximum_receives) == var.maximum_receives
    error_message = "maximum_receives must be a whole number from 1 to 1000 (got ${var.maximum_receives})."
  }
}
