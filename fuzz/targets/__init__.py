"""What is fuzzed, by name."""

from __future__ import annotations

from typing import Any, Final

from fuzz.targets.definitions import Definitions
from fuzz.targets.expressions import Expressions
from fuzz.targets.paths import Paths
from fuzz.targets.wire import Wire

TARGETS: Final[dict[str, Any]] = {
    "definitions": Definitions,
    "paths": Paths,
    "expressions": Expressions,
    "wire": Wire,
}
