# Each part of the declaration lists what it expects in the same six tables; this file alone turns them into faults.
#
# Values are compared in JSON, because Terraform has no function that tells a value's type, and its conversions are
# generous: they would take `port: "80"` for a number and `account: 000000000000` for text.
#
# - objects:   path, json, known keys, required
# - texts:     path, json, pattern of the JSON, allowed, required
# - numbers:   path, json, minimum, maximum, required
# - lists:     path, json, pattern of an item's JSON, allowed item, minimum count, unique, secret, required
# - maps:      path, json, pattern of a key, allowed key, pattern of a value's JSON, allowed value, secret
# - relations: finished faults, for what concerns more than one value
#
# What was found is repeated in a fault, except where it may be a secret.
locals {
  objects   = concat(local.environment_objects, local.firewall_objects, local.service_objects, local.public_objects)
  texts     = concat(local.environment_texts, local.network_texts, local.firewall_texts, local.service_texts, local.public_texts)
  numbers   = concat(local.environment_numbers, local.firewall_numbers, local.service_numbers, local.public_numbers)
  lists     = concat(local.environment_lists, local.network_lists, local.service_lists)
  maps      = local.service_maps
  relations = concat(local.environment_relations, local.network_relations, local.firewall_relations, local.service_relations, local.public_relations)

  missing = concat(
    [for entry in local.objects : "${entry.path}: missing; must be a mapping" if entry.required && entry.json == "null"],
    [for entry in local.texts : "${entry.path}: missing; must be ${entry.allowed}" if entry.required && entry.json == "null"],
    [for entry in local.numbers : "${entry.path}: missing; must be a whole number from ${entry.minimum} to ${entry.maximum}" if entry.required && entry.json == "null"],
    [for entry in local.lists : "${entry.path}: missing; must be a list, each item ${entry.allowed}" if entry.required && entry.json == "null"],
  )

  # Nothing is not the same as absent to ops, nor to whoever reads the file.
  required_paths = toset([for entry in concat(local.objects, local.texts, local.numbers, local.lists) : entry.path if entry.required])
  empty = flatten([
    for entry in local.objects : [
      for key, item in jsondecode(entry.json) : "${entry.path == "" ? "" : "${entry.path}."}${key}: has no value; write one or remove the line"
      if item == null && contains(entry.known, key) && !contains(local.required_paths, "${entry.path == "" ? "" : "${entry.path}."}${key}")
    ] if startswith(entry.json, "{")
  ])

  unknown = flatten([
    for entry in local.objects : [
      for key in keys(jsondecode(entry.json)) : "${entry.path == "" ? "" : "${entry.path}."}${key}: unknown key; known: ${join(", ", entry.known)}" if !contains(entry.known, key)
    ] if startswith(entry.json, "{")
  ])

  wrong = concat(
    [for entry in local.objects : "${entry.path == "" ? "the file" : entry.path}: must be a mapping (got ${entry.json})" if entry.json != "null" && !startswith(entry.json, "{")],
    [for entry in local.texts : "${entry.path}: must be ${entry.allowed} (got ${entry.json})" if entry.json != "null" && !can(regex(entry.pattern, entry.json))],
    [
      for entry in local.numbers : "${entry.path}: must be a whole number from ${entry.minimum} to ${entry.maximum} (got ${entry.json})"
      if entry.json != "null" && !try(can(regex("^[0-9]+$", entry.json)) && tonumber(entry.json) >= entry.minimum && tonumber(entry.json) <= entry.maximum, false)
    ],
    [for entry in local.lists : "${entry.path}: must be a list, each item ${entry.allowed}${entry.secret ? "" : " (got ${entry.json})"}" if entry.json != "null" && !startswith(entry.json, "[")],
    [for entry in local.maps : "${entry.path}: must be a mapping${entry.secret ? "" : " (got ${entry.json})"}" if entry.json != "null" && !startswith(entry.json, "{")],
  )

  wrong_items = flatten([
    for entry in local.lists : concat(
      length(jsondecode(entry.json)) < entry.minimum ? ["${entry.path}: must name at least ${entry.minimum} (got ${entry.json})"] : [],
      [for index, item in jsondecode(entry.json) : "${entry.path}[${index}]: must be ${entry.allowed}${entry.secret ? "" : " (got ${jsonencode(item)})"}" if !can(regex(entry.pattern, jsonencode(item)))],
      entry.unique && length(distinct([for item in jsondecode(entry.json) : jsonencode(item)])) < length(jsondecode(entry.json)) ? ["${entry.path}: must not name the same twice (got ${entry.json})"] : [],
    ) if startswith(entry.json, "[")
  ])

  wrong_entries = flatten([
    for entry in local.maps : concat(
      [for key in keys(jsondecode(entry.json)) : "${entry.path}.${key}: the name must be ${entry.allowed_key}" if !can(regex(entry.key_pattern, key))],
      [for key, item in jsondecode(entry.json) : "${entry.path}.${key}: must be ${entry.allowed_value}${entry.secret ? "" : " (got ${jsonencode(item)})"}" if !can(regex(entry.value_pattern, jsonencode(item)))],
    ) if startswith(entry.json, "{")
  ])

  # jsonencode writes these three as HTML-safe escapes, which nobody typed.
  faults = [
    for fault in sort(distinct(concat(local.missing, local.empty, local.unknown, local.wrong, local.wrong_items, local.wrong_entries, local.relations))) :
    replace(replace(replace(fault, "\\u003c", "<"), "\\u003e", ">"), "\\u0026", "&")
  ]
}
