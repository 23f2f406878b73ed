# What is compared by id has one at the plan, because the mock names its type.
mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan

  mock_resource "aws_route53_record" {}

  # Unlike the one of us-east-1.
  override_resource {
    override_during = plan
    target          = aws_acm_certificate.this
    values = {
      arn                       = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
      domain_validation_options = [{ domain_name = "dev.slipway.example", resource_record_name = "_0123456789abcdef.dev.slipway.example.", resource_record_type = "CNAME", resource_record_value = "_fedcba9876543210.acm-validations.aws." }]
    }
  }
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "../../mocks"
  override_during = plan
}

variables {
  name = "dev.slipway.example"
}

run "a_zone_that_amazon_alone_certifies_with_one_record_for_both_certificates" {
  command = plan

  variables {
    cloudfront = true
  }

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
    condition = alltrue([
      keys(aws_route53_record.validation) == ["dev.slipway.example"],
      aws_route53_record.validation["dev.slipway.example"].name == "_0123456789abcdef.dev.slipway.example.",
      aws_route53_record.validation["dev.slipway.example"].type == "CNAME",
      aws_route53_record.validation["dev.slipway.example"].records == toset(["_fedcba9876543210.acm-validations.aws."]),
      aws_route53_record.validation["dev.slipway.example"].zone_id == aws_route53_zone.this[0].zone_id,
    ])
    error_message = jsonencode(aws_route53_record.validation)
  }

  assert {
    condition = alltrue([
      aws_acm_certificate_validation.this.certificate_arn == aws_acm_certificate.this.arn,
      aws_acm_certificate_validation.cloudfront[0].certificate_arn == aws_acm_certificate.cloudfront[0].arn,
      aws_acm_certificate_validation.this.validation_record_fqdns == toset([aws_route53_record.validation["dev.slipway.example"].fqdn]),
      aws_acm_certificate_validation.cloudfront[0].validation_record_fqdns == toset([aws_route53_record.validation["dev.slipway.example"].fqdn]),
      output.certificate_arn == aws_acm_certificate.this.arn,
      output.cloudfront_certificate_arn == aws_acm_certificate.cloudfront[0].arn,
    ])
    error_message = "both certificates must be waited for"
  }

  assert {
    condition     = output.zone_id == aws_route53_zone.this[0].zone_id && output.name_servers == tolist(["ns-1.example.", "ns-2.example."])
    error_message = jsonencode(output.name_servers)
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

  assert {
    condition     = length(aws_acm_certificate.cloudfront) == 0 && output.cloudfront_certificate_arn == null
    error_message = "a certificate for distributions must be asked for"
  }
}

run "refuses_a_certificate_of_another_region" {
  command = plan

  override_resource {
    override_during = plan
    target          = aws_acm_certificate.cloudfront
    values = {
      arn                       = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
      domain_validation_options = [{ domain_name = "dev.slipway.example", resource_record_name = "_1.", resource_record_type = "CNAME", resource_record_value = "_2." }]
    }
  }

  variables {
    cloudfront = true
  }

  expect_failures = [aws_acm_certificate.cloudfront]
}
