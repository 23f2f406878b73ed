locals {
  declarations = {
    for found in fileset("${path.root}/${var.declarations}", "*/environment.yaml") :
    dirname(found) => yamldecode(file("${path.root}/${var.declarations}/${found}"))
  }

  # The environments of this account. The others are for a bootstrap with another account.
  environments = { for name, declaration in local.declarations : name => declaration if tostring(declaration.account) == var.account }

  # Names of buckets, roles and queues begin with the environment's name, and the permissions with them.
  overlapping = [
    for pair in setproduct(keys(local.environments), concat(keys(local.environments), ["state"])) : "${pair[0]} and ${pair[1]}"
    if startswith(pair[1], "${pair[0]}-") || (pair[0] == pair[1] && pair[1] == "state")
  ]
}
