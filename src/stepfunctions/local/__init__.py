"""The local cloud: composition root, process, and its environment for other programs."""
