# The variables alone, linked: no provider to start for each of these.
variables {
  references = ["ssm:/slipway/test/smtp-url", "secretsmanager:slipway/test/signing-key"]
}

run "refuses_another_store" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["vault:slipway/test"]
  }

  expect_failures = [var.references]
}

run "refuses_a_path_without_slash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["ssm:slipway/test"]
  }

  expect_failures = [var.references]
}

run "refuses_a_path_that_aws_keeps" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["ssm:/AWS/test"]
  }

  expect_failures = [var.references]
}

run "refuses_another_path_that_aws_keeps" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["ssm:/ssm-test"]
  }

  expect_failures = [var.references]
}

run "refuses_a_sixteenth_level" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["ssm:${join("", [for level in range(16) : "/level-${level}"])}"]
  }

  expect_failures = [var.references]
}

run "refuses_a_long_path" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["ssm:/${join("", [for character in range(955) : "a"])}"]
  }

  expect_failures = [var.references]
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["secretsmanager:${join("", [for character in range(513) : "a"])}"]
  }

  expect_failures = [var.references]
}

run "refuses_a_name_like_an_arn" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    references = ["secretsmanager:slipway/test/api-secret"]
  }

  expect_failures = [var.references]
}

run "refuses_six_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    recovery_days = 6
  }

  expect_failures = [var.recovery_days]
}

run "refuses_more_days_than_aws" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    recovery_days = 31
  }

  expect_failures = [var.recovery_days]
}
