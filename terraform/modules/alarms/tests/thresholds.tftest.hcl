# One run per limit, as all of them fail the same variable.
variables {
  name         = "slipway-test"
  account      = "111122223333"
  region       = "ap-northeast-2"
  notify       = ["oncall@slipway.example"]
  cluster_name = "slipway-test"
}

run "refuses_less_than_one" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { replica_lag_seconds = 0 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_too_much_target_response_milliseconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { target_response_milliseconds = 3600001 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_too_much_server_error_percent" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { server_error_percent = 101 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_too_much_cpu_percent" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { cpu_percent = 101 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_too_much_memory_percent" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { memory_percent = 101 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_too_much_oldest_message_seconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { oldest_message_seconds = 1209601 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_too_much_replica_lag_seconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { replica_lag_seconds = 86401 }
  }

  expect_failures = [var.thresholds]
}

run "refuses_too_much_free_storage_percent" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    thresholds = { free_storage_percent = 100 }
  }

  expect_failures = [var.thresholds]
}
