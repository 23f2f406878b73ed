# The variables alone, linked: no provider to start for each of these.
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

run "refuses_a_certificate_of_another_region" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    alias = {
      name            = "files.test.slipway.example"
      zone_id         = "Z1"
      certificate_arn = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1"
    }
  }

  expect_failures = [var.alias]
}

run "refuses_an_alias_that_is_no_name" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    alias = {
      name            = "files"
      zone_id         = "Z1"
      certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
    }
  }

  expect_failures = [var.alias]
}

run "refuses_origins_with_a_path" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    origins = ["https://console.test.slipway.example/"]
  }

  expect_failures = [var.origins]
}

run "refuses_any_origin" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    origins = ["*"]
  }

  expect_failures = [var.origins]
}

run "refuses_an_origin_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    origins = ["https://a.test", "https://a.test"]
  }

  expect_failures = [var.origins]
}

run "refuses_to_keep_nothing" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    expire_days = 0
  }

  expect_failures = [var.expire_days]
}

run "refuses_half_days" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    expire_days = 1.5
  }

  expect_failures = [var.expire_days]
}

run "refuses_an_account_that_is_none" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    account = "slipway"
  }

  expect_failures = [var.account]
}

run "refuses_unknown_price_classes" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    price_class = "PriceClass_300"
  }

  expect_failures = [var.price_class]
}

run "refuses_names_that_do_not_fit" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    # One more than slipway- and the longest name of an environment.
    name   = "slipway-aaaaaaaaaaaaaaaaaaaaa"
    upload = "aaaaaaaaaaaaaaaaaaaaaaaa"
  }

  expect_failures = [var.name]
}

run "refuses_capitals" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    upload = "Attachments"
  }

  expect_failures = [var.upload]
}

run "refuses_unknown_partitions" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    partition = "azure"
  }

  expect_failures = [var.partition]
}

run "refuses_no_keys" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = {}
  }

  expect_failures = [var.public_keys]
}

run "refuses_six_keys" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    # Five are the most that a key group holds.
    public_keys = { for number in range(6) : "key-${number}" => replace(var.public_keys["2026-11"], "/A(.)$/", "A") }
  }

  expect_failures = [var.public_keys]
}

run "refuses_the_same_key_twice" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = { for name in ["a", "b"] : name => var.public_keys["2026-11"] }
  }

  expect_failures = [var.public_keys]
}

run "refuses_a_key_of_4096_bits" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = {
      "a" = <<-PEM
        -----BEGIN PUBLIC KEY-----
        MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAw+c2fvALk03R425e3Trl
        KlpyfkMGWh1SD8QCE1bI+pk1JDJjCoeMd/YYg3UDFp+swFz48eB72gm+PPxhVlIQ
        nMwdbKvES0Agl8mAjrFKHHIO3Pq0MdwZLUwGQyV82OhTGVEQKHv6X+xkIOWU4+Q7
        HhBSMbpKx/DZlu9N0OZ6Y8KVOZS8fAbH50Kbt8MlFeyntx0KaUrcIFLbliw85FVy
        TEXRnqbXFYxytb294ECoktaKx3H972gUAGjWYoz3QdDzV5NWrKfbKcySNQ29Ov84
        AJhU89C6RH/eDu83mtONz4hS6G5E1UKjP+qQPzW5Mo9LqZLvTWGVkQ1CWBFA/sLe
        qab+Nl/HTF3K0AS5/MpczHJmDriCB70hCKVCRiAz3+R5amw/haY1L/RcJA+f8iGz
        VB2x3zkrhGNwvA7Cn69ls3IKwst/gGmOOY/wwQSU33esX/MsyrV/6Y1RnvCT/Ul6
        s5qa0MDo5OYgkNOIcvVVkxJzNgfxsYZIxTIIX47qu+X7fI8fhWiqEU+7b9WM6ULS
        VKRuLsbLxJyxyCEpXfuNkaE8aZ9obp8B0kyQ6DA42xY8BWx9L86DAb3vAuSnGOiC
        UycM6ZAGC1GRnROxxy2PPSAuNU6aSal7WzvOiNQzXbI1B9cPWfwkaZNEA4pLm9Yo
        ydVDZ1BRitcu+Z0UusDVOEsCAwEAAQ==
        -----END PUBLIC KEY-----
      PEM
    }
  }

  expect_failures = [var.public_keys]
}

run "refuses_an_elliptic_curve" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = {
      "a" = <<-PEM
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8x5ANxv8gF9pDWsJw4CXddthBSA4
        RfufYGnUloROG40jQRqT7EKDs1oC9r17KdjWwpsfL5T0PEAO7JH3noSzgQ==
        -----END PUBLIC KEY-----
      PEM
    }
  }

  expect_failures = [var.public_keys]
}

run "refuses_a_private_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = { a = replace(var.public_keys["2026-11"], "PUBLIC", "PRIVATE") }
  }

  expect_failures = [var.public_keys]
}

run "refuses_a_key_without_its_end" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = { a = replace(var.public_keys["2026-11"], "-----END PUBLIC KEY-----", "") }
  }

  expect_failures = [var.public_keys]
}

run "refuses_a_name_with_capitals" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = { Key = var.public_keys["2026-11"] }
  }

  expect_failures = [var.public_keys]
}

run "refuses_more_than_a_key" {
  command = plan

  module {
    source = "./tests/inputs"
  }

  variables {
    public_keys = { a = replace(var.public_keys["2026-11"], "\n-----END", "AAAA\n-----END") }
  }

  expect_failures = [var.public_keys]
}
