variable "environment" {
  description = "Name of the environment: the name of the folder that environment.yaml is in."
  type        = string
  nullable    = false
}

variable "raw" {
  description = "environment.yaml as yamldecode gives it. Typed `any`, because an object type would silently drop the keys that nobody knows."
  type        = any
}
