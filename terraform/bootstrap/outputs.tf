output "state_bucket" {
  description = "Name of the bucket: `bucket` in the environments' .s3.tfbackend files."
  value       = module.state_bucket.name
}
