# What is compared by id has one at the plan, because the mock names its type.
mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan

  mock_resource "aws_cloudfront_origin_access_control" {}
  mock_resource "aws_cloudfront_cache_policy" {}
  mock_resource "aws_cloudfront_response_headers_policy" {}
  mock_resource "aws_cloudfront_key_group" {}
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "../../mocks"
  override_during = plan
}

variables {
  name    = "slipway-test"
  upload  = "attachments"
  account = "111122223333"
  bucket  = "slipway-test-attachments"
  public_keys = {
    "2026-11" = <<-PEM
      -----BEGIN PUBLIC KEY-----
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtDbYO+/7qlldxqrvbnR4
      Awr1E1BHmE+m1XmEA3s6PABHWr5VPiMidZdXTaGJ2CCwZ7P0Hcej7oft+YP+Ll07
      IHn2UzKGBMoiBakUloClaA2CyUYqOsNJsTUK97VW3hRSC107C3yAQThjvmied/PK
      J0Yk+9JNFyzH3oJwOna0hW7XzaENmpmddj0If59+ZMvgkaG0RlHwFmvO/3KCAXaZ
      Nj70yVOglSXLCeKcTioU3yyKvi4R9JJ9l2o4tGhMwpXdDJ6rR8mxovGxnb0MUbGq
      KI7X1VOiAZJJKiAqEF+1yb0KO3OItZX6MeJfON0LE+GT+awYNbkXvwla5W+YxHdj
      lwIDAQAB
      -----END PUBLIC KEY-----
    PEM
  }
}

run "secure_by_default" {
  command = plan

  assert {
    condition = alltrue([
      length(aws_cloudfront_distribution.this.ordered_cache_behavior) == 0,
      aws_cloudfront_distribution.this.default_cache_behavior[0].viewer_protocol_policy == "redirect-to-https",
      aws_cloudfront_distribution.this.default_cache_behavior[0].allowed_methods == toset(["GET", "HEAD"]),
      aws_cloudfront_distribution.this.is_ipv6_enabled,
      aws_cloudfront_distribution.this.http_version == "http2and3",
      aws_cloudfront_origin_access_control.this.signing_behavior == "always",
    ])
    error_message = jsonencode(aws_cloudfront_distribution.this)
  }

  assert {
    condition = alltrue([
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_security_policy).content_security_policy == "default-src 'none'; frame-ancestors 'none'; sandbox",
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_security_policy).override,
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).content_type_options).override,
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).referrer_policy).referrer_policy == "no-referrer",
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).frame_options).frame_option == "DENY",
      one(one(aws_cloudfront_response_headers_policy.this.security_headers_config).strict_transport_security).access_control_max_age_sec >= 31536000,
      length(aws_cloudfront_response_headers_policy.this.cors_config) == 0,
    ])
    error_message = jsonencode(aws_cloudfront_response_headers_policy.this)
  }

  assert {
    condition = one(one(aws_cloudfront_response_headers_policy.this.custom_headers_config).items) == {
      header   = "Content-Disposition"
      value    = "attachment"
      override = false
    }
    error_message = "a file that says nothing must be saved, not shown"
  }

  assert {
    condition     = aws_cloudfront_cache_policy.this.min_ttl == 0 && aws_cloudfront_cache_policy.this.default_ttl == 0
    error_message = "a file that says nothing must not outlive its deletion at the edge"
  }

  assert {
    condition     = one(aws_cloudfront_cache_policy.this.parameters_in_cache_key_and_forwarded_to_origin).query_strings_config[0].query_string_behavior == "none"
    error_message = "what a viewer writes into the address must not reach the bucket"
  }

  assert {
    condition = jsonencode(output.task_statements) == jsonencode([{
      Effect    = "Allow"
      Action    = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
      Resource  = "arn:aws:s3:::slipway-test-attachments/*"
      Condition = { StringEquals = { "s3:ResourceAccount" = "111122223333" } }
    }])
    error_message = jsonencode(output.task_statements)
  }

  # Only the distribution reads the bucket.
  assert {
    condition = jsonencode(local.readers) == jsonencode([{
      Sid       = "DistributionGetObject"
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "arn:aws:s3:::slipway-test/*"
      Condition = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::111122223333:distribution/E0000000000000" } }
    }])
    error_message = jsonencode(local.readers)
  }

  assert {
    condition     = output.bucket == "slipway-test-attachments" && output.key_pair_ids == { "2026-11" = "K0000000000000" }
    error_message = jsonencode(output.key_pair_ids)
  }

  assert {
    condition = alltrue([
      one(aws_cloudfront_distribution.this.origin).origin_access_control_id == aws_cloudfront_origin_access_control.this.id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == aws_cloudfront_cache_policy.this.id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].response_headers_policy_id == aws_cloudfront_response_headers_policy.this.id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].trusted_key_groups == tolist([aws_cloudfront_key_group.this.id]),
    ])
    error_message = "the control and the policies must be the distribution's"
  }
}

