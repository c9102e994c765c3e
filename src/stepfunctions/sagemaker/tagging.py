"""Tags as the API writes them, ``[{"Key": str, "Value": str}]``, and as they are kept, a dict."""

from __future__ import annotations

from collections.abc import Mapping

from stepfunctions.values import Json


def read_tags(tags: Json) -> dict[str, str]:
    """Return the tags of a request; of two with the same key the last counts."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def write_tags(tags: Mapping[str, str]) -> Json:
    """Return tags in the API's form."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
