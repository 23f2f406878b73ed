# Ids and ARNs that only an apply knows arrive where they are needed.
mock_provider "aws" {
  source = "../../mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "../../mocks"
}

variables {
  name              = "slipway-test"
  upload            = "attachments"
  account           = "111122223333"
  bucket            = "slipway-test-attachments"
  access_log_bucket = "slipway-test-logs"
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

run "only_the_distribution_reads_the_bucket" {
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
