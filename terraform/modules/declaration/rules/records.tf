locals {
  records = try(merge(local.root.records, {}), {})

  record_objects = [
    { path = "records", json = jsonencode(try(local.root.records, null)), required = false, known = ["lock_days"] },
  ]

  record_numbers = [
    { path = "records.lock_days", json = jsonencode(try(local.records.lock_days, null)), required = false, minimum = 1, maximum = 36500 },
  ]
}
