variable "allow_destroy" {
  description = "Whether `terraform destroy` may remove what the guard depends on. Takes effect with the apply."
  type        = bool
  nullable    = false
}
