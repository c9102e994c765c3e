"""Random definitions: every state type in both query languages, nested, with handlers, loops, variables and failures.

What is drawn is always a definition that AWS takes; whether it goes well is for the run. Transitions lead forward but
for counted loops, so every run ends. ``definitions(entropic=False)`` leaves out whatever differs from run to run
(UUIDs, random numbers, jitter, task tokens in arguments), so that two drivers can be compared event by event.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:f"
PLAIN = "arn:aws:states:::sqs:sendMessage"
SYNC = "arn:aws:states:::sagemaker:createTrainingJob.sync"
TOKEN = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"

FACTOR = int(os.environ.get("STEPLADDER_PROPERTY_FACTOR", "1"))
"""How many times as many examples as usual; more than once means that they are drawn anew each time."""

INPUT: dict[str, Any] = {"items": [1, 2, 3], "n": 2, "yes": True, "text": "abc", "at": "2024-01-01T00:00:02Z"}

State = dict[str, Any]

DEPTH = 2
"""How deep Maps and Parallels are nested."""


def examples(count: int) -> settings:
    """Return the settings of a test that is to see *count* examples, the same in every run unless there are more."""
    return settings(
        max_examples=count * FACTOR,
        derandomize=FACTOR == 1,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


ERRORS = ("E1", "E2", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout", "States.QueryEvaluationError")

RETRIERS: tuple[State, ...] = (
    {"ErrorEquals": ["E1"], "MaxAttempts": 1},
    {"ErrorEquals": ["E1", "E2"], "IntervalSeconds": 2, "BackoffRate": 1.5, "MaxDelaySeconds": 2, "MaxAttempts": 2},
    {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 0, "MaxAttempts": 1},
    {"ErrorEquals": ["States.Timeout", "States.HeartbeatTimeout"], "MaxAttempts": 1},
    {"ErrorEquals": ["E2"], "MaxAttempts": 0},
)

CHOICE_TESTS: tuple[State, ...] = (
    {"Variable": "$$.Execution.Input.yes", "BooleanEquals": True},
    {"Variable": "$.none", "IsPresent": True},
    {"Not": {"Variable": "$$.Execution.Input.n", "NumericGreaterThanEquals": 3}},
    {"And": [{"Variable": "$", "IsPresent": True}, {"Variable": "$$.Execution.Input.text", "StringMatches": "a*"}]},
    {"Or": [{"Variable": "$.x", "IsNull": True}, {"Variable": "$$.Execution.Input.at", "IsTimestamp": True}]},
    {"Variable": "$$.Execution.Input.n", "NumericEqualsPath": "$$.Execution.Input.items[1]"},
    {"Variable": "$$.Execution.Input.text", "StringLessThan": "b"},
)

CONDITIONS = (
    "{% $states.context.Execution.Input.yes %}",
    "{% $states.context.Execution.Input.n > 2 %}",
    "{% $exists($states.input.none) %}",
    "{% $states.input.none %}",
    False,
)

JSONPATH_VALUES: tuple[State, ...] = (
    {"v": 1},
    {"v.$": "$$.Execution.Input.items[1:]"},
    {"v.$": "States.Format('{}-{}', $$.Execution.Input.text, $$.State.Name)"},
    {"v.$": "$$.Execution.StartTime"},
    {"v": [{"w.$": "$"}, None]},
    {"v.$": "States.ArrayLength($$.Execution.Input.items)"},
    {"v.$": "$.none"},
)

JSONATA_VALUES: tuple[Any, ...] = (
    {"v": 1},
    {"v": "{% $states.context.Execution.Input.items[[1..2]] %}"},
    {"v": "{% $states.context.State.Name & '-' & $string($states.context.Execution.Input.n) %}"},
    {"v": ["{% $millis() %}", None]},
    "{% $merge([{'v': $states.input}, {'w': 2}]) %}",
    {"v": "{% $sum($states.context.Execution.Input.items) %}"},
    {"v": "{% $states.input.none %}"},
    {"v": "{% 1 + 'a' %}"},
)

ENTROPIC_JSONPATH: tuple[State, ...] = (
    {"v.$": "States.UUID()"},
    {"v.$": "States.MathRandom(1, 9)"},
)
ENTROPIC_JSONATA: tuple[Any, ...] = (
    {"v": "{% $uuid() %}"},
    {"v": "{% $random() < 0.5 ? 1 : $states.input.none %}"},
)


@dataclass(frozen=True)
class Maker:
    """Draws the states of one definition.

    Args:
        draw: hypothesis's.
        entropic: whether what differs from run to run may be in it.
    """

    draw: st.DrawFn
    entropic: bool

    def one_of(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(tuple(choices)))

    def chance(self, of_ten: int) -> bool:
        return self.draw(st.integers(0, 9)) < of_ten

    def scope(self, depth: int, prefix: str, seen: tuple[str, ...] = ()) -> State:
        """Return ``{"StartAt", "States"}``; *seen* are the variables of the scopes around it."""
        chain: dict[str, State] = {}
        names = list(seen)
        for number in range(self.draw(st.integers(1, 3))):
            name = f"{prefix}{number}"
            if self.chance(1):
                chain |= self.loop(name, tuple(names))
                continue
            chain[name] = self.state(depth, name, tuple(names))
            assigned = chain[name].get("Assign")
            names += [each.removesuffix(".$") for each in assigned] if assigned else []
        chain[f"{prefix}Z"] = self.one_of(({"Type": "Succeed"}, {"Type": "Pass"}, self.fail()))
        self.link(chain)
        return {"StartAt": next(iter(chain)), "States": chain}

    def link(self, chain: dict[str, State]) -> None:
        """Let every state lead to the next, and choices and catchers to any later one."""
        names = list(chain)
        for number, (name, state) in enumerate(chain.items()):
            later = names[number + 1 :]
            for each in (*state.get("Choices", ()), *state.get("Catch", ())):
                each.setdefault("Next", self.one_of(later) if later else name)
            if state["Type"] == "Choice":
                state["Default"] = later[0]
            elif later:
                state["Next"] = later[0]
            elif state["Type"] not in ("Succeed", "Fail"):
                state["End"] = True

    def state(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        """Return a state without its transitions."""
        kinds = ["pass", "wait", "choice", "task", "task"] + (["parallel", "map"] if depth else [])
        kind = self.one_of(kinds)
        if self.chance(4):
            state = getattr(self, f"jsonata_{kind}")(depth, name, seen)
            return {"QueryLanguage": "JSONata", **state}
        made: State = getattr(self, f"jsonpath_{kind}")(depth, name, seen)
        return made

    def loop(self, name: str, seen: tuple[str, ...]) -> dict[str, State]:
        """Return states that go round a task or a wait twice, counted by a variable."""
        counter = f"c{name}"
        again = {
            "Variable": f"${counter}",
            "NumericLessThan": 2,
            "Assign": {f"{counter}.$": f"States.MathAdd(${counter}, 1)"},
            "Next": f"{name}b",
        }
        body = self.one_of((self.jsonpath_task(0, name, seen), {"Type": "Wait", "Seconds": 1}, {"Type": "Pass"}))
        return {
            f"{name}a": {"Type": "Pass", "Assign": {counter: 1}},
            f"{name}b": body,
            f"{name}c": {"Type": "Choice", "Choices": [again]},
        }

    # JSONPath

    def template(self, seen: tuple[str, ...]) -> State:
        values = JSONPATH_VALUES + (ENTROPIC_JSONPATH if self.entropic else ())
        value = self.one_of(values)
        return {**value, "seen.$": f"${self.one_of(seen)}"} if seen and self.chance(3) else value

    def paths(self) -> State:
        fields: State = {}
        if self.chance(2):
            fields["ResultPath"] = self.one_of((None, "$.r", "$.a.b", "$"))
        if self.chance(1):
            fields["InputPath"] = self.one_of((None, "$$.Execution.Input", "$.none"))
        if self.chance(1):
            fields["OutputPath"] = self.one_of((None, "$$.Execution.Input", "$.r"))
        return fields

    def assign(self, name: str, seen: tuple[str, ...]) -> State:
        if not self.chance(3):
            return {}
        value = self.template(seen)
        return {"Assign": {f"v{name}": value} if self.chance(5) else {f"v{name}.$": "$"}}

    def handlers(self, name: str, *, jsonata: bool) -> State:
        fields: State = {}
        if self.chance(4):
            fields["Retry"] = self.draw(st.lists(st.sampled_from(RETRIERS), min_size=1, max_size=2))
            if self.entropic and self.chance(5):
                fields["Retry"] = [{**each, "JitterStrategy": "FULL"} for each in fields["Retry"]]
        if self.chance(5):
            caught = [{"ErrorEquals": [self.one_of(ERRORS)]}] if self.chance(5) else []
            catch = [*caught, {"ErrorEquals": ["States.ALL"]}]
            for each in catch:
                each.update(self.catcher(name, jsonata=jsonata))
            fields["Catch"] = catch
        return fields

    def catcher(self, name: str, *, jsonata: bool) -> State:
        if jsonata:
            output = {"e": "{% $states.errorOutput.Error %}", "was": "{% $states.input %}"}
            return self.one_of(({}, {"Output": output}, {"Assign": {f"v{name}": "{% $states.errorOutput %}"}}))
        return self.one_of(({}, {"ResultPath": "$.error"}, {"ResultPath": None}, {"Assign": {f"v{name}.$": "$.Error"}}))

    def timeouts(self, *, jsonata: bool) -> State:
        if not self.chance(4):
            return {}
        if jsonata:
            return {"TimeoutSeconds": "{% $states.context.Execution.Input.n %}"}
        paths = {"TimeoutSecondsPath": "$$.Execution.Input.n"}
        return self.one_of((paths, {"TimeoutSeconds": 3}, {"TimeoutSeconds": 4, "HeartbeatSeconds": 1}))

    def jsonpath_pass(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        made = self.one_of(({"Parameters": self.template(seen)}, {"Result": {"made": [1, {"x.$": "$.y"}]}}, {}))
        return {"Type": "Pass", **made, **self.paths(), **self.assign(name, seen)}

    def jsonpath_wait(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        times: tuple[State, ...] = (
            {"Seconds": 0},
            {"Seconds": 2},
            {"SecondsPath": "$$.Execution.Input.n"},
            {"Timestamp": "2024-01-01T00:00:04.5Z"},
            {"TimestampPath": "$$.Execution.Input.at"},
            {"SecondsPath": "$.none"},
        )
        return {"Type": "Wait", **self.one_of(times), **self.assign(name, seen)}

    def jsonpath_choice(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        tests = self.draw(st.lists(st.sampled_from(CHOICE_TESTS), min_size=1, max_size=2))
        return {"Type": "Choice", "Choices": [{**test, **self.assign(name, seen)} for test in tests]}

    def jsonpath_task(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        return {
            "Type": "Task",
            "Resource": self.one_of((LAMBDA, PLAIN, SYNC, TOKEN)),
            **({"Parameters": self.template(seen)} if self.chance(5) else {}),
            **({"ResultSelector": {"got.$": "$", "n.$": "$$.State.RetryCount"}} if self.chance(3) else {}),
            **self.paths(),
            **self.timeouts(jsonata=False),
            **self.assign(name, seen),
            **self.handlers(name, jsonata=False),
        }

    def jsonpath_parallel(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        return {
            "Type": "Parallel",
            "Branches": self.branches(depth, name, seen),
            **({"Parameters": self.template(seen)} if self.chance(3) else {}),
            **self.paths(),
            **self.assign(name, seen),
            **self.handlers(name, jsonata=False),
        }

    def jsonpath_map(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        if depth == DEPTH and self.chance(4):
            return self.distributed(depth, name, seen)
        selector = {"v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index"}
        return {
            "Type": "Map",
            "ItemsPath": f"$$.Execution.Input.{self.one_of(('items', 'items', 'items[5:]', 'n'))}",
            "ItemProcessor": self.scope(depth - 1, f"{name}i", seen),
            **({"ItemSelector": selector} if self.chance(5) else {}),
            **self.one_of(({}, {"MaxConcurrency": 1}, {"MaxConcurrency": 2})),
            **self.paths(),
            **self.assign(name, seen),
            **self.handlers(name, jsonata=False),
        }

    def distributed(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        """Return a Distributed Map; its children have the execution's input, and see no variables.

        There is none within another Map or a Parallel: the work of two runs would end at the same instants, and the
        order of such ends is any.
        """
        selector = {f"{each}.$": f"$$.Execution.Input.{each}" for each in ("items", "n", "text", "at", "yes")}
        batcher = {"MaxItemsPerBatch": self.one_of((1, 2)), "BatchInput": {"b.$": "$$.Execution.Input.n"}}
        config = {"Mode": "DISTRIBUTED", "ExecutionType": self.one_of(("STANDARD", "EXPRESS"))}
        scope = self.scope(depth - 1, f"{name}d")
        if config["ExecutionType"] == "EXPRESS":
            scope = {"StartAt": f"{name}d", "States": {f"{name}d": self.one_of(({"Type": "Succeed"}, self.fail()))}}
        return {
            "Type": "Map",
            "ItemsPath": f"$$.Execution.Input.{self.one_of(('items', 'items', 'items[5:]', 'n'))}",
            "ItemProcessor": {"ProcessorConfig": config, **scope},
            **({"ItemSelector": selector} if self.chance(7) else {}),
            **({"ItemBatcher": batcher} if self.chance(2) else {}),
            **self.one_of(({}, {"MaxConcurrency": 1}, {"MaxConcurrency": 2})),
            **self.one_of(({}, {"ToleratedFailureCount": 1}, {"ToleratedFailurePercentage": 100})),
            **self.paths(),
            **self.assign(name, seen),
            **self.handlers(name, jsonata=False),
        }

    def branches(self, depth: int, name: str, seen: tuple[str, ...]) -> list[State]:
        return [self.scope(depth - 1, f"{name}{letter}", seen) for letter in "pq"[: self.draw(st.integers(1, 2))]]

    def fail(self) -> State:
        return self.one_of(
            (
                {"Type": "Fail"},
                {"Type": "Fail", "Error": "E1", "Cause": "why"},
                {"Type": "Fail", "ErrorPath": "$$.Execution.Input.text", "CausePath": "States.Format('{}', $.none)"},
                {"Type": "Fail", "QueryLanguage": "JSONata", "Error": "{% 'E' & '2' %}"},
            )
        )

    # JSONata

    def value(self, seen: tuple[str, ...]) -> Any:
        value = self.one_of(JSONATA_VALUES + (ENTROPIC_JSONATA if self.entropic else ()))
        if seen and isinstance(value, dict) and self.chance(3):
            return {**value, "seen": f"{{% ${self.one_of(seen)} %}}"}
        return value

    def output(self, name: str, seen: tuple[str, ...], *, has_result: bool) -> State:
        fields: State = {}
        if self.chance(4):
            result = ({"r": "{% $states.result %}"},) if has_result else ()
            fields["Output"] = self.one_of((self.value(seen), *result))
        if self.chance(3):
            fields["Assign"] = {f"v{name}": self.value(seen)}
        return fields

    def jsonata_pass(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        return {"Type": "Pass", **self.output(name, seen, has_result=False)}

    def jsonata_wait(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        times: tuple[State, ...] = (
            {"Seconds": "{% $states.context.Execution.Input.n - 1 %}"},
            {"Timestamp": "{% $states.context.Execution.Input.at %}"},
            {"Seconds": "{% $states.input.none %}"},
            {"Seconds": 1},
        )
        return {"Type": "Wait", **self.one_of(times), **self.output(name, seen, has_result=False)}

    def jsonata_choice(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        conditions = self.draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2))
        choices = [{"Condition": each, **self.output(name, seen, has_result=False)} for each in conditions]
        return {"Type": "Choice", "Choices": choices, **self.output(name, seen, has_result=False)}

    def jsonata_task(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        return {
            "Type": "Task",
            "Resource": self.one_of((LAMBDA, PLAIN, SYNC, TOKEN)),
            **({"Arguments": self.value(seen)} if self.chance(6) else {}),
            **self.timeouts(jsonata=True),
            **self.output(name, seen, has_result=True),
            **self.handlers(name, jsonata=True),
        }

    def jsonata_parallel(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        return {
            "Type": "Parallel",
            "Branches": self.branches(depth, name, seen),
            **({"Arguments": self.value(seen)} if self.chance(3) else {}),
            **self.output(name, seen, has_result=True),
            **self.handlers(name, jsonata=True),
        }

    def jsonata_map(self, depth: int, name: str, seen: tuple[str, ...]) -> State:
        items = ("{% $states.context.Execution.Input.items %}", [1, "{% 1 + 1 %}"], "{% 'none' %}")
        selector = {"v": "{% $states.context.Map.Item.Value %}", "i": "{% $states.context.Map.Item.Index %}"}
        return {
            "Type": "Map",
            "Items": self.one_of(items),
            "ItemProcessor": self.scope(depth - 1, f"{name}i", seen),
            **({"ItemSelector": selector} if self.chance(5) else {}),
            **self.one_of(({}, {"MaxConcurrency": 1}, {"MaxConcurrency": "{% 2 %}"})),
            **self.output(name, seen, has_result=True),
            **self.handlers(name, jsonata=True),
        }


def definitions(*, entropic: bool, depth: int = DEPTH) -> st.SearchStrategy[State]:
    """Return the strategy of definitions; *entropic*: see the module."""

    @st.composite
    def machine(draw: st.DrawFn) -> State:
        scope = Maker(draw, entropic).scope(depth, "S")
        return {**scope, "TimeoutSeconds": 600} if draw(st.booleans()) else scope

    return machine()
