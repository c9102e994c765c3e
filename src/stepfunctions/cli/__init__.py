"""The command ``sfn``."""
