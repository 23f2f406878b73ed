output "bucket" {
  description = "Name of the bucket that holds the files. Known only when its distribution can read it."
  value       = module.bucket.name
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}

output "distribution_id" {
  description = "Id of the distribution."
  value       = aws_cloudfront_distribution.this.id
}

output "domain_name" {
  description = "DNS name that CloudFront gave the distribution."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "url" {
  description = "What the address of a file begins with: its alias, or without one CloudFront's name. Known only when its DNS records exist."
  value       = "https://${var.alias == null ? aws_cloudfront_distribution.this.domain_name : var.alias.name}"
  depends_on  = [aws_route53_record.this]
}

output "key_pair_ids" {
  description = "By name of a public key, the id that a URL signed with its private half carries as `Key-Pair-Id`. Known only when the distribution trusts it."
  value       = { for name, key in aws_cloudfront_public_key.this : name => key.id }
  depends_on  = [aws_cloudfront_distribution.this]
}

output "task_statements" {
  description = "What a service or task needs to put and read files, and to sign URLs of the bucket for others to put them: statements for `task_statements` of the module `workload-base`. It may neither list nor delete."
  value = [{
    Effect = "Allow"
    Action = [
      "s3:AbortMultipartUpload",
      "s3:GetObject",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
    ]
    Resource = local.objects_arn
    # Should the bucket ever be deleted, and its name be taken by a stranger, nothing is given to him.
    Condition = { StringEquals = { "s3:ResourceAccount" = var.account } }
  }]
}
