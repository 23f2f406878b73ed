locals {
  is_ours = var.zone == "create"

  zone_id = one(concat(aws_route53_zone.this[*].zone_id, data.aws_route53_zone.existing[*].zone_id))
}

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:DNSSEC needs a record in the parent zone by hand. In the wrong order it makes every name below unreachable.
  #checkov:skip=CKV2_AWS_39:A log of DNS queries says who resolves, not who comes; the load balancer and the distributions log that.

  count = local.is_ours ? 1 : 0

  name          = var.name
  comment       = "Made by Terraform."
  force_destroy = var.force_destroy
}

data "aws_route53_zone" "existing" {
  count = local.is_ours ? 0 : 1

  name         = var.name
  private_zone = false
}

# Nobody but Amazon may issue certificates for the name and all below it. An existing zone's owner decides that himself.
resource "aws_route53_record" "caa" {
  count = local.is_ours ? 1 : 0

  zone_id = local.zone_id
  name    = var.name
  type    = "CAA"
  ttl     = 3600
  records = [for authority in ["amazon.com", "amazontrust.com", "awstrust.com"] : "0 issue \"${authority}\""]
}
