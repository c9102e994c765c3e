"""STS: who the caller is. Everybody here is the same assumed role, unless they assumed another.

The answer to GetCallerIdentity is an assumed role's, because the SageMaker SDK takes its execution role from it.
Sessions are forgotten when the cloud stops: their credentials then stand for the cloud's own role again.

Deliberately absent: permissions. Whoever asks for a role gets it.

Follows: AWS Security Token Service API Reference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any, Final

from stepfunctions.server.asgi import ASGIService
from stepfunctions.server.protocols.json import Operation
from stepfunctions.server.protocols.query import QueryService
from stepfunctions.server.request import Request
from stepfunctions.server.sigv4 import KeyPair
from stepfunctions.values import Json

OWN_ROLE: Final = "stepladder"
OWN_SESSION: Final = "local"
_SESSIONS_MAX: Final = 10_000


class SecurityTokens:
    """The operations of STS.

    Args:
        keys: the only credentials that the cloud takes, which every session gets then; None if any will do.
    """

    def __init__(self, keys: KeyPair | None = None) -> None:
        self._keys = keys
        self._sessions: dict[str, tuple[str, str]] = {}

    def service(self, fallback: ASGIService) -> QueryService:
        """Return the service; register it as ``sts``."""
        operations: Mapping[str, Operation] = {
            "GetCallerIdentity": self.get_caller_identity,
            "AssumeRole": self.assume_role,
            "AssumeRoleWithWebIdentity": self.assume_role,
            "GetSessionToken": self.get_session_token,
            "GetAccessKeyInfo": self.get_access_key_info,
        }
        return QueryService("sts", operations, fallback)

    async def get_caller_identity(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer GetCallerIdentity."""
        key = request.credential.access_key if request.credential else ""
        role, session = self._sessions.get(key, (OWN_ROLE, OWN_SESSION))
        return {
            "Arn": assumed_role_arn(request.account, role, session),
            "UserId": f"{role_id(role)}:{session}",
            "Account": request.account,
        }

    async def assume_role(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer AssumeRole and AssumeRoleWithWebIdentity."""
        role, session = params["RoleArn"].rpartition("/")[2], params["RoleSessionName"]
        account = params["RoleArn"].split(":")[4]
        return {
            "Credentials": self._credentials(role, session, params.get("DurationSeconds", 3600)),
            "AssumedRoleUser": {
                "AssumedRoleId": f"{role_id(role)}:{session}",
                "Arn": assumed_role_arn(account, role, session),
            },
            "PackedPolicySize": 6 if "Policy" in params else None,
        }

    async def get_session_token(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer GetSessionToken."""
        return {"Credentials": self._credentials(OWN_ROLE, OWN_SESSION, params.get("DurationSeconds", 43_200))}

    async def get_access_key_info(self, request: Request, params: dict[str, Any]) -> Json:
        """Answer GetAccessKeyInfo."""
        return {"Account": request.account}

    def _credentials(self, role: str, session: str, seconds: int) -> Json:
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        key, secret = f"ASIA{token_hex(8).upper()}", token_hex(20)
        if self._keys is not None:
            key, secret = self._keys.access_key, self._keys.secret_key
        else:
            if len(self._sessions) >= _SESSIONS_MAX:
                self._sessions.pop(next(iter(self._sessions)))
            self._sessions[key] = (role, session)
        return {
            "AccessKeyId": key,
            "SecretAccessKey": secret,
            "SessionToken": token_hex(48),
            "Expiration": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
        }


def assumed_role_arn(account: str, role: str, session: str) -> str:
    """Return ``arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION``."""
    return f"arn:aws:sts::{account}:assumed-role/{role}/{session}"


def role_id(role: str) -> str:
    """Return the unique id of a role: ``AROA`` and 17 letters, made from its name."""
    return "AROA" + hashlib.sha256(role.encode()).hexdigest()[:17].upper()
