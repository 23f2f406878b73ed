output "platform" {
  description = "Where ops reads the platform contract."
  value       = module.environment.platform
}

output "load_balancer_url" {
  description = "Where the public services answer; null without a load balancer."
  value       = module.environment.load_balancer_url
}

output "site_urls" {
  description = "Where each site answers."
  value       = module.environment.site_urls
}

output "name_servers" {
  description = "Name servers that the parent zone has to name for the domain; null without a domain."
  value       = module.environment.name_servers
}
