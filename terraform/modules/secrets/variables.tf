variable "references" {
  description = "What is made: `ssm:/path` (a SecureString parameter) or `secretsmanager:name` (a secret)."
  type        = set(string)
  nullable    = false

  validation {
    condition     = alltrue([for reference in var.references : can(regex("^(ssm:(/[A-Za-z0-9_.-]+)+|secretsmanager:[A-Za-z0-9/_+=.@-]+)$", reference))])
    error_message = "each reference must be ssm:/path or secretsmanager:name (got ${join(", ", var.references)})."
  }

  validation {
    condition     = alltrue([for reference in var.references : !can(regex("^ssm:/(aws|ssm)", lower(reference)))])
    error_message = "a parameter's path must not begin with /aws or /ssm, which AWS keeps for itself (got ${join(", ", [for reference in var.references : reference if can(regex("^ssm:/(aws|ssm)", lower(reference)))])})."
  }

  validation {
    condition     = alltrue([for reference in var.references : length(split("/", reference)) - 1 <= 15 if startswith(reference, "ssm:")])
    error_message = "a parameter's path must have at most 15 levels (got ${join(", ", [for reference in var.references : reference if startswith(reference, "ssm:") && length(split("/", reference)) > 16])})."
  }

  # AWS counts 1011 characters with the ARN before the path, which takes up to 56.
  validation {
    condition     = alltrue([for reference in var.references : length(trimprefix(reference, "ssm:")) <= 955 if startswith(reference, "ssm:")])
    error_message = "a parameter's path must have at most 955 characters (got ${join(", ", [for reference in var.references : length(trimprefix(reference, "ssm:")) if startswith(reference, "ssm:")])})."
  }

  validation {
    condition     = alltrue([for reference in var.references : length(trimprefix(reference, "secretsmanager:")) <= 512 if startswith(reference, "secretsmanager:")])
    error_message = "a secret's name must have at most 512 characters (got ${join(", ", [for reference in var.references : length(trimprefix(reference, "secretsmanager:")) if startswith(reference, "secretsmanager:")])})."
  }

  validation {
    condition     = alltrue([for reference in var.references : !can(regex("^secretsmanager:.*-.{6}$", reference))])
    error_message = "a secret's name must not end in a hyphen and six characters: AWS ends the ARNs of secrets like that and takes the one for the other (got ${join(", ", [for reference in var.references : reference if can(regex("^secretsmanager:.*-.{6}$", reference))])})."
  }
}

variable "recovery_days" {
  description = "Days that a deleted secret can still be brought back: 7 to 30. 0 deletes it at once, for an environment that is to be destroyed and made again. Parameters are always deleted at once."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = floor(var.recovery_days) == var.recovery_days && (var.recovery_days == 0 || (var.recovery_days >= 7 && var.recovery_days <= 30))
    error_message = "recovery_days must be a whole number from 7 to 30, or 0 (got ${var.recovery_days})."
  }
}
