variable "name" {
  description = "Name of the cluster and of its Cloud Map namespace, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name))
    error_message = "name must be 1 to 255 letters, digits, hyphens and underscores (got ${var.name})."
  }
}

variable "environment" {
  description = "Name of the environment; part of the log group's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.environment))
    error_message = "environment must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen (got ${var.environment})."
  }
}

variable "container_insights" {
  description = "CloudWatch Container Insights: `enabled`, `enhanced` (metrics down to the container, at a higher price) or `disabled`."
  type        = string
  default     = "enabled"
  nullable    = false

  validation {
    condition     = contains(["enabled", "enhanced", "disabled"], var.container_insights)
    error_message = "container_insights must be enabled, enhanced or disabled (got ${var.container_insights})."
  }
}

variable "log_retention_days" {
  description = "Days that the sessions of ECS Exec are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs knows, such as 7, 14, 30, 90, 365 (got ${var.log_retention_days})."
  }
}
