"""How many transitions a second the interpreter makes, history included, in one process and without a store.

Run ``python benchmarks/core.py``; it takes a few seconds. Processor time of the best of five rounds counts, so that
what else the machine is doing counts little. The floors are absolute: nothing else that runs in one Python process
writes AWS's history.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from stepfunctions.asl.parse import parse
from stepfunctions.core.ambient import Ambient
from stepfunctions.core.events import ExecutionStarted, Resumed
from stepfunctions.core.interpreter import Interpreter
from stepfunctions.core.program import Program
from stepfunctions.core.program import compile as compile_program
from stepfunctions.engine.virtual import run
from stepfunctions.values import Json

LENGTH = 1_000
LAPS = 1_000
ROUNDS = 5
EXECUTIONS = 20

FLOORS = {"Pass chain": 250_000, "Choice + MathAdd": 150_000, "JSONata loop": 100_000, "Pass, virtual time": 250_000}
"""Transitions a second, at least."""

CHAIN: Json = {
    "StartAt": "S1",
    "States": {
        f"S{number}": {"Type": "Pass", **({"End": True} if number == LENGTH else {"Next": f"S{number + 1}"})}
        for number in range(1, LENGTH + 1)
    },
}
LOOP: Json = {
    "StartAt": "More",
    "States": {
        "More": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericLessThan": LAPS, "Next": "Add"}],
            "Default": "Done",
        },
        "Add": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "Next": "More"},
        "Done": {"Type": "Succeed"},
    },
}
JSONATA_LOOP: Json = {
    "QueryLanguage": "JSONata",
    "StartAt": "Begin",
    "States": {
        "Begin": {"Type": "Pass", "Assign": {"n": 0}, "Next": "More"},
        "More": {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% $n < {LAPS} %}}", "Next": "Add"}],
            "Default": "Done",
        },
        "Add": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Next": "More"},
        "Done": {"Type": "Pass", "Output": {"n": "{% $n %}"}, "End": True},
    },
}


def execute(program: Program, text: str) -> None:
    """Run one execution to its end."""
    interpreter = Interpreter(program)
    arn = "arn:aws:states:us-east-1:123456789012:execution:machine:one"
    event = ExecutionStarted(text, arn, "one", "role", "arn:machine", "machine", 0)
    outcome = interpreter.handle(event, Ambient(0, 0))
    while outcome.yielded:
        outcome = interpreter.handle(Resumed(), Ambient(0, 0))
    assert interpreter.status == "SUCCEEDED"


def rate(transitions: int, work: Callable[[], object]) -> float:
    """Return transitions a second, of the best round."""
    seconds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(EXECUTIONS):
            work()
        seconds.append(time.process_time() - begun)
    return transitions * EXECUTIONS / min(seconds)


def main() -> int:
    """Measure, print, and return 1 if a floor is missed."""
    chain, loop, jsonata = (compile_program(parse(each)) for each in (CHAIN, LOOP, JSONATA_LOOP))
    figures = {
        "Pass chain": rate(LENGTH, lambda: execute(chain, '{"a": 1}')),
        "Choice + MathAdd": rate(2 * LAPS + 2, lambda: execute(loop, '{"n": 0}')),
        "JSONata loop": rate(2 * LAPS + 3, lambda: execute(jsonata, "{}")),
        "Pass, virtual time": rate(LENGTH, lambda: run(CHAIN, {"a": 1})),
    }
    for name, figure in figures.items():
        print(f"{name:<20} {figure:>10,.0f} transitions/s, at least {FLOORS[name]:,}")
    return 1 if any(figure < FLOORS[name] for name, figure in figures.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
