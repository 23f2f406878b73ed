locals {
  suffix           = var.fifo ? ".fifo" : ""
  name             = "${var.name}${local.suffix}"
  dead_letter_name = "${var.name}-dead-letter${local.suffix}"

  # Built from the names, because each of the two queues has to know the other before it exists.
  # Own resources for the policies would leave the queues open for a while, and cost half a minute more to destroy.
  arn_prefix      = "arn:${var.partition}:sqs:${var.region}:${var.account}"
  arn             = "${local.arn_prefix}:${local.name}"
  dead_letter_arn = "${local.arn_prefix}:${local.dead_letter_name}"

  # One action and one resource as text: SQS gives lists of one back as text, and the provider would wait for the list in vain.
  tls_only = {
    for arn in [local.arn, local.dead_letter_arn] : arn => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }]
    })
  }

  # Message groups do not know of each other, so they neither wait for nor count with each other: SQS's high throughput.
  deduplication_scope   = var.fifo ? "messageGroup" : null
  fifo_throughput_limit = var.fifo ? "perMessageGroupId" : null
}

resource "aws_sqs_queue" "dead_letter" {
  #checkov:skip=CKV2_AWS_73:Encrypted with keys of SQS (SSE-SQS). A key of our own would be one more thing to pay, to grant and to lose.

  name                      = local.dead_letter_name
  fifo_queue                = var.fifo
  deduplication_scope       = local.deduplication_scope
  fifo_throughput_limit     = local.fifo_throughput_limit
  sqs_managed_sse_enabled   = true
  policy                    = local.tls_only[local.dead_letter_arn]
  receive_wait_time_seconds = 20

  # The longest there is: in a standard queue a message's age goes on counting here.
  message_retention_seconds = 14 * 24 * 60 * 60

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [local.arn]
  })

  tags = { Name = local.dead_letter_name }
}

resource "aws_sqs_queue" "this" {
  #checkov:skip=CKV2_AWS_73:Encrypted with keys of SQS (SSE-SQS). A key of our own would be one more thing to pay, to grant and to lose.

  name                       = local.name
  fifo_queue                 = var.fifo
  deduplication_scope        = local.deduplication_scope
  fifo_throughput_limit      = local.fifo_throughput_limit
  sqs_managed_sse_enabled    = true
  policy                     = local.tls_only[local.arn]
  receive_wait_time_seconds  = 20
  visibility_timeout_seconds = var.visibility_seconds
  message_retention_seconds  = var.retention_days * 24 * 60 * 60

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter.arn
    maxReceiveCount     = var.maximum_receives
  })

  tags = { Name = local.name }
}
