# The variables alone, linked: no provider to start for each of these.
variables {
  name         = "slipway-test"
  account      = "111122223333"
  region       = "ap-northeast-2"
  cluster_name = "slipway-test"
  tasks        = { cleanup = { family = "slipway-test-cleanup", execution_role_arn = "arn:execution", task_role_arn = "arn:task" } }
}

run "refuses_what_aws_cannot_have" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name                     = "slipway_test"
    account                  = "42"
    region                   = "seoul"
    partition                = "amazon"
    tasks                    = {}
    permissions_boundary_arn = "boundary"
  }

  expect_failures = [var.name, var.account, var.region, var.partition, var.tasks, var.permissions_boundary_arn]
}

run "refuses_every_family" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    tasks = { cleanup = { family = "*", execution_role_arn = "arn:execution", task_role_arn = "arn:task" } }
  }

  expect_failures = [var.tasks]
}
