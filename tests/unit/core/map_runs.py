"""Distributed Maps, and what was asked for on behalf of their runs."""

from __future__ import annotations

import json
from typing import Any

from player import Player, single

from stepfunctions.core.commands import StartChildExecutions
from stepfunctions.core.events import ChildrenEnded

S3_READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON", "MaxItems": 7},
    "Parameters": {"Bucket": "b", "Key.$": "$.key"},
}


def distributed(**fields: Any) -> dict[str, Any]:
    """Return a machine of one Distributed Map, ``S``."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": fields.pop("ExecutionType", "STANDARD")},
        "StartAt": "P",
        "States": {"P": {"Type": "Pass", "End": True}},
    }
    return single(Type="Map", Label="L", ItemProcessor=processor, **fields)


def children(player: Player) -> list[tuple[int, Any, int]]:
    """Return the position, input and number of items of every child that was asked for."""
    return [
        (position, json.loads(text), count)
        for command in player.commands
        if isinstance(command, StartChildExecutions)
        for position, _, text, count in command.children
    ]


def asked(player: Player, kind: type) -> list[Any]:
    return [command for command in player.commands if isinstance(command, kind)]


def play(definition: dict[str, Any], data: Any) -> Player:
    player = Player(definition, data)
    player.resume_to_end()
    return player


def end(player: Player, *ends: tuple[int, str]) -> None:
    player.tell(ChildrenEnded("m1", ends))
    player.resume_to_end()


RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1}]
