"""Executes a notebook: ``run_notebook.py SOURCE TARGET``. Exits with the failing cell's traceback if one fails."""

from __future__ import annotations

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def main(source: str, target: str) -> None:
    notebook = nbformat.read(source, as_version=4)
    try:
        NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
    except CellExecutionError as error:
        sys.exit(str(error))
    nbformat.write(notebook, target)


main(*sys.argv[1:])
