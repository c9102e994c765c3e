"""Checked by mypy, never run: what users write must type."""
