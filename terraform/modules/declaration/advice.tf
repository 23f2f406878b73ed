# What is allowed and hardly ever meant. It warns in every plan and stops none.
locals {
  # Valid or not: advice must not fail where the rules will say more.
  admitted = {
    for name, service in try(merge(local.raw.services, {}), {}) : name => [
      for rule in try([for rule in local.raw.firewall[name] : rule], []) : try(rule.from, "") if try(rule.port == service.port, false)
    ] if try(service.public != null, false)
  }

  # A range may hold the load balancer, so only its absence together with that of any range is certain.
  unreachable = [
    for name, sources in local.admitted : name if !anytrue([for source in sources : contains(["internet", "load_balancer"], source) || strcontains(source, "/")])
  ]
}

check "load_balancer_reaches_public_services" {
  assert {
    condition     = length(local.unreachable) == 0
    error_message = "The firewall keeps the load balancer from ${join(", ", local.unreachable)}: no target will ever be healthy. Add `from: load_balancer` with the service's port."
  }
}
