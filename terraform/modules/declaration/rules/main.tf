# Each part of the declaration lists what it expects in the same six tables; this file alone turns them into faults.
#
# Values are compared in JSON, because Terraform has no function that tells a value's type, and its conversions are
# generous: they would take `port: "80"` for a number and `account: 000000000000` for text.
#
# - objects:   path, json, known keys, required
# - texts:     path, json, pattern of the JSON, allowed, required; secret
# - numbers:   path, json, minimum, maximum, required
# - lists:     path, json, pattern of an item's JSON, allowed item, minimum count, unique, secret, required; maximum count
# - maps:      path, json, pattern of a key, allowed key, pattern of a value's JSON, allowed value, secret, required; pattern of a key that is reserved
# - relations: finished faults, for what concerns more than one value
#
# What stands after a semicolon may be left out. Services and tasks, which hold more, have forms (forms.tf) that fill the tables.
#
# What was found is repeated in a fault, except where it may be a secret.
locals {
  objects = concat(
    local.environment_objects, local.network_objects, local.logs_objects, local.cluster_objects, local.domain_objects, local.load_balancer_objects,
    local.firewall_objects, local.database_objects, local.queue_objects, local.site_objects, local.upload_objects, local.alarm_objects,
    local.record_objects, local.hole_objects, local.service_objects, local.task_objects, local.scenario_objects, local.form_objects,
  )
  texts = concat(
    local.environment_texts, local.network_texts, local.logs_texts, local.cluster_texts, local.domain_texts, local.load_balancer_texts,
    local.host_texts, local.firewall_texts, local.hole_texts, local.database_texts, local.queue_texts, local.site_texts, local.form_texts,
  )
  numbers = concat(
    local.load_balancer_numbers, local.firewall_numbers, local.database_numbers, local.queue_numbers, local.site_numbers, local.upload_numbers, local.alarm_numbers,
    local.record_numbers, local.form_numbers,
  )
  lists = concat(
    local.environment_lists, local.network_lists, local.secrets_lists, local.queue_lists, local.site_lists, local.upload_lists, local.alarm_lists, local.service_lists, local.form_lists,
  )
  maps = concat(local.database_maps, local.upload_maps, local.form_maps)
  relations = concat(
    local.environment_relations, local.network_relations, local.load_balancer_relations, local.host_relations, local.firewall_relations,
    local.database_relations, local.secrets_relations, local.queue_relations, local.site_relations, local.upload_relations,
    local.service_relations, local.public_relations, local.connect_relations, local.deployment_relations, local.scaling_relations, local.task_relations,
    local.workload_relations, local.container_relations, local.volume_relations, local.moment_relations, local.scenario_relations, local.gate_relations,
  )

  missing = concat(
    [for entry in local.objects : "${entry.path}: missing; must be a mapping" if entry.required && entry.json == "null"],
    [for entry in local.texts : "${entry.path}: missing; must be ${entry.allowed}" if entry.required && entry.json == "null"],
    [for entry in local.numbers : "${entry.path}: missing; must be a whole number from ${entry.minimum} to ${entry.maximum}" if entry.required && entry.json == "null"],
    [for entry in local.lists : "${entry.path}: missing; must be a list, each item ${entry.allowed}" if entry.required && entry.json == "null"],
    [for entry in local.maps : "${entry.path}: missing; must be a mapping, each value ${entry.allowed_value}" if entry.required && entry.json == "null"],
  )

  # Nothing is not the same as absent to ops, nor to whoever reads the file.
  nulls = flatten([
    for entry in local.objects : [
      for key, item in jsondecode(entry.json) : "${entry.path == "" ? "" : "${entry.path}."}${key}" if item == null && contains(entry.known, key)
    ] if startswith(entry.json, "{")
  ])
  empty = [
    for path in local.nulls : "${path}: has no value; write one or remove the line"
    if !anytrue(flatten([for table in [local.objects, local.texts, local.numbers, local.lists, local.maps] : [for entry in table : entry.required && entry.path == path]]))
  ]

  unknown = flatten([
    for entry in local.objects : [
      for key in keys(jsondecode(entry.json)) : "${entry.path == "" ? "" : "${entry.path}."}${key}: unknown key; known: ${join(", ", entry.known)}" if !contains(entry.known, key)
    ] if startswith(entry.json, "{")
  ])

  # Terraform looks at both sides of && in any case, and most of what may be said is not.
  texts_given   = [for entry in local.texts : entry if entry.json != "null"]
  numbers_given = [for entry in local.numbers : entry if entry.json != "null"]

  wrong = concat(
    [for entry in local.objects : "${entry.path == "" ? "the file" : entry.path}: must be a mapping (got ${entry.json})" if entry.json != "null" && !startswith(entry.json, "{")],
    # A text may be a page long, which would hide the faults beside it.
    [for entry in local.texts_given : "${entry.path}: must be ${entry.allowed}${try(entry.secret, false) ? "" : " (got ${length(entry.json) > 250 ? "${substr(entry.json, 0, 250)}…" : entry.json})"}" if !can(regex(entry.pattern, entry.json))],
    [
      for entry in local.numbers_given : "${entry.path}: must be a whole number from ${entry.minimum} to ${entry.maximum} (got ${entry.json})"
      if !try(can(regex("^-?[0-9]+$", entry.json)) && tonumber(entry.json) >= entry.minimum && tonumber(entry.json) <= entry.maximum, false)
    ],
    [for entry in local.lists : "${entry.path}: must be a list, each item ${entry.allowed}${entry.secret ? "" : " (got ${entry.json})"}" if entry.json != "null" && !startswith(entry.json, "[")],
    [for entry in local.maps : "${entry.path}: must be a mapping${entry.secret ? "" : " (got ${entry.json})"}" if entry.json != "null" && !startswith(entry.json, "{")],
  )

  wrong_items = flatten([
    for entry in local.lists : concat(
      length(jsondecode(entry.json)) < entry.minimum ? ["${entry.path}: must name at least ${entry.minimum}${entry.secret ? "" : " (got ${entry.json})"}"] : [],
      try(length(jsondecode(entry.json)) > entry.maximum, false) ? ["${entry.path}: must have at most ${entry.maximum} (got ${length(jsondecode(entry.json))})"] : [],
      [for index, item in jsondecode(entry.json) : "${entry.path}[${index}]: must be ${entry.allowed}${entry.secret ? "" : " (got ${jsonencode(item)})"}" if !can(regex(entry.pattern, jsonencode(item)))],
      entry.unique && length(distinct([for item in jsondecode(entry.json) : jsonencode(item)])) < length(jsondecode(entry.json)) ? ["${entry.path}: must not name the same twice${entry.secret ? "" : " (got ${entry.json})"}"] : [],
    ) if startswith(entry.json, "[")
  ])

  wrong_entries = flatten([
    for entry in local.maps : concat(
      [for key in keys(jsondecode(entry.json)) : "${entry.path}.${key}: the name must be ${entry.allowed_key}" if !can(regex(entry.key_pattern, key)) || can(regex(entry.reserved_key, key))],
      [for key, item in jsondecode(entry.json) : "${entry.path}.${key}: must be ${entry.allowed_value}${entry.secret ? "" : " (got ${jsonencode(item)})"}" if !can(regex(entry.value_pattern, jsonencode(item)))],
    ) if startswith(entry.json, "{")
  ])

  # jsonencode writes these three as HTML-safe escapes, which nobody typed.
  readable = [
    for fault in sort(distinct(concat(local.missing, local.empty, local.unknown, local.wrong, local.wrong_items, local.wrong_entries, local.relations))) :
    replace(replace(replace(fault, "\\u003c", "<"), "\\u003e", ">"), "\\u0026", "&")
  ]

  # A private key stays out of every log, wherever in the file somebody put it.
  faults = [for fault in local.readable : replace(fault, "/-----BEGIN [A-Z ]*PRIVATE KEY[^\"]*/", "a private key")]
}
