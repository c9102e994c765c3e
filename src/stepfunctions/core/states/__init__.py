"""The eight state types, one file per section of the specification."""
