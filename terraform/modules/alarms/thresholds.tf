locals {
  thresholds_at_most = {
    target_response_milliseconds = 3600000
    server_error_percent         = 100
    cpu_percent                  = 100
    memory_percent               = 100
    # As long as a queue may keep messages.
    oldest_message_seconds = 1209600
    replica_lag_seconds    = 86400
    free_storage_percent   = 99
  }
}
