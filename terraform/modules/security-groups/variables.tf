variable "name" {
  description = "Beginning of the groups' names, such as `slipway-dev`."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "Id of the network that the groups are in."
  type        = string
  nullable    = false
}

variable "groups" {
  description = <<-EOT
    The groups by name. `ingress`: who may open a TCP connection (`internet`, a group's name or an IPv4 CIDR), to which port, and why.
    `egress`: `anywhere`, or `declared` for only what other groups admit from this one.
  EOT
  type = map(object({
    ingress = optional(list(object({
      from   = string
      port   = number
      reason = optional(string)
    })), [])
    egress = optional(string, "anywhere")
  }))
  nullable = false

  validation {
    condition     = alltrue([for settings in values(var.groups) : contains(["anywhere", "declared"], settings.egress)])
    error_message = "egress must be anywhere or declared."
  }

  validation {
    condition = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress :
      rule.from == "internet" || contains(keys(var.groups), rule.from) || try(cidrhost(rule.from, 0) == split("/", rule.from)[0] && !strcontains(rule.from, ":"), false)
    ]]))
    error_message = "from must be internet, the name of a group (${join(", ", keys(var.groups))}) or an IPv4 CIDR; got ${join(", ", distinct(flatten([for settings in values(var.groups) : settings.ingress[*].from])))}."
  }

  validation {
    condition     = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress : rule.port >= 1 && rule.port <= 65535 && floor(rule.port) == rule.port]]))
    error_message = "port must be a whole number from 1 to 65535."
  }
}
