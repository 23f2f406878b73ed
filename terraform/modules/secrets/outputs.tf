output "parameter_arns" {
  description = "ARN of each parameter, by its reference."
  value       = { for reference, parameter in aws_ssm_parameter.this : reference => parameter.arn }
}

output "secret_arns" {
  description = "ARN of each secret, by its reference."
  value       = { for reference, secret in aws_secretsmanager_secret.this : reference => secret.arn }
}

output "placeholder" {
  description = "What a parameter holds until somebody fills it. A secret holds nothing at all."
  value       = local.placeholder
}
