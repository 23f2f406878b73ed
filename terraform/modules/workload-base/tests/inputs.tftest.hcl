# The variables alone, linked: no provider to start for each of these.
# One fault for each input in a run: every one of them has to be refused.
variables {
  name        = "slipway-test"
  environment = "test"
  workload    = "api"
  account     = "111122223333"
  region      = "ap-northeast-2"
}

run "refuses_a_secret_in_plain_and_names_that_do_not_fit" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    workload                 = "a-workload-with-a-name-that-is-far-too-long"
    account                  = "42"
    region                   = "ap-northeast-2a"
    partition                = "azure"
    secrets                  = ["hunter2"]
    repository_arns          = ["slipway/app"]
    log_retention_days       = 31
    permissions_boundary_arn = "slipway-test-boundary"
    task_statements          = { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:jobs" }
  }

  expect_failures = [
    var.workload,
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

  module {
    source = "./tests/inputs"
  }

  variables {
    environment     = "Test"
    repository_arns = []
    task_statements = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:jobs", Principal = "*" }]
  }

  expect_failures = [var.environment, var.repository_arns, var.task_statements]
}

run "refuses_every_action_of_a_service" {
  command = plan

  module {
    source = "./tests/inputs"
  }

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

  module {
    source = "./tests/inputs"
  }

  variables {
    workload        = "flow"
    task_statements = [{ Effect = "Allow", Action = "*", Resource = "arn:aws:s3:::slipway-test-attachments/*" }]
  }

  expect_failures = [var.workload, var.task_statements]
}

run "refuses_every_resource" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    task_statements = [{ Effect = "Allow", Action = "s3:GetObject", Resource = ["arn:aws:s3:::slipway-test-attachments/*", "*"] }]
  }

  expect_failures = [var.task_statements]
}

run "refuses_every_bucket" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    task_statements = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::*" }]
  }

  expect_failures = [var.task_statements]
}

run "refuses_the_same_sid_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    task_statements = [
      for queue in ["jobs", "mails"] : { Sid = "Send", Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:ap-northeast-2:111122223333:${queue}" }
    ]
  }

  expect_failures = [var.task_statements]
}

run "refuses_a_name_with_a_slash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "slipway/test"
  }

  expect_failures = [var.name]
}

run "refuses_a_workload_with_a_slash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    workload = "api/v2"
  }

  expect_failures = [var.workload]
}

run "refuses_what_is_no_log_group" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    exec_log_group = "/slipway/test/exec:*"
  }

  expect_failures = [var.exec_log_group]
}
