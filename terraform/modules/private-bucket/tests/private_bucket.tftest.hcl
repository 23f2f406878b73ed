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

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].expired_object_delete_marker
    error_message = "markers of objects that are gone must go"
  }

  assert {
    condition     = length(jsondecode(aws_s3_bucket_policy.this.policy).Statement) == 1
    error_message = "nobody may be let in who was not asked for"
  }

  assert {
    condition = alltrue([
      length(aws_s3_bucket_cors_configuration.this) == 0,
      length(aws_s3_bucket_logging.this) == 0,
      length(aws_s3_bucket_object_lock_configuration.this) == 0,
    ])
    error_message = "browsers, logs and the lock must be asked for"
  }
}

run "appends_statements" {
  command = plan

  variables {
    policy_statements = [
      {
        Sid       = "Readers"
        Effect    = "Allow"
        Principal = { Service = "cloudfront.amazonaws.com" }
        Action    = "s3:GetObject"
        Resource  = "arn:aws:s3:::slipway-test/*"
        Condition = { StringEquals = { "aws:SourceArn" = "arn:aws:cloudfront::111122223333:distribution/E1" } }
      },
      {
        Sid       = "NobodyDeletes"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:DeleteObject"]
        Resource  = ["arn:aws:s3:::slipway-test/*"]
      },
    ]
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[*].Sid == ["TlsOnly", "Readers", "NobodyDeletes"]
    error_message = aws_s3_bucket_policy.this.policy
  }

  assert {
    condition     = jsondecode(aws_s3_bucket_policy.this.policy).Statement[1] == var.policy_statements[0]
    error_message = aws_s3_bucket_policy.this.policy
  }
}

run "logs_locks_and_lets_objects_expire" {
  command = plan

  variables {
    access_log_bucket = "slipway-logs"
    object_lock       = true
    expire_days       = 30
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_logging.this[0].target_bucket == "slipway-logs",
      aws_s3_bucket_logging.this[0].target_prefix == "s3/slipway-test/",
    ])
    error_message = jsonencode(aws_s3_bucket_logging.this)
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.this[0].object_lock_enabled == "Enabled" && length(aws_s3_bucket_object_lock_configuration.this[0].rule) == 0
    error_message = "objects must be lockable, and none locked by default: leases are rewritten"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].days == 30
    error_message = "objects must go after the days given"
  }
}

run "lets_named_origins_in" {
  command = plan

  variables {
    cors_origins = ["https://console.dev.slipway.example", "http://localhost:5173"]
  }

  assert {
    condition = alltrue([
      one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_origins == toset(var.cors_origins),
      one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_methods == toset(["GET", "POST", "PUT"]),
      !contains(one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_headers, "*"),
    ])
    error_message = jsonencode(aws_s3_bucket_cors_configuration.this[0].cors_rule)
  }
}
