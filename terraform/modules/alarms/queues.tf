locals {
  queue_alarms = merge(
    {
      for key, queue in var.queues : "queue-${key}-oldest-message" => {
        description = "A message in ${queue.name} has waited for ${var.thresholds.oldest_message_seconds} s or longer. See whether its receivers run and what their logs say; if they are only busy, run more of them."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        dimensions  = { QueueName = queue.name }
        statistic   = "Maximum"
        comparison  = "at_least"
        threshold   = var.thresholds.oldest_message_seconds
        datapoints  = 3
        of          = 3
        # SQS says nothing of a queue that has been empty and unused for six hours.
        missing = "notBreaching"
      }
    },
    {
      for key, queue in var.queues : "queue-${key}-dead-letters" => {
        description = "Messages in ${queue.dead_letter_name}: receivers gave up on them. Read one to see why, repair that, then move them back with aws sqs start-message-move-task. They are kept for 14 days."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = queue.dead_letter_name }
        statistic   = "Maximum"
        comparison  = "at_least"
        threshold   = 1
        # It stays until somebody acts, so there is nothing to wait for.
        datapoints = 1
        of         = 1
        # As above; a queue that holds messages always says so.
        missing = "notBreaching"
      }
    },
    {
      for name in var.schedules_dead_letter_name[*] : "schedules-dead-letters" => {
        description = "Scheduled tasks that could not be started, in ${name}. Read one: its attributes ERROR_CODE and ERROR_MESSAGE say why. Repair that, run the task by hand, then purge the queue. They are kept for 14 days."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = name }
        statistic   = "Maximum"
        comparison  = "at_least"
        threshold   = 1
        # As above.
        datapoints = 1
        of         = 1
        missing    = "notBreaching"
      }
    },
  )
}
