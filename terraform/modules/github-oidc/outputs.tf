output "role_arns" {
  description = "ARN of each role, by `plan`, `apply` and `deploy`: `role-to-assume` in a workflow. Known only when its policies are attached."
  value       = { for role, made in aws_iam_role.this : role => made.arn }
  depends_on  = [aws_iam_role_policy_attachment.this]
}
