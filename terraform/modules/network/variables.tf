variable "name" {
  description = "Name of the network and beginning of the names of what is in it, such as `slipway-dev`."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "IPv4 range of the network, /16 to /24. It is cut into sixteen subnets: eight public, eight private, one of each per zone letter."
  type        = string
  nullable    = false

  validation {
    condition     = try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "cidr must be the first address of an IPv4 range and its length, such as 10.10.0.0/16 (got ${var.cidr})."
  }

  validation {
    condition     = try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 24, false)
    error_message = "cidr must be between /16 and /24 (got ${var.cidr})."
  }
}

variable "zones" {
  description = "Availability zones, at least two, each ending in the letters a to h, such as `ap-northeast-2a`. The first holds the gateway when `nat` is `single`."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.zones)) >= 2 && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must name at least two different availability zones (got ${join(", ", var.zones)})."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9][a-h]$", zone))])
    error_message = "zones must be a region and a letter from a to h, such as ap-northeast-2a (got ${join(", ", var.zones)})."
  }
}

variable "nat" {
  description = "Gateways through which private subnets reach the internet: `none`, `single` (one for all zones) or `per_zone`."
  type        = string
  default     = "none"
  nullable    = false

  validation {
    condition     = contains(["none", "single", "per_zone"], var.nat)
    error_message = "nat must be none, single or per_zone (got ${var.nat})."
  }
}
