variable "environment" {
  description = "Name of the environment: the name of the folder that environment.yaml is in."
  type        = string
  nullable    = false
}

variable "path" {
  description = "Path of the environment's environment.yaml."
  type        = string
  nullable    = false

  validation {
    condition     = fileexists(var.path)
    error_message = "There is no ${var.path}. An environment's folder under terraform/environments needs one of the same name under infra/environments."
  }
}
