output "name" {
  description = "Name of the bucket. Known only when the services may write: AWS tries it when logs are turned on."
  value       = module.bucket.name
}

output "arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}
