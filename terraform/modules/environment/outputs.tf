output "platform" {
  description = "Where ops reads the platform contract."
  value       = module.platform.location
}

output "load_balancer_url" {
  description = "Where the public services answer; null without a load balancer."
  value       = try(local.load_balancer.url, null)
}

output "site_urls" {
  description = "Where each site answers."
  value       = { for name, site in module.site : name => site.url }
}

output "name_servers" {
  description = "Name servers that the parent zone has to name for the domain; null without a domain."
  # By index: a splat would wait for the whole module, whose certificates wait until somebody has named these servers.
  value = var.declaration.domain == null ? null : module.domain[0].name_servers
}

output "database_secret_id" {
  description = "Secret with the master user's password. Known only when it holds one. Null without a database."
  # By index: a splat would wait for the whole module, whose instance waits for what is read from the secret.
  value = var.declaration.database == null ? null : module.database[0].secret_id
}
