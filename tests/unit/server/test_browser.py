"""Web pages of other sites are kept out, AWS clients are not."""

from __future__ import annotations

import pytest

from stepfunctions.server.browser import foreign_reason


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8083"},
        {"host": "localhost:8083"},
        {"host": "[::1]:8083"},
        {"host": "bucket.localhost:8083"},
        {"host": "bucket.s3.eu-west-1.amazonaws.com"},
        {"host": "127.0.0.1:8083", "origin": "http://127.0.0.1:8083"},
        {"host": "127.0.0.1:8083", "sec-fetch-site": "same-origin"},
        {"host": "127.0.0.1:8083", "sec-fetch-site": "none"},
        {},
    ],
)
def test_our_own_requests_pass(headers: dict[str, str]) -> None:
    assert foreign_reason(headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "127.0.0.1:8083", "origin": "https://evil.example"},
        {"host": "127.0.0.1:8083", "origin": "http://127.0.0.1:8888"},
        {"host": "127.0.0.1:8083", "origin": "null"},
        {"host": "127.0.0.1:8083", "sec-fetch-site": "cross-site"},
        {"host": "127.0.0.1:8083", "sec-fetch-site": "same-site"},
        {"host": "evil.example:8083"},
        {"host": "notlocalhost:8083"},
    ],
)
def test_a_page_of_another_site_is_foreign(headers: dict[str, str]) -> None:
    assert foreign_reason(headers) is not None


def test_further_names_of_this_machine_can_be_told() -> None:
    headers = {"host": "Cloud.internal:8083"}
    assert foreign_reason(headers) == (
        "cloud.internal is not a name of this machine; call it by its address or as localhost"
    )
    assert foreign_reason(headers, {"cloud.internal"}) is None
