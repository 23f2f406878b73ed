# What services and tasks have in common: the task definition, and where its tasks run.
locals {
  # Of services, tasks, containers, volumes, queues, sites and uploads.
  name_pattern = "^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$"
  name_allowed = "1 to 24 lower-case letters, digits and hyphens, and begin with a letter and not end with a hyphen"
  given_name   = { name = local.name_pattern, allowed_name = local.name_allowed, allowed = "a mapping" }

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

  aws_name = { text = "^\"[A-Za-z0-9_-]{1,255}\"$", allowed = "1 to 255 letters, digits, hyphens and underscores" }

  workload_form = merge(local.container_form, {
    container_name        = local.aws_name
    family                = local.aws_name
    artifact              = merge(local.artifact, { required = true })
    cpu                   = { text = "^(${join("|", keys(local.memory_by_cpu))})$", allowed = "256, 512, 1024, 2048, 4096, 8192 or 16384", required = true }
    memory                = { minimum = 512, maximum = 122880, required = true }
    architecture          = { options = ["x86_64", "arm64"] }
    ephemeral_storage_gib = { minimum = 21, maximum = 200 }
    volumes               = merge(local.given_name, { form = "volume", each = "names" })
    containers            = merge(local.given_name, { form = "sidecar", each = "names", secret = true })
    capacity              = { form = "capacity", each = "one" }
    platform_version      = { text = "^\"(1\\.([4-9]|[1-9][0-9]+)|([2-9]|[1-9][0-9]+)\\.[0-9]+)\\.[0-9]+\"$", allowed = "a version of Fargate's platform from 1.4.0 on" }
    tags = {
      name          = "^[A-Za-z0-9 _.:/=+@-]{1,128}$"
      reserved_name = "^(aws|slipway):"
      allowed_name  = "1 to 128 letters, digits, spaces and _.:/=+-@, and begin neither with aws: nor with slipway:"
      value         = "^\""
      allowed       = "text: quote it"
    }
  })

  # What AWS calls its settings is not known here.
  overridden = { name = "", allowed_name = "a member of AWS's request", allowed = "what AWS takes", secret = true }

  workload_forms = {
    capacity = {
      fargate      = { form = "capacity_share", each = "one" }
      fargate_spot = { form = "capacity_share", each = "one" }
    }
    capacity_share = {
      base   = { minimum = 0, maximum = 100000 }
      weight = { minimum = 0, maximum = 1000 }
    }
  }

  workloads = merge(
    { for name, service in local.service_mappings : "services.${name}" => merge(service, { called = name, main = try(tostring(coalesce(service.container_name)), name) }) },
    { for name, task in local.task_mappings : "tasks.${name}" => merge(task, { called = name, main = try(tostring(coalesce(task.container_name)), name) }) },
  )
  workload_names = concat(keys(local.services), keys(local.tasks_raw))

  a_workload = length(local.workload_names) > 0 ? "^\"(${join("|", local.workload_names)})\"$" : "^none$"
  a_workload_allowed = (
    length(local.tasks_raw) > 0 ? "a service or task: ${join(", ", local.workload_names)}" : local.a_service_allowed
  )

  names_taken = {
    internet      = "the name has another meaning in the firewall"
    load-balancer = "the name has another meaning in the firewall"
    database      = "the name has another meaning in the firewall"
    exec          = "the environment has a log group of this name"
    flow          = "the environment has a log group of this name"
    endpoints     = "the environment has a security group of this name"
  }

  # Of their task definitions. One that nobody wrote has its own name in it.
  families = { for path, workload in local.workloads : path => try(tostring(coalesce(workload.family)), "slipway-${var.environment}-${workload.called}") }

  capacities = { for path, workload in local.workloads : path => [for share in values(workload.capacity) : share if share != null] if startswith(jsonencode(try(workload.capacity, null)), "{") }

  workload_relations = concat(
    flatten([
      for sort, names in { services = keys(local.services), tasks = keys(local.tasks_raw) } : [
        for name in names : "${sort}.${name}: ${local.names_taken[name]}" if contains(keys(local.names_taken), name)
      ]
    ]),
    [
      for path, workload in local.workloads : "${path}.memory: ${workload.memory} MiB is not possible with cpu ${workload.cpu}; allowed: ${local.memory_by_cpu[workload.cpu].text}"
      if try(contains(keys(local.memory_by_cpu), jsonencode(workload.cpu)) && can(regex("^[0-9]+$", jsonencode(workload.memory))) && !contains(local.memory_by_cpu[workload.cpu].sizes, workload.memory), false)
    ],
    flatten([
      for path, family in local.families : [
        for other, same in local.families : "${path}.family: ${other} has the same; choose another (got ${family})" if path != other && same == family
      ] if try(local.workloads[path].family != null, false)
    ]),
    [for path, shares in local.capacities : "${path}.capacity: needs fargate, fargate_spot or both" if length(shares) == 0],
    [for path, shares in local.capacities : "${path}.capacity: only one of the two has a base" if length([for share in shares : share if try(tonumber(share.base) > 0, false)]) > 1],
    [
      for path, shares in local.capacities : "${path}.capacity: needs a weight above 0, or nothing runs above the base"
      if length(shares) > 0 && alltrue([for share in shares : try(tonumber(share.weight) == 0, false)])
    ],
    flatten([
      for path, workload in local.workloads : [
        for request, members in local.members_of_ops : [
          for member in try(keys(workload.overrides[request]), []) : "${path}.overrides.${request}.${member}: belongs to ops; remove the line" if contains(members, member)
        ]
      ]
    ]),
    [
      for path, workload in local.workloads : "${path}.overrides.task_definition.containerDefinitions: must be a list of mappings, each with the name of its container"
      if try(workload.overrides.task_definition.containerDefinitions, null) != null && !try(
        startswith(jsonencode(workload.overrides.task_definition.containerDefinitions), "[") && alltrue([
          for container in workload.overrides.task_definition.containerDefinitions : startswith(jsonencode(container.name), "\"")
      ]), false)
    ],
  )

  # What is not a setting of the service or task, or has a key of its own.
  members_of_ops = {
    task_definition = ["family", "tags"]
    service         = ["cluster", "serviceName", "taskDefinition", "tags", "clientToken"]
  }
}
