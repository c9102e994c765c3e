"""Copies of the SDK's objects: deep where the SDK writes, shared where it does not."""

from __future__ import annotations

from enum import Enum
from typing import Any

from stepfunctions.inputs import ExecutionInput
from stepfunctions.steps.sdk_copies import Copier, is_a, is_sdk_object
from stepfunctions.steps.sentinels import Sentinels

NAMES = ExecutionInput()


class Thing:
    """Stands for an object of the SDK: recognised by its module."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class Kind(Enum):
    ONE = 1


Thing.__module__ = "sagemaker.things"
Kind.__module__ = "sagemaker.things"


class Derived(Thing):
    """A user's own class on top of the SDK's."""


def copied(value: Any, sentinels: Sentinels | None = None) -> Any:
    return Copier(sentinels or Sentinels(), {}).copy(value)


def test_objects_of_the_sdk_are_recognised_by_their_classes() -> None:
    assert is_sdk_object(Derived())
    assert not is_sdk_object(NAMES)
    assert is_a(Derived(), "sagemaker.things.Thing")
    assert not is_a(Derived(), "sagemaker.Thing", "Thing")


def test_what_hangs_on_an_object_is_copied_with_it() -> None:
    original = Derived(hyperparameters={"a": [1]}, rules=[Thing(name="r")], kinds=(Kind.ONE,))
    made = copied(original)
    made.hyperparameters["a"].append(2)
    made.rules[0].name = "changed"
    assert (original.hyperparameters, original.rules[0].name) == ({"a": [1]}, "r")
    assert isinstance(made, Derived)
    assert made.kinds == (Kind.ONE,)


def test_what_is_not_the_sdk_s_is_shared() -> None:
    client = object()
    assert copied(Thing(client=client, predictor_class=Thing)).client is client


def test_what_occurs_twice_is_copied_once() -> None:
    shared = Thing()
    original = Thing(left=shared, right=[shared])
    original.itself = original
    made = copied(original)
    assert made.left is made.right[0] is not shared
    assert made.itself is made


def test_a_session_gives_way_to_its_stand_in() -> None:
    session, stand_in = Thing(), Thing()
    made = Copier(Sentinels(), {id(session): stand_in}).copy(Thing(session=session, model=Thing(session=session)))
    assert made.session is made.model.session is stand_in


def test_placeholders_become_what_the_sdk_takes_them_for() -> None:
    sentinels = Sentinels()
    original = Thing(role=NAMES["r"], output_path=NAMES["o"], hyperparameters={"eta": NAMES["e"]})
    made = copied(original, sentinels)
    assert "/" in made.role
    assert made.output_path.startswith("s3://")
    assert sentinels.hides(made.hyperparameters["eta"])
    assert sentinels.restore(vars(made)) == vars(original)
    assert original.role is NAMES["r"]
