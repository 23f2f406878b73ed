variable "declaration" {
  description = "What the declaration says of what Terraform makes, checked and with its defaults filled in: `value` of the module `declaration`."
  type = object({
    environment = string
    account     = string
    region      = string
    ops_bucket  = string
    network = object({
      cidr  = string
      zones = list(string)
      nat   = string
    })
    repositories  = set(string)
    load_balancer = object({ port = number })
    firewall = map(list(object({
      from   = string
      port   = number
      reason = string
    })))
    services = map(object({
      port = number
      public = object({
        path     = string
        priority = number
        health = object({
          path                = string
          interval_seconds    = number
          timeout_seconds     = number
          healthy_threshold   = number
          unhealthy_threshold = number
        })
      })
      secrets = map(string)
    }))
  })
  nullable = false
}

variable "declaration_sha256" {
  description = "SHA-256 of environment.yaml in hexadecimal. ops says when it is not the one that it reads."
  type        = string
  nullable    = false
}

variable "applied_from" {
  description = "The part of environment.yaml that Terraform consumes, as it stands there. ops names the path that changed since."
  type        = any
  nullable    = false
}

variable "allow_destroy" {
  description = "Whether `terraform destroy` may remove what holds data: the ops bucket, the image repositories and the protected load balancer."
  type        = bool
  default     = false
  nullable    = false
}
