variable "name" {
  description = "Name of the cluster, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name))
    error_message = "name must be 1 to 255 letters, digits, hyphens and underscores (got ${var.name})."
  }
}

variable "container_insights" {
  description = "CloudWatch Container Insights: `enabled`, `enhanced` (metrics down to the container, at a higher price) or `disabled`."
  type        = string
  default     = "enabled"
  nullable    = false

  validation {
    condition     = contains(["enabled", "enhanced", "disabled"], var.container_insights)
    error_message = "container_insights must be enabled, enhanced or disabled (got ${var.container_insights})."
  }
}
