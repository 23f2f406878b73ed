variables {
  environment = "dev"
}

run "all_that_can_be_said" {
  command = plan

  variables {
    path = "tests/right.yaml"
  }

  assert {
    condition     = module.rules.faults == []
    error_message = jsonencode(module.rules.faults)
  }

  assert {
    condition     = output.value.network.nat == "per_zone" && output.value.repositories == toset(["slipway/app", "slipway/web"])
    error_message = jsonencode(output.value)
  }

  assert {
    condition = jsonencode(output.value.services.api) == jsonencode({
      port = 8080
      public = {
        # /api/* is longer than /*, so it is asked first.
        path     = "/api/*"
        priority = output.value.services.api.public.priority
        health   = { path = "/readyz?full=1", interval_seconds = 10, timeout_seconds = 2, healthy_threshold = 2, unhealthy_threshold = 3 }
      }
      exec           = false
      file_systems   = []
      secrets        = ["secretsmanager:slipway/dev/signing-key", "ssm:/slipway/dev/database-url"]
      shifts_traffic = false
    })
    error_message = jsonencode(output.value.services.api)
  }

  # The tests of ops-model name the same number.
  assert {
    condition     = output.value.services.api.public.priority == 39495 && output.value.services.web.public.priority == 50000
    error_message = "priorities: ${output.value.services.api.public.priority}, ${output.value.services.web.public.priority}"
  }

  assert {
    condition     = output.value.services.worker.public == null && output.value.tasks.migrate.family == null
    error_message = "what is not said must stay null"
  }

  # Of all containers, without keys and versions.
  assert {
    condition     = output.value.services.worker.secrets == toset(["secretsmanager:slipway/dev/database", "secretsmanager:slipway/dev/signing-key", "ssm:/slipway/dev/smtp-url"])
    error_message = jsonencode(output.value.services.worker)
  }

  # The worker is a canary too, but has no traffic.
  assert {
    condition     = { for name, service in output.value.services : name => service.shifts_traffic } == { api = false, reports = false, web = true, worker = false }
    error_message = jsonencode(output.value.services)
  }

  assert {
    condition = jsonencode(output.value.tasks) == jsonencode({
      by-hand = { family = null, file_systems = [], scheduled = false, secrets = [] }
      cleanup = { family = null, file_systems = [], scheduled = true, secrets = ["ssm:/slipway/dev/licence"] }
      migrate = { family = null, file_systems = [], scheduled = false, secrets = ["ssm:/slipway/dev/database-url"] }
      once    = { family = null, file_systems = [], scheduled = true, secrets = [] }
    })
    error_message = jsonencode(output.value.tasks)
  }

  assert {
    condition = jsonencode({ for part in ["network", "logs", "cluster", "domain", "load_balancer", "secrets", "record_lock_days"] : part => output.value[part] }) == jsonencode({
      network = {
        cidr      = "10.10.0.0/16"
        zones     = ["ap-northeast-2a", "ap-northeast-2c"]
        nat       = "per_zone"
        endpoints = ["ecr", "ecs_exec", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "sts"]
        flow_logs = "all"
      }
      logs             = { retention_days = 3653 }
      cluster          = { container_insights = "enhanced" }
      domain           = { name = "dev.slipway.example", zone = "existing" }
      load_balancer    = { port = 443, protocol = "https", host = "api" }
      secrets          = ["secretsmanager:slipway/dev/signing-key", "ssm:/slipway/dev/smtp-url"]
      record_lock_days = 36500
    })
    error_message = jsonencode(output.value)
  }

  assert {
    condition = jsonencode(output.value.database) == jsonencode({
      engine_version     = "8.4.5"
      instance           = "db.r7g.2xlarge"
      schema             = "slipway_dev"
      storage_gb         = 100
      maximum_storage_gb = 110
      multi_zone         = true
      replicas           = 15
      backup_days        = 35
      parameters         = { max_connections = "200" }
    })
    error_message = jsonencode(output.value.database)
  }

  assert {
    condition = jsonencode(output.value.queues) == jsonencode({
      notifications = { send = [], receive = [], fifo = true, visibility_seconds = 300, retention_days = 4, maximum_receives = 5 }
      reconcile     = { send = ["api", "cleanup"], receive = ["worker"], fifo = false, visibility_seconds = 43200, retention_days = 14, maximum_receives = 1000 }
    })
    error_message = jsonencode(output.value.queues)
  }

  assert {
    condition = jsonencode(output.value.sites) == jsonencode({
      console = {
        host                    = "console"
        entry                   = "app/index.html"
        single_page             = true
        precompressed           = ["gzip", "br"]
        error_page              = null
        content_security_policy = "default-src 'self'; report-uri https://slipway.example/?a&b=\"<c>\\\""
        price_class             = "PriceClass_All"
        backend                 = ["/api/*", "/version"]
      }
      help   = { host = null, entry = "index.html", single_page = false, precompressed = [], error_page = "errors/404.html", content_security_policy = null, price_class = "PriceClass_200", backend = null }
      status = { host = null, entry = "index.html", single_page = true, precompressed = [], error_page = "404.html", content_security_policy = null, price_class = "PriceClass_200", backend = null }
    })
    error_message = jsonencode(output.value.sites)
  }

  assert {
    condition = jsonencode({ for name, upload in output.value.uploads : name => { for key, item in upload : key => item if key != "public_keys" } }) == jsonencode({
      attachments = { services = ["api", "worker"], origins = ["https://console.dev.slipway.example", "http://localhost:5173"], host = "files", expire_days = 3650 }
      exports     = { services = ["cleanup", "worker"], origins = [], host = null, expire_days = null }
    })
    error_message = jsonencode(output.value.uploads)
  }

  assert {
    condition     = keys(output.value.uploads.attachments.public_keys) == ["2026-11", "next"] && endswith(output.value.uploads.exports.public_keys["1"], "\n-----END PUBLIC KEY-----\n")
    error_message = jsonencode(output.value.uploads)
  }

  assert {
    condition = jsonencode(output.value.alarms) == jsonencode({
      notify = ["on+call&more@mail.slipway.example", "oncall@slipway.example"]
      thresholds = {
        target_response_milliseconds = 3600000
        server_error_percent         = 100
        cpu_percent                  = 100
        memory_percent               = 1
        oldest_message_seconds       = 1209600
        replica_lag_seconds          = 86400
        free_storage_percent         = 99
      }
    })
    error_message = jsonencode(output.value.alarms)
  }

  assert {
    condition = jsonencode(output.value.firewall.database) == jsonencode([
      { from = "api", port = 3306, to_port = null, reason = null, until = null },
      { from = "worker", port = 3306, to_port = null, reason = null, until = null },
      { from = "migrate", port = 3306, to_port = null, reason = "the migrations", until = null },
      ]) && jsonencode(slice(output.value.firewall.api, 3, 6)) == jsonencode([
      { from = "10.10.0.0/16", port = 9090, to_port = 9099, reason = null, until = null },
      { from = "192.0.2.0/24", port = 9090, to_port = null, reason = "a visitor, whose last day is long over", until = "2020-02-29" },
      { from = "198.51.100.0/24", port = 9090, to_port = null, reason = null, until = "9999-12-31" },
    ])
    error_message = jsonencode(output.value.firewall)
  }
}

