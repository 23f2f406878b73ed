# The provider itself, with keys that open nothing: it checks that the policy is one. Nothing is asked of the network.
provider "aws" {
  region                      = "ap-northeast-2"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "it_is_a_policy" {
  command = plan

  variables {
    name        = "slipway-test"
    environment = "test"
    account     = "111122223333"
    region      = "ap-northeast-2"
  }

  assert {
    condition     = jsondecode(aws_iam_policy.this.policy).Version == "2012-10-17"
    error_message = aws_iam_policy.this.policy
  }
}
