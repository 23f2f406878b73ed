locals {
  # Names alone. Without it S3 answers "forbidden" where a state does not exist yet, and the first plan fails.
  state_list = {
    Sid       = "StateList"
    Effect    = "Allow"
    Action    = ["s3:ListBucket"]
    Resource  = [local.state_bucket]
    Condition = { StringEquals = local.own_account }
  }

  # A plan locks the state too. The object of the lock comes and goes.
  state_lock = {
    Sid       = "StateLock"
    Effect    = "Allow"
    Action    = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    Resource  = ["${local.state_bucket}/${var.state_key_prefix}*.tflock"]
    Condition = { StringEquals = local.own_account }
  }

  plan_state = [
    local.state_list,
    local.state_lock,
    {
      Sid       = "StateRead"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = ["${local.state_bucket}/${var.state_key_prefix}*"]
      Condition = { StringEquals = local.own_account }
    },
  ]

  apply_state = [
    local.state_list,
    local.state_lock,
    {
      Sid       = "StateWrite"
      Effect    = "Allow"
      Action    = ["s3:GetObject", "s3:PutObject"]
      Resource  = ["${local.state_bucket}/${var.state_key_prefix}*"]
      Condition = { StringEquals = local.own_account }
    },
  ]
}
