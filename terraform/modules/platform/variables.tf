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
    cluster = object({
      name = string
      arn  = string
    })
    load_balancer = object({
      arn          = string
      dns_name     = string
      listener_arn = string
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
  })
  nullable = false

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", var.contract.declaration_sha256))
    error_message = "declaration_sha256 must be 64 hexadecimal digits (got ${var.contract.declaration_sha256})."
  }
}
