# One fault for each input in a run: every one of them has to be refused.
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

run "refuses_a_secret_in_plain_and_names_that_do_not_fit" {
  command = plan

  variables {
    service                  = "a-service-with-a-name-that-is-far-too-long"
    account                  = "42"
    region                   = "ap-northeast-2a"
    partition                = "azure"
    secrets                  = { PASSWORD = "hunter2" }
    repository_arns          = ["slipway/app"]
    log_retention_days       = 31
    permissions_boundary_arn = "slipway-test-boundary"
    task_statements          = { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:jobs" }
  }

  expect_failures = [
    var.service,
    var.account,
    var.region,
    var.partition,
    var.secrets,
    var.repository_arns,
    var.log_retention_days,
    var.permissions_boundary_arn,
    var.task_statements,
  ]
}

run "refuses_a_statement_that_names_a_principal_and_no_repositories" {
  command = plan

  variables {
    environment     = "Test"
    repository_arns = []
    task_statements = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:jobs", Principal = "*" }]
  }

  expect_failures = [var.environment, var.repository_arns, var.task_statements]
}

run "refuses_every_action_of_a_service" {
  command = plan

  variables {
    task_statements = [
      { Effect = "Allow", Action = ["sqs:SendMessage"], Resource = "arn:aws:sqs:ap-northeast-2:111122223333:jobs" },
      { Effect = "Allow", Action = ["s3:GetObject", "s3:*"], Resource = ["arn:aws:s3:::slipway-test-attachments/*"] },
    ]
  }

  expect_failures = [var.task_statements]
}

run "refuses_every_action_and_the_environments_own_log_group" {
  command = plan

  variables {
    service         = "flow"
    task_statements = [{ Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::slipway-test-attachments/*" }]
  }

  expect_failures = [var.service, var.task_statements]
}

run "refuses_every_resource" {
  command = plan

  variables {
    task_statements = [{ Effect = "Allow", Action = "s3:GetObject", Resource = ["arn:aws:s3:::slipway-test-attachments/*", "*"] }]
  }

  expect_failures = [var.task_statements]
}

run "refuses_every_bucket" {
  command = plan

  variables {
    task_statements = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::*" }]
  }

  expect_failures = [var.task_statements]
}

run "refuses_the_same_sid_twice" {
  command = plan

  variables {
    task_statements = [
      for queue in ["jobs", "mails"] : { Sid = "Send", Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:${queue}" }
    ]
  }

  expect_failures = [var.task_statements]
}

run "refuses_policies_that_no_role_can_have" {
  command = plan

  variables {
    secrets = { for number in range(200) : "SECRET_${number}" => "ssm:/slipway/test/secret-${number}" }
    task_statements = [
      for number in range(100) : { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:queue-${number}" }
    ]
  }

  expect_failures = [aws_iam_role_policy.execution, aws_iam_role_policy.task]
}

run "refuses_a_name_with_a_slash" {
  command = plan

  variables {
    name = "slipway/test"
  }

  expect_failures = [var.name]
}

run "refuses_a_service_with_a_slash" {
  command = plan

  variables {
    service = "api/v2"
  }

  expect_failures = [var.service]
}
