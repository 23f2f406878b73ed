locals {
  services_raw = try(merge(local.root.services, {}), {})
  services     = { for name, service in local.services_raw : name => try(merge(service, {}), {}) }

  # Services that are mappings; of the others only that is said.
  service_mappings = { for name, service in local.services : name => service if startswith(jsonencode(local.services_raw[name]), "{") }

  # Of no service nothing is the name, not even the empty text: no JSON is `none`.
  a_service         = length(local.services) > 0 ? "^\"(${join("|", keys(local.services))})\"$" : "^none$"
  a_service_allowed = length(local.services) > 0 ? "a service: ${join(", ", keys(local.services))}" : "a service, and none is declared"

  # Of services, queues, sites and uploads.
  name_pattern = "^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$"
  name_allowed = "the name must be 1 to 24 lower-case letters, digits and hyphens, and begin with a letter and not end with a hyphen"

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
  memory_by_cpu = {
    256   = { sizes = [512, 1024, 2048], text = "512, 1024, 2048" }
    512   = { sizes = range(1024, 4097, 1024), text = "1024, 2048, 3072, 4096" }
    1024  = { sizes = range(2048, 8193, 1024), text = "2048 to 8192 in steps of 1024" }
    2048  = { sizes = range(4096, 16385, 1024), text = "4096 to 16384 in steps of 1024" }
    4096  = { sizes = range(8192, 30721, 1024), text = "8192 to 30720 in steps of 1024" }
    8192  = { sizes = range(16384, 61441, 4096), text = "16384 to 61440 in steps of 4096" }
    16384 = { sizes = range(32768, 122881, 8192), text = "32768 to 122880 in steps of 8192" }
  }

  service_objects = concat(
    [{ path = "services", json = jsonencode(try(local.root.services, null)), required = false, known = keys(local.services) }],
    [for name, service in local.services_raw : {
      path     = "services.${name}"
      json     = jsonencode(service)
      required = true
      known    = ["artifact", "command", "cpu", "memory", "count", "port", "public", "environment", "secrets", "deployment", "after"]
    }],
    [for name, service in local.service_mappings : {
      path     = "services.${name}.deployment"
      json     = jsonencode(try(service.deployment, null))
      required = false
      known    = ["minimum_healthy_percent", "maximum_percent", "grace_seconds", "timeout_seconds"]
    }],
  )

  service_texts = flatten([for name, service in local.service_mappings : [
    { path = "services.${name}.artifact", json = jsonencode(try(service.artifact, null)), required = true, pattern = "^\"[a-z][a-z0-9-]{0,39}\"$", allowed = "the name of an artifact in builds.yaml" },
    {
      path     = "services.${name}.cpu"
      json     = jsonencode(try(service.cpu, null))
      required = true
      pattern  = "^(${join("|", keys(local.memory_by_cpu))})$"
      allowed  = "256, 512, 1024, 2048, 4096, 8192 or 16384"
    },
  ]])

  service_numbers = flatten([for name, service in local.service_mappings : [
    { path = "services.${name}.memory", json = jsonencode(try(service.memory, null)), required = true, minimum = 512, maximum = 122880 },
    { path = "services.${name}.count", json = jsonencode(try(service.count, null)), required = false, minimum = 0, maximum = 5000 },
    { path = "services.${name}.port", json = jsonencode(try(service.port, null)), required = false, minimum = 1, maximum = 65535 },
    { path = "services.${name}.deployment.minimum_healthy_percent", json = jsonencode(try(service.deployment.minimum_healthy_percent, null)), required = false, minimum = 0, maximum = 100 },
    { path = "services.${name}.deployment.maximum_percent", json = jsonencode(try(service.deployment.maximum_percent, null)), required = false, minimum = 100, maximum = 400 },
    { path = "services.${name}.deployment.grace_seconds", json = jsonencode(try(service.deployment.grace_seconds, null)), required = false, minimum = 0, maximum = 3600 },
    { path = "services.${name}.deployment.timeout_seconds", json = jsonencode(try(service.deployment.timeout_seconds, null)), required = false, minimum = 30, maximum = 43200 },
  ]])

  service_lists = flatten([for name, service in local.service_mappings : [
    { path = "services.${name}.command", json = jsonencode(try(service.command, null)), required = false, pattern = "^\"", allowed = "text; quote what YAML would read as something else", minimum = 0, unique = false, secret = true },
    {
      path     = "services.${name}.after"
      json     = jsonencode(try(service.after, null))
      required = false
      pattern  = length(local.services) > 1 ? "^\"(${join("|", setsubtract(keys(local.services), [name]))})\"$" : "^none$"
      allowed  = length(local.services) > 1 ? "another service: ${join(", ", setsubtract(keys(local.services), [name]))}" : "another service, and there is none"
      minimum  = 0
      unique   = true
      secret   = false
    },
  ]])

  service_maps = flatten([for name, service in local.service_mappings : [
    {
      path          = "services.${name}.environment"
      json          = jsonencode(try(service.environment, null))
      required      = false
      key_pattern   = "^[A-Za-z_][A-Za-z0-9_]*$"
      allowed_key   = "letters, digits and underscores, and not begin with a digit"
      value_pattern = "^\""
      allowed_value = "text: quote it"
      secret        = true
    },
    {
      path          = "services.${name}.secrets"
      json          = jsonencode(try(service.secrets, null))
      required      = false
      key_pattern   = "^[A-Za-z_][A-Za-z0-9_]*$"
      allowed_key   = "letters, digits and underscores, and not begin with a digit"
      value_pattern = local.secret_reference
      allowed_value = local.secret_reference_allowed
      secret        = true
    },
  ]])

  rollout_settings = {
    for name, service in local.service_mappings : name => {
      count   = jsonencode(try(coalesce(service.count), 1))
      minimum = jsonencode(try(coalesce(service.deployment.minimum_healthy_percent), 100))
      maximum = jsonencode(try(coalesce(service.deployment.maximum_percent), 200))
    }
  }

  # Of services whose numbers are numbers.
  rollouts = {
    for name, rollout in local.rollout_settings : name => {
      count   = tonumber(rollout.count)
      minimum = tonumber(rollout.minimum)
      maximum = tonumber(rollout.maximum)
      kept    = ceil(tonumber(rollout.count) * tonumber(rollout.minimum) / 100)
      allowed = floor(tonumber(rollout.count) * tonumber(rollout.maximum) / 100)
    } if alltrue([for number in values(rollout) : can(regex("^[0-9]+$", number))])
  }

  service_relations = concat(
    [for name in keys(local.services) : "services.${name}: ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    [for name in keys(local.services) : "services.${name}: the name has another meaning in the firewall" if contains(["internet", "load-balancer", "database"], name)],
    [for name in keys(local.services) : "services.${name}: the environment has a log group of this name" if contains(["exec", "flow"], name)],
    [for name in keys(local.services) : "services.${name}: the environment has a security group of this name" if name == "endpoints"],
    [
      for name, service in local.service_mappings : "services.${name}.memory: ${service.memory} MiB is not possible with cpu ${service.cpu}; allowed: ${local.memory_by_cpu[service.cpu].text}"
      if try(contains(keys(local.memory_by_cpu), jsonencode(service.cpu)) && can(regex("^[0-9]+$", jsonencode(service.memory))) && !contains(local.memory_by_cpu[service.cpu].sizes, service.memory), false)
    ],
    flatten([
      for name, service in local.service_mappings : [
        for key in try(keys(service.secrets), []) : "services.${name}.secrets.${key}: is in environment too; ECS takes one of them" if try(contains(keys(service.environment), key), false)
      ]
    ]),
    flatten([
      for name, service in local.service_mappings : [
        for key, item in try(merge(service.environment, {}), {}) : "services.${name}.environment.${key}: would hold the place of a secret, not the secret; write the line under secrets"
        if can(regex("^\"(ssm|secretsmanager):", jsonencode(item)))
      ]
    ]),
    [
      for name, rollout in local.rollouts :
      "services.${name}.deployment: a rollout can never move: with count ${rollout.count} at least ${rollout.kept} have to run, and at most ${rollout.allowed} may (ECS rounds the first up and the second down)"
      if rollout.minimum >= rollout.maximum || (rollout.count > 0 && rollout.kept >= rollout.allowed)
    ],
  )
}
