# The variables and the declarations alone, linked: no provider to start for each of these.
variables {
  account = "111122223333"
  region  = "ap-northeast-2"
  # From tests/inputs.
  declarations = "../declarations"
  github = {
    test = {
      plan   = ["repo:organization/slipway:pull_request"]
      apply  = ["repo:organization/slipway:environment:test"]
      deploy = ["repo:organization/slipway:environment:test"]
    }
    two = {
      plan   = ["repo:organization/slipway:environment:two-plan"]
      apply  = ["repo:organization/slipway:environment:two"]
      deploy = ["repo:organization/slipway:environment:two"]
    }
  }
}

run "refuses_an_environment_without_subjects" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    github = {
      test = {
        plan   = ["repo:organization/slipway:pull_request"]
        apply  = ["repo:organization/slipway:environment:test"]
        deploy = ["repo:organization/slipway:environment:test"]
      }
    }
  }

  expect_failures = [var.github]
}

run "refuses_a_pattern" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    github = {
      test = { plan = ["repo:organization/slipway:*"], apply = ["repo:o/r:environment:test"], deploy = ["repo:o/r:environment:test"] }
      two  = { plan = ["repo:organization/slipway:pull_request"], apply = ["repo:o/r:environment:two"], deploy = ["repo:o/r:environment:two"] }
    }
  }

  expect_failures = [var.github]
}

run "refuses_an_apply_from_a_branch" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    github = {
      test = { plan = ["repo:o/r:pull_request"], apply = ["repo:o/r:ref:refs/heads/main"], deploy = ["repo:o/r:environment:test"] }
      two  = { plan = ["repo:o/r:pull_request"], apply = ["repo:o/r:environment:two"], deploy = ["repo:o/r:environment:two"] }
    }
  }

  expect_failures = [var.github]
}

run "refuses_no_subjects_for_a_role" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    github = {
      test = { plan = [], apply = ["repo:o/r:environment:test"], deploy = ["repo:o/r:environment:test"] }
      two  = { plan = ["repo:o/r:pull_request"], apply = ["repo:o/r:environment:two"], deploy = ["repo:o/r:environment:two"] }
    }
  }

  expect_failures = [var.github]
}

run "refuses_a_folder_without_declarations" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    declarations = "../none"
    github       = null
  }

  expect_failures = [var.declarations]
}

run "refuses_a_short_account" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    account = "42"
    github  = null
  }

  expect_failures = [var.account]
}
