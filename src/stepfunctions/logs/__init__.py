"""Amazon CloudWatch Logs, as far as jobs and state machines write to it."""
