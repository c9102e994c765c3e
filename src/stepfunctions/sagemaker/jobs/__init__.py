"""Training and transform jobs as real processes."""
