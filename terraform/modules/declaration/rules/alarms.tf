locals {
  alarms     = try(merge(local.root.alarms, {}), {})
  thresholds = try(merge(local.alarms.thresholds, {}), {})

  threshold_maximums = {
    target_response_milliseconds = 3600000
    server_error_percent         = 100
    cpu_percent                  = 100
    memory_percent               = 100
    oldest_message_seconds       = 1209600
    replica_lag_seconds          = 86400
    free_storage_percent         = 99
  }

  # A character of an address in JSON: neither @ nor space.
  mail_character = "([^@\\s\\\\]|\\\\[\"\\\\]|\\\\u00(3c|3e|26))"

  alarm_objects = [
    { path = "alarms", json = jsonencode(try(local.root.alarms, null)), required = false, known = ["notify", "thresholds"] },
    { path = "alarms.thresholds", json = jsonencode(try(local.alarms.thresholds, null)), required = false, known = keys(local.threshold_maximums) },
  ]

  alarm_numbers = [
    for key, maximum in local.threshold_maximums : { path = "alarms.thresholds.${key}", json = jsonencode(try(local.thresholds[key], null)), required = false, minimum = 1, maximum = maximum }
  ]

  alarm_lists = [
    {
      path     = "alarms.notify"
      json     = jsonencode(try(local.alarms.notify, null))
      required = startswith(jsonencode(try(local.root.alarms, null)), "{")
      pattern  = "^\"${local.mail_character}+@${local.mail_character}+\\.${local.mail_character}+\"$"
      allowed  = "an e-mail address, such as oncall@slipway.example"
      minimum  = 1
      unique   = true
      secret   = false
    },
  ]
}
