locals {
  # Where a secret is, and nothing that could be one.
  secret_reference         = "^\"(ssm:(/[A-Za-z0-9_.-]+)+|secretsmanager:[A-Za-z0-9/_+=.@-]+)\"$"
  secret_reference_allowed = "ssm:/path or secretsmanager:name, never the secret itself"

  secrets_lists = [
    {
      path     = "secrets"
      json     = jsonencode(try(local.root.secrets, null))
      required = false
      pattern  = local.secret_reference
      allowed  = local.secret_reference_allowed
      minimum  = 0
      unique   = true
      secret   = true
    },
  ]
}
