"""Payload templates: Parameters, ResultSelector, ItemSelector, Assign and their like.

In an object, a name that ends in ``.$`` has a path or a call of an intrinsic function for its value, and appears
without ``.$`` in the result. All else is literal. What is constant is made once and shared by all results.

Source: States Language, "Payload Template"; recordings of AWS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from stepfunctions.query.expression import compile_expression
from stepfunctions.query.failure import QueryFailed
from stepfunctions.query.jsonpath import Path, PathNotFound
from stepfunctions.query.scope import Scope
from stepfunctions.values import Json, dumps

Read: TypeAlias = Callable[[Json, Scope], Json]

_SUFFIX: Final = ".$"
# The States Language has States.ParameterPathFailure for this; AWS reports States.Runtime.
_ERROR: Final = "States.Runtime"


class TemplateSyntaxError(ValueError):
    """A template that AWS would refuse when the state machine is created.

    Attributes:
        message: AWS's text.
        location_suffix: where inside the state, such as ``/Parameters``.
        detail: what is wrong with the expression, in our words.
    """

    def __init__(self, message: str, location_suffix: str, detail: str) -> None:
        super().__init__(f"{message} at {location_suffix}: {detail}")
        self.message = message
        self.location_suffix = location_suffix
        self.detail = detail


class Template:
    """A payload template, ready to be called. Make one with ``compile_template``.

    Attributes:
        field: the field it stands in, such as ``Parameters``.
        variables: the workflow variables that it reads, without ``$``.
        constant: whether every call returns the same object.
        read: the compiled closure. Calling the template is the same, one Python call slower.
    """

    __slots__ = ("constant", "field", "read", "variables")

    def __init__(self, template: Json, field: str) -> None:
        compiler = _Compiler(field)
        try:
            read = compiler.compile(template)
        except RecursionError:
            raise TemplateSyntaxError("Value is too deeply nested", f"/{field}", "deeper than Python's stack") from None
        self.field = field
        self.variables = frozenset(compiler.variables)
        self.constant = read is None
        self.read: Read = _constant(template) if read is None else read

    def __call__(self, data: Json, scope: Scope) -> Json:
        """Return the template filled in.

        Args:
            data: the input that ``$`` stands for.
            scope: provides ``$$`` and variables.

        Raises:
            QueryFailed: States.Runtime, a path has no target or a function fails.
        """
        return self.read(data, scope)


def compile_template(template: Json, field: str) -> Template:
    """Return the compiled template.

    Args:
        template: any JSON; not changed afterwards.
        field: the field it stands in, such as ``Parameters``; named in faults.

    Raises:
        TemplateSyntaxError: a value of a ``.$`` name is neither a path nor a call of an intrinsic function.
    """
    return Template(template, field)


class _Compiler:
    """Compiles the parts of one template. A part without expressions compiles to None: it stands for itself."""

    def __init__(self, field: str) -> None:
        self._field = field
        self.variables: set[str] = set()

    def compile(self, template: Json) -> Read | None:
        if type(template) is dict:
            return self._object(template)
        if type(template) is list:
            return self._array(template)
        return None

    def _object(self, template: dict[str, Json]) -> Read | None:
        constants: dict[str, Json] = {}
        members: list[tuple[str, Read]] = []
        for name, value in template.items():
            target = name.removesuffix(_SUFFIX)
            read = self.compile(value) if target == name else self._expression(name, value)
            # A constant member keeps the place of a computed one, and the other way round.
            constants[target] = value if read is None else None
            if read is not None:
                members.append((target, read))
        return _object(constants, members) if members else None

    def _array(self, template: list[Json]) -> Read | None:
        compiled = [(value, self.compile(value)) for value in template]
        if all(read is None for _, read in compiled):
            return None
        elements = [_constant(value) if read is None else read for value, read in compiled]
        return lambda data, scope: [read(data, scope) for read in elements]

    def _expression(self, name: str, text: Json) -> Read:
        if type(text) is not str:
            raise self._fault(name, "it must be a string")
        try:
            expression = compile_expression(text)
        except ValueError as error:
            raise self._fault(name, str(error)) from None
        self.variables |= expression.variables
        return _explained(name, expression) if isinstance(expression, Path) else expression.read

    def _fault(self, name: str, detail: str) -> TemplateSyntaxError:
        return TemplateSyntaxError(
            f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call",
            f"/{self._field}",
            detail,
        )


def _constant(value: Json) -> Read:
    return lambda data, scope: value


def _object(constants: dict[str, Json], members: list[tuple[str, Read]]) -> Read:
    if len(members) == len(constants) == 1:
        ((only, read_only),) = members
        return lambda data, scope: {only: read_only(data, scope)}

    def fill(data: Json, scope: Scope) -> Json:
        filled = constants.copy()
        for name, read in members:
            filled[name] = read(data, scope)
        return filled

    return fill


def _explained(name: str, path: Path) -> Read:
    if path.definite and path.node.steps == () and not path.variables:
        return path.read  # cannot miss
    read = path.read

    def explained(data: Json, scope: Scope) -> Json:
        try:
            return read(data, scope)
        except PathNotFound:
            raise missing_path(path.text, name, data) from None

    return explained


def missing_path(path: str, field: str, data: Json) -> QueryFailed:
    """Return the failure of *path* in *field*, which finds nothing in *data*.

    Args:
        path: as the definition writes it; also one from ``$$`` or a variable, where AWS's text is the same.
        field: with its ``.$``, or ErrorPath or CausePath.
        data: the input that ``$`` stands for.
    """
    if data is None:
        return QueryFailed(_ERROR, "Unable to apply Path transformation to null or empty input.")
    return QueryFailed(
        _ERROR,
        f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{dumps(data)}'",
    )
