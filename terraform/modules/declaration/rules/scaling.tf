locals {
  distance = { minimum = -1000000000, maximum = 1000000000 }

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
  scaling_forms = {
    scaling = {
      minimum   = { minimum = 0, maximum = 5000, required = true }
      maximum   = { minimum = 1, maximum = 5000, required = true }
      cpu       = { form = "scaling_target", each = "one" }
      memory    = { form = "scaling_target", each = "one" }
      requests  = { form = "scaling_target", each = "one" }
      steps     = merge(local.given_name, { form = "step_scaling", each = "names" })
      schedules = merge(local.given_name, { form = "scheduled_bounds", each = "names" })
    }
    scaling_target = {
      target                     = { minimum = 1, maximum = 1000000, required = true }
      scale_out_cooldown_seconds = { minimum = 0, maximum = 3600 }
      scale_in_cooldown_seconds  = { minimum = 0, maximum = 3600 }
      only_out                   = local.boolean
    }
    step_scaling = {
      unit             = { options = ["tasks", "percent"] }
      cooldown_seconds = { minimum = 0, maximum = 3600 }
      steps            = { item = "", allowed = "a mapping", fewest = 1, most = 20, form = "step", each = "list", required = true }
    }
    step = {
      from = local.distance
      to   = local.distance
      add  = { minimum = -5000, maximum = 5000, required = true }
    }
    scheduled_bounds = {
      at        = merge(local.moment, { required = true })
      time_zone = local.time_zone
      minimum   = { minimum = 0, maximum = 5000 }
      maximum   = { minimum = 0, maximum = 5000 }
    }
  }

  scalings = { for name, service in local.service_mappings : name => try(merge(service.scaling, {}), {}) if startswith(jsonencode(try(service.scaling, null)), "{") }

  # Bounds that are none are far away.
  steps = merge([
    for name, scaling in local.scalings : {
      for policy, steps in try(merge(scaling.steps, {}), {}) : "services.${name}.scaling.steps.${policy}.steps" => [
        for step in steps.steps : { from = try(tonumber(coalesce(step.from)), -local.far), to = try(tonumber(coalesce(step.to)), local.far) }
      ] if try(length([for step in steps.steps : step if startswith(jsonencode(step), "{")]) > 0, false)
    }
  ]...)
  far = 1000000000000

  # From the lowest to the highest, without a gap: where one ends another begins, but for the last.
  touching_steps = {
    for path, steps in local.steps : path => {
      from = toset([for step in steps : step.from if step.from > min(steps[*].from...)])
      to   = toset([for step in steps : step.to if step.to < max(steps[*].to...)])
    }
  }

  scheduled_bounds = merge([
    for name, scaling in local.scalings : {
      for schedule, bounds in try(merge(scaling.schedules, {}), {}) : "services.${name}.scaling.schedules.${schedule}" => bounds if startswith(jsonencode(bounds), "{")
    }
  ]...)
  bounds = merge({ for name, scaling in local.scalings : "services.${name}.scaling" => scaling }, local.scheduled_bounds)

  # https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
  scaling_relations = concat(
    [for name in keys(local.scalings) : "services.${name}.count: not together with scaling, whose minimum it begins with" if try(local.service_mappings[name].count != null, false)],
    [
      for path, bounds in local.bounds : "${path}.minimum: must be at most maximum (got ${bounds.minimum} and ${bounds.maximum})"
      if try(tonumber(bounds.minimum) > tonumber(bounds.maximum), false)
    ],
    [for path, bounds in local.scheduled_bounds : "${path}: needs minimum, maximum or both" if !anytrue([for key in ["minimum", "maximum"] : try(bounds[key] != null, false)])],
    [
      for name, scaling in local.scalings : "services.${name}.scaling: needs something to go by: cpu, memory, requests, steps or schedules"
      if !anytrue([for key in ["cpu", "memory", "requests", "steps", "schedules"] : !contains(["null", "{}"], jsonencode(try(scaling[key], null)))])
    ],
    flatten([
      for name, scaling in local.scalings : [
        for key in ["cpu", "memory"] : "services.${name}.scaling.${key}.target: is a percentage, so at most 100 (got ${scaling[key].target})" if try(tonumber(scaling[key].target) > 100, false)
      ]
    ]),
    [
      for name, scaling in local.scalings : "services.${name}.scaling.requests: only of a service that is public, with strategy rolling: AWS counts no requests while traffic shifts"
      if try(scaling.requests != null, false) && (!contains(keys(local.public_services), name) || contains(["blue_green", "canary", "linear"], local.strategies[name]))
    ],
    flatten([
      for path, steps in local.steps : [
        for index, step in steps : "${path}[${index}]: needs from or to, and from must be less than to"
        if step.from >= step.to || step.to - step.from == 2 * local.far
      ]
    ]),
    [
      for path, ends in local.touching_steps : "${path}: must follow each other without a gap or overlap, one at most without from and one without to"
      if ends.from != ends.to || length(ends.from) != length(local.steps[path]) - 1 || length(ends.to) != length(local.steps[path]) - 1
    ],
    [
      for path, steps in local.steps : "${path}: one with a negative from needs one without from below it"
      if anytrue([for step in steps : step.from < 0]) && min(steps[*].from...) != -local.far
    ],
    [
      for path, steps in local.steps : "${path}: one with a positive to needs one without to above it"
      if anytrue([for step in steps : step.to > 0]) && max(steps[*].to...) != local.far
    ],
  )
}
