"""The smallest image that keeps SageMaker's contract: ``fake_image.py train|serve``.

What it does is told by its hyperparameters (training) or environment (serving), so that a test can make it misbehave.
"""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

BASE = os.environ["SAGEMAKER_BASE_DIR"]


def path(*parts):
    return os.path.join(BASE, *parts)


def train():
    with open(path("input", "config", "hyperparameters.json"), encoding="utf-8") as stream:
        parameters = json.load(stream)
    with open(path("runs"), "a", encoding="utf-8") as stream:
        stream.write("run\n")
    channel = path("input", "data", "train")
    names = sorted(os.path.relpath(os.path.join(d, f), channel) for d, _, fs in os.walk(channel) for f in fs)
    print("files:", *names)
    print("[0]\ttrain-rmse:3.5\tvalidation-rmse:2.5")
    print("[1]\ttrain-rmse:3.0\tvalidation-rmse:2.25", flush=True)
    with open(path("model", "weights"), "w", encoding="utf-8") as stream:
        stream.write(parameters.get("weights", "1"))
    for name in os.listdir(path("checkpoints")):
        with open(path("checkpoints", "epoch-2"), "w", encoding="utf-8") as stream:
            stream.write(f"after {name}")
    if "block" in parameters:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        os.mkfifo(parameters["block"])
        print("blocking", flush=True)
        with open(parameters["block"], encoding="utf-8") as pipe:
            pipe.read()
    if "ignore_sigterm" in parameters:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("ignoring", flush=True)
        while True:
            signal.pause()
    if "extra" in parameters:
        with open(path("output", "data", "extra"), "w", encoding="utf-8") as stream:
            stream.write(parameters["extra"])
    if "failure" in parameters:
        with open(path("output", "failure"), "w", encoding="utf-8") as stream:
            stream.write(parameters["failure"])
        sys.exit(int(parameters.get("exit_code", "1")))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if body == b"die":
            os._exit(3)
        if self.headers.get("Content-Type") == "application/x-bad":
            self.answer(415, b"bad type", "text/plain")
            return
        with open(path("model", "weights"), encoding="utf-8") as stream:
            weights = stream.read().encode()
        lines = [weights + b":" + line for line in body.splitlines()]
        self.answer(200, b"\n".join(lines), "text/csv")

    def answer(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header(
            "X-Amzn-SageMaker-Custom-Attributes", self.headers.get("X-Amzn-SageMaker-Custom-Attributes", "")
        )
        self.end_headers()
        self.wfile.write(body)


def serve():
    if os.environ.get("FAIL_TO_START"):
        sys.exit("no model today")
    print("serving", flush=True)
    HTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()


{"train": train, "serve": serve}[sys.argv[1]]()
