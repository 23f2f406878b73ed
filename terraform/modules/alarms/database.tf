locals {
  gibibyte = 1024 * 1024 * 1024

  # Each instance by what its alarms are called.
  instances = merge([
    for database in var.database[*] : merge(
      { database = database.identifier },
      { for index, identifier in database.replicas : "database-replica-${index + 1}" => identifier },
    )
  ]...)

  replicas = { for key, identifier in local.instances : key => identifier if key != "database" }

  storage_bytes = coalesce(one(var.database[*].storage_gb), 0) * local.gibibyte

  database_alarms = merge(
    {
      for key, identifier in local.instances : "${key}-cpu" => {
        description = "${identifier} uses ${var.thresholds.cpu_percent} % of its CPU or more. Look for the statement that takes it in Performance Insights or in the slow query log, before a larger instance."
        namespace   = "AWS/RDS"
        metric      = "CPUUtilization"
        dimensions  = { DBInstanceIdentifier = identifier }
        statistic   = "Average"
        comparison  = "at_least"
        threshold   = var.thresholds.cpu_percent
        datapoints  = 10
        of          = 10
        # Unknown, and shown as that; the alarm of the storage says when an instance is silent.
        missing = "missing"
      }
    },
    {
      for key, identifier in local.instances : "${key}-free-storage" => {
        description = "${identifier} has ${var.thresholds.free_storage_percent} % of its storage left, or says nothing at all. A full database stops. If the instance is stopped or failed, start there; else raise storage_gb, or see what has grown."
        namespace   = "AWS/RDS"
        metric      = "FreeStorageSpace"
        dimensions  = { DBInstanceIdentifier = identifier }
        statistic   = "Minimum"
        comparison  = "at_most"
        threshold   = floor(local.storage_bytes * var.thresholds.free_storage_percent / 100)
        datapoints  = 15
        of          = 15
        # An instance always tells its storage. One that does not is stopped, or gone.
        missing = "breaching"
      }
    },
  )

  replica_alarms = merge(
    {
      for key, identifier in local.replicas : "${key}-lag" => {
        description = "${identifier} is ${var.thresholds.replica_lag_seconds} s behind the primary or more: what is read there is old. Look for a long transaction or a bulk change on the primary."
        namespace   = "AWS/RDS"
        metric      = "ReplicaLag"
        dimensions  = { DBInstanceIdentifier = identifier }
        statistic   = "Maximum"
        comparison  = "at_least"
        threshold   = var.thresholds.replica_lag_seconds
        datapoints  = 5
        of          = 5
        # The alarm beside this one says when replication stands still.
        missing = "missing"
      }
    },
    {
      # MySQL tells a lag of -1 when replication does not run, which no upper limit ever notices.
      for key, identifier in local.replicas : "${key}-replication" => {
        description = "Replication to ${identifier} has stopped, so it grows older by the minute. The replication error of the instance says why; a replica that cannot go on has to be made anew."
        namespace   = "AWS/RDS"
        metric      = "ReplicaLag"
        dimensions  = { DBInstanceIdentifier = identifier }
        statistic   = "Minimum"
        comparison  = "below"
        threshold   = 0
        datapoints  = 5
        of          = 5
        # The alarm of the storage says when an instance is silent.
        missing = "missing"
      }
    },
  )
}
