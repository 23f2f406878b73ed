mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name                     = "slipway-test"
  environment              = "test"
  account                  = "111122223333"
  region                   = "ap-northeast-2"
  provider_arn             = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
  state_bucket             = "slipway-state-111122223333"
  state_key_prefix         = "environments/test/"
  ops_bucket               = "slipway-test-ops-111122223333"
  subjects = {
    plan   = ["repo:organization/slipway:pull_request", "repo:organization/slipway:environment:test"]
    apply  = ["repo:organization/slipway:environment:test"]
    deploy = ["repo:organization/slipway:environment:test-deploy"]
  }
}

run "each_role_trusts_its_subjects_and_nobody_else" {
  command = plan

  assert {
    condition = { for role, made in aws_iam_role.this : role => jsondecode(made.assume_role_policy) } == {
      for role, subjects in {
        plan   = ["repo:organization/slipway:environment:test", "repo:organization/slipway:pull_request"]
        apply  = ["repo:organization/slipway:environment:test"]
        deploy = ["repo:organization/slipway:environment:test-deploy"]
        } : role => {
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = { Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }
          Condition = {
            StringEquals = {
              "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
              "token.actions.githubusercontent.com:sub" = subjects
            }
          }
        }]
      }
    }
    error_message = join("\n", values(aws_iam_role.this)[*].assume_role_policy)
  }

  assert {
    condition     = { for role, made in aws_iam_role.this : role => made.name } == { plan = "slipway-test-plan", apply = "slipway-test-apply", deploy = "slipway-test-deploy" }
    error_message = "the roles are called <name>-plan, <name>-apply and <name>-deploy"
  }

  assert {
    condition     = { for role, made in aws_iam_role.this : role => made.max_session_duration } == { plan = 3600, apply = 7200, deploy = 3600 }
    error_message = "a session ends after an hour, an apply's after two"
  }

  assert {
    condition = alltrue([
      for role in ["plan", "apply", "deploy"] :
      length(aws_iam_role_policies_exclusive.this[role].policy_names) == 0 &&
      length(aws_iam_role_policy_attachments_exclusive.this[role].policy_arns) > 0
    ])
    error_message = "each role has exactly the policies of this module"
  }

  assert {
    condition = { for key, attachment in local.attachments : attachment.policy => attachment.role... } == {
      "read-platform"    = ["apply", "plan"]
      "read-data"        = ["apply", "plan"]
      "read-edge"        = ["apply", "plan"]
      "plan-state"       = ["plan"]
      "apply-network"    = ["apply"]
      "apply-platform"   = ["apply"]
      "apply-data"       = ["apply"]
      "apply-edge"       = ["apply"]
      "apply-roles"      = ["apply"]
      "deploy"           = ["deploy"]
      "deploy-services"  = ["deploy"]
      "deploy-preflight" = ["deploy"]
      "deploy-sites"     = ["deploy"]
      "deploy-firewall"  = ["deploy"]
    }
    error_message = jsonencode(keys(local.attachments))
  }

  # There is no domain here, and no word about names.
  assert {
    condition = length([
      for action in flatten([for statement in jsondecode(aws_iam_policy.this["apply-edge"].policy).Statement : statement.Action]) : action
      if startswith(action, "route53:") || startswith(action, "acm:")
    ]) == 0
    error_message = aws_iam_policy.this["apply-edge"].policy
  }
}
