variable "name" {
  description = "Name of the group and beginning of the other names, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,54}$", var.name))
    error_message = "name must be 1 to 54 letters, digits and hyphens, so that -schedules fits behind it in a role's name (got ${var.name})."
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
  description = "AWS region of the schedules."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, such as ap-northeast-2 (got ${var.region})."
  }
}

variable "partition" {
  description = "AWS partition: `aws`, `aws-cn` or `aws-us-gov`."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(["aws", "aws-cn", "aws-us-gov"], var.partition)
    error_message = "partition must be aws, aws-cn or aws-us-gov (got ${var.partition})."
  }
}

variable "cluster_name" {
  description = "Name of the ECS cluster that the tasks run in."
  type        = string
  nullable    = false
}

variable "tasks" {
  description = "The scheduled tasks by name, each with the family of its task definitions and the roles that they name. No other task can be started."
  type = map(object({
    family             = string
    execution_role_arn = string
    task_role_arn      = string
  }))
  nullable = false

  validation {
    condition     = length(var.tasks) > 0
    error_message = "tasks must hold at least one task (got none): without one there is nothing to schedule."
  }

  # A star would admit other families.
  validation {
    condition     = alltrue([for task in values(var.tasks) : can(regex("^[A-Za-z0-9_-]{1,255}$", task.family))])
    error_message = "family must be 1 to 255 letters, digits, hyphens and underscores (got ${join(", ", [for name, task in var.tasks : "${name}: ${task.family}"])})."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what the role may do, whatever its own policy says."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy (got ${coalesce(var.permissions_boundary_arn, "null")})."
  }
}
