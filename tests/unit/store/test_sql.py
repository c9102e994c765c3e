"""Named statements and migrations."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stepfunctions.errors import StoreError
from stepfunctions.store.database import Database
from stepfunctions.store.sql import parse_queries

FIRST = "CREATE TABLE things (id INTEGER PRIMARY KEY);"
SECOND = "ALTER TABLE things ADD COLUMN text TEXT;"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with two migrations, importable under its name."""
    folder = tmp_path / "keeper"
    (folder / "schema").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "queries.sql").write_text("-- name: count\nSELECT count(*) FROM things;\n")
    (folder / "schema" / "001_first.sql").write_text(FIRST)
    (folder / "schema" / "002_second.sql").write_text(SECOND)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "keeper", raising=False)
    return folder


def test_a_statement_is_what_follows_its_name_without_comments() -> None:
    text = "-- all about things\n\n-- name: one\nSELECT 1;\n\n-- name: two\n-- why\nSELECT 2\nFROM things;\n"
    assert parse_queries(text) == {"one": "SELECT 1", "two": "SELECT 2\nFROM things"}


def test_two_statements_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two statements are named 'one'"):
        parse_queries("-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;")


def test_a_statement_that_is_not_there_names_the_file(package: Path) -> None:
    queries = Database(None).register("keeper")
    with pytest.raises(AttributeError, match=r"keeper/queries.sql has no statement named 'amount'"):
        queries.amount  # noqa: B018


def test_migrations_are_applied_once_and_in_order(package: Path, tmp_path: Path) -> None:
    file = tmp_path / "cloud.db"
    for _ in range(2):
        database = Database(file)
        queries = database.register("keeper")
        assert database.read(queries.count) == [(0,)]
        assert database.read("SELECT name FROM pragma_table_info('things')") == [("id",), ("text",)]
        assert database.read("SELECT * FROM migrations") == [("keeper", 2)]
        database.close()


def test_an_older_file_gets_only_what_it_lacks(package: Path, tmp_path: Path) -> None:
    later = package / "schema" / "002_second.sql"
    later.rename(package / "later")
    database = Database(tmp_path / "cloud.db")
    database.register("keeper")
    database.write("INSERT INTO things VALUES (7)")
    database.close()
    (package / "later").rename(later)
    database = Database(tmp_path / "cloud.db")
    database.register("keeper")
    assert database.read("SELECT id, text FROM things") == [(7, None)]
    database.close()


def test_a_file_of_a_newer_version_is_refused_by_name(package: Path, tmp_path: Path) -> None:
    database = Database(tmp_path / "cloud.db")
    database.register("keeper")
    (package / "schema" / "002_second.sql").unlink()
    with pytest.raises(StoreError, match=r"newer version: keeper is at 2, this one knows 1. Upgrade stepladder"):
        database.register("keeper")
    database.close()


def test_a_migration_that_fails_changes_nothing(package: Path, tmp_path: Path) -> None:
    (package / "schema" / "002_second.sql").write_text(SECOND + "\nINSERT INTO nowhere VALUES (1);")
    database = Database(tmp_path / "cloud.db")
    with pytest.raises(StoreError, match="bring the tables of keeper to version 2"):
        database.register("keeper")
    assert database.read("SELECT name FROM pragma_table_info('things')") == [("id",)]
    assert database.read("SELECT * FROM migrations") == [("keeper", 1)]
    database.close()
