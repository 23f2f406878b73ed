variable "account" {
  description = "AWS account id, twelve digits. Credentials of another account are refused."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be twelve digits (got ${var.account})."
  }
}

variable "region" {
  description = "AWS region of the bucket, such as `ap-northeast-2`."
  type        = string
  nullable    = false
}
