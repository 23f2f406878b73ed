variable "name" {
  description = "Beginning of the roles' names, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]+$", var.name))
    error_message = "name must be letters, digits, hyphens and underscores (got ${var.name})."
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

variable "workload" {
  description = "Name of the service or task."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.workload))
    error_message = "workload must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen (got ${var.workload})."
  }

  validation {
    condition     = length("${var.name}-${var.workload}-execution") <= 64
    error_message = "workload must leave ${var.name}-${var.workload}-execution within the 64 characters of a role's name (got ${length("${var.name}-${var.workload}-execution")})."
  }

  validation {
    condition     = !contains(["exec", "flow"], var.workload)
    error_message = "workload must not be exec or flow: /slipway/${var.environment}/${var.workload} is a log group of the environment itself (got ${var.workload})."
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
  description = "AWS region of the workload."
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

variable "secrets" {
  description = "Places of the secrets of all its containers: `ssm:/path` or `secretsmanager:name`. The execution role may read these and no others."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for reference in var.secrets : can(regex("^(ssm:/[A-Za-z0-9_./-]+|secretsmanager:[A-Za-z0-9/_+=.@-]+)$", reference))])
    error_message = "each secret must be ssm:/path or secretsmanager:name."
  }
}

variable "repository_arns" {
  description = "ECR repositories whose images it may run. Any that admits the account when null: the image is named by builds.yaml, often in another environment's account."
  type        = list(string)
  default     = null

  validation {
    condition     = var.repository_arns == null || try(length(var.repository_arns) > 0 && alltrue([for arn in var.repository_arns : can(regex("^arn:aws[a-z-]*:ecr:[^:]+:[^:]+:repository/.+$", arn))]), false)
    error_message = "repository_arns must be ARNs of ECR repositories, at least one, or null (got ${jsonencode(var.repository_arns)})."
  }
}

variable "task_statements" {
  description = "Statements of the task role's policy, as IAM writes them: what the program in the container may do. Actions are spelled out, resources are named. No policy when empty."
  type        = any
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for statement in try(concat(var.task_statements, []), ["not a list"]) : try(
        length(setsubtract(keys(statement), ["Sid", "Effect", "Action", "Resource", "Condition"])) == 0 &&
        length(setsubtract(["Effect", "Action", "Resource"], keys(statement))) == 0 &&
        contains(["Allow", "Deny"], statement.Effect),
      false)
    ])
    error_message = "task_statements must be a list of statements of Effect (Allow or Deny), Action, Resource and, if needed, Sid and Condition."
  }

  validation {
    condition = alltrue([
      for statement in try(concat(var.task_statements, []), []) : alltrue([
        for actions in [flatten([try(statement.Action, [])])] :
        length(actions) > 0 && alltrue([for action in actions : can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action))])
      ])
    ])
    error_message = "task_statements: each action must be spelled out, such as s3:GetObject, without wildcards (got ${jsonencode([for statement in try(concat(var.task_statements, []), []) : try(statement.Action, null)])})."
  }

  validation {
    condition = alltrue([
      for statement in try(concat(var.task_statements, []), []) : alltrue([
        for resources in [flatten([try(statement.Resource, [])])] :
        length(resources) > 0 && alltrue([for resource in resources : can(regex("^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[a-z0-9]*:.*[^*?:/].*$", resource))])
      ])
    ])
    error_message = "task_statements: each resource must be an ARN that names something, such as arn:aws:s3:::slipway-uploads/*, and not a wildcard alone (got ${jsonencode([for statement in try(concat(var.task_statements, []), []) : try(statement.Resource, null)])})."
  }

  validation {
    condition = alltrue([
      for names in [[for statement in try(concat(var.task_statements, []), []) : statement.Sid if can(statement.Sid)]] :
      length(distinct(names)) == length(names) && alltrue([for name in names : can(regex("^[A-Za-z0-9]+$", name))])
    ])
    error_message = "task_statements: each Sid must be letters and digits, and its own in the policy (got ${jsonencode([for statement in try(concat(var.task_statements, []), []) : try(statement.Sid, null)])})."
  }
}

variable "exec_log_group" {
  description = "Name of the log group of what is typed in containers, for a workload that ECS Exec may open a shell in. Null: it may not."
  type        = string
  default     = null

  validation {
    condition     = var.exec_log_group == null || can(regex("^[A-Za-z0-9_/.#-]{1,512}$", var.exec_log_group))
    error_message = "exec_log_group must be the name of a log group: 1 to 512 letters, digits and _-/.# (got ${coalesce(var.exec_log_group, "null")})."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what both roles may do, whatever their own policies say."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy (got ${coalesce(var.permissions_boundary_arn, "null")})."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs knows, such as 7, 14, 30, 90, 365 (got ${var.log_retention_days})."
  }
}
