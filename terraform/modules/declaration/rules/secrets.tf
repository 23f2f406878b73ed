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

  # Of what is a place; of the rest only that it is none is said. A service may name places with any of these names: others made them.
  secret_places = {
    for index, place in try([for place in local.root.secrets : tostring(place)], []) : index => place if can(regex(local.secret_reference, jsonencode(place)))
  }
  parameter_paths = { for index, place in local.secret_places : index => trimprefix(place, "ssm:") if startswith(place, "ssm:") }
  secret_names    = { for index, place in local.secret_places : index => trimprefix(place, "secretsmanager:") if startswith(place, "secretsmanager:") }

  # https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
  # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
  secrets_relations = concat(
    [
      for index, path in local.parameter_paths : "secrets[${index}]: must be below ssm:/slipway/${var.environment}/: the roles of CI make no other, and no other environment reads it"
      if !startswith(path, "/slipway/${var.environment}/")
    ],
    [
      for index, name in local.secret_names : "secrets[${index}]: must be below secretsmanager:slipway/${var.environment}/: the roles of CI make no other, and no other environment reads it"
      if !startswith(name, "slipway/${var.environment}/")
    ],
    [for index, path in local.parameter_paths : "secrets[${index}]: must have at most 15 levels (got ${length(split("/", path)) - 1})" if length(split("/", path)) > 16],
    # AWS counts 1011 characters with the ARN before the path, which takes up to 56.
    [for index, path in local.parameter_paths : "secrets[${index}]: must have a path of at most 955 characters (got ${length(path)})" if length(path) > 955],
    [for index, name in local.secret_names : "secrets[${index}]: must have a name of at most 512 characters (got ${length(name)})" if length(name) > 512],
    [for index, name in local.secret_names : "secrets[${index}]: must not end with a hyphen and six characters: AWS ends the ARNs of secrets like that" if can(regex("-.{6}$", name))],
    [
      for index, name in local.secret_names : "secrets[${index}]: is where Terraform keeps the password of the database; remove the line"
      if local.has_database && name == "slipway/${var.environment}/database"
    ],
  )
}
