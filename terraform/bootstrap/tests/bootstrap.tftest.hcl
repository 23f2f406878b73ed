mock_provider "aws" {
  source = "../mocks"
}

variables {
  account = "111122223333"
  region  = "ap-northeast-2"
}

run "the_bucket_that_the_environments_name" {
  command = plan

  assert {
    condition     = output.state_bucket == "slipway-state-111122223333"
    error_message = "the environments' .s3.tfbackend files name slipway-state-<account> (got ${output.state_bucket})"
  }
}

run "refuses_a_short_account" {
  command = plan

  variables {
    account = "42"
  }

  expect_failures = [var.account]
}
