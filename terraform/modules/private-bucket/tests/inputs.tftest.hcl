# The variables alone, linked: no provider to start for each of these.
variables {
  name = "slipway-test"
}

run "refuses_upper_case" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "Slipway"
  }

  expect_failures = [var.name]
}

run "refuses_to_keep_nothing" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    noncurrent_days_kept = 0
  }

  expect_failures = [var.noncurrent_days_kept]
}

run "refuses_part_of_a_day" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    expire_days = 0.5
  }

  expect_failures = [var.expire_days]
}

run "refuses_to_expire_at_once" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    expire_days = 0
  }

  expect_failures = [var.expire_days]
}

run "refuses_to_log_into_itself" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    access_log_bucket = "slipway-test"
  }

  expect_failures = [var.access_log_bucket]
}

run "refuses_any_origin" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cors_origins = ["*"]
  }

  expect_failures = [var.cors_origins]
}

run "refuses_an_origin_with_a_path" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cors_origins = ["https://console.dev.slipway.example/"]
  }

  expect_failures = [var.cors_origins]
}

run "refuses_the_same_origin_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cors_origins = ["https://a.example", "https://a.example"]
  }

  expect_failures = [var.cors_origins]
}

run "refuses_a_statement_without_resource" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_statements = [{ Sid = "A", Effect = "Deny", Principal = "*", Action = "s3:*" }]
  }

  expect_failures = [var.policy_statements]
}

run "refuses_what_is_no_list" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_statements = "Allow"
  }

  expect_failures = [var.policy_statements]
}

run "refuses_the_same_sid_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_statements = [for _ in range(2) : { Sid = "A", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "arn:aws:s3:::slipway-test/*" }]
  }

  expect_failures = [var.policy_statements]
}

run "refuses_to_repeat_its_own_sid" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_statements = [{ Sid = "TlsOnly", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "arn:aws:s3:::slipway-test/*" }]
  }

  expect_failures = [var.policy_statements]
}

run "refuses_everybody" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_statements = [{ Sid = "A", Effect = "Allow", Principal = "*", Action = "s3:PutObject", Resource = "arn:aws:s3:::slipway-test/*" }]
  }

  expect_failures = [var.policy_statements]
}

run "refuses_every_account" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    policy_statements = [{ Sid = "A", Effect = "Allow", Principal = { AWS = "*" }, Action = "s3:PutObject", Resource = "arn:aws:s3:::slipway-test/*" }]
  }

  expect_failures = [var.policy_statements]
}
