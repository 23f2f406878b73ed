locals {
  load_balancers = { for balancer in var.load_balancer[*] : "load-balancer" => balancer }
  target_groups  = merge([for balancer in var.load_balancer[*] : balancer.target_groups]...)

  target_dimensions = {
    for service, suffix in local.target_groups : service => {
      LoadBalancer = one(var.load_balancer[*].arn_suffix)
      TargetGroup  = suffix
    }
  }

  load_balancer_alarms = {
    for key, balancer in local.load_balancers : "${key}-no-targets" => {
      description = "Requests are answered with 503 because a service has no running task to take them. The events of the service in ECS say what becomes of its tasks."
      namespace   = "AWS/ApplicationELB"
      metric      = "HTTPCode_ELB_503_Count"
      dimensions  = { LoadBalancer = balancer.arn_suffix }
      statistic   = "Sum"
      comparison  = "at_least"
      threshold   = 1
      datapoints  = 3
      of          = 5
      # Counted only when there is something to count.
      missing = "notBreaching"
    }
  }

  load_balancer_ratio_alarms = {
    for key, balancer in local.load_balancers : "${key}-errors" => {
      description = "The load balancer itself answers with 5xx: tasks refuse connections, end them early or answer too late. Look at unhealthy targets first, then at the logs of the services."
      dimensions  = { LoadBalancer = balancer.arn_suffix }
      errors      = "HTTPCode_ELB_5XX_Count"
      # RequestCount leaves out what no target was found for, so errors may outnumber it.
      expression = "100 * errors / MAX([errors, FILL(requests, 0)])"
    }
  }

  target_ratio_alarms = {
    for service, dimensions in local.target_dimensions : "service-${service}-errors" => {
      description = "${service} answers with 5xx. Look at its logs; if it began with a deployment, roll that back."
      dimensions  = dimensions
      errors      = "HTTPCode_Target_5XX_Count"
      expression  = "100 * errors / requests"
    }
  }

  target_alarms = merge(
    {
      for service, dimensions in local.target_dimensions : "service-${service}-response-time" => {
        description = "One answer in twenty of ${service} takes ${var.thresholds.target_response_milliseconds} ms or longer. Look at its CPU and at the database first; if it began with a deployment, roll that back."
        namespace   = "AWS/ApplicationELB"
        metric      = "TargetResponseTime"
        dimensions  = dimensions
        # p99 of a few requests a minute would be the slowest one of them.
        statistic  = "p95"
        comparison = "at_least"
        threshold  = var.thresholds.target_response_milliseconds / 1000
        datapoints = 3
        of         = 5
        # No requests.
        missing = "notBreaching"
      }
    },
    {
      for service, dimensions in local.target_dimensions : "service-${service}-unhealthy-targets" => {
        description = "Tasks of ${service} fail their health checks and get no requests. Look at the logs of these tasks: what the health check's path answers is in them."
        namespace   = "AWS/ApplicationELB"
        metric      = "UnHealthyHostCount"
        dimensions  = dimensions
        statistic   = "Maximum"
        comparison  = "at_least"
        threshold   = 1
        # A deployment that fails gets that far as well; one bad minute is ECS replacing a task.
        datapoints = 3
        of         = 5
        # No tasks: not deployed yet, scaled to none, or the idle half of blue/green.
        missing = "notBreaching"
      }
    },
  )
}
