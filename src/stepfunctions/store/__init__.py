"""Persistence: one SQLite database in the data folder, one writer, group commit."""
