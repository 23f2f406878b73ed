output "name" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "arn" {
  description = "ARN of the cluster. Known only when its capacity providers are attached."
  value       = aws_ecs_cluster.this.arn
  depends_on  = [aws_ecs_cluster_capacity_providers.this]
}

output "exec_log_group" {
  description = "Name of the log group of what is typed in containers."
  value       = aws_cloudwatch_log_group.exec.name
}

output "namespace_arn" {
  description = "ARN of the Cloud Map namespace in which services find each other by Service Connect."
  value       = aws_service_discovery_http_namespace.this.arn
}
