# Paths without a dot in their last part are the application's own and get the entry page; a file that is missing stays
# missing. An error response of the distribution could not tell them apart: it would answer a script that is gone, or a
# service's 404, with a page and 200.
resource "aws_cloudfront_function" "single_page" {
  count = var.single_page ? 1 : 0

  name    = local.full_name
  comment = "Paths of the application in ${local.full_name} get its entry page."
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = templatefile("${path.module}/single_page.js", { entry = var.entry })
}
