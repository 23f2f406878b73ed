output "arn" {
  description = "ARN of the boundary: `permissions_boundary` of every role of the environment. Put together, so that plans show it; the policy is there when it is used."
  value       = "arn:${var.partition}:iam::${var.account}:policy/${aws_iam_policy.this.name}"
}

output "policy" {
  description = "The boundary, as JSON."
  value       = aws_iam_policy.this.policy
}
