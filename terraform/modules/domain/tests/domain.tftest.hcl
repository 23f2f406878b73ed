mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "../../mocks"
  override_during = plan
}

variables {
  name = "dev.slipway.example"
}

run "a_zone_that_amazon_alone_certifies" {
  command = plan

  assert {
    condition = alltrue([
      aws_route53_zone.this[0].name == "dev.slipway.example",
      length(aws_route53_zone.this[0].vpc) == 0,
      !aws_route53_zone.this[0].force_destroy,
    ])
    error_message = "the zone must be public, and records of others must not go with it"
  }

  assert {
    condition = alltrue([
      aws_route53_record.caa[0].type == "CAA",
      aws_route53_record.caa[0].name == "dev.slipway.example",
      aws_route53_record.caa[0].records == toset(["0 issue \"amazon.com\"", "0 issue \"amazontrust.com\"", "0 issue \"awstrust.com\""]),
    ])
    error_message = jsonencode(aws_route53_record.caa)
  }

  assert {
    condition = alltrue([
      aws_acm_certificate.this.domain_name == "dev.slipway.example",
      aws_acm_certificate.this.subject_alternative_names == toset(["*.dev.slipway.example"]),
      aws_acm_certificate.this.validation_method == "DNS",
    ])
    error_message = "the certificate must be for the name and one label below it, proved by DNS"
  }

  assert {
    condition     = length(aws_acm_certificate.cloudfront) == 0 && output.cloudfront_certificate_arn == null
    error_message = "a certificate for distributions must be asked for"
  }
}

run "an_existing_zone_keeps_its_owner" {
  command = plan

  variables {
    zone = "existing"
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && length(aws_route53_record.caa) == 0
    error_message = "what is there already belongs to somebody else"
  }

  assert {
    condition     = aws_route53_record.validation["dev.slipway.example"].zone_id == data.aws_route53_zone.existing[0].zone_id
    error_message = "the proof must be in the zone that is there"
  }

  assert {
    condition     = !data.aws_route53_zone.existing[0].private_zone
    error_message = "nobody outside would see a proof in a private zone"
  }
}
