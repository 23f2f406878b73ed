resource "aws_route53_record" "this" {
  for_each = var.alias == null ? [] : toset(["A", "AAAA"])

  zone_id = var.alias.zone_id
  name    = var.alias.name
  type    = each.key

  alias {
    name    = aws_cloudfront_distribution.this.domain_name
    zone_id = aws_cloudfront_distribution.this.hosted_zone_id
    # CloudFront has no health to tell.
    evaluate_target_health = false
  }
}
