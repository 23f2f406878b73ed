mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan

  # Subnets have ids of their own at the plan, because the mock names their type.
  mock_resource "aws_subnet" {}
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "../../mocks"
  override_during = plan
}

# As at the first apply: no id and no ARN is known, and nothing may be counted or looped over by one.
mock_provider "aws" {
  alias  = "unknown"
  source = "../../mocks"
}

mock_provider "aws" {
  alias  = "unknown_us_east_1"
  source = "../../mocks"
}

variables {
  generated_database_password = "generated-generated-generated"
  database_password           = "read-back-read-back-read-back"
}

run "everything_declared" {
  command = plan

  module {
    source = "../declaration"
  }

  variables {
    environment = "dev"
    path        = "../declaration/tests/right.yaml"
  }
}

run "everything" {
  command = plan

  variables {
    # One of a kind shows here what fifteen replicas would, in less time.
    declaration = merge(run.everything_declared.value, {
      load_balancer = merge(run.everything_declared.value.load_balancer, { port = 8443 })
      database      = merge(run.everything_declared.value.database, { replicas = 1 })
      network       = merge(run.everything_declared.value.network, { endpoints = ["ecr"] })
      sites         = { for name, site in run.everything_declared.value.sites : name => site if name != "help" }
    })
    declaration_sha256 = run.everything_declared.sha256
    applied_from       = run.everything_declared.applied_from
  }

  assert {
    condition     = alltrue([for service in values(local.contract_services) : !service.assign_public_ip])
    error_message = "with a gateway no task needs a public address"
  }

  assert {
    condition     = local.contract_services["api"].target_group_arn != null && local.contract_services["worker"].target_group_arn == null
    error_message = "public services have a target group, others none"
  }

  assert {
    condition     = local.contract_services["worker"].log_group == "/slipway/dev/worker"
    error_message = local.contract_services["worker"].log_group
  }

  assert {
    condition     = local.load_balancer.url == "https://api.dev.slipway.example:8443" && one(aws_route53_record.load_balancer).name == "api.dev.slipway.example"
    error_message = local.load_balancer.url
  }

  # Services and tasks alike: what they may do is what the declaration says.
  assert {
    condition = {
      for workload, statements in local.task_statements : workload => join(" ", sort(distinct(flatten([for statement in statements : statement.Action]))))
      if length(statements) > 0
      } == {
      api     = "s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage"
      cleanup = "s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage"
      worker  = "elasticfilesystem:ClientMount elasticfilesystem:ClientWrite s3:AbortMultipartUpload s3:GetObject s3:ListMultipartUploadParts s3:PutObject sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage"
    }
    error_message = jsonencode(local.task_statements)
  }

  # A file system with an access point is reached through it alone, and what knows resources names them.
  assert {
    condition = jsonencode([for statement in local.task_statements["worker"] : statement if startswith(flatten([statement.Action])[0], "elasticfilesystem:")]) == jsonencode([{
      Effect    = "Allow"
      Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
      Resource  = "arn:aws:elasticfilesystem:ap-northeast-2:000000000000:file-system/fs-0123456789abcdef0"
      Condition = { StringEquals = { "elasticfilesystem:AccessPointArn" = "arn:aws:elasticfilesystem:ap-northeast-2:000000000000:access-point/fsap-0123456789abcdef0" } }
    }])
    error_message = jsonencode(local.task_statements["worker"])
  }

  # Of the services that shift traffic, the public one. The rule of ops is directly before its own.
  assert {
    condition = { for name, service in local.contract_services : name => service.traffic_shift if service.traffic_shift != null } == {
      web = {
        alternate_target_group_arn = local.contract_services["web"].target_group_arn
        role_arn                   = "arn:aws:iam::111122223333:role/slipway-test"
        listener_arn               = local.load_balancer.listener_arn
        rule_priority              = 49999
        path                       = "/*"
        host                       = null
      }
    }
    error_message = jsonencode(local.contract_services)
  }

  assert {
    condition     = alltrue([for task in ["by-hand", "cleanup", "migrate", "once"] : local.contract_workloads[task].log_group == "/slipway/dev/${task}"])
    error_message = jsonencode(local.contract_workloads)
  }

  assert {
    condition     = length(setsubtract(["service-web_alternate-unhealthy-targets", "service-web_alternate-errors", "schedules-dead-letters"], keys(module.alarms[0].alarm_names))) == 0
    error_message = "both target groups and what could not be started must be watched: ${jsonencode(keys(module.alarms[0].alarm_names))}"
  }

  assert {
    condition     = local.scheduled_tasks == toset(["cleanup", "once"]) && length(module.schedules) == 1
    error_message = "tasks with a schedule, and no others, may be started by the clock: ${jsonencode(local.scheduled_tasks)}"
  }

  assert {
    condition     = local.aliases["site-console"].name == "console.dev.slipway.example" && local.aliases["site-status"] == null
    error_message = jsonencode(local.aliases)
  }

  assert {
    condition     = local.permissions_boundary_arn == "arn:aws:iam::000000000000:policy/slipway-dev-boundary"
    error_message = local.permissions_boundary_arn
  }

  assert {
    condition     = local.contract_services["api"].target_group_arn == "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:targetgroup/slipway-test/0000000000000000"
    error_message = jsonencode(local.contract_services)
  }

  assert {
    condition     = length(distinct(local.contract_services["api"].subnet_ids)) == 2
    error_message = "a service needs a subnet in each zone"
  }

  # The type of the variable would drop what it does not name, and the range of ports be one port.
  assert {
    condition     = [for rule in var.declaration.firewall.api : "${rule.from} ${rule.port} ${coalesce(rule.to_port, 0)} ${coalesce(rule.until, "always")}" if startswith(rule.from, "1")] == ["10.10.0.0/16 9090 9099 always", "192.0.2.0/24 9090 0 2020-02-29", "198.51.100.0/24 9090 0 9999-12-31"]
    error_message = jsonencode(var.declaration.firewall)
  }

  assert {
    condition     = endswith(output.platform, "/platform.json")
    error_message = output.platform
  }
}

