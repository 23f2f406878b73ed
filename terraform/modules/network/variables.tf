variable "name" {
  description = "Name of the network and beginning of the names of what is in it, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,53}$", var.name))
    error_message = "name must be 1 to 54 letters, digits and hyphens and begin with a letter: ${var.name}-flow-logs is a role's name, at most 64 characters (got ${var.name})."
  }
}

variable "environment" {
  description = "Name of the environment; part of the log group's name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]*[a-z0-9])?$", var.environment))
    error_message = "environment must be lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen (got ${var.environment})."
  }
}

variable "account" {
  description = "AWS account id, twelve digits. Endpoints let only its principals through."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be twelve digits (got ${var.account})."
  }
}

variable "region" {
  description = "AWS region of the network."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region, such as ap-northeast-2 (got ${var.region})."
  }
}

variable "partition" {
  description = "AWS partition: `aws`, `aws-cn` or `aws-us-gov`."
  type        = string
  default     = "aws"
  nullable    = false

  validation {
    condition     = contains(["aws", "aws-cn", "aws-us-gov"], var.partition)
    error_message = "partition must be aws, aws-cn or aws-us-gov (got ${var.partition})."
  }
}

variable "cidr" {
  description = "IPv4 range of the network, /16 to /22. Half of it is cut into eight private subnets, a quarter into eight public ones and a quarter into eight for data: one of each per zone letter."
  type        = string
  nullable    = false

  validation {
    condition     = try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "cidr must be the first address of an IPv4 range and its length, such as 10.10.0.0/16 (got ${var.cidr})."
  }

  validation {
    condition     = try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 22, false)
    error_message = "cidr must be between /16, the largest network of AWS, and /22: a public subnet is a 32nd of it, and a load balancer's subnets must be /27 or larger (got ${var.cidr})."
  }

  validation {
    condition     = !can(regex("^(0|127|169\\.254|22[4-9]|2[3-5][0-9])\\.", var.cidr))
    error_message = "cidr must be a range for hosts, which 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and all from 224.0.0.0 are not (got ${var.cidr})."
  }
}

variable "zones" {
  description = "Availability zones of the region, at least two, each ending in the letters a to h, such as `ap-northeast-2a`. The first holds the gateway when `nat` is `single`."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.zones)) >= 2 && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must name at least two different availability zones (got ${join(", ", var.zones)})."
  }

  validation {
    condition     = alltrue([for zone in var.zones : can(regex("^${var.region}[a-h]$", zone))])
    error_message = "zones must be ${var.region} and a letter from a to h, such as ${var.region}a (got ${join(", ", var.zones)})."
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

variable "endpoints" {
  description = "AWS services that are reached inside the network, each paid by the hour and zone: `ecr`, `ecs_exec`, `logs`, `monitoring`, `secretsmanager`, `sqs`, `ssm`, `sts`."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.endpoints : contains(["ecr", "ecs_exec", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "sts"], name)])
    error_message = "endpoints must be of ecr, ecs_exec, logs, monitoring, secretsmanager, sqs, ssm and sts (got ${join(", ", var.endpoints)})."
  }

  validation {
    condition     = length(var.endpoints) == 0 || var.partition != "aws-cn"
    error_message = "endpoints must be empty in the partition aws-cn, where AWS gives many of them other names (got ${join(", ", var.endpoints)})."
  }
}

variable "flow_logs" {
  description = "Connections that are logged: `none`, `rejected` (what the firewall turned away) or `all`. Paid by volume."
  type        = string
  default     = "rejected"
  nullable    = false

  validation {
    condition     = contains(["none", "rejected", "all"], var.flow_logs)
    error_message = "flow_logs must be none, rejected or all (got ${var.flow_logs})."
  }
}

variable "log_retention_days" {
  description = "Days that flow logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs knows, such as 7, 14, 30, 90, 365 (got ${var.log_retention_days})."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds what the role of the flow logs may do, whatever its own policy says."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy (got ${coalesce(var.permissions_boundary_arn, "null")})."
  }
}
