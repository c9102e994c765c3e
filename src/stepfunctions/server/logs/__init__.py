"""Amazon CloudWatch Logs' wire: JSON 1.1, Logs_20140328."""
