resource "terraform_data" "this" {
  # All that a destroy-time provisioner is shown. Changed in place: a replacement would be a destruction.
  input = var.allow_destroy

  provisioner "local-exec" {
    when  = destroy
    quiet = true
    # `exit`, `echo` and `&&` mean the same to sh and to Windows' cmd.
    command = self.input ? "exit 0" : "echo Refused: the last apply did not allow it. Run terraform apply -var=allow_destroy=true first. && exit 1"
  }
}
