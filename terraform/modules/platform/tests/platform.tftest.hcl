mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  bucket = "slipway-test-ops"
  contract = {
    environment        = "test"
    account            = "111122223333"
    region             = "ap-northeast-2"
    declaration_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    applied_from       = { network = { zones = ["a", "b"] }, registry = null, services = { api = { port = 8080, public = null } } }
    vpc_id             = "vpc-1"
    cluster            = { name = "slipway-test", arn = "arn:cluster" }
    load_balancer      = null
    repositories       = {}
    services = {
      api = {
        subnet_ids         = ["subnet-a"]
        security_group_ids = ["sg-1"]
        assign_public_ip   = true
        execution_role_arn = "arn:execution"
        task_role_arn      = "arn:task"
        log_group          = "/slipway/test/api"
        target_group_arn   = null
      }
    }
  }
}

run "the_contract_to_the_letter" {
  command = plan

  assert {
    condition     = aws_s3_object.this.key == "platform.json" && aws_s3_object.this.content_type == "application/json"
    error_message = "ops reads platform.json"
  }

  # The same file is read by ops's own tests, so that both sides hold to one form.
  assert {
    condition     = aws_s3_object.this.content == jsonencode(jsondecode(file("${path.module}/tests/platform.json")))
    error_message = aws_s3_object.this.content
  }
}

run "a_change_by_hand_is_seen" {
  command = plan

  assert {
    condition     = aws_s3_object.this.etag == md5(aws_s3_object.this.content)
    error_message = "without its hash, a contract edited in S3 would go unnoticed"
  }
}

run "refuses_something_that_is_no_hash" {
  command = plan

  variables {
    contract = {
      environment        = "test"
      account            = "111122223333"
      region             = "ap-northeast-2"
      declaration_sha256 = "latest"
      applied_from       = {}
      vpc_id             = "vpc-1"
      cluster            = { name = "slipway-test", arn = "arn:cluster" }
      load_balancer      = null
      repositories       = {}
      services           = {}
    }
  }

  expect_failures = [var.contract]
}
