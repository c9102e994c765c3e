"""Array and object functions.

Source: JSONata 2.0.6, "Array functions", "Object functions".
"""

from __future__ import annotations

from typing import Any, Final

from stepfunctions.query.jsonata import operations
from stepfunctions.query.jsonata.callables import INSTANT, Builtin
from stepfunctions.query.jsonata.errors import Fault
from stepfunctions.query.jsonata.merge import merge_sort
from stepfunctions.query.jsonata.operations import sort_key
from stepfunctions.query.jsonata.runtime import Run
from stepfunctions.query.jsonata.values import UNDEFINED, Array, Function, Object, Sequence


def count(values: Any) -> int:
    """Return how many there are."""
    return 0 if values is UNDEFINED else len(values)


def append(run: Run, first: Any, second: Any) -> Any:
    """Return both in one array."""
    return operations.append(first, second, run)


def reverse(run: Run, values: Any) -> Any:
    """Return *values* in the opposite order."""
    if values is UNDEFINED or len(values) <= 1:
        return values
    run.hold_items(len(values))
    return Array(reversed(values))


def shuffle(run: Run, values: Any) -> Any:
    """Return *values* in random order."""
    if values is UNDEFINED or len(values) <= 1:
        return values
    run.spend(len(values))
    shuffled = Array(values)
    for index, value in enumerate(values):
        other = int(run.scope.random() * (index + 1))
        shuffled[index] = shuffled[other]
        shuffled[other] = value
    return shuffled


def distinct(run: Run, values: Any) -> Any:
    """Return *values* without repetitions."""
    if not isinstance(values, list) or len(values) <= 1:
        return values
    run.spend(len(values))
    found: list[Any] = []
    seen: set[Any] = set()
    structures: list[Any] = []
    for value in values:
        if isinstance(value, (list, dict)):
            if not any(operations.equal(value, other, run) for other in structures):
                structures.append(value)
                found.append(value)
            continue
        key = (isinstance(value, bool), value) if value.__hash__ else (False, id(value))
        if key not in seen:
            seen.add(key)
            found.append(value)
    return Sequence(found) if isinstance(values, Sequence) else Array(found)


def zip_(run: Run, *arrays: Any) -> Any:
    """Return an array of arrays of the first elements, the second elements and so on."""
    lists = [array if isinstance(array, list) else [] for array in arrays]
    run.hold_items(min(map(len, lists)) * len(lists) if lists else 0)
    return Array(Array(row) for row in zip(*lists, strict=False))


def sort(run: Run, values: Any, comparator: Any) -> Any:
    """Return *values* in order; a comparator says whether its first argument comes after its second."""
    if values is UNDEFINED or len(values) <= 1:
        return values
    run.spend(len(values))
    if comparator is not UNDEFINED:

        def after(a: Any, b: Any) -> bool:
            # JSONata asks whether the answer is true in JavaScript's sense.
            return _is_true(comparator.call([a, b], None, run))

        return Array(merge_sort(list(values), after, run))
    kinds = set(map(type, values))
    if kinds == {str}:
        keys = [sort_key(value) for value in values]
        if len(set(map(type, keys))) > 1:
            return Array(sorted(values, key=lambda text: text.encode("utf-16-be", "surrogatepass")))
        return Array(sorted(values, key=sort_key))
    if kinds <= {int, float} or all(operations.is_number(value) for value in values):
        return Array(sorted(values))
    raise Fault("D3070", index=1)


def _is_true(value: Any) -> bool:
    return isinstance(value, (list, dict, Function)) or (value is not UNDEFINED and bool(value) and value == value)


def keys(run: Run, value: Any) -> Any:
    """Return the names of the members; of the objects of an array, each name once."""
    names: dict[str, None] = {}
    _collect_keys(value, names, run)
    return Sequence(names)


def _collect_keys(value: Any, names: dict[str, None], run: Run) -> None:
    if isinstance(value, dict):
        run.spend(len(value) >> 3)
        names.update(dict.fromkeys(value))
    elif isinstance(value, list):
        run.spend(len(value) >> 1)
        for item in value:
            _collect_keys(item, names, run)


def lookup(run: Run, value: Any, name: Any) -> Any:
    """Return the member *name*."""
    return UNDEFINED if name is UNDEFINED else operations.lookup(value, name, run)


def spread(run: Run, value: Any) -> Any:
    """Return objects of one member each."""
    if isinstance(value, list):
        result: Any = Sequence()
        run.spend(len(value))
        for item in value:
            each = spread(run, item)
            if each is not UNDEFINED:
                result = operations.append(result, each, run)
        return result
    if isinstance(value, dict):
        run.spend(len(value))
        return Sequence(Object({name: member}) for name, member in value.items())
    return value


def merge(run: Run, objects: Any) -> Any:
    """Return all members of all objects in one; later ones win."""
    if objects is UNDEFINED:
        return UNDEFINED
    merged = Object()
    for each in objects:
        run.spend(1 + (len(each) >> 3))
        merged.update(each)
    return merged


def type_(value: Any) -> Any:
    """Return the name of the type."""
    if value is UNDEFINED:
        return UNDEFINED
    if isinstance(value, float):
        operations.is_number(value)
        return "number"
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    for kind, name in ((str, "string"), (int, "number"), (list, "array"), (Function, "function")):
        if isinstance(value, kind):
            return name
    return "object"


def clone(run: Run, value: Any) -> Any:
    """Return *value*, which nobody changes; transforms make their own copy."""
    return value


def error(message: Any) -> Any:
    """Fail with *message*."""
    raise Fault("D3137", message="$error() function evaluated" if message in (UNDEFINED, "") else message)


def assert_(condition: Any, message: Any) -> Any:
    """Fail with *message* unless *condition*."""
    if condition is UNDEFINED or not condition:
        raise Fault("D3141", message="$assert() statement failed" if message in (UNDEFINED, "") else message)
    return UNDEFINED


FUNCTIONS: Final = (
    Builtin("count", count, "<a:n>", 1, shift=INSTANT),
    Builtin("append", append, "<xx:a>", 2, needs_run=True),
    Builtin("reverse", reverse, "<a:a>", 1, needs_run=True),
    Builtin("shuffle", shuffle, "<a:a>", 1, needs_run=True),
    Builtin("distinct", distinct, "<x:x>", 1, needs_run=True),
    Builtin("zip", zip_, "<a+>", 0, needs_run=True),
    Builtin("sort", sort, "<af?:a>", 2, needs_run=True),
    Builtin("keys", keys, "<x-:a<s>>", 1, needs_run=True),
    Builtin("lookup", lookup, "<x-s:x>", 2, needs_run=True),
    Builtin("spread", spread, "<x-:a<o>>", 1, needs_run=True),
    Builtin("merge", merge, "<a<o>:o>", 1, needs_run=True),
    Builtin("type", type_, "<x:s>", 1, shift=INSTANT),
    Builtin("clone", clone, "<(oa)-:o>", 1, needs_run=True, shift=INSTANT),
    Builtin("error", error, "<s?:x>", 1),
    Builtin("assert", assert_, "<bs?:x>", 2),
)
