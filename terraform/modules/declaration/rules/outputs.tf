output "faults" {
  description = "All that is wrong, one sentence each, with the path, what is allowed and what was found."
  value       = local.faults
}

output "priorities" {
  description = "Priority of the listener rule of each public service."
  value       = local.priorities
}
