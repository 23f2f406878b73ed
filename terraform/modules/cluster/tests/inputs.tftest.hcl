# The variables alone, linked: no provider to start for each of these.
variables {
  name        = "slipway-test"
  environment = "test"
}

run "refuses_what_nobody_knows" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name               = "slipway/test"
    environment        = "Test"
    container_insights = "on"
    log_retention_days = 31
  }

  expect_failures = [var.name, var.environment, var.container_insights, var.log_retention_days]
}
