variable "name" {
  description = "DNS name of the domain, such as `dev.slipway.example`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "name must be lower-case labels of 1 to 63 letters, digits and inner hyphens, two at least, without a dot at the end (got ${var.name})."
  }

  validation {
    condition     = can(regex("(^|\\.)[a-z][a-z0-9-]*\\.?$", var.name))
    error_message = "name must have a last label that begins with a letter, as all that the internet knows do (got ${var.name})."
  }

  validation {
    condition     = length(var.name) <= 64
    error_message = "name must have at most 64 characters, which is what a certificate takes (got ${length(var.name)}: ${var.name})."
  }
}

variable "zone" {
  description = "`create` makes the public zone of the name; `existing` finds it in the account."
  type        = string
  default     = "create"
  nullable    = false

  validation {
    condition     = contains(["create", "existing"], var.zone)
    error_message = "zone must be create or existing (got ${var.zone})."
  }
}

variable "cloudfront" {
  description = "Whether distributions need a certificate too: one more, in us-east-1."
  type        = bool
  default     = false
  nullable    = false
}

variable "force_destroy" {
  description = "Whether a zone that was created may be destroyed together with records that others made in it."
  type        = bool
  default     = false
  nullable    = false
}
