"""A Map's settings, evaluated on their own."""

from __future__ import annotations

from typing import Any

import pytest

from stepfunctions.asl.model import Map
from stepfunctions.asl.parse import parse_state
from stepfunctions.core.ambient import Entropy
from stepfunctions.core.states.map_settings import MapSettings, map_settings
from stepfunctions.query.failure import QueryFailed

PROCESSOR = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


class Nowhere:
    """Surroundings with nothing in them."""

    now = 0
    random = Entropy(0).random
    uuid = Entropy(0).uuid

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.context: Any = {}


def settings(**fields: Any) -> MapSettings:
    """Return the settings of a Map state with *fields*."""
    state = parse_state({"Type": "Map", "ItemProcessor": PROCESSOR, "End": True, **fields})
    assert isinstance(state, Map)
    return map_settings(state)


def refusal(read: Any, data: Any) -> str:
    """Return the cause with which *read* fails on *data*."""
    with pytest.raises(QueryFailed) as failed:
        read(data, Nowhere())
    assert failed.value.failure.cause is not None
    return failed.value.failure.cause


def test_without_settings_there_is_no_bound_and_no_threshold() -> None:
    plain = settings()
    assert plain.concurrency({}, Nowhere()) == 0
    assert (plain.tolerated_count, plain.tolerated_percentage, plain.selector) == (None, None, None)


@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_thresholds_are_read_in_both_languages(language: str) -> None:
    if language == "JSONata":
        expressions = {"ToleratedFailureCount": "{% $states.input.n %}", "ToleratedFailurePercentage": "{% 2.5 %}"}
        read = settings(QueryLanguage="JSONata", **expressions)
    else:
        read = settings(ToleratedFailureCountPath="$.n", ToleratedFailurePercentage=2.5)
    assert read.tolerated_count is not None
    assert read.tolerated_percentage is not None
    assert read.tolerated_count({"n": 3}, Nowhere()) == 3
    assert read.tolerated_percentage({}, Nowhere()) == 2.5


@pytest.mark.parametrize(
    ("field", "attribute", "value", "cause"),
    [
        (
            "ToleratedFailureCountPath",
            "tolerated_count",
            1.5,
            'The ToleratedFailureCountPath field refers to value "1.5" which is not a valid integer: $.n',
        ),
        ("ToleratedFailureCountPath", "tolerated_count", -1, "ToleratedFailureCount cannot be negative."),
        (
            "ToleratedFailurePercentagePath",
            "tolerated_percentage",
            "many",
            'The ToleratedFailurePercentagePath field refers to value "many" which is not a valid float: $.n',
        ),
        (
            "ToleratedFailurePercentagePath",
            "tolerated_percentage",
            110,
            "ToleratedFailurePercentage must be between 0 and 100.",
        ),
        (
            "MaxConcurrencyPath",
            "concurrency",
            None,
            'The MaxConcurrencyPath field refers to value "null" which is not a valid integer: $.n',
        ),
    ],
)
def test_a_path_that_leads_to_no_such_number_is_refused_in_awss_words(
    field: str, attribute: str, value: Any, cause: str
) -> None:
    assert refusal(getattr(settings(**{field: "$.n"}), attribute), {"n": value}) == cause


@pytest.mark.parametrize("digits", [19, 5_000])
@pytest.mark.parametrize("field", ["MaxConcurrency", "ToleratedFailureCount"])
def test_a_path_to_a_number_that_no_long_holds_leads_to_no_integer(field: str, digits: int) -> None:
    read = settings(**{f"{field}Path": "$.n"})
    query = read.concurrency if field == "MaxConcurrency" else read.tolerated_count
    assert "which is not a valid integer: $.n" in refusal(query, {"n": "9" * digits})
