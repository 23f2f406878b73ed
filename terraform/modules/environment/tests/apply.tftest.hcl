# Applies against the mocks, which catches what only shows when ids are known.
mock_provider "aws" {
  source = "../../mocks"
}

mock_provider "aws" {
  alias  = "us_east_1"
  source = "../../mocks"
}

variables {
  generated_database_password = "generated-generated-generated"
  database_password           = "read-back-read-back-read-back"
}

run "everything_declared" {
  command = plan

  module {
    source = "../declaration"
  }

  variables {
    environment = "dev"
    path        = "../declaration/tests/right.yaml"
  }
}

run "everything_is_wired" {
  variables {
    declaration        = run.everything_declared.value
    declaration_sha256 = run.everything_declared.sha256
    applied_from       = run.everything_declared.applied_from
    allow_destroy      = true
  }

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
