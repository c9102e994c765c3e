"""nextTokens as strangers may send them."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest

from stepfunctions.server.errors import AwsError
from stepfunctions.server.stepfunctions.paging import Paging

NOW = 1_700_000_000_000


def test_a_token_carries_its_cursor() -> None:
    paging = Paging(b"key", lambda: NOW)
    assert paging.cursor(paging.token("5 é", "List", 1), "List", 1) == "5 é"


@pytest.mark.parametrize("data", [b"cursor without a time", b"", b"\xff"])
def test_a_token_that_carries_no_time_is_invalid_though_it_is_signed(data: bytes) -> None:
    """As those of an earlier version are, in a folder that was kept."""
    paging = Paging(b"key", lambda: NOW)
    token = urlsafe_b64encode(paging._digest(data, ("List",)) + data).decode()
    with pytest.raises(AwsError, match="Invalid token"):
        paging.cursor(token, "List")
