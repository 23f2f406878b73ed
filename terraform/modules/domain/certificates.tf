locals {
  # A name and its wildcard are proved by one record, and so are the certificates of both regions.
  validation_record = one(distinct([
    for option in aws_acm_certificate.this.domain_validation_options : {
      name  = option.resource_record_name
      type  = option.resource_record_type
      value = option.resource_record_value
    }
  ]))
}

resource "aws_acm_certificate" "this" {
  domain_name               = var.name
  subject_alternative_names = ["*.${var.name}"]
  validation_method         = "DNS"

  tags = { Name = var.name }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "cloudfront" {
  count    = var.cloudfront ? 1 : 0
  provider = aws.us_east_1

  domain_name               = var.name
  subject_alternative_names = ["*.${var.name}"]
  validation_method         = "DNS"

  tags = { Name = "${var.name} for CloudFront" }

  lifecycle {
    create_before_destroy = true

    postcondition {
      condition     = split(":", self.arn)[3] == "us-east-1"
      error_message = "the provider aws.us_east_1 must be of us-east-1: CloudFront takes certificates from there alone (got ${split(":", self.arn)[3]})."
    }
  }
}

resource "aws_route53_record" "validation" {
  for_each = toset([var.name])

  zone_id = local.zone_id
  name    = local.validation_record.name
  type    = local.validation_record.type
  ttl     = 300
  records = [local.validation_record.value]
}

# Waits for Amazon to issue the certificate: a listener takes no other.
resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]

  depends_on = [aws_route53_record.caa]

  timeouts {
    create = "30m"
  }
}

resource "aws_acm_certificate_validation" "cloudfront" {
  count    = var.cloudfront ? 1 : 0
  provider = aws.us_east_1

  certificate_arn         = aws_acm_certificate.cloudfront[0].arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]

  depends_on = [aws_route53_record.caa]

  timeouts {
    create = "30m"
  }
}
