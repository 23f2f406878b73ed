output "zone_id" {
  description = "Id of the public zone."
  value       = local.zone_id
}

output "name" {
  description = "DNS name of the domain."
  value       = var.name
}

output "certificate_arn" {
  description = "ARN of the certificate for the name and one label below it, in the provider's region. Known only when it is issued."
  value       = aws_acm_certificate_validation.this.certificate_arn
}

output "cloudfront_certificate_arn" {
  description = "ARN of the same certificate in us-east-1, known only when it is issued; null unless `cloudfront`."
  value       = one(aws_acm_certificate_validation.cloudfront[*].certificate_arn)
}

output "name_servers" {
  description = "Names of the zone's servers. Whoever holds the domain above delegates to these, with one NS record."
  value       = sort(one(concat(aws_route53_zone.this[*].name_servers, data.aws_route53_zone.existing[*].name_servers)))
}
