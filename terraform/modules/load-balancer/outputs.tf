output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "What CloudWatch calls the load balancer: the value of the dimension `LoadBalancer`."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "DNS name that AWS gave the load balancer."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Id of the hosted zone of `dns_name`, for an alias record."
  value       = aws_lb.this.zone_id
}

output "listener_arn" {
  description = "ARN of the listener that serves. The rules of blue/green services are made on it, by ops."
  value       = aws_lb_listener.this.arn
}

output "target_group_arns" {
  description = "ARN of the target group of each service. Known only when its rule exists: ECS refuses a target group that no listener uses."
  value       = { for name in keys(var.targets) : name => aws_lb_target_group.this[name].arn }
  depends_on  = [aws_lb_listener_rule.this]
}

output "alternate_target_group_arns" {
  description = "ARN of the second target group of each blue/green service. ECS moves the service between the two, by a rule that ops makes and owns."
  value       = { for name in keys(local.alternate_target_group_names) : name => aws_lb_target_group.this["${name}/alternate"].arn }
}

output "traffic_shift_priorities" {
  description = "Priority of the rule that ops makes for each blue/green service: the one directly before the service's own."
  value       = local.traffic_shift_priorities
}

output "target_group_names" {
  description = "Name of the target group of each service."
  value       = local.target_group_names
}

output "target_group_arn_suffixes" {
  description = "What CloudWatch calls the target group of each service: the value of the dimension `TargetGroup`."
  value       = { for name in keys(var.targets) : name => aws_lb_target_group.this[name].arn_suffix }
}

output "alternate_target_group_arn_suffixes" {
  description = "What CloudWatch calls the second target group of each blue/green service."
  value       = { for name in keys(local.alternate_target_group_names) : name => aws_lb_target_group.this["${name}/alternate"].arn_suffix }
}

output "deployment_role_arn" {
  description = "ARN of the role with which ECS moves blue/green services; null without any."
  value       = one(aws_iam_role.deployment[*].arn)
  depends_on  = [aws_iam_role_policy.deployment]
}
