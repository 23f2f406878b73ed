output "platform" {
  description = "Where ops reads the platform contract."
  value       = module.platform.location
}

output "load_balancer_dns_name" {
  description = "DNS name of the load balancer; null without one."
  value       = one(module.load_balancer[*].dns_name)
}
