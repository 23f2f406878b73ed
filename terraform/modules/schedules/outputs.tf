output "group" {
  description = "Name of the group that ops puts the schedules into."
  value       = aws_scheduler_schedule_group.this.name
}

output "role_arn" {
  description = "ARN of the role that EventBridge Scheduler runs the tasks with. Known only when its policy is attached."
  value       = aws_iam_role.this.arn
  depends_on  = [aws_iam_role_policy.this]
}

output "dead_letter_arn" {
  description = "ARN of the queue for what could not be started."
  value       = aws_sqs_queue.dead_letter.arn
}

output "dead_letter_name" {
  description = "Name of the queue for what could not be started."
  value       = aws_sqs_queue.dead_letter.name
}
