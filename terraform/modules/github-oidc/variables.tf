variable "name" {
  description = "Beginning of the names of everything in the environment, such as `slipway-dev`. The roles are called `<name>-plan`, `<name>-apply` and `<name>-deploy`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", var.name))
    error_message = "name must be 1 to 32 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen (got ${var.name})."
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

variable "provider_arn" {
  description = "ARN of the account's OpenID Connect provider for `token.actions.githubusercontent.com`."
  type        = string
  nullable    = false

  validation {
    condition     = endswith(var.provider_arn, ":oidc-provider/token.actions.githubusercontent.com")
    error_message = "provider_arn must be the ARN of the provider token.actions.githubusercontent.com (got ${var.provider_arn})."
  }
}

variable "subjects" {
  description = "Who may take each role: whole `sub` claims of GitHub's tokens, compared letter by letter. Those of `apply` and `deploy` name a GitHub environment, whose protection rules decide who gets there."
  type = object({
    plan   = set(string)
    apply  = set(string)
    deploy = set(string)
  })
  nullable = false

  validation {
    condition     = alltrue([for role, subjects in var.subjects : length(coalesce(subjects, [])) > 0])
    error_message = "subjects must name at least one sub for each of plan, apply and deploy (got none for ${join(", ", [for role, subjects in var.subjects : role if length(coalesce(subjects, [])) == 0])})."
  }

  validation {
    condition     = alltrue([for subject in flatten([for subjects in values(var.subjects) : tolist(coalesce(subjects, []))]) : can(regex("^repo:[^*?\\s]+:[^*?]+$", subject))])
    error_message = "subjects must be whole, begin with repo: and hold no wildcard (got ${join(", ", [for subject in flatten([for subjects in values(var.subjects) : tolist(coalesce(subjects, []))]) : subject if !can(regex("^repo:[^*?\\s]+:[^*?]+$", subject))])})."
  }

  validation {
    condition     = alltrue([for subject in concat(tolist(coalesce(var.subjects.apply, [])), tolist(coalesce(var.subjects.deploy, []))) : strcontains(subject, ":environment:")])
    error_message = "subjects of apply and deploy must be pinned to a GitHub environment, such as repo:org/name:environment:dev (got ${join(", ", [for subject in concat(tolist(coalesce(var.subjects.apply, [])), tolist(coalesce(var.subjects.deploy, []))) : subject if !strcontains(subject, ":environment:")])})."
  }
}

variable "session_seconds" {
  description = "How long a session of each role may last, from 3600 to 43200. A database with replicas is an hour's apply."
  type = object({
    plan   = optional(number, 3600)
    apply  = optional(number, 7200)
    deploy = optional(number, 3600)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for seconds in values(var.session_seconds) : seconds >= 3600 && seconds <= 43200 && floor(seconds) == seconds])
    error_message = "session_seconds must be whole numbers from 3600 to 43200 (got ${join(", ", [for role, seconds in var.session_seconds : "${role}: ${seconds}"])})."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the environment's boundary: the apply role makes roles with it or not at all, and cannot change it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam::[0-9]{12}:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a policy of an account (got ${var.permissions_boundary_arn})."
  }
}

variable "state_bucket" {
  description = "Bucket with the state of the environment's Terraform root."
  type        = string
  nullable    = false

  validation {
    condition     = !startswith(var.state_bucket, "${var.name}-")
    error_message = "state_bucket must not begin with ${var.name}-: the apply role owns every bucket that does (got ${var.state_bucket})."
  }
}

variable "state_key_prefix" {
  description = "Folder of that state in the bucket, such as `environments/dev/`. The roles see no other environment's state."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]+/$", var.state_key_prefix))
    error_message = "state_key_prefix must be a folder and end with a slash (got ${var.state_key_prefix})."
  }
}

variable "ops_bucket" {
  description = "Bucket of ops: the platform contract, the records, what says which was written last, and the lease."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.ops_bucket)) && var.ops_bucket != var.state_bucket
    error_message = "ops_bucket must be 3 to 63 lower-case letters, digits and hyphens, and another bucket than the state's (got ${var.ops_bucket})."
  }
}

variable "domain" {
  description = "Domain that the environment may write records and order certificates for, and whether Terraform makes its zone (`create`) or finds it (`existing`). Neither when null."
  type = object({
    name = string
    zone = string
  })
  default = null

  validation {
    condition     = var.domain == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", try(var.domain.name, "")))
    error_message = "domain.name must be a lower-case DNS name with at least one dot (got ${try(var.domain.name, "")})."
  }

  validation {
    condition     = var.domain == null || contains(["create", "existing"], coalesce(try(var.domain.zone, null), "neither"))
    error_message = "domain.zone must be create or existing (got ${try(var.domain.zone, "")})."
  }
}
