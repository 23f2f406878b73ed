output "topic_arn" {
  description = "ARN of the topic that alarms are told by. Known only when CloudWatch may publish to it."
  value       = aws_sns_topic.this.arn
  depends_on  = [aws_sns_topic_policy.this]
}

output "alarm_names" {
  description = "Name of each alarm, by what it watches, such as `service-api-cpu`."
  value       = { for key, alarm in merge(aws_cloudwatch_metric_alarm.metric, aws_cloudwatch_metric_alarm.ratio) : key => alarm.alarm_name }
}
