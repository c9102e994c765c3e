"""The wire of a real cloud, in a process of its own: whole requests as bytes, of every operation, right and wrong."""

from __future__ import annotations

import json
import re
import socket
import tempfile
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

from fuzz.mutation import mangled, mutated, odd_value
from fuzz.target import Finding
from fuzz.targets import rest
from fuzz.targets.definitions import CORPUS, INPUT
from fuzz.targets.requests import PREFIXES, operations, parameters
from stepfunctions import LocalCloud
from stepfunctions.values import Json

ANSWER_MAX_SECONDS: Final = 15.0
_SLOW: Final = ("StartSyncExecution", "GetActivityTask", "TestState")
"""Operations that wait on purpose, or run what they are given."""

_ANSWER: Final = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_FRAME: Final = re.compile(r'File ".*?", line \d+')
_BODY_PIECES: Final = ("\xff", "\xed\xa0\x80", "\x00", "NaN", "1e999", "[" * 20000, '{"a":' * 20000, ",", "}")
_HEADERS: Final = (
    "X-Amz-Target: AWSStepFunctions.ListStateMachines", "X-Amz-Target:", "X-Amz-Target: .", "Content-Type: text/plain",
    "Content-Type: application/x-amz-json-1.1; charset=utf-16", "Content-Encoding: gzip", "Expect: 100-continue",
    "Transfer-Encoding: chunked", "Content-Length: 5", "Content-Length: -1", "Content-Length: 99999999999999999999",
    "Host: evil.example", "Origin: https://evil.example", "Authorization: AWS4-HMAC-SHA256", "Authorization: Bearer x",
    "Authorization: AWS4-HMAC-SHA256 Credential=////////, SignedHeaders=;, Signature=", "X-Amz-Date: yesterday",
    "Connection: Upgrade", "Upgrade: websocket", "Accept-Encoding: \xff", "X-Long: " + "a" * 9000, "Cookie: a=b", ":",
    "X-Amz-Security-Token: %00", "Range: bytes=-1", "X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
)  # fmt: skip
_TARGETS: Final = (
    "/", "//", "/?x=%ff", "/%2e%2e/%2e%2e/etc/passwd", "/bucket/key", "/bucket?list-type=2&max-keys=x", "*", "/?a=b&a",
    "/_/health", "/" + "a" * 5000, "http://other.example/", "/endpoints/x/invocations", "/\u00e9", "/bucket/../..",
)  # fmt: skip


class Wire:
    """A request, as bytes."""

    shares = 4

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="stepladder-fuzz-")
        self._cloud: LocalCloud | None = None

    def make(self, random: Random) -> Json:
        """Return ``{"operation": str, "request": str}``, the request with one character for each byte."""
        if random.random() < 0.3:
            operation, (head, body) = ("", rest.s3(random)) if random.random() < 0.8 else ("", rest.query(random))
            return _request(operation, head, body, random)
        service, operation = random.choice(operations())
        given: Any = parameters(service, operation, random)
        if random.random() < 0.4:
            given = mutated(given, random, (given, INPUT, *CORPUS))
        body = json.dumps(given, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass").decode("latin-1")
        if random.random() < 0.15:
            body = _odd_body(body, random)
        return _request(operation, _head(service, operation), body, random)

    def check(self, given: Json) -> None:
        """Send it, look at the answer, and see that the cloud still answers."""
        assert isinstance(given, dict)
        operation, request = str(given["operation"]), str(given["request"])
        answer = self._ask(request.encode("latin-1", "replace"), 0.5 if operation in _SLOW else ANSWER_MAX_SECONDS)
        self._judge(answer, patient=operation in _SLOW)
        health = self._ask(_HEALTH, ANSWER_MAX_SECONDS)
        if not health.startswith(b"HTTP/1.1 200 "):
            raise Finding(f"afterwards it answers {health[:200]!r}")

    def close(self) -> None:
        """Stop the cloud."""
        if self._cloud is not None:
            self._cloud.stop()
        self._folder.cleanup()

    def _ask(self, request: bytes, seconds: float) -> bytes:
        if self._cloud is None:
            self._cloud = LocalCloud(Path(self._folder.name) / "cloud").start()
        url = urlsplit(self._cloud.url)
        parts: list[bytes] = []
        with socket.create_connection((url.hostname, url.port), ANSWER_MAX_SECONDS) as connection:
            connection.settimeout(seconds)
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(1 << 16):
                    parts.append(part)
            except TimeoutError:
                parts.append(b"(no end)")
            except OSError:
                pass  # it may hang up on what is no HTTP; the health check tells whether it is well
        return b"".join(parts)

    def _judge(self, answer: bytes, *, patient: bool) -> None:
        if answer.endswith(b"(no end)") and not patient:
            raise Finding(f"no answer within {ANSWER_MAX_SECONDS:.0f} s: {answer[:200]!r}")
        found = _ANSWER.match(answer)
        status = int(found[1]) if found else 0
        if b"Traceback" in answer or b'File "' in answer or b"InternalFailure" in answer or status in (500, 502, 504):
            said = self._last_traceback()
            frames = _FRAME.findall(said)
            if any("/site-packages/moto/" in frame for frame in frames):
                return  # what other people's library makes of nonsense is told to the client as its failure
            raise Finding(f"{answer.decode('latin-1')}\n{said}", "".join(frames[-1:]))

    def _last_traceback(self) -> str:
        log = Path(self._folder.name) / "cloud" / "cloud.log"
        text = log.read_text("utf-8", "replace") if log.exists() else ""
        return text[text.rfind("Traceback") :][-6000:] if "Traceback" in text else "(the log has no traceback)"


def _request(operation: str, head: list[str], body: str, random: Random) -> Json:
    body = body.encode("latin-1", "replace").decode("latin-1")
    if random.random() < 0.2:
        head = _odd_head(head, random)
    if "Content-Length" not in "".join(head) and random.random() < 0.98:
        head.append(f"Content-Length: {len(body)}")
    text = "\r\n".join(head).encode("utf-8", "replace").decode("latin-1") + "\r\n\r\n" + body
    return {"operation": operation, "request": text}


def _head(service: str, operation: str) -> list[str]:
    scope, prefix, version = PREFIXES[service]
    return [
        "POST / HTTP/1.1",
        f"Content-Type: application/x-amz-json-{version}",
        f"X-Amz-Target: {prefix}.{operation}",
        *rest.common(scope),
    ]


def _odd_head(head: list[str], random: Random) -> list[str]:
    kind = random.randrange(5)
    if kind == 0:
        head[0] = (
            f"{random.choice(('GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'X', ''))} {random.choice(_TARGETS)} HTTP/1.1"
        )
    elif kind == 1:
        del head[random.randrange(len(head))]
    elif kind == 2:
        line = random.randrange(len(head))
        head[line] = mangled(head[line], random)
    else:
        head.insert(random.randint(1, len(head)), random.choice(_HEADERS))
    return [line.encode("utf-8", "replace").decode("utf-8") for line in head]


def _odd_body(body: str, random: Random) -> str:
    return random.choice(
        (
            body[: random.randint(0, len(body))],
            mangled(body, random, _BODY_PIECES),
            "",
            json.dumps(odd_value(random)),
            body + body,
            "\xef\xbb\xbf" + body,
            "9" * 10000,
            '"' + "a" * 300_000 + '"',
            body.replace('"', "'"),
        )
    )


_HEALTH: Final = (
    "\r\n".join([*_head("stepfunctions", "ListStateMachines"), "Content-Length: 2"]) + "\r\n\r\n{}"
).encode()
