terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
      # Certificates and log deliveries of CloudFront live in us-east-1 alone.
      configuration_aliases = [aws.us_east_1]
    }
  }
}
