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
