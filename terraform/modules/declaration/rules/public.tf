locals {
  public_services = { for name, service in local.service_mappings : name => try(merge(service.public, {}), {}) if try(service.public != null, false) }
  health_checks   = { for name, public in local.public_services : name => try(merge(public.health, {}), {}) }

  # Longer paths first, so that /api/* is asked before /*. It depends on the path alone: a service that is added
  # or removed never moves another one's rule. The hash keeps paths of the same length apart. ops computes the same
  # (ops-cli/ops-model/src/declaration/rules/listener_rule.rs).
  priorities = {
    for name, public in local.public_services : name => try(
      tonumber(coalesce(public.priority)),
      40000 - 100 * length(public.path) + parseint(substr(sha256(public.path), 0, 4), 16) % 100,
      0,
    )
  }

  public_paths     = { for name, public in local.public_services : name => jsonencode(try(public.path, null)) }
  derives_priority = { for name, public in local.public_services : name => try(public.priority == null, true) }

  # Who is let in to the port of each public service.
  admitted = {
    for name in keys(local.public_services) : name => [
      for rule in local.firewall_rules : rule.from if rule.group == name && rule.port == jsonencode(local.services[name].port)
    ] if try(can(regex("^[0-9]+$", jsonencode(local.services[name].port))) && local.services[name].port >= 1 && local.services[name].port <= 65535, false)
  }

  public_objects = flatten([for name, service in local.service_mappings : [
    { path = "services.${name}.public", json = jsonencode(try(service.public, null)), required = false, known = ["path", "priority", "health"] },
    {
      path     = "services.${name}.public.health"
      json     = jsonencode(try(service.public.health, null))
      required = false
      known    = ["path", "interval_seconds", "timeout_seconds", "healthy_threshold", "unhealthy_threshold"]
    },
  ]])

  public_texts = flatten([for name, public in local.public_services : [
    {
      path     = "services.${name}.public.path"
      json     = jsonencode(try(public.path, null))
      required = startswith(jsonencode(local.services[name].public), "{")
      # A pattern cannot count the characters and the wildcards at once: no JSON is `none`.
      pattern = length(try(tostring(public.path), "")) <= 128 ? "^\"/[A-Za-z0-9_.$/~@:+-]*([*?][A-Za-z0-9_.$/~@:+-]*){0,5}\"$" : "^none$"
      allowed = "a path pattern that begins with /, such as /* or /api/*, of at most 128 characters, at most five of them * or ?"
    },
    {
      path     = "services.${name}.public.health.path"
      json     = jsonencode(try(local.health_checks[name].path, null))
      required = false
      # jsonencode writes & as \u0026.
      pattern = "^\"/([!#-%'-;=?-\\[\\]-~]|\\\\u0026){0,254}\"$"
      allowed = "a path that begins with /, such as /readyz, of at most 255 visible characters without \", \\, < and >"
    },
  ]])

  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
  public_numbers = flatten([for name, public in local.public_services : [
    { path = "services.${name}.public.priority", json = jsonencode(try(public.priority, null)), required = false, minimum = 1, maximum = 50000 },
    { path = "services.${name}.public.health.interval_seconds", json = jsonencode(try(local.health_checks[name].interval_seconds, null)), required = false, minimum = 5, maximum = 300 },
    { path = "services.${name}.public.health.timeout_seconds", json = jsonencode(try(local.health_checks[name].timeout_seconds, null)), required = false, minimum = 2, maximum = 120 },
    { path = "services.${name}.public.health.healthy_threshold", json = jsonencode(try(local.health_checks[name].healthy_threshold, null)), required = false, minimum = 2, maximum = 10 },
    { path = "services.${name}.public.health.unhealthy_threshold", json = jsonencode(try(local.health_checks[name].unhealthy_threshold, null)), required = false, minimum = 2, maximum = 10 },
  ]])

  public_relations = concat(
    [for count in [length(local.public_services)] : "services: must be at most 100 that are public, which is what a load balancer takes (got ${count})" if count > 100],
    [for name in keys(local.public_services) : "services.${name}.port: missing; a public service needs the port that its container listens on" if try(local.services[name].port == null, true)],
    [for name in keys(local.public_services) : "services.${name}.public: needs a load_balancer, and none is declared" if !local.has_load_balancer],
    [
      for name, health in local.health_checks :
      "services.${name}.public.health.timeout_seconds: must be less than interval_seconds (got ${coalesce(try(health.timeout_seconds, null), 5)} of ${coalesce(try(health.interval_seconds, null), 10)})"
      if try(tonumber(coalesce(try(health.timeout_seconds, null), 5)) >= tonumber(coalesce(try(health.interval_seconds, null), 10)), false)
    ],
    flatten([
      for name, priority in local.priorities : [
        for other, same in local.priorities : "services.${name}.public.priority: ${priority} belongs to ${other} too; give them different paths or priorities"
        # Two that answer one path have one derived priority: that is said already.
        if name != other && same == priority && priority > 0 && !(local.public_paths[name] == local.public_paths[other] && local.derives_priority[name] && local.derives_priority[other])
      ]
    ]),
    flatten([
      for name, path in local.public_paths : [
        for other, same in local.public_paths : "services.${name}.public.path: ${other} answers it too; only the first of the two would ever be asked (got ${path})"
        if name != other && same == path && path != "null"
      ]
    ]),
    [
      for name, sources in local.admitted :
      "firewall.${name}: does not let the load balancer in, so no target would ever be healthy; add from: load_balancer with port ${local.services[name].port}"
      if !anytrue([for source in sources : contains(["\"internet\"", "\"load_balancer\""], source)])
    ],
  )
}
