"""Pictures of a definition: layout and SVG, the same for notebook, terminal and console."""
