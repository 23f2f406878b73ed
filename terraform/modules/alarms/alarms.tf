# What is watched stands in tables, one file per thing. All periods are a minute, the shortest that AWS's own metrics have.
#
#   at_least / at_most / below   the comparison: alarming from this value on
#   of, datapoints               alarming when so many of the last minutes were
#   missing                      what a minute without data counts as
locals {
  metric_alarms = merge(
    local.load_balancer_alarms,
    local.target_alarms,
    local.service_alarms,
    local.database_alarms,
    local.replica_alarms,
    local.queue_alarms,
  )

  ratio_alarms = merge(
    local.load_balancer_ratio_alarms,
    local.target_ratio_alarms,
  )

  comparisons = {
    at_least = "GreaterThanOrEqualToThreshold"
    at_most  = "LessThanOrEqualToThreshold"
    below    = "LessThanThreshold"
  }
}

resource "aws_cloudwatch_metric_alarm" "metric" {
  for_each = local.metric_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  period              = 60
  comparison_operator = local.comparisons[each.value.comparison]
  threshold           = each.value.threshold
  datapoints_to_alarm = each.value.datapoints
  evaluation_periods  = each.value.of
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  tags = { Name = "${var.name}-${each.key}" }

  # A message that the topic does not admit yet would be lost.
  depends_on = [aws_sns_topic_policy.this]
}

# Errors as a percentage of requests: a count would be alarming at noon and silent at night.
resource "aws_cloudwatch_metric_alarm" "ratio" {
  for_each = local.ratio_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  comparison_operator = local.comparisons["at_least"]
  threshold           = var.thresholds.server_error_percent
  datapoints_to_alarm = 3
  evaluation_periods  = 5
  # No errors, or no requests at all.
  treat_missing_data = "notBreaching"
  alarm_actions      = [aws_sns_topic.this.arn]
  ok_actions         = [aws_sns_topic.this.arn]

  metric_query {
    id          = "percent"
    expression  = each.value.expression
    label       = "Errors in percent of requests"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { errors = each.value.errors, requests = "RequestCount" }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = each.value.dimensions
        stat        = "Sum"
        period      = 60
      }
    }
  }

  tags = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_sns_topic_policy.this]
}
