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
      for rule in local.firewall_rules : rule.from if rule.group == name && try(
        tonumber(rule.port) <= local.services[name].port && local.services[name].port <= tonumber(rule.to_port == "null" ? rule.port : rule.to_port), false
      )
    ] if try(can(regex("^[0-9]+$", jsonencode(local.services[name].port))) && local.services[name].port >= 1 && local.services[name].port <= 65535, false)
  }

  public_form = {
    path = {
      text     = "^\"/[A-Za-z0-9_.$/~@:+-]*([*?][A-Za-z0-9_.$/~@:+-]*){0,5}\"$"
      longest  = 128
      allowed  = "a path pattern that begins with /, such as /* or /api/*, of at most 128 characters, at most five of them * or ?"
      required = true
    }
    priority = { minimum = 1, maximum = 50000 }
    health   = { form = "health_check", each = "one" }
  }

  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
  health_check_form = {
    # jsonencode writes & as \u0026.
    path                = { text = "^\"/([!#-%'-;=?-\\[\\]-~]|\\\\u0026){0,254}\"$", allowed = "a path that begins with /, such as /readyz, of at most 255 visible characters without \", \\, < and >" }
    interval_seconds    = { minimum = 5, maximum = 300 }
    timeout_seconds     = { minimum = 2, maximum = 120 }
    healthy_threshold   = { minimum = 2, maximum = 10 }
    unhealthy_threshold = { minimum = 2, maximum = 10 }
  }

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
    # ops puts a rule of its own directly before the one that Terraform makes.
    [
      for name, priority in local.priorities : "services.${name}.public.priority: must be at least 2 with strategy ${local.strategies[name]}, because ops needs the one before it for the traffic shift (got ${priority})"
      if local.strategies[name] != "rolling" && priority == 1
    ],
    flatten([
      for name, priority in local.priorities : [
        for other, taken in local.priorities : "services.${name}.public.priority: ops needs the one before it, ${taken}, for the traffic shift, and ${other} has it; give them other priorities"
        if local.strategies[name] != "rolling" && taken == priority - 1 && taken > 0
      ]
    ]),
    [
      for name, sources in local.admitted :
      "firewall.${name}: does not let the load balancer in, so no target would ever be healthy; add from: load_balancer with port ${local.services[name].port}"
      if !anytrue([for source in sources : contains(["\"internet\"", "\"load_balancer\""], source)])
    ],
  )
}
