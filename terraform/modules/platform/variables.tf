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
    # Id by group: load_balancer, database, and each service.
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
    }))
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
}
