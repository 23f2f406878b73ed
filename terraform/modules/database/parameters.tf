locals {
  # mysql8.0 or mysql8.4: a group belongs to one major version.
  parameter_family = "mysql${join(".", slice(split(".", var.engine_version), 0, 2))}"

  parameters = merge(
    {
      slow_query_log  = "1"
      long_query_time = "1"
      # RDS publishes log files; its own choice is a table.
      log_output = "FILE"
    },
    var.parameters,
  )

  # A static parameter that is to be applied at once is refused, a dynamic one that waits for a restart is not: so only those
  # that are surely dynamic are applied at once. RDS does not notice when only the method changes, so a name that is
  # here stays, and a new one is for a new major version of this module.
  dynamic_parameters = toset([
    "binlog_cache_size", "binlog_format", "binlog_row_image", "character_set_client", "character_set_connection", "character_set_database",
    "character_set_results", "character_set_server", "collation_connection", "collation_server", "connect_timeout", "cte_max_recursion_depth",
    "div_precision_increment", "eq_range_index_dive_limit", "event_scheduler", "general_log", "group_concat_max_len", "init_connect",
    "innodb_adaptive_hash_index", "innodb_deadlock_detect", "innodb_file_per_table", "innodb_flush_log_at_trx_commit", "innodb_io_capacity",
    "innodb_io_capacity_max", "innodb_lock_wait_timeout", "innodb_lru_scan_depth", "innodb_max_dirty_pages_pct", "innodb_old_blocks_time",
    "innodb_online_alter_log_max_size", "innodb_print_all_deadlocks", "innodb_stats_persistent_sample_pages", "innodb_thread_concurrency",
    "interactive_timeout", "join_buffer_size", "local_infile", "lock_wait_timeout", "log_bin_trust_function_creators", "log_output",
    "log_queries_not_using_indexes", "log_throttle_queries_not_using_indexes", "long_query_time", "max_allowed_packet", "max_connect_errors",
    "max_connections", "max_execution_time", "max_heap_table_size", "max_prepared_stmt_count", "max_user_connections", "min_examined_row_limit",
    "net_read_timeout", "net_retry_count", "net_write_timeout", "optimizer_switch", "range_optimizer_max_mem_size", "read_buffer_size",
    "read_rnd_buffer_size", "slow_query_log", "sort_buffer_size", "sql_mode", "sync_binlog", "table_definition_cache",
    "table_open_cache", "thread_cache_size", "time_zone", "tmp_table_size", "transaction_isolation", "wait_timeout",
  ])
}

resource "aws_db_parameter_group" "this" {
  # With the family in its name, the group of the next major version can stand beside this one until the instances have moved.
  name        = "${var.name}-${replace(local.parameter_family, ".", "-")}"
  family      = local.parameter_family
  description = "Parameters of the database ${var.name}."

  # Connections without TLS are refused, whatever is declared.
  parameter {
    name         = "require_secure_transport"
    value        = "1"
    apply_method = "immediate"
  }

  dynamic "parameter" {
    for_each = local.parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = contains(local.dynamic_parameters, parameter.key) ? "immediate" : "pending-reboot"
    }
  }

  tags = { Name = "${var.name}-${replace(local.parameter_family, ".", "-")}" }

  lifecycle {
    create_before_destroy = true
  }
}
