mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  declaration_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  applied_from       = { environment = "test" }
  declaration = {
    environment   = "test"
    account       = "111122223333"
    region        = "ap-northeast-2"
    ops_bucket    = "slipway-test-ops"
    network       = { cidr = "10.10.0.0/16", zones = ["ap-northeast-2a", "ap-northeast-2c"], nat = "none" }
    repositories  = ["slipway/app"]
    load_balancer = { port = 80 }
    firewall = {
      load_balancer = [{ from = "internet", port = 80, reason = "the public entrance" }]
      api           = [{ from = "load_balancer", port = 8080, reason = null }]
    }
    services = {
      api = {
        port = 8080
        public = {
          path     = "/*"
          priority = 39817
          health   = { path = "/readyz", interval_seconds = 5, timeout_seconds = 2, healthy_threshold = 2, unhealthy_threshold = 3 }
        }
        secrets = {}
      }
      worker = { port = null, public = null, secrets = { KEY = "ssm:/slipway/test/key" } }
    }
  }
}

run "without_gateway_tasks_have_public_addresses" {
  command = plan

  assert {
    condition     = alltrue([for service in values(local.contract_services) : service.assign_public_ip])
    error_message = "a task in a private subnet without gateway could not pull its image"
  }

  assert {
    condition     = local.contract_services["api"].target_group_arn != null && local.contract_services["worker"].target_group_arn == null
    error_message = "public services have a target group, others none"
  }

  assert {
    condition     = local.contract_services["worker"].log_group == "/slipway/test/worker"
    error_message = local.contract_services["worker"].log_group
  }
}

run "with_gateway_tasks_are_private" {
  command = plan

  variables {
    declaration = {
      environment   = "test"
      account       = "111122223333"
      region        = "ap-northeast-2"
      ops_bucket    = "slipway-test-ops"
      network       = { cidr = "10.10.0.0/16", zones = ["ap-northeast-2a", "ap-northeast-2c"], nat = "single" }
      repositories  = []
      load_balancer = null
      firewall      = {}
      services      = { worker = { port = null, public = null, secrets = {} } }
    }
  }

  assert {
    condition     = !local.contract_services["worker"].assign_public_ip
    error_message = "with a gateway no task needs a public address"
  }

  assert {
    condition     = local.load_balancer == null && output.load_balancer_dns_name == null
    error_message = "no load balancer was declared"
  }
}

run "an_empty_environment" {
  command = plan

  variables {
    declaration = {
      environment   = "test"
      account       = "111122223333"
      region        = "ap-northeast-2"
      ops_bucket    = "slipway-test-ops"
      network       = { cidr = "10.10.0.0/16", zones = ["ap-northeast-2a", "ap-northeast-2c"], nat = "none" }
      repositories  = []
      load_balancer = null
      firewall      = {}
      services      = {}
    }
  }

  assert {
    condition     = length(local.contract_services) == 0
    error_message = "no services were declared"
  }
}
