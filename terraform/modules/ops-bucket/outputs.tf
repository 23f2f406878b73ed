output "name" {
  description = "Name of the bucket. Known only when nobody else can read what is put into it, and overwritten objects are kept."
  value       = module.bucket.name
}

output "arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}
