# The provider itself, with keys that open nothing: it checks that each policy is one. Nothing is asked of the network.
provider "aws" {
  region                      = "ap-southeast-2"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

# As long as names can be.
variables {
  name                     = "slipway-environment-of-twenty"
  environment              = "environment-of-twent"
  account                  = "111122223333"
  region                   = "ap-southeast-2"
  partition                = "aws-us-gov"
  provider_arn             = "arn:aws-us-gov:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
  permissions_boundary_arn = "arn:aws-us-gov:iam::111122223333:policy/slipway-environment-of-twenty-boundary"
  state_bucket             = "slipway-state-111122223333"
  state_key_prefix         = "environments/environment-of-twent/"
  ops_bucket               = "a-bucket-with-a-name-that-is-as-long-as-the-name-of-a-bucket-is"
  domain                   = { name = "a-domain-with-a-name-that-is-as-long-as.a-certificate.is.example", zone = "create" }
  subjects = {
    plan   = ["repo:organization/slipway:pull_request"]
    apply  = ["repo:organization/slipway:environment:test"]
    deploy = ["repo:organization/slipway:environment:test"]
  }
}

run "the_longest_names_fit" {
  command = plan

  assert {
    condition     = alltrue([for policy in values(aws_iam_policy.this) : length(policy.policy) <= 6144])
    error_message = jsonencode({ for name, policy in aws_iam_policy.this : name => length(policy.policy) })
  }

  # AWS attaches ten to a role.
  assert {
    condition     = alltrue([for policies in values(local.policies_of_role) : length(policies) <= 10])
    error_message = jsonencode(local.policies_of_role)
  }

  assert {
    condition     = alltrue([for made in values(aws_iam_role.this) : length(made.name) <= 64 && length(made.assume_role_policy) <= 2048])
    error_message = "IAM takes 64 characters for a role's name and 2048 for its trust policy"
  }

  assert {
    condition     = alltrue(flatten([for policy in values(aws_iam_policy.this) : [for statement in jsondecode(policy.policy).Statement : [for arn in statement.Resource : arn == "*" || startswith(arn, "arn:aws-us-gov:")]]]))
    error_message = "an ARN is of another partition"
  }
}
