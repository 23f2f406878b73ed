# The variables alone, linked: no provider to start for each of these.
# One fault for each input in a run: every one of them has to be refused.
variables {
  name        = "slipway-test"
  environment = "test"
  account     = "111122223333"
  region      = "ap-northeast-2"
  cidr        = "10.10.0.0/16"
  zones       = ["ap-northeast-2a", "ap-northeast-2c"]
}

run "refuses_a_small_range_one_zone_and_words_that_nobody_knows" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name                     = "slipway-an-environment-with-a-name-that-is-far-too-long"
    environment              = "Test"
    account                  = "42"
    cidr                     = "10.10.0.0/23"
    zones                    = ["ap-northeast-2a"]
    nat                      = "double"
    endpoints                = ["ecr", "s3"]
    flow_logs                = "accepted"
    log_retention_days       = 31
    permissions_boundary_arn = "slipway-test-boundary"
  }

  expect_failures = [
    var.name,
    var.environment,
    var.account,
    var.cidr,
    var.zones,
    var.nat,
    var.endpoints,
    var.flow_logs,
    var.log_retention_days,
    var.permissions_boundary_arn,
  ]
}

run "refuses_a_large_range_the_same_zone_twice_and_endpoints_where_they_have_other_names" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cidr      = "10.10.0.0/15"
    zones     = ["ap-northeast-2a", "ap-northeast-2a"]
    partition = "aws-cn"
    endpoints = ["ecr"]
  }

  expect_failures = [var.cidr, var.zones, var.endpoints]
}

run "refuses_an_address_inside_a_range_a_zone_of_another_region_and_an_unknown_partition" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cidr      = "10.10.3.7/16"
    zones     = ["ap-northeast-2a", "ap-northeast-1c"]
    partition = "azure"
  }

  expect_failures = [var.cidr, var.zones, var.partition]
}

run "refuses_a_range_that_is_not_for_hosts_and_a_zone_for_a_region" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    cidr   = "169.254.0.0/16"
    region = "ap-northeast-2a"
  }

  expect_failures = [var.cidr, var.region]
}
