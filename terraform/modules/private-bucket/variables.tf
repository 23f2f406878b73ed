variable "name" {
  description = "Name of the bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit (got ${var.name})."
  }
}

variable "force_destroy" {
  description = "Whether the bucket may be destroyed together with all that is in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "noncurrent_days_kept" {
  description = "Days that a version which was overwritten or deleted can still be brought back."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.noncurrent_days_kept >= 1 && floor(var.noncurrent_days_kept) == var.noncurrent_days_kept
    error_message = "noncurrent_days_kept must be a whole number of at least 1 (got ${var.noncurrent_days_kept})."
  }
}

variable "expire_days" {
  description = "Days after which an object goes, to be kept as an old version for `noncurrent_days_kept` more; null keeps objects for ever."
  type        = number
  default     = null

  validation {
    condition     = var.expire_days == null ? true : var.expire_days >= 1 && floor(var.expire_days) == var.expire_days
    error_message = "expire_days must be a whole number of at least 1, or null (got ${coalesce(var.expire_days, 0)})."
  }
}

variable "object_lock" {
  description = "Whether objects can be locked: S3 Object Lock, without a default retention. AWS cannot turn it off again, so `false` later leaves it on."
  type        = bool
  default     = false
  nullable    = false
}

variable "policy_statements" {
  description = "Statements that the bucket's policy has besides the one that refuses plain HTTP. Each has its own `Sid`."
  type        = any
  default     = []
  nullable    = false

  validation {
    condition     = can([for statement in var.policy_statements : [statement.Sid, statement.Effect, statement.Principal, statement.Action, statement.Resource]])
    error_message = "policy_statements must be a list of statements, each with Sid, Effect, Principal, Action and Resource (got ${try(jsonencode(var.policy_statements), "what cannot be shown yet")})."
  }

  validation {
    condition = try(
      length(distinct(concat(["TlsOnly"], [for statement in var.policy_statements : statement.Sid]))) == length(var.policy_statements) + 1,
      true, # said above
    )
    error_message = "policy_statements must have each Sid once, and not TlsOnly (got ${try(join(", ", [for statement in var.policy_statements : statement.Sid]), "none")})."
  }

  validation {
    condition = try(
      alltrue([for statement in var.policy_statements : statement.Effect == "Deny" || !contains(["\"*\"", "{\"AWS\":\"*\"}", "{\"AWS\":[\"*\"]}"], jsonencode(statement.Principal))]),
      true, # said above
    )
    error_message = "policy_statements must be Allow only for named principals: S3 refuses a public policy here (got Principal * in ${try(join(", ", [for statement in var.policy_statements : statement.Sid if statement.Effect != "Deny"]), "a statement")})."
  }
}

variable "access_log_bucket" {
  description = "Name of the bucket that the access logs go to, under `s3/<name>/`: one of the module `log-bucket`. Null logs nothing."
  type        = string
  default     = null

  validation {
    condition     = var.access_log_bucket == null ? true : var.access_log_bucket != var.name
    error_message = "access_log_bucket must be another bucket: writing a log would be logged again (got ${coalesce(var.access_log_bucket, "null")})."
  }
}

variable "cors_origins" {
  description = "Origins whose pages may GET, PUT and POST objects, such as `https://console.dev.slipway.example`. None: no browser may from elsewhere."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https?://[a-z0-9.-]+(:[0-9]+)?$", origin))])
    error_message = "cors_origins must be exact origins, scheme, host and port, without * or path (got ${join(", ", var.cors_origins)})."
  }

  validation {
    condition     = length(distinct(var.cors_origins)) == length(var.cors_origins)
    error_message = "cors_origins must be distinct (got ${join(", ", var.cors_origins)})."
  }
}
