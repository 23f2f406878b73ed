locals {
  root = try(merge(var.raw, {}), {})
  # Keys are asked for only where there is a mapping to hold them.
  is_mapping = startswith(jsonencode(var.raw), "{")
  region     = try(tostring(local.root.region), "")

  registry = try(merge(local.root.registry, {}), {})

  environment_objects = [
    {
      path     = ""
      json     = jsonencode(var.raw)
      required = true
      known = [
        "version", "environment", "account", "region", "ops_bucket", "network", "logs", "cluster", "registry", "domain", "load_balancer", "firewall", "holes",
        "database", "secrets", "queues", "sites", "uploads", "alarms", "records", "services", "tasks", "scenarios", "gates",
      ]
    },
    { path = "registry", json = jsonencode(try(local.root.registry, null)), required = false, known = ["repositories"] },
  ]

  environment_texts = [
    { path = "version", json = jsonencode(try(local.root.version, null)), required = local.is_mapping, pattern = "^1$", allowed = "1" },
    {
      path     = "environment"
      json     = jsonencode(try(local.root.environment, null))
      required = local.is_mapping
      pattern  = "^\"${var.environment}\"$"
      allowed  = "the name of its folder, ${var.environment}"
    },
    { path = "account", json = jsonencode(try(local.root.account, null)), required = local.is_mapping, pattern = "^\"[0-9]{12}\"$", allowed = "twelve digits in quotes" },
    { path = "region", json = jsonencode(try(local.root.region, null)), required = local.is_mapping, pattern = "^\"[a-z]{2}(-[a-z]+)+-[0-9]\"$", allowed = "an AWS region, such as ap-northeast-2" },
    {
      path     = "ops_bucket"
      json     = jsonencode(try(local.root.ops_bucket, null))
      required = local.is_mapping
      pattern  = "^\"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\"$"
      allowed  = "the name of a bucket: 3 to 63 lower-case letters, digits and hyphens"
    },
  ]

  environment_lists = [
    {
      path     = "registry.repositories"
      json     = jsonencode(try(local.registry.repositories, null))
      required = try(local.root.registry != null, false)
      pattern  = "^\"[a-z0-9]([._/-]?[a-z0-9])+\"$"
      allowed  = "a repository name of at least 2 characters, such as slipway/app"
      minimum  = 1
      unique   = true
      secret   = false
    },
  ]

  ops_bucket = try(tostring(local.root.ops_bucket), "")

  # All that Terraform makes besides, with names that a site or an upload of tomorrow may have.
  other_buckets = "^slipway-(${var.environment}-(logs|(site|uploads)-.*)|state)-${try(tostring(local.root.account), "")}$"

  environment_relations = concat(
    [
      # A database's identifier takes no two hyphens in a row.
      for name in [var.environment] : "environment: a name is 1 to 20 lower-case letters, digits and single hyphens, begins with a letter and does not end with a hyphen (got \"${name}\")"
      if !can(regex("^[a-z](-?[a-z0-9])*$", name)) || length(name) > 20
    ],
    [for name in [local.ops_bucket] : "ops_bucket: must be a name that Terraform does not give to another bucket (got \"${name}\")" if can(regex(local.other_buckets, name))],
    [
      # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
      for name in [local.ops_bucket] : "ops_bucket: must not begin with xn--, sthree- or amzn-s3-demo- nor end with -s3alias, --ol-s3, --x-s3 or --table-s3, which S3 keeps for itself (got \"${name}\")"
      if can(regex("^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--(ol|x|table)-s3)$", name))
    ],
    [
      for index, name in try([for name in local.registry.repositories : tostring(name)], []) : "registry.repositories[${index}]: must have at most 256 characters (got ${length(name)})"
      if length(name) > 256
    ],
  )
}
