# The variables alone, linked: no provider to start for each of these.
variables {
  name        = "slipway-test"
  environment = "test"
  account     = "111122223333"
  region      = "ap-northeast-2"
}

run "refuses_itself_among_the_others" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    other_environments = ["test"]
  }

  expect_failures = [var.other_environments]
}

run "refuses_what_iam_cannot_have" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name        = "Slipway_test"
    environment = "test-"
    account     = "42"
    region      = "seoul"
    partition   = "amazon"
  }

  expect_failures = [var.name, var.environment, var.account, var.region, var.partition]
}
