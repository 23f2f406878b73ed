# The variables alone, linked: no provider to start for each of these.
variables {
  name   = "slipway-test"
  vpc_id = "vpc-1"
}

run "refuses_an_unknown_source" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "wroker", port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_an_address_inside_a_range" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "10.0.0.1/8", port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_port_zero" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 0 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_an_unknown_egress" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { egress = "nowhere" } }
  }

  expect_failures = [var.groups]
}

run "refuses_an_exclusive_group_that_opens_connections" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { database = { exclusive = true, egress = "anywhere" } }
  }

  expect_failures = [var.groups]
}

run "refuses_an_exclusive_group_as_a_source" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { database = { exclusive = true }, api = { ingress = [{ from = "database", port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_source_without_egress" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { worker = { egress = "none" }, api = { ingress = [{ from = "worker", port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_an_exclusive_group_as_its_own_source" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { database = { exclusive = true, ingress = [{ from = "database", port = 3306 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_name_like_an_id" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name   = "sg-test"
    groups = {}
  }

  expect_failures = [var.name]
}

run "refuses_a_name_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name   = "slipway.test"
    groups = {}
  }

  expect_failures = [var.name]
}

run "refuses_a_group_with_a_dot" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { "api.v2" = {} }
  }

  expect_failures = [var.groups]
}

run "refuses_groups_that_would_share_a_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { load_balancer = {}, load-balancer = {} }
  }

  expect_failures = [var.groups]
}

run "refuses_a_reason_in_another_script" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 80, reason = "안녕" }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_reason_without_words" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 80, reason = "" }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_range_of_everybody" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "0.0.0.0/0", port = 80 }] } }
  }

  expect_failures = [var.groups]
}
