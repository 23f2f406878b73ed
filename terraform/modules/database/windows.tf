# Minutes, so that what AWS refuses can be told before anything is asked of it.
locals {
  minutes_of_day  = 24 * 60
  minutes_of_week = 7 * 24 * 60
  days            = { mon = 0, tue = 1, wed = 2, thu = 3, fri = 4, sat = 5, sun = 6 }

  backup_times      = [for time in split("-", var.backup_window) : split(":", time)]
  maintenance_times = [for time in split("-", var.maintenance_window) : split(":", time)]

  backup_minutes      = [for time in local.backup_times : tonumber(time[0]) * 60 + tonumber(time[1])]
  maintenance_minutes = [for time in local.maintenance_times : (local.days[time[0]] * 24 + tonumber(time[1])) * 60 + tonumber(time[2])]

  # Either may go on after midnight, and the maintenance window beyond Sunday.
  backup_length      = (local.backup_minutes[1] - local.backup_minutes[0] + local.minutes_of_day) % local.minutes_of_day
  maintenance_length = (local.maintenance_minutes[1] - local.maintenance_minutes[0] + local.minutes_of_week) % local.minutes_of_week

  window_lengths_wrong = local.backup_length < 30 || local.maintenance_length < 30 || local.maintenance_length >= local.minutes_of_day

  # Backups are taken every day, so only the time of day of the maintenance matters.
  backup_after_maintenance = (local.backup_minutes[0] - local.maintenance_minutes[0] + local.minutes_of_week) % local.minutes_of_day
  maintenance_after_backup = (local.maintenance_minutes[0] - local.backup_minutes[0] + local.minutes_of_day) % local.minutes_of_day
  windows_overlap          = local.backup_after_maintenance < local.maintenance_length || local.maintenance_after_backup < local.backup_length
}
