"""IAM as far as roles go; nothing here permits or forbids anything."""
