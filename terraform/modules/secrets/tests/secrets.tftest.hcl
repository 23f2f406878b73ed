mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  references = ["ssm:/slipway/test/smtp-url", "secretsmanager:slipway/test/signing-key"]
}

run "secure_by_default_and_never_written_again" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.this["ssm:/slipway/test/smtp-url"].type == "SecureString"
    error_message = "a parameter must be encrypted"
  }

  assert {
    condition     = aws_secretsmanager_secret.this["secretsmanager:slipway/test/signing-key"].recovery_window_in_days == 30
    error_message = "a deleted secret must come back for thirty days"
  }

  assert {
    condition     = [for parameter in aws_ssm_parameter.this : parameter.name] == ["/slipway/test/smtp-url"]
    error_message = jsonencode(keys(aws_ssm_parameter.this))
  }

  assert {
    condition     = [for secret in aws_secretsmanager_secret.this : secret.name] == ["slipway/test/signing-key"]
    error_message = jsonencode(keys(aws_secretsmanager_secret.this))
  }

  assert {
    condition     = keys(output.parameter_arns) == ["ssm:/slipway/test/smtp-url"] && keys(output.secret_arns) == ["secretsmanager:slipway/test/signing-key"]
    error_message = "ARNs must be told by reference"
  }

  # Either would make Terraform write the parameter again, without its value.
  assert {
    condition     = aws_ssm_parameter.this["ssm:/slipway/test/smtp-url"].value_wo_version == 1
    error_message = "another version of the placeholder would overwrite what people put"
  }

  assert {
    condition     = aws_ssm_parameter.this["ssm:/slipway/test/smtp-url"].description == null && aws_ssm_parameter.this["ssm:/slipway/test/smtp-url"].allowed_pattern == null
    error_message = "what is not set can never change"
  }

  assert {
    condition     = startswith(output.placeholder, "NOT FILLED YET") && strcontains(output.placeholder, "put-parameter")
    error_message = output.placeholder
  }
}

run "nothing_is_fine" {
  command = plan

  variables {
    references = []
  }

  assert {
    condition     = length(aws_ssm_parameter.this) + length(aws_secretsmanager_secret.this) == 0
    error_message = "nothing was declared"
  }
}

run "an_environment_that_is_destroyed_keeps_no_names" {
  command = plan

  variables {
    recovery_days = 0
  }

  assert {
    condition     = aws_secretsmanager_secret.this["secretsmanager:slipway/test/signing-key"].recovery_window_in_days == 0
    error_message = "the secret must go at once"
  }
}

run "the_longest_and_deepest_fit" {
  command = plan

  variables {
    references = [
      "ssm:${join("", [for level in range(15) : "/level-${level}"])}",
      "ssm:/${join("", [for character in range(954) : "a"])}",
      "secretsmanager:${join("", [for character in range(512) : "a"])}",
      "secretsmanager:slipway/test/a-seventh",
    ]
  }

  assert {
    condition     = length(aws_ssm_parameter.this) == 2 && length(aws_secretsmanager_secret.this) == 2
    error_message = "what AWS takes must be taken"
  }
}
