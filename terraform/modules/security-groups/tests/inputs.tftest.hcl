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

run "refuses_what_is_almost_a_prefix_list" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "pl-0123456789", port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_range_of_ports_that_ends_where_it_begins" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 80, to_port = 80 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_range_of_ports_beyond_the_last" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 80, to_port = 65536 }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_day_that_there_is_not" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 80, until = "2026-02-29" }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_a_moment_in_place_of_a_day" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 80, until = "2026-02-28T00:00:00Z" }] } }
  }

  expect_failures = [var.groups]
}

run "refuses_the_same_rule_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    groups = { api = { ingress = [{ from = "internet", port = 80, reason = "one" }, { from = "internet", port = 80, until = "2026-02-28" }] } }
  }

  expect_failures = [var.groups]
}
