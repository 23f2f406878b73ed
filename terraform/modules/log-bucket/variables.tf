variable "name" {
  description = "Name of the bucket."
  type        = string
  nullable    = false
}

variable "account" {
  description = "AWS account id, twelve digits: whose load balancers, buckets and distributions may write."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be twelve digits (got ${var.account})."
  }
}

variable "partition" {
  description = "AWS partition, such as `aws`."
  type        = string
  nullable    = false
}

variable "expire_days" {
  description = "Days after which a log goes."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.expire_days >= 1 && floor(var.expire_days) == var.expire_days
    error_message = "expire_days must be a whole number of at least 1 (got ${var.expire_days})."
  }
}

variable "force_destroy" {
  description = "Whether the bucket may be destroyed together with all that is in it."
  type        = bool
  default     = false
  nullable    = false
}
