"""Layout and pictures of a definition: one for notebook, terminal and docs."""

from stepfunctions.graph.svg import render_svg
from stepfunctions.graph.text import render_text

__all__ = ["render_svg", "render_text"]
