locals {
  logs = try(merge(local.root.logs, {}), {})

  # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
  log_periods = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

  logs_objects = [
    { path = "logs", json = jsonencode(try(local.root.logs, null)), required = false, known = ["retention_days"] },
  ]

  logs_texts = [
    {
      path     = "logs.retention_days"
      json     = jsonencode(try(local.logs.retention_days, null))
      required = false
      pattern  = "^(${join("|", local.log_periods)})$"
      allowed  = "a period of CloudWatch: ${join(", ", local.log_periods)}"
    },
  ]
}