run "alarms_and_a_database_of_few_words" {
  command = plan

  variables {
    path = "tests/few_words.yaml"
  }

  assert {
    condition = jsonencode({ for part in ["domain", "load_balancer", "database", "alarms", "record_lock_days"] : part => output.value[part] }) == jsonencode({
      domain        = { name = "slipway.example", zone = "create" }
      load_balancer = { port = 80, protocol = "http", host = null }
      database = {
        engine_version     = "8.0"
        instance           = "db.t4g.medium"
        schema             = "s"
        storage_gb         = 20
        maximum_storage_gb = 22
        multi_zone         = false
        replicas           = 0
        backup_days        = 7
        parameters         = {}
      }
      alarms = {
        notify = ["oncall@slipway.example"]
        thresholds = {
          target_response_milliseconds = 1000
          server_error_percent         = 5
          cpu_percent                  = 85
          memory_percent               = 85
          oldest_message_seconds       = 300
          replica_lag_seconds          = 30
          free_storage_percent         = 15
        }
      }
      record_lock_days = null
    })
    error_message = jsonencode(output.value)
  }
}

run "what_is_just_right" {
  command = plan

  variables {
    path = "tests/edges.yaml"
  }

  assert {
    condition     = module.rules.faults == []
    error_message = jsonencode(module.rules.faults)
  }

  assert {
    condition     = output.value.tasks.imported.family == "Old_Family" && output.value.services.every-stage.port == null
    error_message = jsonencode(output.value.tasks.imported)
  }
}

