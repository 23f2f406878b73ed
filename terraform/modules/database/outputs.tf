output "identifier" {
  description = "Identifier of the primary."
  value       = aws_db_instance.primary.identifier
}

output "address" {
  description = "Host name of the primary."
  value       = aws_db_instance.primary.address
}

output "port" {
  description = "TCP port of the primary and the replicas."
  value       = aws_db_instance.primary.port
}

output "schema" {
  description = "Name of the database created at first."
  value       = aws_db_instance.primary.db_name
}

output "replica_identifiers" {
  description = "Identifiers of the replicas, by number."
  value       = [for number in range(1, var.replicas + 1) : aws_db_instance.replica[tostring(number)].identifier]
}

output "replica_addresses" {
  description = "Host names of the replicas, by number."
  value       = [for number in range(1, var.replicas + 1) : aws_db_instance.replica[tostring(number)].address]
}

output "allocated_storage_gb" {
  description = "GiB of storage that were asked for. What it has grown by itself is not in it."
  # Not the instance's attribute: a growth waits for the maintenance window, and what hangs on it would change behind the plan.
  value = var.storage_gb
}

output "secret_arn" {
  description = "ARN of the secret with the master user's name and password."
  value       = aws_secretsmanager_secret.this.arn
}

output "secret_id" {
  description = "The same ARN, known only when the secret holds a password of this `password_version`: what the root reads `password` back from."
  value       = aws_secretsmanager_secret_version.this.arn
}
