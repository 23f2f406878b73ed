locals {
  services_raw = try(merge(local.root.services, {}), {})
  services     = { for name, service in local.services_raw : name => try(merge(service, {}), {}) }

  # Services that are mappings; of the others only that is said.
  service_mappings = { for name, service in local.services : name => service if startswith(jsonencode(local.services_raw[name]), "{") }

  # Of no service nothing is the name, not even the empty text: no JSON is `none`.
  a_service         = length(local.services) > 0 ? "^\"(${join("|", keys(local.services))})\"$" : "^none$"
  a_service_allowed = length(local.services) > 0 ? "a service: ${join(", ", keys(local.services))}" : "a service, and none is declared"

  service_forms = {
    service = merge(local.workload_form, {
      count      = { minimum = 0, maximum = 5000 }
      public     = { form = "public", each = "one" }
      connect    = { form = "connect", each = "one" }
      exec       = local.boolean
      deployment = { form = "deployment", each = "one" }
      scaling    = { form = "scaling", each = "one" }
      after      = {}
      overrides  = { form = "service_overrides", each = "one" }
    })
    service_overrides = { task_definition = local.overridden, service = local.overridden }
    public            = local.public_form
    health_check      = local.health_check_form
    connect           = local.connect_form
  }

  service_objects = [{ path = "services", json = jsonencode(try(local.root.services, null)), required = false, known = keys(local.services) }]

  service_lists = [for name, service in local.service_mappings : {
    path     = "services.${name}.after"
    json     = jsonencode(try(service.after, null))
    required = false
    pattern  = length(local.services) > 1 ? "^\"(${join("|", setsubtract(keys(local.services), [name]))})\"$" : "^none$"
    allowed  = length(local.services) > 1 ? "another service: ${join(", ", setsubtract(keys(local.services), [name]))}" : "another service, and there is none"
    minimum  = 0
    unique   = true
    secret   = false
  } if try(service.after != null, false)]

  service_relations = concat(
    [for name in keys(local.services) : "services.${name}: the name must be ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations
    [
      for name, service in local.service_mappings : "services.${name}.exec: needs readonly_root_filesystem: false, because the agent of ECS Exec writes"
      if try(service.exec == true, false) && !try(service.readonly_root_filesystem == false, false)
    ],
  )
}
