variable "bucket" {
  description = "Name of the environment's ops bucket."
  type        = string
  nullable    = false
}

variable "contract" {
  description = "What Terraform made, as ops reads it. Identifiers only, never a secret: ops must not need the Terraform state."
  type = object({
    environment        = string
    account            = string
    region             = string
    declaration_sha256 = string
    # The part of environment.yaml that Terraform consumes, as it stands there; null for what is absent.
    applied_from = any
    vpc_id       = string
    # Id by group: load_balancer, database, each service and each task.
    security_groups = map(string)
    cluster = object({
      name          = string
      arn           = string
      namespace_arn = string
    })
    load_balancer = object({
      arn          = string
      dns_name     = string
      listener_arn = string
      url          = string
    })
    repositories = map(string)
    services = map(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
      assign_public_ip   = bool
      execution_role_arn = string
      task_role_arn      = string
      log_group          = string
      target_group_arn   = string
      # What blue/green, canary and linear deployments need; null for a rolling or a private service.
      traffic_shift = object({
        alternate_target_group_arn = string
        role_arn                   = string
        listener_arn               = string
        rule_priority              = number
        path                       = string
        host                       = string
      })
    }))
    tasks = map(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
      assign_public_ip   = bool
      execution_role_arn = string
      task_role_arn      = string
      log_group          = string
    }))
    # Null when no task has a schedule.
    schedules = object({
      group           = string
      role_arn        = string
      dead_letter_arn = string
    })
    database = object({
      identifier        = string
      address           = string
      port              = number
      schema            = string
      replica_addresses = list(string)
      secret_arn        = string
    })
    queues = map(object({
      url             = string
      arn             = string
      dead_letter_url = string
      dead_letter_arn = string
    }))
    sites = map(object({
      bucket          = string
      distribution_id = string
      domain_name     = string
      url             = string
    }))
    uploads = map(object({
      bucket          = string
      distribution_id = string
      domain_name     = string
      url             = string
      key_pair_ids    = map(string)
    }))
    alarm_topic_arn = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.contract.declaration_sha256))
    error_message = "declaration_sha256 must be 64 hexadecimal digits (got ${var.contract.declaration_sha256})."
  }

  validation {
    condition     = alltrue([for service in values(var.contract.services) : service.target_group_arn != null if service.traffic_shift != null])
    error_message = "traffic_shift must stand beside a target_group_arn: traffic moves between two (got none for ${join(", ", [for name, service in var.contract.services : name if service.traffic_shift != null && service.target_group_arn == null])})."
  }

  validation {
    condition     = length(setintersection(keys(var.contract.services), keys(var.contract.tasks))) == 0
    error_message = "tasks must not be called like services: roles, log groups and security groups go by these names (got ${join(", ", setintersection(keys(var.contract.services), keys(var.contract.tasks)))})."
  }
}
