"""The table of the functions: name, how many arguments, what it does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from stepfunctions.query.intrinsics import arrays, numbers, strings
from stepfunctions.values import Json

ANY: Final = sys.maxsize


@dataclass(frozen=True, slots=True)
class Function:
    """One intrinsic function.

    Args:
        run: called with the scope and the arguments; raises InvalidArguments.
        arguments_min: the fewest arguments it takes.
        arguments_max: the most.
    """

    run: Callable[..., Json]
    arguments_min: int
    arguments_max: int


FUNCTIONS: Final[dict[str, Function]] = {
    "States.Array": Function(arrays.make_array, 0, ANY),
    "States.ArrayPartition": Function(arrays.partition, 2, 2),
    "States.ArrayContains": Function(arrays.contains, 2, 2),
    "States.ArrayRange": Function(arrays.make_range, 3, 3),
    "States.ArrayGetItem": Function(arrays.get_item, 2, 2),
    "States.ArrayLength": Function(arrays.length, 1, 1),
    "States.ArrayUnique": Function(arrays.unique, 1, 1),
    "States.Base64Encode": Function(strings.encode, 1, 1),
    "States.Base64Decode": Function(strings.decode, 1, 1),
    "States.Hash": Function(strings.hash_, 2, 2),
    "States.JsonMerge": Function(strings.merge, 3, 3),
    "States.StringToJson": Function(strings.parse, 1, 1),
    "States.JsonToString": Function(strings.render, 1, 1),
    "States.MathRandom": Function(numbers.random, 2, 3),
    "States.MathAdd": Function(numbers.add, 2, 2),
    "States.StringSplit": Function(strings.split, 2, 2),
    "States.UUID": Function(numbers.uuid, 0, 0),
    "States.Format": Function(strings.format_, 1, ANY),
}
