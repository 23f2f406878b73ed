module "bucket" {
  source = "../private-bucket"

  name              = var.name
  object_lock       = var.object_lock
  access_log_bucket = var.access_log_bucket
  force_destroy     = var.force_destroy
}
