variable "name" {
  description = "Identifier of the primary and beginning of the other names, such as `slipway-dev`."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 40 && can(regex("^[a-z]([a-z0-9]|-[a-z0-9])*$", var.name))
    error_message = "name must be at most 40 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen (got ${var.name})."
  }
}

variable "account" {
  description = "Account number: only RDS in this account may take the monitoring role."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be twelve digits (got ${var.account})."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
  nullable    = false
}

variable "partition" {
  description = "AWS partition."
  type        = string
  default     = "aws"
  nullable    = false
}

variable "engine_version" {
  description = "Version of MySQL: `8.0` or `8.4`, whose patches AWS installs in the maintenance window, or one patch, such as `8.4.5`, which stays."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^8\\.[04](\\.[0-9]+)?$", var.engine_version))
    error_message = "engine_version must be 8.0 or 8.4, with or without a patch number (got ${var.engine_version})."
  }
}

variable "allow_major_version_upgrade" {
  description = "Whether a change from 8.0 to 8.4 is allowed. It cannot be taken back, so it is only on for that change."
  type        = bool
  default     = false
  nullable    = false
}

variable "instance" {
  description = "Instance class of the primary and the replicas, such as `db.t4g.medium`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^db\\.[a-z0-9-]+\\.[a-z0-9-]+$", var.instance))
    error_message = "instance must be an instance class, such as db.t4g.medium (got ${var.instance})."
  }
}

variable "schema" {
  description = "Name of the database created at first. Another name later makes another instance, without the data."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.schema))
    error_message = "schema must be 1 to 63 lower-case letters, digits and underscores, beginning with a letter (got ${var.schema})."
  }

  validation {
    condition     = !contains(local.reserved_words, var.schema)
    error_message = "schema must be no word that MySQL reserves (got ${var.schema})."
  }
}

variable "storage_gb" {
  description = "GiB of storage. It can only grow."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.storage_gb >= 20 && var.storage_gb <= 65536 && floor(var.storage_gb) == var.storage_gb
    error_message = "storage_gb must be a whole number from 20 to 65536 (got ${var.storage_gb})."
  }
}

variable "maximum_storage_gb" {
  description = "GiB up to which the storage grows by itself. Null: it does not."
  type        = number
  default     = null

  validation {
    condition     = var.maximum_storage_gb == null || try(var.maximum_storage_gb >= 22 && var.maximum_storage_gb <= 65536 && floor(var.maximum_storage_gb) == var.maximum_storage_gb, false)
    error_message = "maximum_storage_gb must be a whole number from 22 to 65536 (got ${coalesce(var.maximum_storage_gb, 0)})."
  }

  validation {
    condition     = var.maximum_storage_gb == null || try(10 * var.maximum_storage_gb >= 11 * var.storage_gb, true)
    error_message = "maximum_storage_gb must be at least 10 % more than storage_gb (got ${coalesce(var.maximum_storage_gb, 0)} for ${var.storage_gb})."
  }
}

variable "multi_zone" {
  description = "Whether a standby in another zone takes over when the primary's fails."
  type        = bool
  default     = false
  nullable    = false
}

variable "replicas" {
  description = "How many read replicas there are."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 15 && floor(var.replicas) == var.replicas
    error_message = "replicas must be a whole number from 0 to 15 (got ${var.replicas})."
  }
}

variable "backup_days" {
  description = "How many days back any second can be restored. Never 0: a replica needs backups of its source."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35 && floor(var.backup_days) == var.backup_days
    error_message = "backup_days must be a whole number from 1 to 35 (got ${var.backup_days})."
  }
}

variable "backup_window" {
  description = "When the daily backup is taken, in UTC."
  type        = string
  default     = "17:00-18:00"
  nullable    = false

  validation {
    condition     = can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", var.backup_window))
    error_message = "backup_window must be two times of day, such as 17:00-18:00 (got ${var.backup_window})."
  }
}

variable "maintenance_window" {
  description = "When AWS may change the instances, in UTC. It must not overlap with the backup window."
  type        = string
  default     = "sun:18:30-sun:19:30"
  nullable    = false

  validation {
    condition     = can(regex("^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", var.maintenance_window))
    error_message = "maintenance_window must be two times of the week, such as sun:18:30-sun:19:30 (got ${var.maintenance_window})."
  }
}

