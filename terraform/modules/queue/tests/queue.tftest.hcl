mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name    = "slipway-test-reconcile"
  account = "111122223333"
  region  = "ap-northeast-2"
}

override_resource {
  override_during = plan
  target          = aws_sqs_queue.this
  values = {
    arn = "arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-reconcile.fifo"
    url = "https://sqs.ap-northeast-2.amazonaws.com/111122223333/slipway-test-reconcile.fifo"
  }
}

override_resource {
  override_during = plan
  target          = aws_sqs_queue.dead_letter
  values = {
    arn = "arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-reconcile-dead-letter.fifo"
    url = "https://sqs.ap-northeast-2.amazonaws.com/111122223333/slipway-test-reconcile-dead-letter.fifo"
  }
}

run "a_secure_fifo_queue_by_default" {
  command = plan

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.dead_letter.sqs_managed_sse_enabled
    error_message = "both queues must be encrypted"
  }

  assert {
    condition = alltrue([
      for name, policy in {
        "slipway-test-reconcile.fifo"             = aws_sqs_queue.this.policy
        "slipway-test-reconcile-dead-letter.fifo" = aws_sqs_queue.dead_letter.policy
        } : jsondecode(policy).Statement == [{
          Sid       = "TlsOnly"
          Effect    = "Deny"
          Principal = "*"
          Action    = "sqs:*"
          Resource  = "arn:aws:sqs:ap-northeast-2:111122223333:${name}"
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    ])
    error_message = "both queues must deny requests without TLS and allow nobody anything: ${aws_sqs_queue.this.policy} ${aws_sqs_queue.dead_letter.policy}"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.dead_letter.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = ["arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-reconcile.fifo"] }
    error_message = aws_sqs_queue.dead_letter.redrive_allow_policy
  }

  assert {
    condition     = aws_sqs_queue.this.name == "slipway-test-reconcile.fifo" && aws_sqs_queue.dead_letter.name == "slipway-test-reconcile-dead-letter.fifo"
    error_message = "${aws_sqs_queue.this.name} ${aws_sqs_queue.dead_letter.name}"
  }

  assert {
    condition = alltrue([
      for queue in [aws_sqs_queue.this, aws_sqs_queue.dead_letter] :
      queue.fifo_queue && queue.deduplication_scope == "messageGroup" && queue.fifo_throughput_limit == "perMessageGroupId" && queue.content_based_deduplication != true
    ])
    error_message = "message groups must be independent, and the sender gives the deduplication ids"
  }

  assert {
    condition     = aws_sqs_queue.this.receive_wait_time_seconds == 20 && aws_sqs_queue.dead_letter.receive_wait_time_seconds == 20
    error_message = "receiving must wait for messages"
  }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 300 && aws_sqs_queue.this.message_retention_seconds == 345600 && aws_sqs_queue.dead_letter.message_retention_seconds == 1209600
    error_message = "five minutes, four days, and fourteen days for dead letters"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 5
    error_message = aws_sqs_queue.this.redrive_policy
  }

  # Each role gets what it does and no more.
  assert {
    condition     = output.send_statements == [{ Effect = "Allow", Action = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], Resource = [output.arn] }]
    error_message = jsonencode(output.send_statements)
  }

  assert {
    condition     = output.receive_statements == [{ Effect = "Allow", Action = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], Resource = [output.arn] }]
    error_message = jsonencode(output.receive_statements)
  }

  # The policies name ARNs that were built; they have to be the real ones.
  assert {
    condition     = output.arn == local.arn && output.dead_letter_arn == local.dead_letter_arn
    error_message = "${output.arn} ${output.dead_letter_arn}"
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this.redrive_policy).deadLetterTargetArn == output.dead_letter_arn
    error_message = aws_sqs_queue.this.redrive_policy
  }

  assert {
    condition     = endswith(output.url, output.name) && endswith(output.dead_letter_url, output.dead_letter_name) && output.url != output.dead_letter_url
    error_message = "${output.url} ${output.dead_letter_url}"
  }
}

run "a_standard_queue_as_declared" {
  command = plan

  variables {
    fifo               = false
    visibility_seconds = 43200
    retention_days     = 14
    maximum_receives   = 1000
  }

  assert {
    condition     = aws_sqs_queue.this.name == "slipway-test-reconcile" && aws_sqs_queue.dead_letter.name == "slipway-test-reconcile-dead-letter"
    error_message = "${aws_sqs_queue.this.name} ${aws_sqs_queue.dead_letter.name}"
  }

  # AWS refuses both for a standard queue.
  assert {
    condition     = !aws_sqs_queue.this.fifo_queue && !aws_sqs_queue.dead_letter.fifo_queue && local.deduplication_scope == null && local.fifo_throughput_limit == null
    error_message = "a standard queue must have nothing of a FIFO queue"
  }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 43200 && aws_sqs_queue.this.message_retention_seconds == 1209600 && jsondecode(aws_sqs_queue.this.redrive_policy).maxReceiveCount == 1000
    error_message = "the queue must be as declared"
  }
}

run "names_that_just_fit" {
  command = plan

  variables {
    name = join("", [for character in range(63) : "a"])
  }

  assert {
    condition     = length(aws_sqs_queue.dead_letter.name) == 80
    error_message = "a queue's name has at most 80 characters (got ${length(aws_sqs_queue.dead_letter.name)})"
  }
}

run "a_standard_name_that_just_fits" {
  command = plan

  variables {
    name = join("", [for character in range(68) : "a"])
    fifo = false
  }

  assert {
    condition     = length(aws_sqs_queue.dead_letter.name) == 80
    error_message = "a queue's name has at most 80 characters (got ${length(aws_sqs_queue.dead_letter.name)})"
  }
}
