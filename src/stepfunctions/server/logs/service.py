"""CloudWatch Logs as an ASGI service, over a LogStore.

Deliberately absent: queries (Insights), subscriptions, metric filters, export; JsonService refuses them by name.

Follows: Amazon CloudWatch Logs API Reference.
"""

from __future__ import annotations

from stepfunctions.logs.store import LogStore
from stepfunctions.server.logs.events import EventOperations
from stepfunctions.server.logs.groups import GroupOperations
from stepfunctions.server.logs.streams import StreamOperations
from stepfunctions.server.protocols.json import JsonService


def logs_service(store: LogStore, *, checks_output: bool = False) -> JsonService:
    """Return the service; register it as ``logs``."""
    operations = {
        **GroupOperations(store).table(),
        **StreamOperations(store).table(),
        **EventOperations(store).table(),
    }
    return JsonService("logs", operations, checks_output=checks_output)
