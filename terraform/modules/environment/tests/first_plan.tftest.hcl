# As at the first apply: no id and no ARN is known, and nothing may be counted or looped over by one.
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

run "everything_before_anything_is_known" {
  command = plan

  variables {
    declaration        = run.everything_declared.value
    declaration_sha256 = run.everything_declared.sha256
    applied_from       = run.everything_declared.applied_from
    allow_destroy      = true
  }

  assert {
    condition     = toset(keys(output.site_urls)) == toset(keys(var.declaration.sites))
    error_message = "each site must be made"
  }
}
