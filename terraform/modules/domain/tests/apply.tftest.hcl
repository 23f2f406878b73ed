# Applied, so that what comes from AWS shows where it goes.
mock_provider "aws" {
  source = "../../mocks"

  # Unlike the one of us-east-1.
  override_resource {
    target = aws_acm_certificate.this
    values = {
      arn                       = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
      domain_validation_options = [{ domain_name = "dev.slipway.example", resource_record_name = "_0123456789abcdef.dev.slipway.example.", resource_record_type = "CNAME", resource_record_value = "_fedcba9876543210.acm-validations.aws." }]
    }
  }
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "../../mocks"
}

variables {
  name       = "dev.slipway.example"
  cloudfront = true
}

run "one_record_proves_both_certificates" {
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

run "refuses_a_certificate_of_another_region" {
  override_resource {
    target = aws_acm_certificate.cloudfront
    values = {
      arn                       = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
      domain_validation_options = [{ domain_name = "dev.slipway.example", resource_record_name = "_1.", resource_record_type = "CNAME", resource_record_value = "_2." }]
    }
  }

  state_key = "another_region"

  expect_failures = [aws_acm_certificate.cloudfront]
}
