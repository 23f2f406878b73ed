mock_provider "aws" {
  source          = "../mocks"
  override_during = plan
}

variables {
  account      = "111122223333"
  region       = "ap-northeast-2"
  declarations = "tests/declarations"
  github = {
    test = {
      plan   = ["repo:organization/slipway:pull_request"]
      apply  = ["repo:organization/slipway:environment:test"]
      deploy = ["repo:organization/slipway:environment:test"]
    }
    two = {
      plan   = ["repo:organization/slipway:environment:two-plan"]
      apply  = ["repo:organization/slipway:environment:two"]
      deploy = ["repo:organization/slipway:environment:two"]
    }
  }
}

run "the_bucket_that_the_environments_name_and_roles_for_those_of_the_account" {
  command = plan

  assert {
    condition     = output.state_bucket == "slipway-state-111122223333"
    error_message = "the environments' .s3.tfbackend files name slipway-state-<account> (got ${output.state_bucket})"
  }

  assert {
    condition     = { for environment, roles in output.github_role_arns : environment => keys(roles) } == { test = ["apply", "deploy", "plan"], two = ["apply", "deploy", "plan"] }
    error_message = jsonencode(output.github_role_arns)
  }

  assert {
    condition = output.permissions_boundary_arns == {
      test = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
      two  = "arn:aws:iam::111122223333:policy/slipway-two-boundary"
    }
    error_message = jsonencode(output.permissions_boundary_arns)
  }

  assert {
    condition = { for environment, boundary in module.permissions_boundary : environment => flatten([for statement in jsondecode(boundary.policy).Statement : statement.Resource if statement.Effect == "Deny"]) } == {
      test = ["arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:slipway/two/*", "arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/two/*"]
      two  = ["arn:aws:secretsmanager:us-west-2:111122223333:secret:slipway/test/*", "arn:aws:ssm:us-west-2:111122223333:parameter/slipway/test/*"]
    }
    error_message = "no role of an environment may read another one's secrets"
  }

  assert {
    condition = (
      length(aws_iam_openid_connect_provider.github) == 1 &&
      aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com" &&
      aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    )
    error_message = "AWS trusts GitHub's tokens that are meant for it"
  }
}

run "boundaries_without_github" {
  command = plan

  variables {
    github = null
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && length(output.github_role_arns) == 0
    error_message = "nobody named GitHub"
  }

  assert {
    condition     = keys(output.permissions_boundary_arns) == ["test", "two"]
    error_message = "every role of an environment wants its boundary, GitHub or not"
  }
}

run "refuses_environments_whose_names_overlap" {
  command = plan

  variables {
    declarations = "tests/overlapping"
    github       = null
  }

  expect_failures = [output.permissions_boundary_arns]
}