variable "parameters" {
  description = "Parameters of the server by name. What is not declared is as AWS has it, but for the slow query log, which is on for what takes over a second."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.parameters) : can(regex("^[a-z][a-z0-9_]*$", name))])
    error_message = "a parameter's name must be lower-case letters, digits and underscores (got ${join(", ", keys(var.parameters))})."
  }

  validation {
    condition     = !contains(keys(var.parameters), "require_secure_transport")
    error_message = "parameters must not hold require_secure_transport: connections without TLS are always refused."
  }

  validation {
    condition     = alltrue([for value in values(var.parameters) : value != null])
    error_message = "each parameter must have a value (got none for ${join(", ", [for name, value in var.parameters : name if value == null])})."
  }
}

variable "subnet_ids" {
  description = "Ids of subnets without a way out, in at least two availability zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(distinct(var.subnet_ids)) >= 2
    error_message = "subnet_ids must hold at least two subnets, each in its own zone (got ${length(distinct(var.subnet_ids))})."
  }
}

variable "security_group_ids" {
  description = "Ids of the security groups that say who may connect."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.security_group_ids) >= 1
    error_message = "security_group_ids must hold at least one group: without, the network's default group would decide (got 0)."
  }
}

variable "username" {
  description = "Name of the master user. Another name later makes another instance, without the data."
  type        = string
  default     = "slipway_admin"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,15}$", var.username)) && !contains(local.reserved_words, var.username)
    error_message = "username must be 1 to 16 lower-case letters, digits and underscores, beginning with a letter, and no word that MySQL reserves (got ${var.username})."
  }
}

variable "generated_password" {
  description = "Password for the master user as a generator made it. Written to the secret once for each `password_version`, and to nothing else."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.generated_password != null
    error_message = "generated_password must be given."
  }

  validation {
    condition     = var.generated_password == null || can(regex("^[!-~]{16,41}$", var.generated_password)) && !can(regex("[\"'/@]", var.generated_password))
    error_message = "generated_password must be 16 to 41 printable ASCII characters without spaces, quotes, / and @."
  }
}

variable "password" {
  description = "Password that the secret holds, read back by `secret_id`. The instance takes this one, so the two cannot differ."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.password != null
    error_message = "password must be given: read it back from the secret that secret_id names."
  }

  validation {
    condition     = var.password == null || can(regex("^[!-~]{8,41}$", var.password)) && !can(regex("[\"'/@]", var.password))
    error_message = "password must be 8 to 41 printable ASCII characters without spaces, quotes, / and @."
  }
}

variable "password_version" {
  description = "Raise it to give the master user a new password, in the secret and in the instance."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.password_version >= 1 && floor(var.password_version) == var.password_version
    error_message = "password_version must be a whole number from 1 (got ${var.password_version})."
  }
}

variable "secret_name" {
  description = "Name of the secret with the master user's name and password, such as `slipway/dev/database`."
  type        = string
  nullable    = false

  validation {
    # A hyphen and six characters at the end look like what AWS appends itself.
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", var.secret_name)) && !can(regex("-[A-Za-z0-9]{6}$", var.secret_name))
    error_message = "secret_name must be 1 to 512 letters, digits and /_+=.@- and not end with a hyphen and six characters (got ${var.secret_name})."
  }
}

variable "log_retention_days" {
  description = "How long the error log and the slow query log are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of CloudWatch's periods: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 (got ${var.log_retention_days})."
  }
}

variable "monitoring_interval_seconds" {
  description = "How often the operating system's metrics are taken. 0: never."
  type        = number
  default     = 60
  nullable    = false

  validation {
    condition     = contains([0, 1, 5, 10, 15, 30, 60], var.monitoring_interval_seconds)
    error_message = "monitoring_interval_seconds must be 0, 1, 5, 10, 15, 30 or 60 (got ${var.monitoring_interval_seconds})."
  }
}

variable "performance_insights" {
  description = "Whether waits and queries of the last seven days are recorded. AWS cannot for the micro and small classes of db.t2, db.t3 and db.t4g; there it is off."
  type        = bool
  default     = true
  nullable    = false
}

variable "iam_authentication" {
  description = "Whether a user of the database may be made that logs in with an IAM token instead of a password."
  type        = bool
  default     = true
  nullable    = false
}

variable "apply_immediately" {
  description = "Whether changes that interrupt the database happen at once instead of in the maintenance window."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the primary."
  type        = bool
  default     = true
  nullable    = false
}

variable "force_destroy" {
  description = "Whether destroying leaves nothing behind: no final snapshot, no backups, and a secret that is gone at once instead of after 30 days."
  type        = bool
  default     = false
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds the monitoring role. Null: none."
  type        = string
  default     = null
}
