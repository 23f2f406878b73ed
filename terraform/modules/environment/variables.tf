variable "declaration" {
  description = "What the declaration says of what Terraform makes, checked and with its defaults filled in: `value` of the module `declaration`."
  type = object({
    environment = string
    account     = string
    region      = string
    ops_bucket  = string
    network = object({
      cidr      = string
      zones     = list(string)
      nat       = string
      endpoints = set(string)
      flow_logs = string
    })
    logs         = object({ retention_days = number })
    cluster      = object({ container_insights = string })
    repositories = set(string)
    domain = object({
      name = string
      zone = string
    })
    load_balancer = object({
      port     = number
      protocol = string
      host     = string
    })
    database = object({
      engine_version     = string
      instance           = string
      schema             = string
      storage_gb         = number
      maximum_storage_gb = number
      multi_zone         = bool
      replicas           = number
      backup_days        = number
      parameters         = map(string)
    })
    secrets = set(string)
    queues = map(object({
      send               = set(string)
      receive            = set(string)
      fifo               = bool
      visibility_seconds = number
      retention_days     = number
      maximum_receives   = number
    }))
    sites = map(object({
      host                    = string
      entry                   = string
      single_page             = bool
      precompressed           = list(string)
      error_page              = string
      content_security_policy = string
      price_class             = string
      backend                 = list(string)
    }))
    uploads = map(object({
      services    = set(string)
      origins     = list(string)
      host        = string
      public_keys = map(string)
      expire_days = number
    }))
    alarms = object({
      notify = set(string)
      thresholds = object({
        target_response_milliseconds = number
        server_error_percent         = number
        cpu_percent                  = number
        memory_percent               = number
        oldest_message_seconds       = number
        replica_lag_seconds          = number
        free_storage_percent         = number
      })
    })
    record_lock_days = number
    firewall = map(list(object({
      from    = string
      port    = number
      to_port = number
      reason  = string
      until   = string
    })))
    services = map(object({
      port           = number
      shifts_traffic = bool
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
      secrets      = set(string)
      exec         = bool
      file_systems = set(string)
    }))
    tasks = map(object({
      family       = string
      secrets      = set(string)
      file_systems = set(string)
      scheduled    = bool
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

variable "generated_database_password" {
  description = "A password that was made for this run. The first one becomes the content of the database's secret. Null without a database."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "database_password" {
  description = "What the database's secret holds, read back from it, so that the instance and the secret cannot differ. Null without a database."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "allow_destroy" {
  description = "Whether `terraform destroy` may remove what holds data or is protected: the database, the buckets, the image repositories, the secrets, the load balancer."
  type        = bool
  default     = false
  nullable    = false
}
