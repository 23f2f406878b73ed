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
  description = "Ids of public subnets, each in its own availability zone, two at least."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must hold at least two subnets, each in its own zone (got ${length(var.subnet_ids)})."
  }

  validation {
    condition     = length(distinct(var.subnet_ids)) == length(var.subnet_ids)
    error_message = "subnet_ids must be distinct (got ${join(", ", var.subnet_ids)})."
  }
}

variable "security_group_ids" {
  description = "Ids of the load balancer's security groups."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) >= 1
    error_message = "security_group_ids must hold at least one group: without any, AWS takes the network's default group (got none)."
  }
}

variable "protocol" {
  description = "What the load balancer speaks on `port`: `https`, and port 80 redirects there, or `http`, which everybody on the way can read and change."
  type        = string
  default     = "https"
  nullable    = false

  validation {
    condition     = contains(["http", "https"], var.protocol)
    error_message = "protocol must be http or https (got ${var.protocol})."
  }
}

variable "port" {
  description = "TCP port that the load balancer listens on."
  type        = number
  nullable    = false

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port must be a whole number from 1 to 65535 (got ${var.port})."
  }

  validation {
    condition     = var.port != 80 || var.protocol != "https"
    error_message = "port must not be 80 with protocol https, because 80 redirects (got ${var.port})."
  }
}

variable "certificate_arn" {
  description = "ARN of the certificate that https shows, in the load balancer's region. Required with https, null with http."
  type        = string
  default     = null

  validation {
    condition     = var.protocol != "https" || var.certificate_arn != null
    error_message = "certificate_arn must be given with protocol https (got null)."
  }

  validation {
    condition     = var.protocol == "https" || var.certificate_arn == null
    error_message = "certificate_arn must be null with protocol ${var.protocol}, which shows none (got ${var.certificate_arn == null ? "null" : var.certificate_arn})."
  }
}

variable "log_bucket" {
  description = "Name of the bucket that the access logs go to, under `load-balancer/`: one of the module `log-bucket`. Null logs nothing."
  type        = string
  default     = null
}

variable "targets" {
  description = "What is served, by service: the container's port, the path pattern and the priority of its rule (lowest first), and when a task counts as healthy. With `blue_green` a second target group, and the priority directly before is kept for the rule that ops makes."
  type = map(object({
    port       = number
    path       = string
    priority   = number
    blue_green = optional(bool, false)
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
    condition     = alltrue([for name in keys(var.targets) : can(regex("^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$", name))])
    error_message = "targets must be named by letters, digits and hyphens, not at the ends (got ${join(", ", keys(var.targets))})."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : target.port >= 1 && target.port <= 65535 && floor(target.port) == target.port])
    error_message = "port must be a whole number from 1 to 65535 (got ${join(", ", [for name, target in var.targets : "${name}: ${target.port}"])})."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : can(regex("^/[A-Za-z0-9_.$/~\"'@:+&*?-]{0,127}$", target.path)) && length(regexall("[*?]", target.path)) <= 5])
    error_message = "path must begin with a slash and have at most 128 letters, digits and _-.$/~\"'@:+& and five of *? (got ${join(", ", [for name, target in var.targets : "${name}: ${target.path}"])})."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : can(regex("^/[!-~]*$", target.health.path)) && length(target.health.path) <= 1024])
    error_message = "health.path must begin with a slash and have at most 1024 printable characters (got ${join(", ", [for name, target in var.targets : "${name}: ${target.health.path}"])})."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : target.health.timeout_seconds < target.health.interval_seconds])
    error_message = "health.timeout_seconds must be less than health.interval_seconds (got ${join(", ", [for name, target in var.targets : "${name}: ${target.health.timeout_seconds} and ${target.health.interval_seconds}"])})."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : target.health.interval_seconds >= 5 && target.health.interval_seconds <= 300 && floor(target.health.interval_seconds) == target.health.interval_seconds])
    error_message = "health.interval_seconds must be a whole number from 5 to 300 (got ${join(", ", [for name, target in var.targets : "${name}: ${target.health.interval_seconds}"])})."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : target.health.timeout_seconds >= 2 && target.health.timeout_seconds <= 120 && floor(target.health.timeout_seconds) == target.health.timeout_seconds])
    error_message = "health.timeout_seconds must be a whole number from 2 to 120 (got ${join(", ", [for name, target in var.targets : "${name}: ${target.health.timeout_seconds}"])})."
  }

  validation {
    condition = alltrue(flatten([
      for target in values(var.targets) : [
        for threshold in [target.health.healthy_threshold, target.health.unhealthy_threshold] :
        threshold >= 2 && threshold <= 10 && floor(threshold) == threshold
      ]
    ]))
    error_message = "health.healthy_threshold and health.unhealthy_threshold must be whole numbers from 2 to 10 (got ${join(", ", [for name, target in var.targets : "${name}: ${target.health.healthy_threshold} and ${target.health.unhealthy_threshold}"])})."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : target.priority >= 1 && target.priority <= 50000 && floor(target.priority) == target.priority])
    error_message = "priority must be a whole number from 1 to 50000 (got ${join(", ", [for name, target in var.targets : "${name}: ${target.priority}"])})."
  }

  validation {
    condition     = length(distinct(values(var.targets)[*].priority)) == length(var.targets)
    error_message = "each target must have its own priority (got ${join(", ", [for name, target in var.targets : "${name}: ${target.priority}"])})."
  }

  validation {
    condition = length(setintersection(values(var.targets)[*].priority, [for target in values(var.targets) : target.priority - 1 if target.blue_green])) == 0 && (
      alltrue([for target in values(var.targets) : target.priority >= 2 if target.blue_green])
    )
    error_message = "priority of a blue_green target must be 2 or more, and the one directly before it must be free for the rule of ops (got ${join(", ", [for name, target in var.targets : "${name}: ${target.priority}${target.blue_green ? " (blue_green)" : ""}"])})."
  }

  validation {
    condition     = length(var.targets) + length([for target in values(var.targets) : target if target.blue_green]) <= 100
    error_message = "targets must need at most 100 target groups, which is what a load balancer takes; a blue/green one needs two (got ${length(var.targets) + length([for target in values(var.targets) : target if target.blue_green])})."
  }
}

variable "deregistration_delay_seconds" {
  description = "How long a task that leaves may finish its requests."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deregistration_delay_seconds >= 0 && var.deregistration_delay_seconds <= 3600 && floor(var.deregistration_delay_seconds) == var.deregistration_delay_seconds
    error_message = "deregistration_delay_seconds must be a whole number from 0 to 3600 (got ${var.deregistration_delay_seconds})."
  }
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what the role for blue/green deployments may ever do; null sets none."
  type        = string
  default     = null
}
