mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  repositories = ["slipway/app"]
}

run "secure_by_default" {
  command = plan

  assert {
    condition = alltrue([
      aws_ecr_repository.this["slipway/app"].image_tag_mutability == "IMMUTABLE",
      aws_ecr_repository.this["slipway/app"].image_scanning_configuration[0].scan_on_push,
      !aws_ecr_repository.this["slipway/app"].force_delete,
    ])
    error_message = "tags must be immutable, images scanned, and a repository with images not deleted"
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this["slipway/app"].policy).rules[*].selection.tagStatus == ["untagged"]
    error_message = "tagged images must never expire"
  }
}

run "no_repositories" {
  command = plan

  variables {
    repositories = []
  }

  assert {
    condition     = length(output.repository_urls) == 0
    error_message = "an environment may have no repository of its own"
  }
}
