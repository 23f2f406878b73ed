output "location" {
  description = "Where ops reads the contract."
  value       = "s3://${aws_s3_object.this.bucket}/${aws_s3_object.this.key}"
}
