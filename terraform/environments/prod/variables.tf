variable "allow_destroy" {
  description = "Whether `terraform destroy` may remove the environment and what holds data in it. Applied before it takes effect: apply with it, then destroy."
  type        = bool
  default     = false
  nullable    = false
}
