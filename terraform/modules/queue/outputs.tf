output "name" {
  description = "Name of the queue, with `.fifo` when it is one."
  value       = aws_sqs_queue.this.name
}

output "url" {
  description = "URL of the queue."
  value       = aws_sqs_queue.this.url
}

output "arn" {
  description = "ARN of the queue."
  value       = aws_sqs_queue.this.arn
}

output "dead_letter_name" {
  description = "Name of the dead letter queue."
  value       = aws_sqs_queue.dead_letter.name
}

output "dead_letter_url" {
  description = "URL of the dead letter queue."
  value       = aws_sqs_queue.dead_letter.url
}

output "dead_letter_arn" {
  description = "ARN of the dead letter queue."
  value       = aws_sqs_queue.dead_letter.arn
}

output "send_statements" {
  description = "IAM statements for the task role of a service or task that sends to the queue."
  value = [{
    Effect   = "Allow"
    Action   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]
    Resource = [aws_sqs_queue.this.arn]
  }]
}

output "receive_statements" {
  description = "IAM statements for the task role of a service or task that receives from the queue. Dead letters are moved by SQS itself."
  value = [{
    Effect   = "Allow"
    Action   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage"]
    Resource = [aws_sqs_queue.this.arn]
  }]
}
