mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name = "slipway-test"
}

run "secure_by_default" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
      aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "nothing in the bucket may become public"
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "overwritten objects must be kept"
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "objects must be encrypted"
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement[0] == {
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::slipway-test", "arn:aws:s3:::slipway-test/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
    error_message = aws_s3_bucket_policy.this.policy
  }

  assert {
    condition     = !aws_s3_bucket.this.force_destroy
    error_message = "a bucket with objects must not be destroyed"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration[0].noncurrent_days == 90
    error_message = "old versions must go some day"
  }
}

run "refuses_upper_case" {
  command = plan

  variables {
    name = "Slipway"
  }

  expect_failures = [var.name]
}

run "refuses_to_keep_nothing" {
  command = plan

  variables {
    noncurrent_days_kept = 0
  }

  expect_failures = [var.noncurrent_days_kept]
}
