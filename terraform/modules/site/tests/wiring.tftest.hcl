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
  site              = "console"
  bucket            = "slipway-test-console"
  access_log_bucket = "slipway-test-logs"
}

run "only_the_distribution_reads_the_bucket" {
  assert {
    condition = jsonencode(local.readers) == jsonencode([
      for action, resource in { GetObject = "arn:aws:s3:::slipway-test/*", ListBucket = "arn:aws:s3:::slipway-test" } : {
        Sid                               = "Distribution${action}"
        Effect                            = "Allow"
        Principal                         = { Service = "cloudfront.amazonaws.com" }
        Action                            = "s3:${action}"
        Resource                          = resource
        Condition                         = { StringEquals = { "AWS:SourceArn" = "arn:aws:cloudfront::111122223333:distribution/E0000000000000" } }
      }
    ])
    error_message = jsonencode(local.readers)
  }

  assert {
    condition     = output.bucket == "slipway-test-console" && output.distribution_id == "E0000000000000"
    error_message = "the outputs must name the bucket and the distribution"
  }

  assert {
    condition = alltrue([
      one(aws_cloudfront_distribution.this.origin).origin_access_control_id == aws_cloudfront_origin_access_control.this.id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].cache_policy_id == aws_cloudfront_cache_policy.this.id,
      aws_cloudfront_distribution.this.default_cache_behavior[0].response_headers_policy_id == aws_cloudfront_response_headers_policy.this.id,
    ])
    error_message = "the control and the policies must be the distribution's"
  }
}
