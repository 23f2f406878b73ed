variables {
  environment = "dev"
}

run "all_that_can_be_said" {
  command = plan

  variables {
    path = "tests/right.yaml"
  }

  assert {
    condition     = module.rules.faults == []
    error_message = jsonencode(module.rules.faults)
  }

  assert {
    condition     = output.value.network.nat == "per_zone" && output.value.repositories == toset(["slipway/app", "slipway/web"])
    error_message = jsonencode(output.value)
  }

  assert {
    condition = jsonencode(output.value.services.api) == jsonencode({
      port = 8080
      public = {
        # /api/* is longer than /*, so it is asked first.
        path     = "/api/*"
        priority = output.value.services.api.public.priority
        health   = { path = "/readyz?full=1", interval_seconds = 10, timeout_seconds = 2, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
      secrets = { DATABASE_URL = "ssm:/slipway/dev/database-url", SIGNING_KEY = "secretsmanager:slipway/dev/signing-key" }
    })
    error_message = jsonencode(output.value.services.api)
  }

  # The tests of ops-model name the same number.
  assert {
    condition     = output.value.services.api.public.priority == 39495 && output.value.services.web.public.priority == 50000
    error_message = "priorities: ${output.value.services.api.public.priority}, ${output.value.services.web.public.priority}"
  }

  assert {
    condition     = output.value.services.worker.public == null && output.value.services.worker.port == null
    error_message = "what is not said must stay null"
  }
}

run "as_little_as_can_be_said" {
  command = plan

  variables {
    path = "tests/bare.yaml"
  }

  assert {
    condition     = output.value.network.nat == "none" && output.value.load_balancer == null && length(output.value.services) == 0 && length(output.value.repositories) == 0
    error_message = jsonencode(output.value)
  }

  # ops reads the same keys, and null is what both say of one that is absent.
  assert {
    condition     = output.applied_from.registry == null && output.applied_from.load_balancer == null && output.applied_from.firewall == null
    error_message = jsonencode(output.applied_from)
  }

  assert {
    condition     = output.sha256 == filesha256("tests/bare.yaml")
    error_message = "the hash must be of the file as it is"
  }
}

run "as_it_stands_there" {
  command = plan

  variables {
    path = "tests/right.yaml"
  }

  assert {
    condition = jsonencode(output.applied_from.services.api) == jsonencode({
      port    = 8080
      public  = { path = "/api/*", health = { path = "/readyz?full=1", timeout_seconds = 2 } }
      secrets = { DATABASE_URL = "ssm:/slipway/dev/database-url", SIGNING_KEY = "secretsmanager:slipway/dev/signing-key" }
    })
    error_message = "defaults must not be filled in: ${jsonencode(output.applied_from.services.api)}"
  }

  assert {
    condition     = keys(output.applied_from.services.worker) == ["port", "public", "secrets"]
    error_message = "what ops alone consumes must not be in it"
  }
}

run "refuses_all_faults_at_once" {
  command = plan

  variables {
    path = "tests/wrong/two_faults_at_once.yaml"
  }

  expect_failures = [output.value]
}

run "refuses_a_file_that_is_not_there" {
  command = plan

  variables {
    path = "tests/nowhere.yaml"
  }

  expect_failures = [var.path]
}
