variable "name" {
  description = "Name of the bucket."
  type        = string
  nullable    = false
}

variable "object_lock" {
  description = "Whether ops can lock its records. AWS cannot turn it off again, so `false` later leaves it on."
  type        = bool
  default     = false
  nullable    = false
}

variable "access_log_bucket" {
  description = "Name of the bucket that the access logs go to, under `s3/<name>/`: one of the module `log-bucket`. Null logs nothing."
  type        = string
  default     = null
}

variable "force_destroy" {
  description = "Whether the bucket may be destroyed together with all that is in it."
  type        = bool
  default     = false
  nullable    = false
}