run "as_little_as_can_be_said" {
  command = plan

  variables {
    path = "tests/bare.yaml"
  }

  # ops says null of them, too, and would hold every plan otherwise.
  assert {
    condition     = output.applied_from.services == null && output.applied_from.tasks == null
    error_message = jsonencode(output.applied_from)
  }

  assert {
    condition     = output.value.network.nat == "none" && output.value.load_balancer == null && length(output.value.services) == 0 && length(output.value.tasks) == 0 && length(output.value.repositories) == 0
    error_message = jsonencode(output.value)
  }

  assert {
    condition = jsonencode({
      for part in ["logs", "cluster", "domain", "database", "secrets", "queues", "sites", "uploads", "alarms", "record_lock_days"] : part => output.value[part]
      }) == jsonencode({
      logs             = { retention_days = 30 }
      cluster          = { container_insights = "enabled" }
      domain           = null
      database         = null
      secrets          = []
      queues           = {}
      sites            = {}
      uploads          = {}
      alarms           = null
      record_lock_days = null
    }) && length(output.value.network.endpoints) == 0 && output.value.network.flow_logs == "rejected"
    error_message = jsonencode(output.value)
  }

  # ops reads the same keys, and null is what both say of one that is absent.
  assert {
    condition = alltrue([
      for key, part in output.applied_from : part == null if !contains(["environment", "account", "region", "ops_bucket", "network"], key)
    ]) && length(output.applied_from) == 20
    error_message = jsonencode(output.applied_from)
  }

  assert {
    condition     = output.sha256 == filesha256("tests/bare.yaml")
    error_message = "the hash must be of the file as it is"
  }
}

run "as_it_stands_there" {
  command = plan

  variables {
    path = "tests/right.yaml"
  }

  assert {
    condition = jsonencode(output.applied_from.services.api) == jsonencode({
      port       = 8080
      public     = { path = "/api/*", health = { path = "/readyz?full=1", timeout_seconds = 2 } }
      secrets    = { DATABASE_URL = "ssm:/slipway/dev/database-url", SIGNING_KEY = "secretsmanager:slipway/dev/signing-key" }
      exec       = null
      volumes    = null
      containers = null
      deployment = { strategy = null }
    })
    error_message = "defaults must not be filled in: ${jsonencode(output.applied_from.services.api)}"
  }

  assert {
    condition = alltrue([
      for key in keys(output.applied_from) : jsonencode(output.applied_from[key]) == jsonencode(yamldecode(file("tests/right.yaml"))[key]) if !contains(["services", "sites", "tasks"], key)
    ])
    error_message = "must be the YAML as it stands: ${jsonencode(output.applied_from)}"
  }

  # What ops alone consumes: Terraform is not behind when only that changes.
  assert {
    condition = jsonencode(output.applied_from.sites) == jsonencode({
      console = {
        host                    = "console"
        entry                   = "app/index.html"
        single_page             = true
        precompressed           = ["gzip", "br"]
        content_security_policy = "default-src 'self'; report-uri https://slipway.example/?a&b=\"<c>\\\""
        price_class             = "PriceClass_All"
        backend                 = ["/api/*", "/version"]
      }
      help   = { single_page = false, error_page = "errors/404.html" }
      status = { single_page = true, error_page = "404.html" }
    })
    error_message = jsonencode(output.applied_from.sites)
  }

  assert {
    condition = jsonencode({ for key, part in output.applied_from.services.worker : key => part if !contains(["secrets", "volumes"], key) }) == jsonencode({
      exec       = true
      port       = 9090
      public     = null
      containers = { agent = { secrets = null }, proxy = { secrets = { TOKEN_FILE = "secretsmanager:slipway/dev/signing-key" } }, setup = { secrets = null } }
      deployment = { strategy = "canary" }
    })
    error_message = "what ops alone consumes must not be in it: ${jsonencode(output.applied_from.services.worker)}"
  }

  assert {
    condition = jsonencode(output.applied_from.tasks.cleanup) == jsonencode({
      secrets    = null
      containers = { agent = { secrets = { LICENCE = "ssm:/slipway/dev/licence" } } }
      volumes    = null
      schedule   = { at = "rate(1 hour)", time_zone = "Asia/Seoul", flexible_minutes = 1440, retries = 185, maximum_age_seconds = 86400, enabled = false }
      family     = null
    })
    error_message = jsonencode(output.applied_from.tasks)
  }
}

run "refuses_all_faults_at_once" {
  command = plan

  variables {
    path = "tests/wrong/two_faults_at_once.yaml"
  }

  expect_failures = [output.value]
}

run "refuses_a_file_that_is_not_there" {
  command = plan

  variables {
    path = "tests/nowhere.yaml"
  }

  expect_failures = [var.path]
}
