"""The local cloud: composition root, process, and its environment for other programs."""

from __future__ import annotations

from stepfunctions.local.client import LocalCloud

__all__ = ["LocalCloud"]
