# That it refuses cannot be shown here: a test that cannot remove what it made has failed. The demo shows it.
run "not_allowed" {
  variables {
    allow_destroy = false
  }

  assert {
    condition     = terraform_data.this.output == false
    error_message = "the provisioner must be shown what the apply was told"
  }
}

# A replacement would be a destruction: the guard would refuse it, and this run fail.
run "then_allowed" {
  variables {
    allow_destroy = true
  }

  assert {
    condition     = terraform_data.this.output == true
    error_message = "the provisioner must be shown what the apply was told"
  }
}
