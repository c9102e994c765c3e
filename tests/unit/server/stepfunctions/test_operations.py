"""Which operations there are."""

from __future__ import annotations

from typing import Any

from stepfunctions.shapes import load


async def test_every_operation_of_the_model_is_there(api: Any) -> None:
    assert api.service.operations == sorted(load("stepfunctions").operations)
