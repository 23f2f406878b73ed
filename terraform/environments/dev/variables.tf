variable "allow_destroy" {
  description = "Whether `terraform destroy` may remove what holds data. Applied before it takes effect: apply with it, then destroy."
  type        = bool
  default     = false
  nullable    = false
}
