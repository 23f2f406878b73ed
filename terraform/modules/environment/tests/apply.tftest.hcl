# Applies against the mocks, which catches what only shows when ids are known.
mock_provider "aws" {
  source = "../../mocks"
}

variables {
  declaration_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  applied_from       = { environment = "test" }
  allow_destroy      = true
  declaration = {
    environment   = "test"
    account       = "111122223333"
    region        = "ap-northeast-2"
    ops_bucket    = "slipway-test-ops"
    network       = { cidr = "10.10.0.0/16", zones = ["ap-northeast-2a", "ap-northeast-2c"], nat = "per_zone" }
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
    }
  }
}

run "everything_is_wired" {
  assert {
    condition     = local.contract_services["api"].target_group_arn == "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/slipway-test/0000000000000000"
    error_message = jsonencode(local.contract_services)
  }

  assert {
    condition     = length(distinct(local.contract_services["api"].subnet_ids)) == 2
    error_message = "a service needs a subnet in each zone"
  }

  assert {
    condition     = endswith(output.platform, "/platform.json")
    error_message = output.platform
  }
}
