mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name        = "slipway-test"
  environment = "test"
  service     = "api"
  account     = "111122223333"
  region      = "ap-northeast-2"
}

run "no_secrets_no_permission_to_read_any" {
  command = plan

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.execution.policy).Statement : statement.Sid] == ["Registry", "Pull", "Log"]
    error_message = aws_iam_role_policy.execution.policy
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.execution.policy).Statement[2].Resource == ["arn:aws:logs:ap-northeast-2:111122223333:log-group:/slipway/test/api:*"]
    error_message = "only the service's own log group may be written"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/slipway/test/api" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "logs are kept for 30 days"
  }
}

run "only_named_secrets" {
  command = plan

  variables {
    secrets = {
      DATABASE_URL = "ssm:/slipway/test/database-url"
      REPLICA_URL  = "ssm:/slipway/test/database-url"
      SIGNING_KEY  = "secretsmanager:slipway/test/signing-key"
    }
  }

  assert {
    condition = {
      for statement in jsondecode(aws_iam_role_policy.execution.policy).Statement : statement.Sid => statement.Resource if contains(["Parameters", "Secrets"], statement.Sid)
      } == {
      Parameters = ["arn:aws:ssm:ap-northeast-2:111122223333:parameter/slipway/test/database-url"]
      Secrets    = ["arn:aws:secretsmanager:ap-northeast-2:111122223333:secret:slipway/test/signing-key-??????"]
    }
    error_message = aws_iam_role_policy.execution.policy
  }
}

run "only_tasks_of_this_account_may_take_the_roles" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [aws_iam_role.task.assume_role_policy, aws_iam_role.execution.assume_role_policy] :
      jsondecode(policy).Statement[0].Principal == { Service = "ecs-tasks.amazonaws.com" } &&
      jsondecode(policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "111122223333"
    ])
    error_message = aws_iam_role.task.assume_role_policy
  }
}

run "repositories_can_be_named" {
  command = plan

  variables {
    repository_arns = ["arn:aws:ecr:ap-northeast-2:111122223333:repository/slipway/app"]
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.execution.policy).Statement[1].Resource == ["arn:aws:ecr:ap-northeast-2:111122223333:repository/slipway/app"]
    error_message = aws_iam_role_policy.execution.policy
  }
}

run "refuses_a_secret_in_plain" {
  command = plan

  variables {
    secrets = { PASSWORD = "hunter2" }
  }

  expect_failures = [var.secrets]
}

run "refuses_a_name_that_no_role_can_have" {
  command = plan

  variables {
    service = "a-service-with-a-name-that-is-far-too-long"
  }

  expect_failures = [var.service]
}

run "refuses_a_short_account" {
  command = plan

  variables {
    account = "42"
  }

  expect_failures = [var.account]
}

run "refuses_a_period_that_cloudwatch_does_not_know" {
  command = plan

  variables {
    log_retention_days = 31
  }

  expect_failures = [var.log_retention_days]
}
