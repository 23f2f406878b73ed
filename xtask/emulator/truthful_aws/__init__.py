"""ministack, made to tell the truth where a deployer depends on it: one module per AWS service, each with its repairs."""
