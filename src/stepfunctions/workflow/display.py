"""What a notebook shows: pictures and HTML that need no script, no network and no IPython.

Jupyter, JupyterLab, VS Code and Colab ask an object for its representations; GitHub and nbconvert show those that a
saved notebook holds. An SVG as ``image/svg+xml`` is shown by all of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Picture:
    """An SVG picture with a text that stands for it where pictures cannot be shown.

    Attributes:
        svg: a self-contained SVG document.
        text: the same for a terminal.
    """

    def __init__(self, svg: str, text: str) -> None:
        self.svg = svg
        self.text = text

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the SVG to *path* and return it."""
        target = Path(path)
        target.write_text(self.svg, "utf-8")
        return target

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def draw(
    definition: dict[str, Any], *, statuses: Mapping[str, str] | None = None, portrait: bool = False, title: str
) -> Picture:
    """Return a picture of a definition.

    Args:
        definition: in the Amazon States Language.
        statuses: of the states that were entered, in the words of ``progress``.
        portrait: from top to bottom.
        title: above the picture.
    """
    # Drawing needs the whole language; building and running a workflow does not.
    from stepfunctions.graph import render_svg, render_text

    svg = render_svg(definition, statuses=statuses, portrait=portrait, title=title)
    return Picture(svg, render_text(definition, statuses=statuses))


class Html:
    """HTML for a notebook; ``data`` is its text."""

    def __init__(self, data: str) -> None:
        self.data = data

    def _repr_html_(self) -> str:
        return self.data

    def __repr__(self) -> str:
        return f"<HTML of {len(self.data)} characters, for a notebook>"
