mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name      = "slipway-test"
  account   = "111122223333"
  partition = "aws"
}

run "each_service_writes_below_its_prefix_only" {
  command = plan

  assert {
    condition = slice(jsondecode(module.bucket.policy).Statement, 1, 4) == [
      {
        Sid       = "LoadBalancer"
        Effect    = "Allow"
        Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::slipway-test/load-balancer/AWSLogs/111122223333/*"
      },
      {
        Sid       = "S3"
        Effect    = "Allow"
        Principal = { Service = "logging.s3.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::slipway-test/s3/*"
        Condition = {
          StringEquals = { "aws:SourceAccount" = "111122223333" }
          ArnLike      = { "aws:SourceArn" = "arn:aws:s3:::*" }
        }
      },
      {
        Sid       = "AWSLogsDeliveryWrite"
        Effect    = "Allow"
        Principal = { Service = "delivery.logs.amazonaws.com" }
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::slipway-test/cloudfront/*"
        Condition = {
          StringEquals = { "aws:SourceAccount" = "111122223333", "s3:x-amz-acl" = "bucket-owner-full-control" }
          ArnLike      = { "aws:SourceArn" = "arn:aws:logs:us-east-1:111122223333:delivery-source:*" }
        }
      },
    ]
    error_message = module.bucket.policy
  }

  assert {
    condition     = jsondecode(module.bucket.policy).Statement[0].Sid == "TlsOnly" && length(jsondecode(module.bucket.policy).Statement) == 4
    error_message = module.bucket.policy
  }

  assert {
    condition     = output.name == "slipway-test" && output.arn == "arn:aws:s3:::slipway-test"
    error_message = "the bucket must have the name that it was given"
  }
}
