output "bucket" {
  description = "Name of the bucket that holds the site. Known only when its distribution can read it."
  value       = module.bucket.name
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}

output "distribution_id" {
  description = "Id of the distribution: what an invalidation names."
  value       = aws_cloudfront_distribution.this.id
}

output "distribution_arn" {
  description = "ARN of the distribution."
  value       = aws_cloudfront_distribution.this.arn
}

output "domain_name" {
  description = "DNS name that CloudFront gave the distribution."
  value       = aws_cloudfront_distribution.this.domain_name
}

output "url" {
  description = "Where the site answers: under its alias, or without one under CloudFront's name. Known only when its DNS records exist."
  value       = "https://${var.alias == null ? aws_cloudfront_distribution.this.domain_name : var.alias.name}"
  depends_on  = [aws_route53_record.this]
}
