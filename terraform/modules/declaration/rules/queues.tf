locals {
  queues_raw = try(merge(local.root.queues, {}), {})
  # Queues that are mappings; of the others only that is said. The same for sites and uploads.
  queues = { for name, queue in local.queues_raw : name => queue if startswith(jsonencode(queue), "{") }

  queue_objects = concat(
    [{ path = "queues", json = jsonencode(try(local.root.queues, null)), required = false, known = keys(local.queues_raw) }],
    [for name, queue in local.queues_raw : {
      path     = "queues.${name}"
      json     = jsonencode(queue)
      required = true
      known    = ["send", "receive", "fifo", "visibility_seconds", "retention_days", "maximum_receives"]
    }],
  )

  queue_texts = [for name, queue in local.queues : {
    path     = "queues.${name}.fifo"
    json     = jsonencode(try(queue.fifo, null))
    required = false
    pattern  = "^(true|false)$"
    allowed  = "true or false"
  }]

  queue_numbers = flatten([for name, queue in local.queues : [
    { path = "queues.${name}.visibility_seconds", json = jsonencode(try(queue.visibility_seconds, null)), required = false, minimum = 1, maximum = 43200 },
    { path = "queues.${name}.retention_days", json = jsonencode(try(queue.retention_days, null)), required = false, minimum = 1, maximum = 14 },
    { path = "queues.${name}.maximum_receives", json = jsonencode(try(queue.maximum_receives, null)), required = false, minimum = 1, maximum = 1000 },
  ]])

  queue_lists = flatten([for name, queue in local.queues : [
    for key in ["send", "receive"] : {
      path     = "queues.${name}.${key}"
      json     = jsonencode(try(queue[key], null))
      required = false
      pattern  = local.a_workload
      allowed  = local.a_workload_allowed
      minimum  = 0
      unique   = true
      secret   = false
    }
  ]])

  queue_relations = concat(
    [for name in keys(local.queues_raw) : "queues.${name}: the name must be ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    [for name in keys(local.queues_raw) : "queues.${name}: the name must not end with -dead-letter, as those of the queues for dead letters do" if endswith(name, "-dead-letter")],
  )
}
