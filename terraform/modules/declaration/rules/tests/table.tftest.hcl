# What `ops check` refuses, in one run: most of the time goes into planning the rules, and not into looking.
run "table" {
  command = plan

  module {
    source = "./tests/table"
  }

  # Only what tests/table/main.tf names may pass.
  assert {
    condition     = length(output.accepted) == 0
    error_message = "ops refuses, and Terraform accepts: ${join(", ", output.accepted)}"
  }

  assert {
    condition     = length(output.alone) == 0
    error_message = "no longer exceptions: ${join(", ", output.alone)}"
  }

  assert {
    condition     = output.cases >= 58
    error_message = "only ${output.cases} wrong declarations were found in ops-cli/ops/tests/wrong"
  }

  assert {
    condition     = length(output.valid) == 0
    error_message = jsonencode(output.valid)
  }

  assert {
    condition     = output.names == ["a--b", "a-", "aaaaaaaaaaaaaaaaaaaaa"]
    error_message = "refused as names of an environment: ${jsonencode(output.names)}"
  }

  # The modules stand alone, so each has its own list.
  assert {
    condition     = output.reserved_words_differ == false
    error_message = "rules/reserved_words.tf and modules/database/reserved_words.tf must be the same"
  }
}
