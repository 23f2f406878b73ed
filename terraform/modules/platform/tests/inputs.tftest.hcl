# The variables alone, linked: no provider to start for each of these.
variables {
  bucket = "slipway-test-ops"
  # The same file is read by ops's own tests, so that both sides hold to one form. The version is the module's own.
  contract = { for key, part in jsondecode(file("tests/platform.json")) : key => part if key != "version" }
}

run "refuses_something_that_is_no_hash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    contract = merge(
      { for key, part in jsondecode(file("tests/platform.json")) : key => part if key != "version" },
      { declaration_sha256 = "latest" },
    )
  }

  expect_failures = [var.contract]
}

run "refuses_to_shift_traffic_from_nowhere" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    contract = merge(
      { for key, part in jsondecode(file("tests/platform.json")) : key => part if key != "version" },
      { services = { for name, service in jsondecode(file("tests/platform.json")).services : name => merge(service, { target_group_arn = null }) } },
    )
  }

  expect_failures = [var.contract]
}

run "refuses_a_task_called_like_a_service" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    contract = merge(
      { for key, part in jsondecode(file("tests/platform.json")) : key => part if key != "version" },
      { tasks = { api = jsondecode(file("tests/platform.json")).tasks.cleanup } },
    )
  }

  expect_failures = [var.contract]
}
