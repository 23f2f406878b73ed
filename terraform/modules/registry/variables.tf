variable "repositories" {
  description = "Names of the image repositories, such as `slipway/app`."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for name in var.repositories : can(regex("^[a-z0-9]+([._/-][a-z0-9]+)*$", name)) && length(name) >= 2 && length(name) <= 256])
    error_message = "repositories must be 2 to 256 lower-case letters, digits and single . _ / - between them (got ${join(", ", var.repositories)})."
  }
}

variable "untagged_images_kept" {
  description = "How many untagged images each repository keeps. Tagged images are never removed: an environment may run one."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.untagged_images_kept >= 1 && floor(var.untagged_images_kept) == var.untagged_images_kept
    error_message = "untagged_images_kept must be a whole number of at least 1 (got ${var.untagged_images_kept})."
  }
}

variable "force_delete" {
  description = "Whether a repository may be destroyed together with its images."
  type        = bool
  default     = false
  nullable    = false
}