# Next to nothing, with the longest names and without a gateway.
run "least_before_anything_is_known" {
  command = plan

  providers = {
    aws           = aws.unknown
    aws.us_east_1 = aws.unknown_us_east_1
  }

  variables {
    declaration = merge(run.everything_declared.value, {
      environment   = "a-name-of-20-letters"
      network       = merge(run.everything_declared.value.network, { nat = "none", endpoints = [], flow_logs = "none" })
      repositories  = []
      domain        = null
      load_balancer = null
      database      = null
      secrets       = []
      queues        = {}
      uploads       = {}
      alarms        = null
      firewall      = {}
      services      = { a-service-with-24-letter = { port = 8080, shifts_traffic = false, public = null, secrets = [], exec = true, file_systems = [] } }
      tasks         = { a-task-with-24-letters-1 = { family = null, scheduled = true, secrets = [], file_systems = [] } }
      sites = { for name in ["a-site-with-24-letters-1", "a-site-with-24-letters-2"] : name => {
        host = null, entry = "index.html", single_page = false, precompressed = [], error_page = null, content_security_policy = null, price_class = "PriceClass_200", backend = null
      } }
      record_lock_days = null
    })
    declaration_sha256 = run.everything_declared.sha256
    applied_from       = run.everything_declared.applied_from
  }

  assert {
    condition     = local.load_balancer == null && output.load_balancer_url == null && output.name_servers == null && output.database_secret_id == null
    error_message = "nothing of that was declared"
  }

  assert {
    condition     = length(aws_route53_record.load_balancer) == 0 && length(local.traffic_shifts) == 0 && length(local.target_group_arns) == 0
    error_message = "nothing of that was declared"
  }

  assert {
    condition     = alltrue([for workload in values(local.contract_workloads) : workload.assign_public_ip])
    error_message = "a task in a private subnet without gateway could not pull its image"
  }

  assert {
    condition     = alltrue([for name in values(local.bucket_names) : length(name) <= 63]) && length(distinct(values(local.bucket_names))) == 3
    error_message = jsonencode(local.bucket_names)
  }

  assert {
    condition     = keys(output.site_urls) == ["a-site-with-24-letters-1", "a-site-with-24-letters-2"]
    error_message = "each site must be made"
  }
}
