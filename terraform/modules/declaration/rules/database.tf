locals {
  database = try(merge(local.root.database, {}), {})

  has_database       = try(local.root.database != null, false)
  describes_database = startswith(jsonencode(try(local.root.database, null)), "{")

  database_objects = [
    {
      path     = "database"
      json     = jsonencode(try(local.root.database, null))
      required = false
      known    = ["engine_version", "instance", "schema", "storage_gb", "maximum_storage_gb", "multi_zone", "replicas", "backup_days", "parameters"]
    },
  ]

  database_texts = [
    {
      path     = "database.engine_version"
      json     = jsonencode(try(local.database.engine_version, null))
      required = local.describes_database
      pattern  = "^\"8\\.[04](\\.[0-9]+)?\"$"
      allowed  = "a version of MySQL 8.0 or 8.4 in quotes, such as \"8.4\" or \"8.4.5\""
    },
    {
      path     = "database.instance"
      json     = jsonencode(try(local.database.instance, null))
      required = local.describes_database
      pattern  = "^\"db\\.[a-z0-9-]+\\.[a-z0-9-]+\"$"
      allowed  = "an instance class, such as db.t4g.medium"
    },
    {
      path     = "database.schema"
      json     = jsonencode(try(local.database.schema, null))
      required = local.describes_database
      pattern  = "^\"[a-z][a-z0-9_]{0,62}\"$"
      allowed  = "1 to 63 lower-case letters, digits and underscores, the first a letter"
    },
    { path = "database.multi_zone", json = jsonencode(try(local.database.multi_zone, null)), required = false, pattern = "^(true|false)$", allowed = "true or false" },
  ]

  database_numbers = [
    { path = "database.storage_gb", json = local.storage, required = false, minimum = 20, maximum = 65536 },
    { path = "database.maximum_storage_gb", json = local.maximum_storage, required = false, minimum = 22, maximum = 65536 },
    { path = "database.replicas", json = jsonencode(try(local.database.replicas, null)), required = false, minimum = 0, maximum = 15 },
    { path = "database.backup_days", json = jsonencode(try(local.database.backup_days, null)), required = false, minimum = 1, maximum = 35 },
  ]

  database_maps = [
    {
      path          = "database.parameters"
      json          = jsonencode(try(local.database.parameters, null))
      required      = false
      key_pattern   = "^[a-z][a-z0-9_]*$"
      allowed_key   = "lower-case letters, digits and underscores, and begin with a letter"
      value_pattern = "^\""
      allowed_value = "text: quote it"
      secret        = false
    },
  ]

  storage         = jsonencode(try(local.database.storage_gb, null))
  maximum_storage = jsonencode(try(local.database.maximum_storage_gb, null))
  storage_begins  = local.storage == "null" ? "20" : local.storage

  database_relations = concat(
    [
      for name in compact([try(tostring(local.database.schema), "")]) : "database.schema: is a word that MySQL keeps for itself; choose another (got \"${name}\")"
      if contains(split(" ", join(" ", local.reserved_words)), name)
    ],
    [
      for key in try(keys(local.database.parameters), []) : "database.parameters.${key}: is always ON, so that no connection is in plain; remove the line"
      if key == "require_secure_transport"
    ],
    [
      for storage in [local.storage_begins] :
      "database.maximum_storage_gb: must be at least 10 % more than storage_gb, ${ceil(tonumber(storage) * 11 / 10)} for ${storage} (got ${local.maximum_storage})"
      if alltrue([for number in [storage, local.maximum_storage] : can(regex("^[0-9]+$", number))]) && try(10 * tonumber(local.maximum_storage) < 11 * tonumber(storage), false)
    ],
  )
}
