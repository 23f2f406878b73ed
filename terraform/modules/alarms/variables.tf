variable "name" {
  description = "Beginning of all names, such as `slipway-dev`."
  type        = string
  nullable    = false

  # What mails call the topic has at most 100 characters, and " alarms" behind this one.
  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,93}$", var.name))
    error_message = "name must be 1 to 93 letters, digits, hyphens and underscores (got ${var.name})."
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
  description = "AWS region of what is watched."
  type        = string
  nullable    = false
}

variable "partition" {
  description = "AWS partition: `aws`, `aws-cn` or `aws-us-gov`."
  type        = string
  default     = "aws"
  nullable    = false
}

variable "notify" {
  description = "E-mail addresses that are told. Each has to confirm by the link in a first e-mail."
  type        = set(string)
  nullable    = false

  validation {
    condition     = length(var.notify) > 0
    error_message = "notify must hold at least one address (got none): an alarm that nobody hears is none."
  }

  validation {
    condition     = alltrue([for address in var.notify : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "notify must hold e-mail addresses (got ${join(", ", var.notify)})."
  }
}

variable "kms_key_arn" {
  description = "KMS key of your own to encrypt messages with, whose policy has to let cloudwatch.amazonaws.com use it. SNS's disk encryption alone when null."
  type        = string
  default     = null

  # CloudWatch may not use SNS's own key, and nothing would say so but the alarm's history.
  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not an alias such as alias/aws/sns, which CloudWatch may not use (got ${coalesce(var.kms_key_arn, "null")})."
  }
}

variable "thresholds" {
  description = "From which value on a thing is alarming. Defaults are those of environment.yaml."
  type = object({
    target_response_milliseconds = optional(number, 1000)
    server_error_percent         = optional(number, 5)
    cpu_percent                  = optional(number, 85)
    memory_percent               = optional(number, 85)
    oldest_message_seconds       = optional(number, 300)
    replica_lag_seconds          = optional(number, 30)
    free_storage_percent         = optional(number, 15)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([for name, most in local.thresholds_at_most : var.thresholds[name] >= 1 && var.thresholds[name] <= most])
    error_message = "thresholds must be: ${join("; ", [
      for name, most in local.thresholds_at_most : "${name} from 1 to ${most} (got ${var.thresholds[name]})"
      if var.thresholds[name] < 1 || var.thresholds[name] > most
    ])}."
  }
}

variable "cluster_name" {
  description = "Name of the ECS cluster of the services."
  type        = string
  nullable    = false
}

variable "services" {
  description = "Names of the ECS services. They need not exist yet."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "load_balancer" {
  description = "The load balancer, by the end of its ARN as CloudWatch names it (`arn_suffix`), and its target groups by service, likewise. A service with two target groups (blue/green) takes part twice, such as `api` and `api_alternate`, which no service is called. None when null."
  type = object({
    arn_suffix    = string
    target_groups = map(string)
  })
  default = null

  validation {
    condition     = var.load_balancer == null || can(regex("^app/", var.load_balancer.arn_suffix))
    error_message = "load_balancer.arn_suffix must be the end of an application load balancer's ARN, app/<name>/<id> (got ${try(var.load_balancer.arn_suffix, "null")})."
  }

  validation {
    condition     = alltrue([for suffix in values(try(var.load_balancer.target_groups, {})) : startswith(suffix, "targetgroup/")])
    error_message = "load_balancer.target_groups must hold ends of target groups' ARNs, targetgroup/<name>/<id> (got ${join(", ", values(try(var.load_balancer.target_groups, {})))})."
  }
}

variable "database" {
  description = "The RDS instance, its replicas (the first is called `replica-1`), and the size of the disk that each has. None when null."
  type = object({
    identifier = string
    replicas   = optional(list(string), [])
    storage_gb = number
  })
  default = null

  validation {
    condition     = var.database == null || try(var.database.storage_gb >= 1, false)
    error_message = "database.storage_gb must be at least 1 (got ${try(var.database.storage_gb, "null")})."
  }
}

variable "queues" {
  description = "The SQS queues and their dead letter queues, each by its full name."
  type = map(object({
    name             = string
    dead_letter_name = string
  }))
  default  = {}
  nullable = false
}

variable "schedules_dead_letter_name" {
  description = "Name of the SQS queue for scheduled tasks that could not be started. None when null."
  type        = string
  default     = null
}
