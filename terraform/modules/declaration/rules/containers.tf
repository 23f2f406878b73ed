# What can be said of every container: of the main one, in the service or task itself, and of those beside it.
locals {
  variable_name = { name = "^[A-Za-z_][A-Za-z0-9_]*$", allowed_name = "letters, digits and underscores, and not begin with a digit" }

  container_form = {
    entry_point              = { item = "^\"", allowed = local.free_text, secret = true }
    command                  = { item = "^\"", allowed = local.free_text, secret = true }
    port                     = { minimum = 1, maximum = 65535 }
    environment              = merge(local.variable_name, { value = "^\"", allowed = "text: quote it", secret = true })
    secrets                  = merge(local.variable_name, { value = "${local.secret_reference}|^\\{", allowed = local.secret_reference_allowed, secret = true, form = "secret_part", each = "names" })
    depends_on               = { name = "", allowed_name = "a container", value = "^\"(start|complete|success|healthy)\"$", allowed = "start, complete, success or healthy" }
    health_check             = { form = "container_health_check", each = "one" }
    user                     = { text = "^\"[^\"]", allowed = "a user or user:group, quoted when it is a number" }
    working_directory        = { text = "^\"/", allowed = "a path that begins with /" }
    readonly_root_filesystem = local.boolean
    init_process             = local.boolean
    mounts                   = { name = "^/.+", allowed_name = "a path that begins with /", allowed = "a mapping", form = "mount", each = "names" }
    open_files               = { minimum = 1, maximum = 1048576 }
    labels                   = { name = ".", allowed_name = "text that does not begin with slipway.", reserved_name = "^slipway\\.", value = "^\"", allowed = "text: quote it" }
    log                      = { form = "container_log", each = "one" }
    start_timeout_seconds    = { minimum = 2, maximum = 120 }
    stop_timeout_seconds     = { minimum = 2, maximum = 120 }
  }

  artifact = { text = "^\"[a-z][a-z0-9-]{0,39}\"$", allowed = "the name of an artifact in builds.yaml" }

  container_forms = {
    sidecar = merge(local.container_form, {
      artifact           = local.artifact
      image              = { text = "^\"[a-z0-9][A-Za-z0-9._/:-]*@sha256:[0-9a-f]{64}\"$", allowed = "an image with its digest, such as public.ecr.aws/envoy/envoy@sha256:…" }
      essential          = local.boolean
      cpu                = { minimum = 1, maximum = 16384 }
      memory             = { minimum = 6, maximum = 122880 }
      memory_reservation = { minimum = 6, maximum = 122880 }
    })
    secret_part = {
      from    = { text = local.secret_reference, allowed = local.secret_reference_allowed, required = true, secret = true }
      key     = { text = "^\"[^:]+\"$", allowed = "a key in the JSON that the secret holds, without a colon", secret = true }
      version = { text = "^\"[A-Za-z0-9-]{32,64}\"$", allowed = "the id of a version of the secret, 32 to 64 letters, digits and hyphens", secret = true }
    }
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
    container_health_check = {
      command          = { item = "^\"", allowed = local.free_text, fewest = 1, required = true, secret = true }
      interval_seconds = { minimum = 5, maximum = 300 }
      timeout_seconds  = { minimum = 2, maximum = 60 }
      retries          = { minimum = 1, maximum = 10 }
      start_seconds    = { minimum = 0, maximum = 300 }
    }
    mount = {
      volume   = { text = "^\"", allowed = "the name of one of the volumes", required = true }
      readonly = local.boolean
    }
    container_log = {
      drop_after_mib    = { minimum = 1, maximum = 512 }
      multiline_pattern = { text = "^\"[^\"]", allowed = "a regular expression" }
    }
  }

  # The main containers and those beside them, with what each says. Of what is no mapping nothing more is said.
  containers = flatten([
    for path, workload in local.workloads : concat(
      [{ workload = path, path = path, name = workload.main, is_main = true, says = workload }],
      [
        for name, sidecar in try(merge(workload.containers, {}), {}) : { workload = path, path = "${path}.containers.${name}", name = name, is_main = false, says = sidecar }
        if startswith(jsonencode(sidecar), "{") && name != workload.main
      ],
    )
  ])
  sidecars       = [for container in local.containers : container if !container.is_main]
  names_in_tasks = { for path, workload in local.workloads : path => concat([workload.main], try(keys(workload.containers), [])) }

  # By what others may wait for: whether it may end, and whether it says that it is healthy.
  container_ends    = { for container in local.containers : "${container.workload} ${container.name}" => !container.is_main && try(container.says.essential == false, false) }
  container_healths = { for container in local.containers : "${container.workload} ${container.name}" => try(container.says.health_check != null, false) }
  dependencies = flatten([
    for container in local.containers : [
      for name, condition in try(merge(container.says.depends_on, {}), {}) : {
        path      = "${container.path}.depends_on.${name}"
        on_itself = name == container.name
        others    = setsubtract(local.names_in_tasks[container.workload], [container.name])
        name      = name
        key       = "${container.workload} ${name}"
        condition = try(tostring(coalesce(condition)), "")
      }
    ]
  ])

  container_ports = [
    for container in local.containers : { path = "${container.path}.port", key = "${container.workload} ${jsonencode(container.says.port)}", port = jsonencode(container.says.port) } if try(container.says.port != null, false)
  ]

  # What the containers beside the main one take of their task, as far as it is numbers.
  sizes = [for container in local.sidecars : {
    workload    = container.workload
    path        = container.path
    cpu         = try(tonumber(coalesce(container.says.cpu)), 0)
    memory      = try(tonumber(coalesce(container.says.memory)), 0)
    reservation = try(tonumber(coalesce(container.says.memory_reservation)), null)
  }]
  taken = {
    for path, workload in local.workloads : path => {
      cpu    = sum(concat([0], [for size in local.sizes : size.cpu if size.workload == path]))
      memory = sum(concat([0], [for size in local.sizes : coalesce(size.reservation, size.memory) if size.workload == path]))
    }
  }

  image_counts = { for container in local.sidecars : container.path => length([for key in ["artifact", "image"] : key if try(container.says[key] != null, false)]) }

  secret_parts = flatten([
    for container in local.containers : [
      for variable, secret in try(merge(container.says.secrets, {}), {}) : { path = "${container.path}.secrets.${variable}", says = secret } if startswith(jsonencode(secret), "{")
    ]
  ])

  container_relations = concat(
    flatten([
      for container in local.containers : [
        for key in try(keys(container.says.secrets), []) : "${container.path}.secrets.${key}: is in environment too; ECS takes one of them" if try(contains(keys(container.says.environment), key), false)
      ]
    ]),
    flatten([
      for container in local.containers : [
        for key, item in try(merge(container.says.environment, {}), {}) : "${container.path}.environment.${key}: would hold the place of a secret, not the secret; write the line under secrets"
        if can(regex("^\"(ssm|secretsmanager):", jsonencode(item)))
      ]
    ]),
    flatten([
      for secret in local.secret_parts : [
        for key, what in { key = "a parameter holds one value", version = "ECS takes a parameter as it is now; write the version into its path" } :
        "${secret.path}.${key}: only of secretsmanager: ${what}" if try(secret.says[key] != null, false) && try(startswith(secret.says.from, "ssm:"), false)
      ]
    ]),
    # https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
    [for path, names in local.names_in_tasks : "${path}.containers: must be at most 9 beside the main one, which is what ECS takes (got ${length(names) - 1})" if length(names) > 10],
    [
      for path, workload in local.workloads : "${path}.containers.${workload.main}: the main container has this name; choose another" if try(contains(keys(workload.containers), workload.main), false)
    ],
    [
      for path, count in local.image_counts : "${path}: ${count == 0 ? "needs an artifact or an image" : "takes an artifact or an image, not both"}" if count != 1
    ],
    [for wait in local.dependencies : "${wait.path}: a container cannot wait for itself" if wait.on_itself],
    [
      for wait in local.dependencies : "${wait.path}: must be another container of the task${length(wait.others) > 0 ? ": ${join(", ", wait.others)}" : ", and there is none"}"
      if !wait.on_itself && !contains(wait.others, wait.name)
    ],
    [
      for wait in local.dependencies : "${wait.path}: ${wait.name} is essential: when it ends, the task does; say essential: false there or start or healthy here (got ${wait.condition})"
      if !wait.on_itself && contains(["complete", "success"], wait.condition) && !try(local.container_ends[wait.key], true)
    ],
    [
      for wait in local.dependencies : "${wait.path}: ${wait.name} has no health_check, so it would never be healthy"
      if !wait.on_itself && wait.condition == "healthy" && !try(local.container_healths[wait.key], true)
    ],
    [
      for port in local.container_ports : "${port.path}: another container of the task has it too (got ${port.port})"
      if length([for other in local.container_ports : other if other.key == port.key]) > 1
    ],
    flatten([
      for path, taken in local.taken : [
        for key, of in { cpu = "CPU units", memory = "MiB" } : "${path}.containers: take ${taken[key]} ${of}, and the task has ${local.workloads[path][key]}" if try(taken[key] > tonumber(local.workloads[path][key]), false)
      ]
    ]),
    [
      for size in local.sizes : "${size.path}.memory: must be at most the task's, ${local.workloads[size.workload].memory} (got ${size.memory})"
      if try(size.reservation != null && size.memory > tonumber(local.workloads[size.workload].memory), false)
    ],
    [for size in local.sizes : "${size.path}.memory_reservation: must be less than memory (got ${size.reservation} of ${size.memory})" if try(size.memory > 0 && size.reservation >= size.memory, false)],
  )
}
