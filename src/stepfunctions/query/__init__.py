"""The query languages: JSON in, JSON out. They know nothing of states, executions or time."""
