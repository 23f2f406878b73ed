# The variables alone, linked: no provider to start for each of these.
variables {
  name         = "slipway-test"
  account      = "111122223333"
  region       = "ap-northeast-2"
  notify       = ["oncall@slipway.example"]
  cluster_name = "slipway-test"
  services     = ["api", "worker"]
  load_balancer = {
    arn_suffix    = "app/slipway-test/0123456789abcdef"
    target_groups = { api = "targetgroup/slipway-test-api/0123456789abcdef" }
  }
  database = {
    identifier = "slipway-test"
    replicas   = ["slipway-test-replica-1"]
    storage_gb = 20
  }
  queues = {
    reconcile = { name = "slipway-test-reconcile.fifo", dead_letter_name = "slipway-test-reconcile-dead-letter.fifo" }
  }
}

run "refuses_the_key_of_sns" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    kms_key_arn = "alias/aws/sns"
  }

  expect_failures = [var.kms_key_arn]
}

run "refuses_nobody" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    notify = []
  }

  expect_failures = [var.notify]
}

run "refuses_what_is_no_address" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    notify = ["oncall"]
  }

  expect_failures = [var.notify]
}

run "refuses_a_bad_name_and_account" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name    = "slipway test"
    account = "1111"
  }

  expect_failures = [var.name, var.account]
}

run "refuses_a_name_that_the_topic_cannot_show" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = join("", [for number in range(94) : "a"])
  }

  expect_failures = [var.name]
}

run "refuses_arns_for_suffixes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    load_balancer = {
      arn_suffix    = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/app/slipway-test/0123456789abcdef"
      target_groups = {}
    }
  }

  expect_failures = [var.load_balancer]
}

run "refuses_arns_of_target_groups" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    load_balancer = {
      arn_suffix    = "app/slipway-test/0123456789abcdef"
      target_groups = { api = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/slipway-test-api/0123456789abcdef" }
    }
  }

  expect_failures = [var.load_balancer]
}

run "refuses_a_database_without_storage" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    database = { identifier = "slipway-test", storage_gb = 0 }
  }

  expect_failures = [var.database]
}
