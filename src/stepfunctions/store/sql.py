"""SQL in named files: each package that keeps data has a ``queries.sql`` and a ``schema`` folder beside its code.

In ``queries.sql`` a line ``-- name: insert_object`` starts a statement; comments after it are dropped. ``schema`` holds
the migrations of that package, ``001_first.sql`` and so on, applied once each and in order; none is edited once it has
been released.
"""

from __future__ import annotations

from importlib.resources import files

_MARK = "-- name:"


class Queries:
    """The named statements of one package, as attributes: ``queries.insert_object``."""

    def __init__(self, package: str) -> None:
        self._package = package
        self.__dict__.update(parse_queries(files(package).joinpath("queries.sql").read_text("utf-8")))

    def __getattr__(self, name: str) -> str:
        raise AttributeError(f"{self._package}/queries.sql has no statement named {name!r}")


def parse_queries(text: str) -> dict[str, str]:
    """Return the statements of a ``queries.sql`` by name.

    Raises:
        ValueError: a name occurs twice.
    """
    statements: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith(_MARK):
            name = line.removeprefix(_MARK).strip()
            if name in statements:
                raise ValueError(f"two statements are named {name!r}")
            lines = statements[name] = []
        elif not line.lstrip().startswith("--"):
            lines.append(line)
    return {name: "\n".join(body).strip().rstrip(";") for name, body in statements.items()}


def load_migrations(package: str) -> list[str]:
    """Return the migrations of *package*, oldest first."""
    folder = files(package).joinpath("schema")
    return [entry.read_text("utf-8") for entry in sorted(folder.iterdir(), key=lambda each: each.name)]
