"""nextToken: opaque, tied to its request, good after a restart.

A token is a cursor and the time, with a keyed digest over both and the request they belong to: a token that was made
up, that is older than 24 hours, or that is used with other parameters, is InvalidToken.

Source: AWS API reference, "nextToken".
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, Final

from stepfunctions.server.stepfunctions.errors import invalid_token
from stepfunctions.values import Instant, Json

PAGE_SIZE: Final = 100
VALID_MILLISECONDS: Final = 24 * 3600 * 1000
_DIGEST_BYTES: Final = 12


class Paging:
    """Makes and reads tokens.

    Args:
        key: the secret of this data folder.
        clock: gives the time.
    """

    def __init__(self, key: bytes, clock: Callable[[], Instant]) -> None:
        self._key = key
        self._clock = clock

    def token(self, cursor: str, *request: object) -> str:
        """Return the token for the page after *cursor* of the request that *request* tells from others."""
        data = f"{self._clock()} {cursor}".encode()
        return urlsafe_b64encode(self._digest(data, request) + data).decode().rstrip("=")

    def continued(self, answer: dict[str, Json], cursor: str | None, *request: object) -> dict[str, Json]:
        """Return *answer* with the token for the page after *cursor*; as it is if that is None: nothing follows."""
        return answer if cursor is None else {**answer, "nextToken": self.token(cursor, *request)}

    def cursor(self, token: str | None, *request: object) -> str | None:
        """Return the cursor of a token; None for no token.

        Raises:
            AwsError: InvalidToken.
        """
        if token is None:
            return None
        try:
            data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            digest, data = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
            made_at, _, cursor = data.decode().partition(" ")
            age = self._clock() - int(made_at)
        except (Base64Error, ValueError):
            raise invalid_token() from None
        if age > VALID_MILLISECONDS or not compare_digest(digest, self._digest(data, request)):
            raise invalid_token()
        return cursor

    def _digest(self, data: bytes, request: tuple[object, ...]) -> bytes:
        return blake2b(repr(request).encode() + b"\0" + data, key=self._key, digest_size=_DIGEST_BYTES).digest()


def page_size(params: dict[str, Any]) -> int:
    """Return how many items a page may have; AWS takes 0 for its default."""
    size: int = params.get("maxResults") or PAGE_SIZE
    return size


def number_of(cursor: str) -> int:
    """Return the number that a cursor is.

    Raises:
        AwsError: InvalidToken.
    """
    if not cursor.isdigit():
        raise invalid_token()
    return int(cursor)
