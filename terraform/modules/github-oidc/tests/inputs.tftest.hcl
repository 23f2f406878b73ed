# The variables alone, linked: no provider to start for each of these.
variables {
  name                     = "slipway-test"
  environment              = "test"
  account                  = "111122223333"
  region                   = "ap-northeast-2"
  provider_arn             = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
  permissions_boundary_arn = "arn:aws:iam::111122223333:policy/slipway-test-boundary"
  state_bucket             = "slipway-state-111122223333"
  state_key_prefix         = "environments/test/"
  ops_bucket               = "slipway-test-ops-111122223333"
  subjects = {
    plan   = ["repo:organization/slipway:pull_request", "repo:organization/slipway:environment:test"]
    apply  = ["repo:organization/slipway:environment:test"]
    deploy = ["repo:organization/slipway:environment:test-deploy"]
  }
}

run "refuses_no_subjects" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subjects = { plan = [], apply = ["repo:o/r:environment:test"], deploy = ["repo:o/r:environment:test"] }
  }

  expect_failures = [var.subjects]
}

run "refuses_a_pattern" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subjects = { plan = ["repo:organization/*:pull_request"], apply = ["repo:o/r:environment:test"], deploy = ["repo:o/r:environment:test"] }
  }

  expect_failures = [var.subjects]
}

run "refuses_what_is_no_repository" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subjects = { plan = ["organization/slipway:pull_request"], apply = ["repo:o/r:environment:test"], deploy = ["repo:o/r:environment:test"] }
  }

  expect_failures = [var.subjects]
}

run "refuses_an_apply_from_a_branch" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subjects = { plan = ["repo:o/r:pull_request"], apply = ["repo:o/r:ref:refs/heads/main"], deploy = ["repo:o/r:environment:test"] }
  }

  expect_failures = [var.subjects]
}

run "refuses_a_deployment_from_a_pull_request" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subjects = { plan = ["repo:o/r:pull_request"], apply = ["repo:o/r:environment:test"], deploy = ["repo:o/r:pull_request"] }
  }

  expect_failures = [var.subjects]
}

run "refuses_what_iam_cannot_have" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name                     = "Slipway_test"
    environment              = "test-"
    account                  = "42"
    region                   = "seoul"
    partition                = "amazon"
    provider_arn             = "arn:aws:iam::111122223333:oidc-provider/example.org"
    permissions_boundary_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    session_seconds          = { plan = 900 }
  }

  expect_failures = [
    var.name, var.environment, var.account, var.region, var.partition, var.provider_arn, var.permissions_boundary_arn, var.session_seconds,
  ]
}

run "refuses_buckets_that_are_not_apart" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    state_bucket     = "slipway-test-state"
    state_key_prefix = "environments/test"
    domain           = { name = "example", zone = "create" }
  }

  expect_failures = [var.state_bucket, var.state_key_prefix, var.domain]
}

run "refuses_the_state_bucket_for_ops_and_a_zone_of_no_sort" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    ops_bucket = "slipway-state-111122223333"
    domain     = { name = "test.slipway.example", zone = "shared" }
  }

  expect_failures = [var.ops_bucket, var.domain]
}
