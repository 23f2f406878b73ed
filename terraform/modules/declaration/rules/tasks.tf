locals {
  tasks_raw = try(merge(local.root.tasks, {}), {})
  # Tasks that are mappings; of the others only that is said.
  task_mappings = { for name, task in local.tasks_raw : name => task if startswith(jsonencode(task), "{") }

  task_forms = {
    task = merge(local.workload_form, {
      before          = { item = local.a_service, allowed = local.a_service_allowed, unique = true }
      timeout_seconds = { minimum = 30, maximum = 86400 }
      schedule        = { form = "schedule", each = "one" }
      overrides       = { form = "task_overrides", each = "one" }
    })
    task_overrides = { task_definition = local.overridden }
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    schedule = {
      at                  = merge(local.moment, { required = true })
      time_zone           = local.time_zone
      flexible_minutes    = { minimum = 0, maximum = 1440 }
      retries             = { minimum = 0, maximum = 185 }
      maximum_age_seconds = { minimum = 60, maximum = 86400 }
      enabled             = local.boolean
    }
  }

  task_objects = [{ path = "tasks", json = jsonencode(try(local.root.tasks, null)), required = false, known = keys(local.tasks_raw) }]

  task_relations = concat(
    [for name in keys(local.tasks_raw) : "tasks.${name}: the name must be ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    [for name in keys(local.tasks_raw) : "tasks.${name}: a service has the same name" if contains(keys(local.services), name)],
  )
}
