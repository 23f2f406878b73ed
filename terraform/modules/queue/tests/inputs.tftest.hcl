# The variables alone, linked: no provider to start for each of these.
variables {
  name    = "slipway-test-reconcile"
  account = "111122223333"
  region  = "ap-northeast-2"
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = join("", [for character in range(64) : "a"])
  }

  expect_failures = [var.name]
}

run "refuses_a_long_name_of_a_standard_queue" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = join("", [for character in range(69) : "a"])
    fifo = false
  }

  expect_failures = [var.name]
}

run "refuses_the_suffix_in_the_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "slipway-test-reconcile.fifo"
  }

  expect_failures = [var.name]
}

run "refuses_a_wrong_account" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    account = "1111"
  }

  expect_failures = [var.account]
}

run "refuses_too_little" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    visibility_seconds = 0
    retention_days     = 0
    maximum_receives   = 0
  }

  expect_failures = [var.visibility_seconds, var.retention_days, var.maximum_receives]
}

run "refuses_too_much" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    visibility_seconds = 43201
    retention_days     = 15
    maximum_receives   = 1001
  }

  expect_failures = [var.visibility_seconds, var.retention_days, var.maximum_receives]
}

run "refuses_fractions" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    visibility_seconds = 1.5
    retention_days     = 1.5
    maximum_receives   = 1.5
  }

  expect_failures = [var.visibility_seconds, var.retention_days, var.maximum_receives]
}
