mock_provider "aws" {
  source          = "../../mocks"
  override_during = plan
}

mock_provider "aws" {
  alias           = "us_east_1"
  source          = "../../mocks"
  override_during = plan
}

variables {
  name    = "slipway-test"
  upload  = "attachments"
  account = "111122223333"
  bucket  = "slipway-test-attachments"
  public_keys = {
    "2026-11" = <<-PEM
      -----BEGIN PUBLIC KEY-----
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtDbYO+/7qlldxqrvbnR4
      Awr1E1BHmE+m1XmEA3s6PABHWr5VPiMidZdXTaGJ2CCwZ7P0Hcej7oft+YP+Ll07
      IHn2UzKGBMoiBakUloClaA2CyUYqOsNJsTUK97VW3hRSC107C3yAQThjvmied/PK
      J0Yk+9JNFyzH3oJwOna0hW7XzaENmpmddj0If59+ZMvgkaG0RlHwFmvO/3KCAXaZ
      Nj70yVOglSXLCeKcTioU3yyKvi4R9JJ9l2o4tGhMwpXdDJ6rR8mxovGxnb0MUbGq
      KI7X1VOiAZJJKiAqEF+1yb0KO3OItZX6MeJfON0LE+GT+awYNbkXvwla5W+YxHdj
      lwIDAQAB
      -----END PUBLIC KEY-----
    PEM
  }
}

run "keys_as_cloudfront_gives_them_back" {
  command = plan

  variables {
    public_keys = {
      # As Windows writes it, without a line feed at the end.
      "2026-11" = replace(trimspace(var.public_keys["2026-11"]), "\n", "\r\n")
      "2027-05" = <<-PEM
      -----BEGIN PUBLIC KEY-----
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAv+CjPVUqirYbCugJusyc
      5mxb50BZiGnsiAaFgHZY+d0qeAUDvUjWzlkKn15bS3lpwcoLOMgX8jMFED4Ob9k+
      OAAjokGzPPlUw99UO7jcvOXpC+gNl0UjH9RwksJpEzunkIbCW8EhIqvB3W673yeb
      fBUGUVckxoJfM+rB1mEDczaN8lblv+ra6VLaOFDPcDEd79RY5J6PrpE3XrCh8S3C
      jEiTFyEMM5FlUwH5RWc7hLSlFC8zyTNaMRAza8TimChxNzjUMwhT2Igu/Afwig2D
      nTm7hi2qv6/uHPrPAlwdFJgSoUfvgCLG0zl5pV2GxhopVM4buL79B2QIrsAvde2i
      0QIDAQAB
      -----END PUBLIC KEY-----
      PEM
    }
  }

  assert {
    condition = alltrue([
      for key in aws_cloudfront_public_key.this : !strcontains(key.encoded_key, "\r") && endswith(key.encoded_key, "-----END PUBLIC KEY-----\n")
    ])
    error_message = "any other spelling would be a change in every plan"
  }

  # The hash is that of the same key spelled in the other way.
  assert {
    condition     = aws_cloudfront_public_key.this["2026-11"].name == "slipway-test-upload-attachments-2026-11-93b0beda"
    error_message = aws_cloudfront_public_key.this["2026-11"].name
  }

  assert {
    condition     = can(regex("^slipway-test-upload-attachments-2027-05-[0-9a-f]{8}$", aws_cloudfront_public_key.this["2027-05"].name)) && !endswith(aws_cloudfront_public_key.this["2027-05"].name, "93b0beda")
    error_message = aws_cloudfront_public_key.this["2027-05"].name
  }
}
