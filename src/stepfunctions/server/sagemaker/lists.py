"""The parameters that all List operations share, and their answer.

Source: SageMaker API Reference; MaxResults is 10 where the reference names a default at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepfunctions.sagemaker.errors import NotAvailable
from stepfunctions.sagemaker.records import ListQuery
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.request import Request
from stepfunctions.server.sagemaker.shaping import read_time, shape_output
from stepfunctions.shapes import load
from stepfunctions.values import Json

MAX_RESULTS = 10
_KNOWN = frozenset(
    {
        *("NameContains", "StatusEquals", "SortBy", "SortOrder", "MaxResults", "NextToken"),
        *("CreationTimeAfter", "CreationTimeBefore", "LastModifiedTimeAfter", "LastModifiedTimeBefore"),
    }
)

Page = Callable[[ListQuery], tuple[list[Json], str | None]]


def list_query(operation: str, params: dict[str, Any], *, descending: bool) -> ListQuery:
    """Return what a List request asks for.

    Args:
        descending: the order unless the request names one.

    Raises:
        NotAvailable: it filters by what is not kept here.
    """
    unknown = sorted(set(params) - _KNOWN)
    if unknown:
        raise NotAvailable(f"{operation}: {', '.join(unknown)} is not available locally. Leave it out.")
    return ListQuery(
        name_contains=params.get("NameContains"),
        status=params.get("StatusEquals"),
        created_after=read_time(params.get("CreationTimeAfter")),
        created_before=read_time(params.get("CreationTimeBefore")),
        modified_after=read_time(params.get("LastModifiedTimeAfter")),
        modified_before=read_time(params.get("LastModifiedTimeBefore")),
        sort_by=params.get("SortBy", "CreationTime"),
        descending=params["SortOrder"] == "Descending" if "SortOrder" in params else descending,
        limit=params.get("MaxResults", MAX_RESULTS),
        after=params.get("NextToken"),
    )


def list_operation(name: str, member: str, page: Page, *, descending: bool = True) -> Operation:
    """Return the List operation *name*, whose answer has the summaries in *member*."""

    async def operation(request: Request, params: dict[str, Any]) -> Json:
        summaries, token = page(list_query(name, params, descending=descending))
        answer = {member: summaries, **({} if token is None else {"NextToken": token})}
        return shape_output(load("sagemaker"), name, answer)

    return operation
