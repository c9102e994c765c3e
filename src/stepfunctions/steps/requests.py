"""Requests as plain dicts: normalising, merging, and what the SDK lets users write more shortly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from stepfunctions.inputs import Placeholder
from stepfunctions.log import logger
from stepfunctions.steps.sdk_copies import is_a


class NotTaken(TypeError, ValueError):
    """A step was given what it does not take. A ValueError too, as callers of the predecessor expect."""


def normalised_request(described: Any) -> dict[str, Any] | None:
    """Return a copy of the request that *described* is, or None if it is an object of an SDK.

    A request is a dict, or anything with a method ``to_request`` that returns one.
    """
    to_request = getattr(described, "to_request", None)
    if callable(to_request):
        described = to_request()
    return dict(described) if isinstance(described, dict) else None


def require_kind(described: Any, step: str, wanted: str, request: str, *classes: str) -> None:
    """Refuse what is not an object of the SageMaker SDK of one of these classes.

    Raises:
        NotTaken: names what was given and what is taken.
    """
    if not is_a(described, *classes):
        kind = f"{type(described).__module__}.{type(described).__qualname__}"
        raise NotTaken(f"{step} takes {wanted} of the SageMaker SDK, or a {request} request as a dict, not {kind}.")


def as_tags(tags: Any) -> Any:
    """Return *tags* as the API takes them.

    Args:
        tags: ``{"key": "value"}``, a list of ``{"Key": ..., "Value": ...}``, or a placeholder.

    Raises:
        ValueError: an entry of the list has other members.
    """
    if isinstance(tags, Placeholder):
        return tags
    if isinstance(tags, dict):
        return [{"Key": key, "Value": value} for key, value in tags.items()]
    for tag in tags:
        if not isinstance(tag, dict) or set(tag) != {"Key", "Value"}:
            raise ValueError(f"a tag is {{'Key': ..., 'Value': ...}}, not {tag!r}")
    return list(tags)


def json_or_text(value: Any) -> str:
    """Return *value* as version 3 of the SageMaker SDK writes a hyperparameter: text as it is, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def stringified(hyperparameters: dict[str, Any], write: Callable[[Any], str] = str) -> dict[str, Any]:
    """Return *hyperparameters* with the values as the API takes them: strings, or placeholders.

    Args:
        write: makes a string of a value; containers that run scripts read JSON.
    """
    return {name: value if isinstance(value, Placeholder) else write(value) for name, value in hyperparameters.items()}


def channels(data: Any) -> list[dict[str, Any]]:
    """Return the ``InputDataConfig`` for *data*.

    Args:
        data: an address for the one channel ``training``, or channel names to addresses, to channels as in the API, or
            to objects with a ``config`` as the SDK's ``TrainingInput`` has.

    Raises:
        TypeError: a channel is none of these.
    """
    named = data if isinstance(data, dict) else {"training": data}
    return [_channel(name, each) for name, each in named.items()]


def _channel(name: str, described: Any) -> dict[str, Any]:
    if isinstance(described, str | Placeholder):
        source = {"S3DataType": "S3Prefix", "S3Uri": described, "S3DataDistributionType": "FullyReplicated"}
        return {"ChannelName": name, "DataSource": {"S3DataSource": source}}
    config = described if isinstance(described, dict) else getattr(described, "config", None)
    if not isinstance(config, dict):
        raise TypeError(f"the channel {name!r} is an address, a dict or a TrainingInput, not {described!r}")
    return {"ChannelName": name, **config}


def merge_dicts(below: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Return *over* laid over *below*, dict by dict; what is overwritten is logged."""
    merged = dict(below)
    for key, value in over.items():
        present = merged.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            merged[key] = merge_dicts(present, value)
        else:
            if key in merged and present != value:
                logger.info("Property: <%s> with value: <%s> will be overwritten with: <%s>", key, present, value)
            merged[key] = value
    return merged
