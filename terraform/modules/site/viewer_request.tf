# A behavior takes one function before it looks into the cache, so one does both:
#
# - Paths without a dot in their last part are the application's own and get the entry page; a file that is missing stays
#   missing. An error response of the distribution could not tell them apart: it would answer a script that is gone, or a
#   service's 404, with a page and 200.
# - Files that are packed already are asked for under the name of a variant that the viewer accepts, which is also their name
#   in the cache.
resource "aws_cloudfront_function" "viewer_request" {
  count = var.single_page || length(var.precompressed) > 0 ? 1 : 0

  name    = local.full_name
  comment = "Which file of ${local.full_name} answers a path."
  runtime = "cloudfront-js-2.0"
  publish = true
  code = templatefile("${path.module}/viewer_request.js", {
    entry       = var.entry
    single_page = var.single_page
    variants    = jsonencode([for coding, ending in { br = ".br", gzip = ".gz" } : { coding = coding, ending = ending } if contains(var.precompressed, coding)])
  })
}

moved {
  from = aws_cloudfront_function.single_page
  to   = aws_cloudfront_function.viewer_request
}
