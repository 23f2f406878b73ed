output "execution_role_arn" {
  description = "ARN of the role that ECS starts tasks with. Known only when its policy is attached."
  value       = aws_iam_role.execution.arn
  depends_on  = [aws_iam_role_policy.execution]
}

output "task_role_arn" {
  description = "ARN of the role that tasks run with. Known only when its policy is attached."
  value       = aws_iam_role.task.arn
  depends_on  = [aws_iam_role_policy.task]
}

output "task_role_name" {
  description = "Name of the role that tasks run with, to attach policies to."
  value       = aws_iam_role.task.name
}

output "log_group" {
  description = "Name of the log group."
  value       = aws_cloudwatch_log_group.this.name
}
