"""The HTTP server of an algorithm image that serves a model.

    GET  /ping                   200 once the model is loaded, 503 before
    GET  /execution-parameters   what a batch transform should send
    POST /invocations            a prediction

Listens on 127.0.0.1 only. With port 0 it takes a free one and writes ``serve.json`` (``{"port": 8080}``) into the base
folder, in one step, once it listens. It knows nothing of models: an algorithm hands it a `Predictor`. No TLS, no
authentication, no chunked request bodies: whoever is in front of it (the local SageMaker) sends whole bodies.

Source: SageMaker Developer Guide, "Custom Inference Code with Hosting Services".
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Protocol

from stepfunctions.sagemaker.algorithms.log import print_line

DEFAULT_PORT = 8080
PAYLOAD_MAX_BYTES = 20 * 1024 * 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invocation:
    """One request for a prediction."""

    body: bytes
    content_type: str | None
    accept: str | None


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain"


class Predictor(Protocol):
    """A loaded model."""

    def execution_parameters(self) -> Mapping[str, Any]:
        """Return ``{"MaxConcurrentTransforms": int, "BatchStrategy": str, "MaxPayloadInMB": int}``."""

    def invoke(self, invocation: Invocation) -> Answer:
        """Return the prediction, or an answer that says what is wrong with the request."""


def serve(load: Callable[[], Predictor], base: Path, environment: Mapping[str, str] = os.environ) -> int:
    """Serve until SIGTERM.

    Args:
        load: loads the model; called once the server listens, so that a caller need not wait to connect.
        base: the folder for ``serve.json``.
        environment: ``SAGEMAKER_BIND_TO_PORT`` is read from it.

    Returns:
        The exit code: 0 after SIGTERM, 1 when the model cannot be loaded.
    """
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())
    port = int(environment.get("SAGEMAKER_BIND_TO_PORT") or DEFAULT_PORT)
    with _Server(("127.0.0.1", port), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        _write_port(base, server.server_address[1])
        logger.info("Listening at: http://127.0.0.1:%d", server.server_address[1])
        try:
            server.predictor = load()
        except Exception as error:
            # Whatever a damaged artefact makes a library raise, the endpoint's log must say why there is no endpoint.
            logger.error("Unable to load model: %s", error)
            server.shutdown()
            return 1
        logger.info("Model loaded successfully for worker : %d", os.getpid())
        stopping.wait()
        server.shutdown()
    return 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A request that was accepted before SIGTERM is answered; idle keep-alive connections do not hold up the end.
    block_on_close = False
    request_queue_size = 128
    predictor: Predictor | None = None


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Headers and body in one segment, sent at once: otherwise Nagle's algorithm adds 40 ms to an answer.
    wbufsize = -1
    disable_nagle_algorithm = True
    routes: ClassVar[Mapping[tuple[str, str], str]] = {
        ("GET", "/ping"): "_ping",
        ("GET", "/execution-parameters"): "_execution_parameters",
        ("POST", "/invocations"): "_invocations",
    }

    def do_GET(self) -> None:
        self._route()

    def do_POST(self) -> None:
        self._route()

    def _route(self) -> None:
        path = self.path.partition("?")[0]
        body = self._body()
        if isinstance(body, Answer):
            self.close_connection = True
            self._send(body)
            return
        method = self.routes.get((self.command, path))
        if method is None:
            known = any(path == route for _, route in self.routes)
            self._send(Answer(405 if known else 404, b"Method Not Allowed" if known else b"Not Found"))
            return
        self._send(getattr(self, method)(body))

    def _body(self) -> bytes | Answer:
        if self.headers.get("Transfer-Encoding"):
            return Answer(411, b"Length Required: send the body with Content-Length")
        text = self.headers.get("Content-Length") or "0"
        if not text.isdecimal():
            return Answer(400, b"Bad Request: Content-Length is not a number")
        if int(text) > PAYLOAD_MAX_BYTES:
            return Answer(413, b"Request Entity Too Large")
        return self.rfile.read(int(text))

    def _ping(self, body: bytes) -> Answer:
        return Answer(200 if self.server.predictor else 503)

    def _execution_parameters(self, body: bytes) -> Answer:
        if self.server.predictor is None:
            return Answer(503, b"The model is being loaded")
        parameters = json.dumps(self.server.predictor.execution_parameters())
        return Answer(200, parameters.encode(), "application/json")

    def _invocations(self, body: bytes) -> Answer:
        if self.server.predictor is None:
            return Answer(503, b"The model is being loaded")
        invocation = Invocation(body, self.headers.get("Content-Type"), self.headers.get("Accept"))
        try:
            return self.server.predictor.invoke(invocation)
        except Exception as error:
            # Our own bug must reach the caller and the log, and must not take the endpoint down.
            logger.exception("Prediction failed")
            return Answer(500, f"Internal Server Error: {error}".encode())

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.body:
            self.send_header("Content-Type", f"{answer.content_type}; charset=utf-8")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        if (self.path, answer.status) != ("/ping", 503):
            self._log(answer)

    def _log(self, answer: Answer) -> None:
        # A platform that waits for the model pings many times a second; those would bury the log.
        stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
        agent = self.headers.get("User-Agent", "-")
        size = len(answer.body)
        print_line(f'127.0.0.1 - - [{stamp}] "{self.requestline}" {answer.status} {size} "-" "{agent}"')

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        sys.stderr.write(format % args + "\n")

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Nothing: `_log` writes the access log with the answer's size."""


def _write_port(base: Path, port: int) -> None:
    base.mkdir(parents=True, exist_ok=True)
    partial = base / f".serve.json.{os.getpid()}"
    partial.write_text(json.dumps({"port": port}), encoding="utf-8")
    os.replace(partial, base / "serve.json")
