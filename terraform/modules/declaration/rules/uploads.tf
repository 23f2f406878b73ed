locals {
  uploads_raw = try(merge(local.root.uploads, {}), {})
  uploads     = { for name, upload in local.uploads_raw : name => upload if startswith(jsonencode(upload), "{") }

  upload_objects = concat(
    [{ path = "uploads", json = jsonencode(try(local.root.uploads, null)), required = false, known = keys(local.uploads_raw) }],
    [for name, upload in local.uploads_raw : {
      path     = "uploads.${name}"
      json     = jsonencode(upload)
      required = true
      known    = ["services", "origins", "host", "public_keys", "expire_days"]
    }],
  )

  upload_numbers = [
    for name, upload in local.uploads : { path = "uploads.${name}.expire_days", json = jsonencode(try(upload.expire_days, null)), required = false, minimum = 1, maximum = 3650 }
  ]

  upload_lists = flatten([for name, upload in local.uploads : [
    {
      path     = "uploads.${name}.services"
      json     = jsonencode(try(upload.services, null))
      required = true
      pattern  = local.a_workload
      allowed  = local.a_workload_allowed
      minimum  = 1
      unique   = true
      secret   = false
    },
    {
      path     = "uploads.${name}.origins"
      json     = jsonencode(try(upload.origins, null))
      required = false
      pattern  = "^\"https?://[a-z0-9.-]+(:[0-9]+)?\"$"
      allowed  = "the origin of a page, without a path, such as https://console.dev.slipway.example"
      minimum  = 0
      unique   = true
      secret   = false
    },
  ]])

  public_key_allowed = "the PEM of an RSA public key of 2048 bits, from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----"

  upload_maps = [for name, upload in local.uploads : {
    path        = "uploads.${name}.public_keys"
    json        = jsonencode(try(upload.public_keys, null))
    required    = true
    key_pattern = "^[a-z0-9][a-z0-9-]{0,39}$"
    allowed_key = "1 to 40 lower-case letters, digits and hyphens, and not begin with a hyphen"
    # What each RSA key of 2048 bits begins with. CloudFront takes no other size.
    value_pattern = "^\"-----BEGIN PUBLIC KEY-----\\\\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A([A-Za-z0-9+/]|\\\\n)+\\\\n-----END PUBLIC KEY-----(\\\\n)?\"$"
    allowed_value = local.public_key_allowed
    # Who mistakes one half of a key pair for the other shows the private one.
    secret = true
  }]

  upload_relations = concat(
    [for name in keys(local.uploads_raw) : "uploads.${name}: the name must be ${local.name_allowed}" if !can(regex(local.name_pattern, name))],
    [
      for name, upload in local.uploads : "uploads.${name}.public_keys: must be 1 to 5 keys (got ${length(upload.public_keys)})"
      if try(startswith(jsonencode(upload.public_keys), "{") && (length(upload.public_keys) < 1 || length(upload.public_keys) > 5), false)
    ],
    # So long is such a key; a pattern that counts that far is slow.
    flatten([
      for name, upload in local.uploads : [
        for key, pem in try({ for key, pem in upload.public_keys : key => tostring(pem) }, {}) : "uploads.${name}.public_keys.${key}: must be ${local.public_key_allowed}"
        if try(length(replace(pem, "/-----[A-Z ]+-----|\\s/", "")), 0) != 392
      ]
    ]),
    [
      for name, upload in local.uploads : "uploads.${name}.public_keys: must not hold the same key under two names"
      if try(length(distinct([for key in values(upload.public_keys) : replace(tostring(key), "/\\s/", "")])) < length(upload.public_keys), false)
    ],
  )
}
