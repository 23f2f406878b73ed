# The variables alone, linked: no provider to start for each of these.
variables {
  name = "dev.slipway.example"
}

run "refuses_a_name_without_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "slipway"
  }

  expect_failures = [var.name]
}

run "refuses_what_looks_like_an_address" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "10.10.0.1"
  }

  expect_failures = [var.name]
}

run "refuses_a_dot_at_the_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "dev.slipway.example."
  }

  expect_failures = [var.name]
}

run "refuses_a_hyphen_at_a_labels_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "dev-.slipway.example"
  }

  expect_failures = [var.name]
}

run "refuses_upper_case" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "Dev.slipway.example"
  }

  expect_failures = [var.name]
}

run "refuses_a_label_of_64" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "${join("", [for _ in range(64) : "a"])}.example"
  }

  expect_failures = [var.name]
}

run "refuses_65_characters" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "${join("", [for _ in range(57) : "a"])}.example"
  }

  expect_failures = [var.name]
}

run "refuses_another_way_to_a_zone" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    zone = "import"
  }

  expect_failures = [var.zone]
}
