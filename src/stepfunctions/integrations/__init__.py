"""Task resource ARN -> TaskHandler, and the bridge to every other AWS service."""
