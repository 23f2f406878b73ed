output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "dns_name" {
  description = "DNS name that AWS gave the load balancer."
  value       = aws_lb.this.dns_name
}

output "listener_arn" {
  description = "ARN of the listener."
  value       = aws_lb_listener.this.arn
}

output "target_group_arns" {
  description = "ARN of the target group of each service. Known only when its rule exists: ECS refuses a target group that no listener uses."
  value       = { for name, group in aws_lb_target_group.this : name => group.arn }
  depends_on  = [aws_lb_listener_rule.this]
}

output "target_group_names" {
  description = "Name of the target group of each service."
  value       = local.target_group_names
}
