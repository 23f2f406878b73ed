variable "name" {
  description = "Name of the load balancer, at most 32 characters, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 32 && can(regex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name must be 1 to 32 letters, digits and hyphens, not begin or end with a hyphen, and not begin with internal- (got ${var.name})."
  }
}

variable "vpc_id" {
  description = "Id of the network that the targets are in."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Ids of public subnets in at least two availability zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must hold at least two subnets, each in its own zone (got ${length(var.subnet_ids)})."
  }
}

variable "security_group_ids" {
  description = "Ids of the load balancer's security groups."
  type        = list(string)
  nullable    = false
}

variable "port" {
  description = "TCP port that the load balancer listens on."
  type        = number
  nullable    = false

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port must be a whole number from 1 to 65535 (got ${var.port})."
  }
}

variable "targets" {
  description = "What is served, by service: the container's port, the path pattern and the priority of its rule (lowest first), and when a task counts as healthy."
  type = map(object({
    port     = number
    path     = string
    priority = number
    health = object({
      path                = string
      interval_seconds    = number
      timeout_seconds     = number
      healthy_threshold   = number
      unhealthy_threshold = number
    })
  }))
  nullable = false

  validation {
    condition     = alltrue([for target in values(var.targets) : startswith(target.path, "/") && startswith(target.health.path, "/")])
    error_message = "path and health.path must begin with a slash."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : target.health.timeout_seconds < target.health.interval_seconds])
    error_message = "health.timeout_seconds must be less than health.interval_seconds."
  }

  validation {
    condition     = length(distinct(values(var.targets)[*].priority)) == length(var.targets)
    error_message = "each target needs its own priority (got ${join(", ", [for name, target in var.targets : "${name}: ${target.priority}"])})."
  }
}

variable "deregistration_delay_seconds" {
  description = "How long a task that leaves may finish its requests."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deregistration_delay_seconds >= 0 && var.deregistration_delay_seconds <= 3600
    error_message = "deregistration_delay_seconds must be from 0 to 3600 (got ${var.deregistration_delay_seconds})."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
  default     = true
  nullable    = false
}
