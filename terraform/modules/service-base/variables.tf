variable "name" {
  description = "Beginning of the roles' names, such as `slipway-dev`."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Name of the environment; part of the log group's name."
  type        = string
  nullable    = false
}

variable "service" {
  description = "Name of the service."
  type        = string
  nullable    = false

  validation {
    condition     = length("${var.name}-${var.service}-execution") <= 64
    error_message = "${var.name}-${var.service}-execution is longer than the 64 characters of a role's name."
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
  description = "AWS region of the service."
  type        = string
  nullable    = false
}

variable "partition" {
  description = "AWS partition: `aws`, `aws-cn` or `aws-us-gov`."
  type        = string
  default     = "aws"
  nullable    = false
}

variable "secrets" {
  description = "Secrets by environment variable: `ssm:/path` or `secretsmanager:name`. The execution role may read these and no others."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for reference in values(var.secrets) : can(regex("^(ssm:/[A-Za-z0-9_./-]+|secretsmanager:[A-Za-z0-9/_+=.@-]+)$", reference))])
    error_message = "each secret must be ssm:/path or secretsmanager:name."
  }
}

variable "repository_arns" {
  description = "ECR repositories whose images the service may run. Any that admits the account when null: the image is named by builds.yaml, often in another environment's account."
  type        = list(string)
  default     = null
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
