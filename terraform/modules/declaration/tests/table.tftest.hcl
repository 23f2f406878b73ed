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
    condition     = output.cases >= 29
    error_message = "only ${output.cases} wrong declarations were found in tests/wrong"
  }

  assert {
    condition     = length(output.parsable) == 0
    error_message = "parsed: ${join(", ", output.parsable)}"
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
