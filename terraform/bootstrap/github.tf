# AWS knows the certificate authorities of GitHub, so no thumbprint is asked for.
resource "aws_iam_openid_connect_provider" "github" {
  count = var.github == null ? 0 : 1

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

module "github_oidc" {
  source   = "../modules/github-oidc"
  for_each = { for name, declaration in local.environments : name => declaration if var.github != null }

  name                     = "slipway-${each.key}"
  environment              = each.key
  account                  = var.account
  region                   = each.value.region
  partition                = data.aws_partition.current.partition
  provider_arn             = one(aws_iam_openid_connect_provider.github[*].arn)
  subjects                 = var.github[each.key]
  permissions_boundary_arn = module.permissions_boundary[each.key].arn
  state_bucket             = module.state_bucket.name
  state_key_prefix         = "environments/${each.key}/"
  ops_bucket               = each.value.ops_bucket
  domain = one([
    for domain in [try(each.value.domain, null)] : { name = domain.name, zone = try(domain.zone, "create") } if domain != null
  ])
}
