mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name = "slipway-test"
}

run "is_a_private_bucket" {
  command = plan

  assert {
    condition     = output.name == "slipway-test" && output.arn == "arn:aws:s3:::slipway-test"
    error_message = "the bucket must have the name that it was given"
  }
}
