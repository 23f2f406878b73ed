# The rules over all declarations, in one run: most of the time goes into planning them, and not into looking.
run "table" {
  command = plan

  module {
    source = "./tests/table"
  }

  # Each file of wrong/ is refused with exactly the faults in the file of the same name.
  assert {
    condition     = length(output.wrong) == 0
    error_message = "found and expected differ: ${jsonencode(output.wrong)}"
  }

  assert {
    condition     = length(output.accepted) == 0
    error_message = "accepted: ${join(", ", output.accepted)}"
  }

  assert {
    condition     = output.cases >= 408
    error_message = "only ${output.cases} wrong declarations were found in tests/wrong"
  }

  assert {
    condition     = length(output.parsable) == 0
    error_message = "parsed: ${join(", ", output.parsable)}"
  }

  # What ops refuses: only what tests/table/ops.tf names may pass here.
  assert {
    condition     = length(output.ops_accepted) == 0
    error_message = "ops refuses, and Terraform accepts: ${join(", ", output.ops_accepted)}"
  }

  assert {
    condition     = length(output.ops_alone) == 0
    error_message = "no longer exceptions: ${join(", ", output.ops_alone)}"
  }

  assert {
    condition     = output.ops_cases >= 60
    error_message = "only ${output.ops_cases} wrong declarations were found in ops-cli/ops/tests/wrong"
  }

  assert {
    condition     = length(output.ops_valid) == 0
    error_message = jsonencode(output.ops_valid)
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

  # The repository's own declarations, and the roots that read them.
  assert {
    condition     = length(output.right) == 0
    error_message = jsonencode(output.right)
  }

  assert {
    condition     = length(output.environments) >= 2
    error_message = "dev and prod are expected under infra/environments (got ${join(", ", output.environments)})"
  }

  assert {
    condition     = length(output.roots) == 0
    error_message = join("; ", output.roots)
  }
}
