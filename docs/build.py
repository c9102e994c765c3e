"""Fills the lists of operations into docs/local-cloud.md from the code: ``python docs/build.py [--check]``.

The page holds the lists between marks, so that it can be read as it is; ``--check`` says whether it is up to date.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
import textwrap
from pathlib import Path

from stepfunctions.local.cloud import Cloud
from stepfunctions.local.settings import Settings

PAGE = Path(__file__).parent / "local-cloud.md"


async def operations() -> dict[str, list[str]]:
    """Return the operations of every service that has a table of them, by signing name."""
    with tempfile.TemporaryDirectory() as folder:
        async with Cloud(Settings(data=Path(folder)), "http://127.0.0.1:1") as cloud:
            return cloud.operations()


def filled(page: str, tables: dict[str, list[str]]) -> str:
    """Return *page* with the list of each service between its marks."""
    for service, names in tables.items():
        listed = textwrap.fill(", ".join(names) + ".", 118, break_long_words=False)
        block = f"<!-- {service} -->\n{listed}\n<!-- end -->"
        page = re.sub(rf"<!-- {service} -->\n.*?<!-- end -->", lambda _, text=block: text, page, flags=re.DOTALL)
    return page


def main() -> int:
    """Write the page, or with ``--check`` return 1 if it is not what would be written."""
    present = PAGE.read_text("utf-8")
    wanted = filled(present, asyncio.run(operations()))
    if "--check" in sys.argv:
        return int(present != wanted)
    PAGE.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
