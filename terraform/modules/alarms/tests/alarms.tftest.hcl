mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

variables {
  name         = "slipway-test"
  account      = "111122223333"
  region       = "ap-northeast-2"
  notify       = ["oncall@slipway.example", "second@slipway.example"]
  cluster_name = "slipway-test"
  services     = ["api", "worker"]
  load_balancer = {
    arn_suffix    = "app/slipway-test/0123456789abcdef"
    target_groups = { api = "targetgroup/slipway-test-api/0123456789abcdef" }
  }
  database = {
    identifier = "slipway-test"
    replicas   = ["slipway-test-replica-1"]
    storage_gb = 20
  }
  queues = {
    reconcile = { name = "slipway-test-reconcile.fifo", dead_letter_name = "slipway-test-reconcile-dead-letter.fifo" }
  }
  schedules_dead_letter_name = "slipway-test-schedules_dead-letter"
}

run "everything_is_watched" {
  command = plan

  assert {
    condition = keys(output.alarm_names) == [
      "database-cpu",
      "database-free-storage",
      "database-replica-1-cpu",
      "database-replica-1-free-storage",
      "database-replica-1-lag",
      "database-replica-1-replication",
      "load-balancer-errors",
      "load-balancer-no-targets",
      "queue-reconcile-dead-letters",
      "queue-reconcile-oldest-message",
      "schedules-dead-letters",
      "service-api-cpu",
      "service-api-errors",
      "service-api-memory",
      "service-api-response-time",
      "service-api-unhealthy-targets",
      "service-worker-cpu",
      "service-worker-memory",
    ]
    error_message = jsonencode(keys(output.alarm_names))
  }

  assert {
    condition     = alltrue([for key, name in output.alarm_names : name == "slipway-test-${key}"])
    error_message = "an alarm's name begins with the environment's: ${jsonencode(output.alarm_names)}"
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.metric), values(aws_cloudwatch_metric_alarm.ratio)) :
      alarm.alarm_actions == toset([aws_sns_topic.this.arn]) && alarm.ok_actions == toset([aws_sns_topic.this.arn]) && alarm.actions_enabled != false
    ])
    error_message = "each alarm must be told, and its end as well"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.metric : length(alarm.alarm_description) > 60])
    error_message = "each alarm must say what it means and what to do first"
  }

  # AWS refuses both: more bad minutes than minutes, and more than a day of them.
  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.metric), values(aws_cloudwatch_metric_alarm.ratio)) :
      alarm.datapoints_to_alarm <= alarm.evaluation_periods && alarm.evaluation_periods <= 1440
    ])
    error_message = "datapoints_to_alarm must not exceed evaluation_periods"
  }

  assert {
    condition = {
      for key, alarm in aws_cloudwatch_metric_alarm.metric :
      key => join(" ", [alarm.namespace, alarm.metric_name, coalesce(alarm.statistic, alarm.extended_statistic), alarm.comparison_operator, alarm.threshold, alarm.treat_missing_data])
      } == {
      "database-cpu"                    = "AWS/RDS CPUUtilization Average GreaterThanOrEqualToThreshold 85 missing"
      "database-free-storage"           = "AWS/RDS FreeStorageSpace Minimum LessThanOrEqualToThreshold 3221225472 breaching"
      "database-replica-1-cpu"          = "AWS/RDS CPUUtilization Average GreaterThanOrEqualToThreshold 85 missing"
      "database-replica-1-free-storage" = "AWS/RDS FreeStorageSpace Minimum LessThanOrEqualToThreshold 3221225472 breaching"
      "database-replica-1-lag"          = "AWS/RDS ReplicaLag Maximum GreaterThanOrEqualToThreshold 30 missing"
      "database-replica-1-replication"  = "AWS/RDS ReplicaLag Minimum LessThanThreshold 0 missing"
      "load-balancer-no-targets"        = "AWS/ApplicationELB HTTPCode_ELB_503_Count Sum GreaterThanOrEqualToThreshold 1 notBreaching"
      "queue-reconcile-dead-letters"    = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum GreaterThanOrEqualToThreshold 1 notBreaching"
      "queue-reconcile-oldest-message"  = "AWS/SQS ApproximateAgeOfOldestMessage Maximum GreaterThanOrEqualToThreshold 300 notBreaching"
      "schedules-dead-letters"          = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum GreaterThanOrEqualToThreshold 1 notBreaching"
      "service-api-cpu"                 = "AWS/ECS CPUUtilization Average GreaterThanOrEqualToThreshold 85 notBreaching"
      "service-api-memory"              = "AWS/ECS MemoryUtilization Maximum GreaterThanOrEqualToThreshold 85 notBreaching"
      "service-api-response-time"       = "AWS/ApplicationELB TargetResponseTime p95 GreaterThanOrEqualToThreshold 1 notBreaching"
      "service-api-unhealthy-targets"   = "AWS/ApplicationELB UnHealthyHostCount Maximum GreaterThanOrEqualToThreshold 1 notBreaching"
      "service-worker-cpu"              = "AWS/ECS CPUUtilization Average GreaterThanOrEqualToThreshold 85 notBreaching"
      "service-worker-memory"           = "AWS/ECS MemoryUtilization Maximum GreaterThanOrEqualToThreshold 85 notBreaching"
    }
    error_message = jsonencode({ for key, alarm in aws_cloudwatch_metric_alarm.metric : key => join(" ", [alarm.namespace, alarm.metric_name, coalesce(alarm.statistic, alarm.extended_statistic), alarm.comparison_operator, alarm.threshold, alarm.treat_missing_data]) })
  }

  assert {
    condition = {
      for key in ["database-cpu", "database-replica-1-lag", "load-balancer-no-targets", "queue-reconcile-dead-letters", "queue-reconcile-oldest-message", "schedules-dead-letters", "service-api-response-time", "service-worker-memory"] :
      key => join(" ", [for name, value in aws_cloudwatch_metric_alarm.metric[key].dimensions : "${name}=${value}"])
      } == {
      "database-cpu"                   = "DBInstanceIdentifier=slipway-test"
      "database-replica-1-lag"         = "DBInstanceIdentifier=slipway-test-replica-1"
      "load-balancer-no-targets"       = "LoadBalancer=app/slipway-test/0123456789abcdef"
      "queue-reconcile-dead-letters"   = "QueueName=slipway-test-reconcile-dead-letter.fifo"
      "queue-reconcile-oldest-message" = "QueueName=slipway-test-reconcile.fifo"
      "schedules-dead-letters"         = "QueueName=slipway-test-schedules_dead-letter"
      "service-api-response-time"      = "LoadBalancer=app/slipway-test/0123456789abcdef TargetGroup=targetgroup/slipway-test-api/0123456789abcdef"
      "service-worker-memory"          = "ClusterName=slipway-test ServiceName=worker"
    }
    error_message = jsonencode({ for key, alarm in aws_cloudwatch_metric_alarm.metric : key => alarm.dimensions })
  }

  assert {
    condition = {
      for key, alarm in aws_cloudwatch_metric_alarm.ratio : key => {
        told    = [for query in alarm.metric_query : query.expression if query.return_data]
        metrics = { for query in alarm.metric_query : query.id => "${query.metric[0].metric_name} ${query.metric[0].stat} ${join(",", keys(query.metric[0].dimensions))}" if !query.return_data }
      }
      } == {
      load-balancer-errors = {
        told    = ["100 * errors / MAX([errors, FILL(requests, 0)])"]
        metrics = { errors = "HTTPCode_ELB_5XX_Count Sum LoadBalancer", requests = "RequestCount Sum LoadBalancer" }
      }
      service-api-errors = {
        told    = ["100 * errors / requests"]
        metrics = { errors = "HTTPCode_Target_5XX_Count Sum LoadBalancer,TargetGroup", requests = "RequestCount Sum LoadBalancer,TargetGroup" }
      }
    }
    error_message = jsonencode(aws_cloudwatch_metric_alarm.ratio)
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.ratio : alarm.threshold == 5 && alarm.treat_missing_data == "notBreaching"])
    error_message = "no traffic must alarm nobody"
  }

  # Only alarms of this environment are told.
  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy).Statement[0] == {
      Sid       = "AlarmsOfThisEnvironment"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = output.topic_arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = "111122223333" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:ap-northeast-2:111122223333:alarm:slipway-test-*" }
      }
    }
    error_message = aws_sns_topic_policy.this.policy
  }

  assert {
    condition = jsondecode(aws_sns_topic_policy.this.policy).Statement[1] == {
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["sns:AddPermission", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe"]
      Resource  = output.topic_arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
    error_message = aws_sns_topic_policy.this.policy
  }

  assert {
    condition     = length(jsondecode(aws_sns_topic_policy.this.policy).Statement) == 2 && aws_sns_topic_policy.this.arn == output.topic_arn
    error_message = "nobody else may publish"
  }

  assert {
    condition     = { for address, subscription in aws_sns_topic_subscription.this : address => "${subscription.protocol} ${subscription.endpoint} ${subscription.topic_arn}" } == { for address in var.notify : address => "email ${address} ${output.topic_arn}" }
    error_message = jsonencode(aws_sns_topic_subscription.this)
  }
}

run "thresholds_as_declared" {
  command = plan

  variables {
    thresholds = {
      target_response_milliseconds = 250
      server_error_percent         = 1
      cpu_percent                  = 70
      memory_percent               = 75
      oldest_message_seconds       = 60
      replica_lag_seconds          = 10
      free_storage_percent         = 50
    }
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.metric["service-api-response-time"].threshold,
      aws_cloudwatch_metric_alarm.ratio["service-api-errors"].threshold,
      aws_cloudwatch_metric_alarm.ratio["load-balancer-errors"].threshold,
      aws_cloudwatch_metric_alarm.metric["service-api-cpu"].threshold,
      aws_cloudwatch_metric_alarm.metric["database-cpu"].threshold,
      aws_cloudwatch_metric_alarm.metric["service-api-memory"].threshold,
      aws_cloudwatch_metric_alarm.metric["queue-reconcile-oldest-message"].threshold,
      aws_cloudwatch_metric_alarm.metric["database-replica-1-lag"].threshold,
      aws_cloudwatch_metric_alarm.metric["database-free-storage"].threshold,
    ] == [0.25, 1, 1, 70, 70, 75, 60, 10, 10737418240]
    error_message = "each threshold must reach its alarms"
  }
}

run "an_environment_without_any_of_it" {
  command = plan

  variables {
    services      = []
    load_balancer = null
    database      = null
    queues        = {}

    schedules_dead_letter_name = null
  }

  assert {
    condition     = length(output.alarm_names) == 0 && length(aws_sns_topic_subscription.this) == 2
    error_message = "there is nothing to watch: ${jsonencode(keys(output.alarm_names))}"
  }
}

run "a_key_of_your_own_and_the_most_of_everything" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:ap-northeast-2:111122223333:key/00000000-0000-0000-0000-000000000000"
    thresholds = {
      target_response_milliseconds = 3600000
      server_error_percent         = 100
      cpu_percent                  = 100
      memory_percent               = 100
      oldest_message_seconds       = 1209600
      replica_lag_seconds          = 86400
      free_storage_percent         = 99
    }
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == var.kms_key_arn
    error_message = "the key must reach the topic"
  }
}
