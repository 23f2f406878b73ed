locals {
  service_alarms = merge(
    {
      for service in var.services : "service-${service}-cpu" => {
        description = "${service} uses ${var.thresholds.cpu_percent} % of its CPU or more. If requests have grown, run more tasks; if they have not, look at what was deployed last."
        namespace   = "AWS/ECS"
        metric      = "CPUUtilization"
        dimensions  = { ClusterName = var.cluster_name, ServiceName = service }
        statistic   = "Average"
        comparison  = "at_least"
        threshold   = var.thresholds.cpu_percent
        # A start or a burst of work may use all it gets.
        datapoints = 10
        of         = 10
        # No tasks: not deployed yet, or scaled to none.
        missing = "notBreaching"
      }
    },
    {
      for service in var.services : "service-${service}-memory" => {
        description = "${service} uses ${var.thresholds.memory_percent} % of its memory or more. At 100 % ECS kills the task. Give it more memory, or look for what grows without end."
        namespace   = "AWS/ECS"
        metric      = "MemoryUtilization"
        dimensions  = { ClusterName = var.cluster_name, ServiceName = service }
        # Of tasks that share the work evenly one may still leak.
        statistic  = "Maximum"
        comparison = "at_least"
        threshold  = var.thresholds.memory_percent
        datapoints = 5
        of         = 5
        missing    = "notBreaching"
      }
    },
  )
}
