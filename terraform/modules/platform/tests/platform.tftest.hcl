mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  bucket = "slipway-test-ops"
  # The same file is read by ops's own tests, so that both sides hold to one form. The version is the module's own.
  contract = { for key, part in jsondecode(file("tests/platform.json")) : key => part if key != "version" }
}

run "the_contract_to_the_letter_and_its_hash" {
  command = plan

  assert {
    condition     = aws_s3_object.this.key == "platform.json" && aws_s3_object.this.content_type == "application/json"
    error_message = "ops reads platform.json"
  }

  assert {
    condition     = aws_s3_object.this.content == jsonencode(jsondecode(file("${path.module}/tests/platform.json")))
    error_message = aws_s3_object.this.content
  }

  assert {
    condition     = aws_s3_object.this.etag == md5(aws_s3_object.this.content)
    error_message = "without its hash, a contract edited in S3 would go unnoticed"
  }
}

run "what_was_not_declared_is_null" {
  command = plan

  variables {
    contract = merge(
      { for key, part in jsondecode(file("tests/platform.json")) : key => part if key != "version" },
      { load_balancer = null, database = null, alarm_topic_arn = null, schedules = null, tasks = {}, queues = {}, sites = {}, uploads = {} },
    )
  }

  assert {
    condition     = alltrue([for key in ["load_balancer", "database", "alarm_topic_arn", "schedules"] : jsondecode(aws_s3_object.this.content)[key] == null])
    error_message = aws_s3_object.this.content
  }
}
