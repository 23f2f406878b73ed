resource "aws_ecr_repository" "this" {
  #checkov:skip=CKV_AWS_136:Encrypted with keys of S3 (AES256). A key of our own would be one more thing to pay, to grant and to lose.

  for_each = var.repositories

  name = each.key
  # A tag that can move could put another image behind a name that people trust.
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_delete

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = var.repositories

  repository = aws_ecr_repository.this[each.key].name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the newest ${var.untagged_images_kept} untagged images"
      selection = {
        tagStatus   = "untagged"
        countType   = "imageCountMoreThan"
        countNumber = var.untagged_images_kept
      }
      action = { type = "expire" }
    }]
  })
}
