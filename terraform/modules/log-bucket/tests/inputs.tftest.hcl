# The variables alone, linked: no provider to start for each of these.
variables {
  name      = "slipway-test"
  account   = "111122223333"
  partition = "aws"
}

run "refuses_a_short_account" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    account = "11112222333"
  }

  expect_failures = [var.account]
}

run "refuses_logs_that_expire_at_once" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    expire_days = 0
  }

  expect_failures = [var.expire_days]
}