run "an_alias_access_logs_and_pages_that_upload" {
  command = plan

  variables {
    # The longest that a declaration may say.
    name              = "slipway-aaaaaaaaaaaaaaaaaaaa"
    upload            = "bbbbbbbbbbbbbbbbbbbbbbbb"
    public_keys       = { cccccccccccccccccccccccccccccccccccccccc = var.public_keys["2026-11"] }
    access_log_bucket = "slipway-test-logs"
    origins           = ["https://console.test.slipway.example"]
    alias = {
      name            = "files.test.slipway.example"
      zone_id         = "Z1"
      certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    }
  }

  assert {
    condition = alltrue([
      aws_cloudfront_distribution.this.aliases == toset(["files.test.slipway.example"]),
      aws_cloudfront_distribution.this.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021",
      keys(aws_route53_record.this) == ["A", "AAAA"],
      output.url == "https://files.test.slipway.example",
    ])
    error_message = jsonencode(aws_cloudfront_distribution.this)
  }

  assert {
    condition     = aws_cloudwatch_log_delivery_destination.this[0].delivery_destination_configuration[0].destination_resource_arn == "arn:aws:s3:::slipway-test-logs/cloudfront"
    error_message = jsonencode(aws_cloudwatch_log_delivery_destination.this)
  }

  assert {
    condition     = length(setintersection(aws_cloudwatch_log_delivery.this[0].record_fields, ["cs-uri-query", "cs(Cookie)", "cs(Referer)"])) == 0
    error_message = "a signed URL in a log is the permission to read"
  }

  assert {
    condition = alltrue([
      one(one(aws_cloudfront_response_headers_policy.this.cors_config).access_control_allow_origins).items == toset(["https://console.test.slipway.example"]),
      one(one(aws_cloudfront_response_headers_policy.this.cors_config).access_control_allow_methods).items == toset(["GET", "HEAD"]),
      !one(aws_cloudfront_response_headers_policy.this.cors_config).access_control_allow_credentials,
    ])
    error_message = jsonencode(aws_cloudfront_response_headers_policy.this.cors_config)
  }

  # A site of the same name has other names.
  assert {
    condition = alltrue([
      for name in [
        aws_cloudfront_origin_access_control.this.name,
        aws_cloudfront_cache_policy.this.name,
        aws_cloudfront_response_headers_policy.this.name,
        aws_cloudfront_key_group.this.name,
        aws_cloudwatch_log_delivery_source.this[0].name,
        aws_cloudwatch_log_delivery_destination.this[0].name,
      ] : name == "slipway-aaaaaaaaaaaaaaaaaaaa-upload-bbbbbbbbbbbbbbbbbbbbbbbb" && length(name) <= 60
    ])
    error_message = "${local.full_name} is what all is called, and log deliveries take at most 60 characters"
  }

  assert {
    condition     = alltrue([for key in aws_cloudfront_public_key.this : length(key.name) <= 128 && startswith(key.name, local.full_name)])
    error_message = jsonencode(values(aws_cloudfront_public_key.this)[*].name)
  }
}
