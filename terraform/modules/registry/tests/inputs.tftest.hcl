# The variables alone, linked: no provider to start for each of these.
variables {
  repositories = ["slipway/app"]
}

run "refuses_upper_case" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    repositories = ["Slipway/App"]
  }

  expect_failures = [var.repositories]
}

run "refuses_to_keep_nothing" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    untagged_images_kept = 0
  }

  expect_failures = [var.untagged_images_kept]
}
