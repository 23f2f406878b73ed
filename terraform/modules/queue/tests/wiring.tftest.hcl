mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name    = "slipway-test-reconcile"
  account = "111122223333"
  region  = "ap-northeast-2"
}

override_resource {
  target = aws_sqs_queue.this
  values = {
    arn = "arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-reconcile.fifo"
    url = "https://sqs.ap-northeast-2.amazonaws.com/111122223333/slipway-test-reconcile.fifo"
  }
}

override_resource {
  target = aws_sqs_queue.dead_letter
  values = {
    arn = "arn:aws:sqs:ap-northeast-2:111122223333:slipway-test-reconcile-dead-letter.fifo"
    url = "https://sqs.ap-northeast-2.amazonaws.com/111122223333/slipway-test-reconcile-dead-letter.fifo"
  }
}

run "each_role_gets_what_it_does_and_no_more" {
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
