# What services and tasks hold, down to the last key. Their parts list what a mapping may say, its form, with a row for each
# key; this file walks along the forms and fills the tables of main.tf.
#
# A row holds what goes into one of the tables:
#
# - text, allowed:                text or a boolean: the pattern of its JSON; with `longest`, the most characters, where no pattern counts them
# - options:                      one of these words
# - minimum, maximum:             a whole number
# - item, allowed:                a list: the pattern of an item's JSON; with `fewest`, `most` and `unique`
# - name, allowed_name, allowed:  a mapping with free keys: their pattern; with `value`, the pattern of a value's JSON, and
#                                 `reserved_name`, the pattern of keys that are not free
# - form, each:                   a mapping of that form (each = "one"), a list of such, or one by each name (list, names: as above)
# - nothing:                      a known key, whose value is looked at elsewhere
#
# and `required`, and `secret` where a value must not be repeated.
locals {
  forms = merge(local.service_forms, local.task_forms, local.workload_forms, local.container_forms, local.volume_forms, local.deployment_forms, local.scaling_forms, local.scenario_forms, local.gate_forms)

  boolean   = { text = "^(true|false)$", allowed = "true or false" }
  free_text = "text; quote what YAML would read as something else"

  nesting = {
    one   = { opens = "", path = "" }
    list  = { opens = "[", path = "[*]" }
    names = { opens = "{", path = ".*" }
  }

  # Terraform has no recursion: each step down stands here, the last for `services.api.scaling.steps.night.steps[0]`.
  workload_nodes = concat(
    [for name, service in local.services_raw : { path = "services.${name}", form = "service", json = jsonencode(service), required = true }],
    [for name, task in local.tasks_raw : { path = "tasks.${name}", form = "task", json = jsonencode(task), required = true }],
    local.scenario_nodes,
    local.gate_nodes,
  )
  second_nodes = flatten([for node in local.workload_nodes : [for key, value in jsondecode(node.json) : [for row in [local.forms[node.form][key]] : [
    for name, item in { one = [value], list = value, names = value }[row.each] :
    { path = "${node.path}.${key}${replace(local.nesting[row.each].path, "*", name)}", form = row.form, json = jsonencode(item), required = row.each != "one" }
    if !can(row.value) || startswith(jsonencode(item), "{")
  ]] if try(startswith(jsonencode(value), local.nesting[local.forms[node.form][key].each].opens), false)] if startswith(node.json, "{")])
  third_nodes = flatten([for node in local.second_nodes : [for key, value in jsondecode(node.json) : [for row in [local.forms[node.form][key]] : [
    for name, item in { one = [value], list = value, names = value }[row.each] :
    { path = "${node.path}.${key}${replace(local.nesting[row.each].path, "*", name)}", form = row.form, json = jsonencode(item), required = row.each != "one" }
    if !can(row.value) || startswith(jsonencode(item), "{")
  ]] if try(startswith(jsonencode(value), local.nesting[local.forms[node.form][key].each].opens), false)] if startswith(node.json, "{")])
  fourth_nodes = flatten([for node in local.third_nodes : [for key, value in jsondecode(node.json) : [for row in [local.forms[node.form][key]] : [
    for name, item in { one = [value], list = value, names = value }[row.each] :
    { path = "${node.path}.${key}${replace(local.nesting[row.each].path, "*", name)}", form = row.form, json = jsonencode(item), required = row.each != "one" }
    if !can(row.value) || startswith(jsonencode(item), "{")
  ]] if try(startswith(jsonencode(value), local.nesting[local.forms[node.form][key].each].opens), false)] if startswith(node.json, "{")])
  nodes = concat(local.workload_nodes, local.second_nodes, local.third_nodes, local.fourth_nodes)

  # Of what is absent, only what is required may be wrong.
  fields = flatten([for node in local.nodes : [for held in [{ for key, value in jsondecode(node.json) : key => jsonencode(value) }] : [
    for key, row in local.forms[node.form] : {
      path     = "${node.path}.${key}"
      json     = lookup(held, key, "null")
      required = lookup(row, "required", false)
      secret   = lookup(row, "secret", false)
      sorts    = keys(row)
      row      = row
    } if lookup(held, key, "null") != "null" || lookup(row, "required", false)
  ]] if startswith(node.json, "{")])

  form_objects = [for node in local.nodes : { path = node.path, json = node.json, required = node.required, known = keys(local.forms[node.form]) }]
  form_texts = concat(
    [for field in local.fields : {
      path     = field.path
      json     = field.json
      required = field.required
      secret   = field.secret
      # No JSON is `none`.
      pattern = try(length(tostring(jsondecode(field.json))) <= field.row.longest, true) ? field.row.text : "^none$"
      allowed = field.row.allowed
    } if contains(field.sorts, "text")],
    [for field in local.fields : {
      path     = field.path
      json     = field.json
      required = field.required
      pattern  = "^\"(${join("|", field.row.options)})\"$"
      allowed  = "${join(", ", slice(field.row.options, 0, length(field.row.options) - 1))} or ${field.row.options[length(field.row.options) - 1]}"
    } if contains(field.sorts, "options")],
  )
  form_numbers = [
    for field in local.fields : { path = field.path, json = field.json, required = field.required, minimum = field.row.minimum, maximum = field.row.maximum } if contains(field.sorts, "minimum")
  ]
  form_lists = [for field in local.fields : {
    path     = field.path
    json     = field.json
    required = field.required
    secret   = field.secret
    pattern  = field.row.item
    allowed  = field.row.allowed
    minimum  = try(field.row.fewest, 0)
    maximum  = try(field.row.most, 1000000)
    unique   = try(field.row.unique, false)
  } if contains(field.sorts, "item")]
  form_maps = [for field in local.fields : {
    path          = field.path
    json          = field.json
    required      = field.required
    secret        = field.secret
    key_pattern   = field.row.name
    reserved_key  = try(field.row.reserved_name, "^$")
    allowed_key   = field.row.allowed_name
    value_pattern = try(field.row.value, "")
    allowed_value = field.row.allowed
  } if contains(field.sorts, "name")]
}
