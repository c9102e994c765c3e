"""An error as AWS's query protocol writes it."""

from __future__ import annotations

from xml.sax.saxutils import escape

from stepfunctions.server.errors import AwsError


def error_response(error: AwsError, status: int, request_id: str, namespace: str = "") -> bytes:
    """Return the ``ErrorResponse`` document."""
    attribute = f' xmlns="{namespace}"' if namespace else ""
    return (
        f"<ErrorResponse{attribute}><Error><Type>{'Receiver' if status >= 500 else 'Sender'}</Type>"
        f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()
