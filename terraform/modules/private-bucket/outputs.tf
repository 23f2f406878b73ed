output "name" {
  description = "Name of the bucket. Known only when nobody else can read what is put into it, and overwritten objects are kept."
  value       = aws_s3_bucket.this.bucket
  depends_on = [
    aws_s3_bucket_object_lock_configuration.this,
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_public_access_block.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}

output "arn" {
  description = "ARN of the bucket. It waits for nothing but the bucket, so `policy_statements` may name it."
  value       = aws_s3_bucket.this.arn
}

output "regional_domain_name" {
  description = "DNS name of the bucket in its region: what a CloudFront origin takes."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}

output "policy" {
  description = "The bucket's policy, as JSON."
  value       = aws_s3_bucket_policy.this.policy
}
