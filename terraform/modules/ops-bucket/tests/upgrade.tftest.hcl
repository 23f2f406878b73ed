# A release must find what the one before it made, at the addresses where it looks now. What it makes itself has another ARN.
# A mocked provider never plans a replacement, so an argument that forces one shows against a real provider only.
mock_provider "aws" {
  alias  = "released"
  source = "../../mocks"

  override_resource {
    target = aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::made-by-the-first-release" }
  }
}

mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name = "slipway-test"
}

run "first_release" {
  state_key = "ops_bucket"

  module {
    source = "./tests/released"
  }

  providers = {
    aws.released = aws.released
  }
}

# Everything is found at its new address: the provider of the first release is not here, so Terraform stops at what is not moved.
run "this_release_keeps_the_bucket" {
  state_key = "ops_bucket"

  providers = {
    aws = aws
  }

  assert {
    condition     = output.arn == "arn:aws:s3:::made-by-the-first-release"
    error_message = "the bucket was made anew (${output.arn})"
  }
}

run "in_place_a_lock_is_turned_on_and_a_bucket_that_may_go_lets_its_records_go" {
  state_key = "ops_bucket"

  variables {
    object_lock       = true
    force_destroy     = true
    access_log_bucket = "slipway-logs"
  }

  providers = {
    aws = aws
  }

  assert {
    condition     = output.arn == "arn:aws:s3:::made-by-the-first-release"
    error_message = "the bucket was made anew (${output.arn})"
  }

  assert {
    condition     = [for statement in jsondecode(module.bucket.policy).Statement : statement.Sid] == ["TlsOnly", "RecordsAreWrittenOnce"]
    error_message = module.bucket.policy
  }
}
