"""Compiled definitions, by the hash of their text; the most recently used are kept."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Final

from stepfunctions.asl.parse import parse
from stepfunctions.core import program

KEPT_MAX: Final = 500


class Programs:
    """A cache of compiled definitions."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[str, program.Program]] = OrderedDict()

    def compiled(self, definition: str) -> tuple[str, program.Program]:
        """Return the hash of *definition* and its Program.

        Raises:
            DefinitionError: it does not compile.
        """
        found = self._kept.get(definition)
        if found is None:
            digest = hashlib.sha256(definition.encode("utf-8", "surrogatepass")).hexdigest()
            found = self._kept[definition] = (digest, program.compile(parse(definition)))
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(definition)
        return found
