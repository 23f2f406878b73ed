locals {
  # Writes in DNS and orders of certificates are for this domain and what is below it.
  domain_names = [for domain in [var.domain] : [domain.name, "*.${domain.name}"] if domain != null]

  apply_cloudfront = [
    {
      # For neither does CloudFront promise to look at tags.
      Sid      = "NewDistribution"
      Effect   = "Allow"
      Action   = ["cloudfront:AllowVendedLogDeliveryForResource", "cloudfront:CreateDistribution"]
      Resource = ["${local.cloudfront}:distribution/*"]
    },
    {
      Sid       = "TagDistribution"
      Effect    = "Allow"
      Action    = ["cloudfront:TagResource"]
      Resource  = ["${local.cloudfront}:distribution/*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid    = "Distribution"
      Effect = "Allow"
      Action = [
        "cloudfront:DeleteDistribution", "cloudfront:UntagResource", "cloudfront:UpdateDistribution",
      ]
      Resource  = ["${local.cloudfront}:distribution/*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
    {
      # They have random ids and no tags.
      Sid    = "DistributionParts"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateCachePolicy", "cloudfront:CreateResponseHeadersPolicy", "cloudfront:DeleteCachePolicy", "cloudfront:DeleteOriginAccessControl",
        "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:UpdateCachePolicy", "cloudfront:UpdateOriginAccessControl",
        "cloudfront:UpdateResponseHeadersPolicy",
      ]
      Resource = [for sort in ["cache-policy", "origin-access-control", "response-headers-policy"] : "${local.cloudfront}:${sort}/*"]
    },
    {
      Sid    = "Functions"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateFunction", "cloudfront:DeleteFunction", "cloudfront:PublishFunction", "cloudfront:UpdateFunction",
      ]
      Resource = ["${local.cloudfront}:function/${var.name}-*"]
    },
    {
      Sid    = "Keys"
      Effect = "Allow"
      Action = [
        "cloudfront:CreateKeyGroup", "cloudfront:CreateOriginAccessControl", "cloudfront:CreatePublicKey", "cloudfront:DeleteKeyGroup",
        "cloudfront:DeletePublicKey", "cloudfront:UpdateKeyGroup", "cloudfront:UpdatePublicKey",
      ]
      Resource = ["*"]
    },
  ]

  apply_log_delivery = [
    {
      Sid    = "DeliveryEnds"
      Effect = "Allow"
      Action = [
        "logs:CreateDelivery", "logs:DeleteDeliveryDestination", "logs:DeleteDeliverySource", "logs:PutDeliveryDestination", "logs:PutDeliverySource",
        "logs:TagResource", "logs:UntagResource", "logs:UpdateDeliveryConfiguration",
      ]
      Resource = [for sort in ["delivery-destination", "delivery-source"] : "${local.us_east_1.logs}:${sort}:${var.name}-*"]
    },
    {
      Sid       = "NewDelivery"
      Effect    = "Allow"
      Action    = ["logs:CreateDelivery", "logs:TagResource"]
      Resource  = ["${local.us_east_1.logs}:delivery:*"]
      Condition = { StringEquals = local.new_of_environment }
    },
    {
      Sid       = "Delivery"
      Effect    = "Allow"
      Action    = ["logs:DeleteDelivery", "logs:UntagResource", "logs:UpdateDeliveryConfiguration"]
      Resource  = ["${local.us_east_1.logs}:delivery:*"]
      Condition = { StringEquals = local.existing_of_environment }
    },
  ]

  apply_domain = flatten([
    for names in local.domain_names : [
      {
        Sid      = "NewCertificate"
        Effect   = "Allow"
        Action   = ["acm:RequestCertificate"]
        Resource = ["*"]
        Condition = {
          StringEquals              = local.new_of_environment
          "ForAllValues:StringLike" = { "acm:DomainNames" = names }
        }
      },
      {
        Sid       = "TagCertificate"
        Effect    = "Allow"
        Action    = ["acm:AddTagsToCertificate"]
        Resource  = ["${local.here.acm}:certificate/*", "${local.us_east_1.acm}:certificate/*"]
        Condition = { StringEquals = local.new_of_environment }
      },
      {
        Sid       = "Certificate"
        Effect    = "Allow"
        Action    = ["acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:UpdateCertificateOptions"]
        Resource  = ["${local.here.acm}:certificate/*", "${local.us_east_1.acm}:certificate/*"]
        Condition = { StringEquals = local.existing_of_environment }
      },
      {
        # A zone has a random id, so its records' names say whose they are.
        Sid      = "Records"
        Effect   = "Allow"
        Action   = ["route53:ChangeResourceRecordSets"]
        Resource = ["arn:${var.partition}:route53:::hostedzone/*"]
        Condition = {
          Null                      = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = "false" }
          "ForAllValues:StringLike" = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = names }
        }
      },
      [
        for zone in [var.domain.zone] : [
          {
            Sid      = "NewZone"
            Effect   = "Allow"
            Action   = ["route53:CreateHostedZone"]
            Resource = ["*"]
          },
          {
            # AWS deletes no zone that still has records, and those are held to the domain's names. Terraform asks first
            # whether the zone is signed.
            Sid      = "Zone"
            Effect   = "Allow"
            Action   = ["route53:ChangeTagsForResource", "route53:DeleteHostedZone", "route53:GetDNSSEC", "route53:UpdateHostedZoneComment"]
            Resource = ["arn:${var.partition}:route53:::hostedzone/*"]
          },
        ] if zone == "create"
      ],
    ]
  ])
}
