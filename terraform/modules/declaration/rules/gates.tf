# What has to be so before ops deploys anything. Terraform makes nothing of it, and takes no declaration that ops would not take.
locals {
  gate_moment = {
    text    = "^\"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\"$"
    allowed = "a moment in quotes, such as \"2026-12-23T18:00:00+09:00\""
  }
  gate_time = { text = "^\"(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\"$", allowed = "a time in quotes, such as \"09:00\"", required = true }
  gate_days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  gate_forms = {
    gates = {
      freeze            = { form = "freeze", each = "one" }
      windows           = { item = "", allowed = "a mapping", fewest = 1, form = "window", each = "list" }
      alarms            = { item = "^\"([^\"\\\\]|\\\\u....|\\\\[^u]){1,255}\"$", allowed = "the name of an alarm, of 1 to 255 characters", unique = true }
      deletions_percent = { minimum = 0, maximum = 100 }
      promotion         = { form = "promotion", each = "one" }
    }
    freeze = {
      # Control characters are written as escapes.
      reason = { text = "^\"([^\"\\\\\\x7f]|\\\\[\"\\\\]|\\\\u(00(3c|3e|26)|202[89]))+\"$", longest = 255, required = true, allowed = "1 to 255 characters on one line" }
      from   = local.gate_moment
      until  = merge(local.gate_moment, { required = true })
    }
    window = {
      days      = { item = "^\"(${join("|", local.gate_days)})\"$", allowed = "a day of the week in lower case", fewest = 1, unique = true, required = true }
      from      = local.gate_time
      to        = local.gate_time
      time_zone = merge(local.time_zone, { required = true })
    }
    promotion = {
      from         = { text = "^\"[a-z](-?[a-z0-9])*\"$", longest = 20, required = true, allowed = "the name of an environment" }
      soak_minutes = { minimum = 0, maximum = 129600 }
      approvals    = { minimum = 0, maximum = 10 }
    }
  }

  gate_nodes = [for json in [jsonencode(try(local.root.gates, null))] : { path = "gates", form = "gates", json = json, required = false } if json != "null"]

  freeze_moments = {
    for key in ["from", "until"] : key => try(tostring(local.root.gates.freeze[key]), "")
    if can(regex(local.gate_moment.text, jsonencode(try(tostring(local.root.gates.freeze[key]), ""))))
  }
  gate_windows = { for node in local.nodes : node.path => jsondecode(node.json) if node.form == "window" && startswith(node.json, "{") }

  gate_relations = concat(
    [for key, moment in local.freeze_moments : "gates.freeze.${key}: there is no such moment (got ${moment})" if !can(timeadd(moment, "0s"))],
    [
      for until in [lookup(local.freeze_moments, "until", "")] : "gates.freeze.until: must be after from (got ${until})"
      if try(timecmp(until, local.freeze_moments.from) <= 0, false)
    ],
    [for path, window in local.gate_windows : "${path}.to: must be another time than from (got ${window.to})" if try(window.from == window.to && window.from != "24:00", false)],
    [for path, window in local.gate_windows : "${path}.from: must be before the end of the day" if try(window.from == "24:00", false)],
    [for from in [try(tostring(local.root.gates.promotion.from), "")] : "gates.promotion.from: must be another environment (got ${from})" if from == var.environment],
  )
}
