output "platform" {
  description = "Where ops reads the platform contract."
  value       = module.environment.platform
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer; null without one."
  value       = module.environment.load_balancer_dns_name
}
