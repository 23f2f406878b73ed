variable "name" {
  description = "Beginning of the groups' names, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,100}$", var.name)) && !startswith(var.name, "sg-")
    error_message = "name must be 1 to 100 letters, digits and hyphens, and not begin with sg-, as ids do (got ${var.name})."
  }
}

variable "vpc_id" {
  description = "Id of the network that the groups are in."
  type        = string
  nullable    = false
}

variable "groups" {
  description = <<-EOT
    The groups by name. `ingress`: who may open a TCP connection (`internet`, a group's name, an IPv4 CIDR or the id of a prefix list), to which port or to which from `port` to `to_port`, why, and `until` which day (UTC) it may, if that ends.
    `egress`: `anywhere` (the default), `declared` for only what other groups admit from this one, or `none`.
    `exclusive`: a rule added by hand shows in the next plan and the apply removes it. Such a group opens no connections, so its egress is `none` and it is no group's source.
  EOT
  type = map(object({
    ingress = optional(list(object({
      from    = string
      port    = number
      to_port = optional(number)
      reason  = optional(string)
      until   = optional(string)
    })), [])
    egress    = optional(string)
    exclusive = optional(bool, false)
  }))
  nullable = false

  validation {
    condition = alltrue([for group in keys(var.groups) : can(regex("^[A-Za-z0-9_-]{1,100}$", group))]) && (
      length(distinct([for group in keys(var.groups) : replace(group, "_", "-")])) == length(var.groups)
    )
    error_message = "groups must be named by 1 to 100 letters, digits, hyphens and underscores, and each stay apart when _ becomes - (got ${join(", ", keys(var.groups))})."
  }

  # EC2 takes no other characters in a rule's description.
  validation {
    condition = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress :
      rule.reason == null || can(regex("^[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]{1,255}$", rule.reason))
    ]]))
    error_message = "reason must be 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* (got ${join(", ", flatten([for group, settings in var.groups : [for rule in settings.ingress : "${group}: ${rule.reason}" if rule.reason != null]]))})."
  }

  validation {
    condition     = alltrue([for settings in values(var.groups) : settings.egress == null || contains(["anywhere", "declared", "none"], coalesce(settings.egress, "none"))])
    error_message = "egress must be anywhere, declared or none (got ${join(", ", [for group, settings in var.groups : "${group}: ${settings.egress}" if settings.egress != null])})."
  }

  validation {
    condition     = alltrue([for settings in values(var.groups) : coalesce(settings.egress, "none") == "none" if settings.exclusive])
    error_message = "egress of an exclusive group must be none: it opens no connections (got ${join(", ", [for group, settings in var.groups : "${group}: ${settings.egress}" if settings.exclusive && settings.egress != null])})."
  }

  validation {
    condition = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress :
      !try(var.groups[rule.from].exclusive || coalesce(var.groups[rule.from].egress, "anywhere") == "none", false)
    ]]))
    error_message = "from must not be a group without egress, which opens no connections (got ${join(", ", flatten([for group, settings in var.groups : [for rule in settings.ingress : "${group} from ${rule.from}" if try(var.groups[rule.from].exclusive || coalesce(var.groups[rule.from].egress, "anywhere") == "none", false)]]))})."
  }

  validation {
    condition = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress :
      rule.from == "internet" || contains(keys(var.groups), rule.from) || can(regex("^pl-([0-9a-f]{8}|[0-9a-f]{17})$", rule.from)) || try(cidrhost(rule.from, 0) == split("/", rule.from)[0] && !strcontains(rule.from, ":") && !endswith(rule.from, "/0"), false)
    ]]))
    error_message = "from must be internet, the name of a group (${join(", ", keys(var.groups))}), an IPv4 CIDR that is not everybody's or the id of a prefix list; got ${join(", ", distinct(flatten([for settings in values(var.groups) : settings.ingress[*].from])))}."
  }

  validation {
    condition     = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress : rule.port >= 1 && rule.port <= 65535 && floor(rule.port) == rule.port]]))
    error_message = "port must be a whole number from 1 to 65535 (got ${join(", ", flatten([for group, settings in var.groups : [for rule in settings.ingress : "${group}: ${rule.port}"]]))})."
  }

  validation {
    condition = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress :
      rule.to_port == null ? true : rule.to_port > rule.port && rule.to_port <= 65535 && floor(rule.to_port) == rule.to_port
    ]]))
    error_message = "to_port must be a whole number above port, where the range begins, and at most 65535 (got ${join(", ", flatten([for group, settings in var.groups : [for rule in settings.ingress : "${group}: ${rule.port} to ${rule.to_port}" if rule.to_port != null]]))})."
  }

  validation {
    condition = alltrue(flatten([for settings in values(var.groups) : [for rule in settings.ingress :
      rule.until == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", rule.until)) && can(timeadd("${rule.until}T00:00:00Z", "0s"))
    ]]))
    error_message = "until must be a day, such as 2026-10-31 (got ${join(", ", flatten([for group, settings in var.groups : [for rule in settings.ingress : "${group}: ${rule.until}" if rule.until != null]]))})."
  }

  # A rule is known by these: AWS keeps one, and refuses or forgets the other.
  validation {
    condition = alltrue([for settings in values(var.groups) :
      length(distinct([for rule in settings.ingress : jsonencode([rule.from, rule.port, rule.to_port])])) == length(settings.ingress)
    ])
    error_message = "ingress must not let in the same source on the same ports twice (got ${join(", ", flatten([for group, settings in var.groups : [for rule in settings.ingress : "${group} from ${rule.from} port ${rule.port}"]]))})."
  }
}
