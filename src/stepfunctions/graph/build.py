"""A definition to regions of nodes and edges.

It draws what is there: a definition with faults is drawn as far as it goes, with a ghost for every missing target.

Source: States Language.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from stepfunctions.asl.jsontext import NOT_AN_OBJECT, read_json
from stepfunctions.asl.model import StateMachine
from stepfunctions.asl.render import render
from stepfunctions.errors import DefinitionError
from stepfunctions.graph.conditions import condition_text
from stepfunctions.graph.model import END, MISSING, START, Edge, EdgeKind, Node, Region

Definition: TypeAlias = str | dict[str, Any] | StateMachine

_ENDING = ("Succeed", "Fail")


def build(definition: Definition) -> Region:
    """Return the picture's content.

    Args:
        definition: JSON text, decoded JSON, or the model.

    Raises:
        DefinitionError: a text that is not JSON, or not an object.
    """
    document = render(definition) if isinstance(definition, StateMachine) else definition
    if isinstance(document, str):
        document, fault = read_json(document)
        if not isinstance(document, dict):
            raise DefinitionError([fault or NOT_AN_OBJECT])
    return _Builder(document, top=True).region()


class _Builder:
    """Collects one region."""

    def __init__(self, scope: dict[str, Any], *, top: bool) -> None:
        self._start = scope.get("StartAt")
        states = scope.get("States")
        self._states: dict[str, Any] = {}
        for name, state in (states if isinstance(states, dict) else {}).items():
            self._states[name] = state if isinstance(state, dict) else {}
        self._top = top
        self._nodes: list[Node] = []
        self._indices: dict[str, int] = {}
        self._edges: dict[tuple[int, int, EdgeKind, str], None] = {}

    def region(self) -> Region:
        if self._top:
            self._nodes.append(Node(name=START, kind=START))
        names = list(self._states)
        if self._start in self._states:
            names.remove(self._start)
            names.insert(0, self._start)
        for name in names:
            self._add(_node(name, self._states[name]))
        if self._top and isinstance(self._start, str):
            self._connect(0, self._start, "next", "")
        for name in names:
            self._transitions(name, self._states[name])
        if self._top:
            self._end()
        edges = [Edge(source=s, target=t, kind=k, label=label) for s, t, k, label in self._edges]
        return Region(nodes=tuple(self._nodes), edges=tuple(_merge_loops(edges)))

    def _add(self, node: Node) -> int:
        self._indices[node.name] = len(self._nodes)
        self._nodes.append(node)
        return len(self._nodes) - 1

    def _connect(self, source: int, target: str, kind: EdgeKind, label: str) -> None:
        index = self._indices.get(target)
        if index is None:
            index = self._add(Node(name=target, kind=MISSING, detail="no such state"))
        self._edges[(source, index, kind, label)] = None

    def _transitions(self, name: str, state: dict[str, Any]) -> None:
        source = self._indices[name]
        if isinstance(state.get("Next"), str):
            self._connect(source, state["Next"], "next", "")
        for rule in _objects(state.get("Choices")):
            if isinstance(rule.get("Next"), str):
                self._connect(source, rule["Next"], "choice", condition_text(rule))
        if isinstance(state.get("Default"), str):
            self._connect(source, state["Default"], "default", "otherwise")
        for target, errors in _catches(state).items():
            self._connect(source, target, "catch", ", ".join(errors))

    def _end(self) -> None:
        end = len(self._nodes)
        last = [
            self._indices[name]
            for name, state in self._states.items()
            if state.get("End") is True or state.get("Type") in _ENDING
        ]
        self._nodes.append(Node(name=END, kind=END))
        self._edges |= {(source, end, "next", ""): None for source in last}


def _merge_loops(edges: list[Edge]) -> list[Edge]:
    """Make the edges from a state to itself one edge with all their labels: there is room for one beside a box."""
    loops: dict[int, list[Edge]] = {}
    for edge in edges:
        if edge.source == edge.target:
            loops.setdefault(edge.source, []).append(edge)
    merged = [edge for edge in edges if edge.source != edge.target]
    for source, found in loops.items():
        kind: EdgeKind = found[0].kind if len({each.kind for each in found}) == 1 else "choice"
        label = " / ".join(each.label for each in found if each.label)
        merged.append(Edge(source=source, target=source, kind=kind, label=label))
    return merged


def _catches(state: dict[str, Any]) -> dict[str, list[str]]:
    """Return the errors that lead to each catching state: two catchers with one target are one edge."""
    found: dict[str, list[str]] = {}
    for catcher in _objects(state.get("Catch")):
        errors = catcher.get("ErrorEquals")
        if isinstance(catcher.get("Next"), str):
            found.setdefault(catcher["Next"], []).extend(map(str, errors if isinstance(errors, list) else ()))
    return found


def _node(name: str, state: dict[str, Any]) -> Node:
    kind = state.get("Type")
    kind = kind if isinstance(kind, str) else MISSING
    scopes = _objects(state.get("Branches")) if kind == "Parallel" else []
    if kind == "Map":
        scopes = _objects([state.get("ItemProcessor", state.get("Iterator"))])
    regions = tuple(_Builder(scope, top=False).region() for scope in scopes)
    return Node(
        name=name, kind=kind, detail=_detail(kind, state), regions=tuple(each for each in regions if each.nodes)
    )


def _detail(kind: str, state: dict[str, Any]) -> str:
    if kind == "Task":
        return _resource_text(str(state.get("Resource", "")))
    if kind == "Wait":
        return _wait_text(state)
    if kind == "Fail":
        return str(state.get("Error", ""))
    if kind == "Map":
        processor = state.get("ItemProcessor")
        config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
        return "distributed" if isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED" else "for each item"
    return ""


def _resource_text(resource: str) -> str:
    """Shorten an ARN to what tells it apart."""
    _, separator, integration = resource.partition(":states:::")
    if separator:
        return integration
    for kind in ("function", "activity"):
        _, separator, name = resource.partition(f":{kind}:")
        if separator:
            return f"{'lambda' if kind == 'function' else kind} {name}"
    return resource


def _wait_text(state: dict[str, Any]) -> str:
    if "Seconds" in state:
        seconds = state["Seconds"]
        return f"{seconds} s" if isinstance(seconds, int) else str(seconds)
    for name in ("Timestamp", "SecondsPath", "TimestampPath"):
        if name in state:
            return f"until {state[name]}" if name.startswith("Timestamp") else f"{state[name]} s"
    return ""


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
