# The rules over every file of wrong/: each must be refused with exactly the faults in the file of the same name.
run "table" {
  command = plan

  module {
    source = "./tests/table"
  }

  assert {
    condition     = length(output.wrong) == 0
    error_message = "found and expected differ: ${jsonencode(output.wrong)}"
  }

  assert {
    condition     = length(output.accepted) == 0
    error_message = "accepted: ${join(", ", output.accepted)}"
  }

  assert {
    condition     = output.cases >= 62
    error_message = "only ${output.cases} wrong declarations were found in tests/wrong"
  }

  assert {
    condition     = length(output.parsable) == 0
    error_message = "parsed: ${join(", ", output.parsable)}"
  }
}

run "the_repositorys_own" {
  command = plan

  module {
    source = "./tests/table"
  }

  assert {
    condition     = length(output.right) == 0
    error_message = jsonencode(output.right)
  }

  assert {
    condition     = length(output.environments) >= 2
    error_message = "dev and prod are expected under infra/environments (got ${join(", ", output.environments)})"
  }
}

run "every_environment_has_its_root" {
  command = plan

  module {
    source = "./tests/table"
  }

  assert {
    condition     = length(output.roots) == 0
    error_message = join("; ", output.roots)
  }
}
