# The variables alone, linked: no provider to start for each of these.
variables {
  name   = "slipway-test"
  site   = "console"
  bucket = "slipway-test-console"
}

run "refuses_a_certificate_of_another_region" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    alias = {
      name            = "console.test.slipway.example"
      zone_id         = "Z1"
      certificate_arn = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
    }
  }

  expect_failures = [var.alias]
}

run "refuses_an_alias_that_is_no_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    alias = {
      name            = "console.Test.example."
      zone_id         = "Z1"
      certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    }
  }

  expect_failures = [var.alias]
}

run "refuses_pages_with_a_slash_at_an_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    entry      = "/index.html"
    error_page = "errors/"
  }

  expect_failures = [var.entry, var.error_page]
}

run "refuses_a_policy_that_is_too_long" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    content_security_policy = join(" ", [for number in range(300) : "a.test"])
  }

  expect_failures = [var.content_security_policy]
}

run "refuses_a_policy_of_two_lines" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    content_security_policy = "default-src 'self';\nscript-src *"
  }

  expect_failures = [var.content_security_policy]
}

run "refuses_unknown_price_classes_and_encodings" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    price_class   = "PriceClass_300"
    precompressed = ["br", "zip"]
  }

  expect_failures = [var.price_class, var.precompressed]
}

run "refuses_names_that_do_not_fit" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    # One more than slipway- and the longest name of an environment.
    name = "slipway-aaaaaaaaaaaaaaaaaaaaaaa"
    site = "aaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "refuses_capitals" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    site = "Console"
  }

  expect_failures = [var.site]
}

run "refuses_unknown_partitions" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    partition = "azure"
  }

  expect_failures = [var.partition]
}

run "refuses_a_backend_with_an_error_page" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    error_page = "404.html"
    backend    = { domain_name = "a.test", protocol = "http", port = 80, paths = ["/api/*"] }
  }

  expect_failures = [var.backend]
}

run "refuses_another_protocol" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backend = { domain_name = "a.test", protocol = "tcp", port = 80, paths = ["/api/*"] }
  }

  expect_failures = [var.backend]
}

run "refuses_paths_without_a_slash" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backend = { domain_name = "a.test", protocol = "http", port = 80, paths = ["api/*"] }
  }

  expect_failures = [var.backend]
}

run "refuses_a_backend_without_paths" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    backend = { domain_name = "a.test", protocol = "http", port = 80, paths = [] }
  }

  expect_failures = [var.backend]
}

run "refuses_pages_that_are_not_served" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    entry      = ".slipway/index.html"
    error_page = ".Slipway/404.html"
  }

  expect_failures = [var.entry, var.error_page]
}
