# The variables alone, linked: no provider to start for each of these.
variables {
  name               = "slipway-test"
  vpc_id             = "vpc-1"
  subnet_ids         = ["subnet-a", "subnet-c"]
  security_group_ids = ["sg-1"]
  protocol           = "http"
  port               = 80
  targets = {
    api = {
      port     = 8080
      path     = "/*"
      priority = 39817
      health = {
        path                = "/readyz"
        interval_seconds    = 5
        timeout_seconds     = 2
        healthy_threshold   = 2
        unhealthy_threshold = 3
      }
    }
  }
}

run "refuses_one_subnet" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = ["subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_a_long_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    name = "slipway-an-environment-with-a-long-name"
  }

  expect_failures = [var.name]
}

run "refuses_port_zero" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    port = 0
  }

  expect_failures = [var.port]
}

run "refuses_a_check_that_outlasts_its_interval" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 5, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_path_without_slash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "api/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_the_same_priority_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      for name in ["api", "web"] : name => {
        port     = 8080
        path     = "/${name}/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_an_endless_delay" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    deregistration_delay_seconds = 3601
  }

  expect_failures = [var.deregistration_delay_seconds]
}

run "refuses_a_delay_of_half_a_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    deregistration_delay_seconds = 0.5
  }

  expect_failures = [var.deregistration_delay_seconds]
}

run "refuses_the_same_subnet_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    subnet_ids = ["subnet-a", "subnet-a"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_the_default_security_group" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    security_group_ids = []
  }

  expect_failures = [var.security_group_ids]
}

run "refuses_another_protocol" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    protocol = "tcp"
  }

  expect_failures = [var.protocol]
}

run "refuses_https_without_a_certificate" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    protocol = "https"
    port     = 443
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_a_certificate_with_http" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    certificate_arn = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
  }

  expect_failures = [var.certificate_arn]
}

run "refuses_https_on_80" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    protocol        = "https"
    port            = 80
    certificate_arn = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
  }

  expect_failures = [var.port]
}

run "refuses_a_target_with_a_slash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      "api/alternate" = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_target_port_zero" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 0
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_long_path" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/${join("", [for _ in range(128) : "a"])}"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_path_with_a_space" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/a b"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_six_wildcards" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*/*/*/*/*/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_check_without_slash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "readyz", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_check_every_four_seconds" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 4, timeout_seconds = 3, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_check_every_six_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 360, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_check_of_one_second" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 1, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_check_of_three_minutes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 300, timeout_seconds = 180, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_to_be_healthy_at_once" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 1, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_to_be_unhealthy_after_eleven" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 1
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 11 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_priority_zero" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 0
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_priority_that_no_listener_has" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      api = {
        port     = 8080
        path     = "/*"
        priority = 50001
        health   = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_more_than_a_hundred_rules" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      for number in range(101) : "service-${number}" => {
        port       = 8080
        path       = "/${number}"
        priority   = number + 1
        blue_green = number < 0
        health     = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_pairs_beyond_a_hundred_groups" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      for number in range(99) : "service-${number}" => {
        port       = 8080
        path       = "/${number}"
        priority   = 2 * number + 2
        blue_green = number < 2
        health     = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_taken_priority_before_a_pair" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      for name, priority in { api = 7, web = 8 } : name => {
        port                      = 8080
        path                      = "/${name}/*"
        priority                  = priority
        blue_green                = name == "web"
        health                    = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}

run "refuses_a_pair_with_no_priority_before_it" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    targets = {
      web = {
        port       = 8080
        path       = "/*"
        priority   = 1
        blue_green = true
        health     = { path = "/", interval_seconds = 10, timeout_seconds = 5, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
    }
  }

  expect_failures = [var.targets]
}
