"""Changes to JSON values and to text, at random: small ones, and the odd values that code forgets."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from stepfunctions.values import Json


def _nested(levels: int) -> Json:
    value: Json = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


STRINGS: Final = (
    "", " ", "a", "$", "$$", "$.", "$.a", "$..a", "$.*", "$['a']", "$$.Execution.Id", "$a", "$states", "@", "%", "{}",
    "{% 1 %}", "{%%}", "{% $states.input %}", "{% $ %}", "{% ( %}", "{% $f := function(){$f()} %}", "States.ALL",
    "States.Format('{}', $.a)", "States.UUID()", "States.Array(", "arn:aws:states:::sqs:sendMessage", "arn:", ":::::::",
    "\u0000", "\ud800", "\udfff\ud800", "\U0001f600", "é", "\u2028", "a" * 300, "x" * 5000, "2024-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z", "0000-00-00T00:00:00Z", "1e400", "NaN", "null", "-0", "Next", "End", "__class__",
    "../../etc/passwd", "%00", "<script>", "'; DROP TABLE executions; --", "\\", "\\u", '"', "'", "`", "[", "]]>", "\n",
)  # fmt: skip
SCALARS: Final[tuple[Json, ...]] = (
    None, True, False, 0, -1, 1, 2, 7, 1.5, -0.0, 1e308, -1e308, 5e-324, 0.1, 99999999, 100000000, 2**31, 2**53 + 1,
    2**63, 2**64, 10**30, -(10**30),
)  # fmt: skip
STRUCTURES: Final[tuple[Json, ...]] = (
    [], {}, [[]], [None], [1, "a", None], {"": ""}, {"a": {"b": [1, 2, {"c": 3}]}}, {"a.$": "$.a"}, {"Next": "A"},
    [{"a": 1}, {"a": 2}], {"$": 1}, _nested(20), _nested(100), list(range(200)),
)  # fmt: skip


def odd_value(random: Random) -> Json:
    """Return a value that is likely to be overlooked."""
    return random.choice(random.choice((STRINGS, SCALARS, STRUCTURES)))


def mutated(value: Json, random: Random, donors: Sequence[Json], changes_max: int = 3) -> Json:
    """Return a copy of *value* with a few changes.

    Args:
        value: is not changed.
        random: decides.
        donors: values whose parts may be put in.
        changes_max: how many changes at most.
    """
    copy = copied(value)
    for _ in range(random.randint(1, changes_max)):
        try:
            copy = _changed(copy, random, donors)
        except RecursionError:
            break  # it was put into itself often enough
    return copy


def copied(value: Json) -> Any:
    """Return a copy in depth."""
    if isinstance(value, dict):
        return {name: copied(member) for name, member in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value


def _containers(value: Any) -> list[Any]:
    found, waiting = [], [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (dict, list)):
            found.append(each)
            waiting.extend(each.values() if isinstance(each, dict) else each)
    return found


def _part(donors: Sequence[Json], random: Random) -> Json:
    holder = random.choice(_containers(random.choice(donors)) or [[None]])
    parts = list(holder.values()) if isinstance(holder, dict) else holder
    return copied(random.choice(parts)) if parts else {}


def _changed(value: Any, random: Random, donors: Sequence[Json]) -> Json:
    holders = [each for each in _containers(value) if each]
    if not holders or random.random() < 0.01:
        return odd_value(random)
    holder = random.choice(holders)
    key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    kind = random.randrange(8)
    if kind == 0:
        del holder[key]
    elif kind == 1:
        holder[key] = copied(odd_value(random))
    elif kind == 2:
        holder[key] = _part(donors, random)
    elif kind == 3 and isinstance(holder[key], str):
        holder[key] = mangled(holder[key], random)
    elif kind == 4 and isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
        holder[key] = random.choice((-holder[key], holder[key] + 1, holder[key] * 1000, str(holder[key]), 0))
    elif kind == 5 and isinstance(holder, dict):
        _take_member(holder, random, donors)
    elif kind == 6 and isinstance(holder, dict):
        other = random.choice(holders)
        name = random.choice(list(other)) if isinstance(other, dict) else random.choice(STRINGS)
        holder[name] = holder.pop(key)
    elif isinstance(holder, list):
        holder.insert(key, copied(holder[key]))
    else:
        holder[key] = copied(random.choice(holders))
    return value


def _take_member(holder: dict[str, Any], random: Random, donors: Sequence[Json]) -> None:
    objects = [each for each in _containers(random.choice(donors)) if isinstance(each, dict) and each]
    if objects:
        donor = random.choice(objects)
        name = random.choice(list(donor))
        holder[name] = copied(donor[name])


def mangled(text: str, random: Random, pieces: Sequence[str] = STRINGS) -> str:
    """Return *text* with a few characters or pieces put in, taken out, doubled or swapped."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        start = random.randint(0, len(text))
        end = min(len(text), start + random.choice((0, 1, 1, 2, 5, 20)))
        kind = random.randrange(5)
        if kind == 0:
            text = text[:start] + text[end:]
        elif kind == 1:
            text = text[:start] + random.choice(pieces) + text[end:]
        elif kind == 2:
            text = text[:end] + text[start:end] + text[end:]
        elif kind == 3:
            text = text[:start] + text[start:end][::-1] + text[end:]
        else:
            text = text[:start] + chr(random.choice((random.randrange(128), random.randrange(0x3000)))) + text[start:]
    return text
