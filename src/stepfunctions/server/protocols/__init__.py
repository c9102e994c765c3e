"""The AWS wire protocols, each once."""
