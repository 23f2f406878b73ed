mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name = "slipway-test"
}

run "records_are_written_once_and_stay" {
  command = plan

  assert {
    condition     = output.name == "slipway-test" && output.arn == "arn:aws:s3:::slipway-test"
    error_message = "the bucket must have the name that it was given"
  }

  assert {
    condition = slice(jsondecode(module.bucket.policy).Statement, 1, 3) == [
      {
        Sid       = "RecordsAreWrittenOnce"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:PutObject"
        Resource  = "arn:aws:s3:::slipway-test/records/*"
        Condition = { Null = { "s3:if-none-match" = "true" } }
      },
      {
        Sid       = "RecordsStay"
        Effect    = "Deny"
        Principal = "*"
        Action    = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
        Resource  = "arn:aws:s3:::slipway-test/records/*"
      },
    ]
    error_message = module.bucket.policy
  }
}
