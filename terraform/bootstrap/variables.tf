variable "account" {
  description = "AWS account id, twelve digits. Credentials of another account are refused."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "account must be twelve digits (got ${var.account})."
  }
}

variable "region" {
  description = "AWS region of the bucket, such as `ap-northeast-2`."
  type        = string
  nullable    = false
}

variable "declarations" {
  description = "Folder with the environments' declarations, from this one."
  type        = string
  default     = "../../infra/environments"
  nullable    = false

  validation {
    condition     = length(fileset("${path.root}/${var.declarations}", "*/environment.yaml")) > 0
    error_message = "declarations must be a folder with <environment>/environment.yaml in it (got ${var.declarations})."
  }
}

variable "github" {
  description = "Who may take the roles of each environment of the account: whole `sub` claims of GitHub's tokens, by environment and role. Neither provider nor roles when null."
  type = map(object({
    plan   = set(string)
    apply  = set(string)
    deploy = set(string)
  }))
  default = null

  validation {
    condition     = var.github == null || try(toset(keys(var.github)) == toset(keys(local.environments)), false)
    error_message = "github must name exactly the environments whose declarations name account ${var.account}: ${join(", ", keys(local.environments))} (got ${try(join(", ", keys(var.github)), "")})."
  }

  validation {
    condition     = alltrue(flatten([for roles in coalesce(var.github, {}) : [for subjects in roles : length(coalesce(subjects, [])) > 0]]))
    error_message = "each role must have at least one sub (got none for a role of ${join(", ", [for name, roles in coalesce(var.github, {}) : name if anytrue([for subjects in roles : length(coalesce(subjects, [])) == 0])])})."
  }

  # GitHub has changed how it writes subjects more than once, so they are never put together here.
  validation {
    condition     = alltrue(flatten([for roles in coalesce(var.github, {}) : [for subjects in roles : [for subject in coalesce(subjects, []) : can(regex("^repo:[^*?\\s]+:[^*?]+$", subject))]]]))
    error_message = "each sub must be whole, begin with repo: and hold no wildcard (got ${join(", ", flatten([for roles in coalesce(var.github, {}) : [for subjects in roles : [for subject in coalesce(subjects, []) : subject]]]))})."
  }

  validation {
    condition     = alltrue(flatten([for roles in coalesce(var.github, {}) : [for role, subjects in roles : [for subject in coalesce(subjects, []) : strcontains(subject, ":environment:")] if role != "plan"]]))
    error_message = "each sub of apply and deploy must be pinned to a GitHub environment, such as repo:org/name:environment:dev (got ${join(", ", flatten([for roles in coalesce(var.github, {}) : [tolist(roles.apply), tolist(roles.deploy)]]))})."
  }
}
