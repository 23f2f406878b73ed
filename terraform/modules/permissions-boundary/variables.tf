variable "name" {
  description = "Beginning of the names of everything in the environment, such as `slipway-dev`. The policy is called `<name>-boundary`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "name must be 1 to 40 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen (got ${var.name})."
  }
}

variable "environment" {
  description = "Name of the environment; part of the names of its log groups, parameters and secrets, and the value of the tag `slipway:environment`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", var.environment))
    error_message = "environment must be 1 to 20 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen (got ${var.environment})."
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
  description = "AWS region of the environment."
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

variable "other_environments" {
  description = "Names of the account's other environments: secrets and parameters below `slipway/<name>/` of each are denied even when nobody tagged them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for other in var.other_environments : can(regex("^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", other)) && other != var.environment])
    error_message = "other_environments must be names of other environments than ${var.environment} (got ${join(", ", var.other_environments)})."
  }
}
