locals {
  # Each service may only write, below its own prefix, and on behalf of this account.
  writers = [
    {
      # The service writes below the account that owns the load balancer. AWS documents no aws:Source* condition for it;
      # one that the service does not set would keep the load balancer from being made.
      Sid       = "LoadBalancer"
      Effect    = "Allow"
      Principal = { Service = "logdelivery.elasticloadbalancing.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:${var.partition}:s3:::${var.name}/load-balancer/AWSLogs/${var.account}/*"
    },
    {
      Sid       = "S3"
      Effect    = "Allow"
      Principal = { Service = "logging.s3.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:${var.partition}:s3:::${var.name}/s3/*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account }
        ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:s3:::*" }
      }
    },
    {
      # As AWS documents it, to the letter: what its check at the delivery's making misses, AWS appends by itself.
      # CloudFront's deliveries live in us-east-1 wherever the bucket is.
      Sid       = "AWSLogsDeliveryWrite"
      Effect    = "Allow"
      Principal = { Service = "delivery.logs.amazonaws.com" }
      Action    = "s3:PutObject"
      Resource  = "arn:${var.partition}:s3:::${var.name}/cloudfront/*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account, "s3:x-amz-acl" = "bucket-owner-full-control" }
        ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:logs:us-east-1:${var.account}:delivery-source:*" }
      }
    },
  ]
}
