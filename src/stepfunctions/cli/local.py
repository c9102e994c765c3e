"""``sfn local``: start, stop and use the local cloud."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from stepfunctions.cli.main import EXIT_BAD, EXIT_USAGE
from stepfunctions.errors import StepladderError
from stepfunctions.local import environment
from stepfunctions.local.client import LocalCloud, spawn
from stepfunctions.local.folder import read_address
from stepfunctions.local.settings import (
    DEFAULT_ACCOUNT,
    DEFAULT_PORT,
    DEFAULT_REGION,
    Settings,
    default_data_folder,
    default_mock_config,
)

STOP_MAX_SECONDS = 30
PORT_MAX = 65535


def add_parser(commands: Any) -> None:
    """Add ``sfn local`` to the grammar."""
    parser = commands.add_parser("local", help="the local cloud: start, stop, env, exec, status")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_start(actions)
    for name, run, text in (
        ("stop", _stop, "stop the cloud of a data folder"),
        ("status", _status, "say whether a cloud runs on a data folder, and where"),
        ("env", _env, 'print the variables that point programs at the cloud: eval "$(sfn local env)"'),
    ):
        action = actions.add_parser(name, help=text)
        _add_data(action)
        action.set_defaults(run=run)
    execute = actions.add_parser("exec", help="run any program against the cloud: sfn local exec -- COMMAND")
    _add_data(execute)
    execute.add_argument("program", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the program, its arguments")
    execute.set_defaults(run=_exec)


def _add_start(actions: Any) -> None:
    start = actions.add_parser("start", help="start a cloud on a data folder")
    _add_data(start)
    start.add_argument("--port", type=_port, default=DEFAULT_PORT, help="loopback port, 0 for a free one (%(default)s)")
    start.add_argument("--detach", action="store_true", help="return once the cloud answers; it goes on by itself")
    start.add_argument("--region", default=DEFAULT_REGION, help="of requests that name none (%(default)s)")
    start.add_argument("--account", default=DEFAULT_ACCOUNT, help="the twelve digits in every ARN (%(default)s)")
    start.add_argument("--durability", choices=("normal", "full"), default="normal",
                       help="normal survives kill -9, full survives power loss too (%(default)s)")  # fmt: skip
    start.add_argument("--check-credentials", action="store_true", help="refuse requests not signed with its key pair")
    start.add_argument(
        "--service", action="append", default=[], metavar="NAME=URL", help="a service answered elsewhere"
    )
    start.add_argument("--json", action="store_true", help="say where it answers as one line of JSON")
    start.add_argument("--temporary", action="store_true", help=argparse.SUPPRESS)
    start.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    start.add_argument("--log", action="store_true", help=argparse.SUPPRESS)
    start.set_defaults(run=_start)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=None, help="the data folder (.stepfunctions/cloud)")


def _folder(given: argparse.Namespace) -> Path:
    return Path(given.data) if given.data is not None else default_data_folder()


def _start(given: argparse.Namespace) -> int:
    if given.detach:
        return _start_detached(given)
    from stepfunctions.local import process

    settings = Settings(
        data=_folder(given).absolute(),
        port=given.port,
        account=_account(given.account),
        region=given.region,
        durability=given.durability,
        check_credentials=given.check_credentials,
        temporary=given.temporary,
        services=dict(_service(each) for each in given.service),
        mock_config=default_mock_config(),
    )

    def on_ready(url: str) -> None:
        if given.log:
            with open(settings.data / "cloud.log", "a") as log:
                os.dup2(log.fileno(), sys.stderr.fileno())
        print(json.dumps({"url": url, "pid": os.getpid()}) if given.json else _welcome(url, settings), flush=True)

    process.run(settings, on_ready, parent=given.parent)
    return 0


def _welcome(url: str, settings: Settings) -> str:
    lines = [f"The local cloud answers at {url} and keeps its data in {settings.data}", ""]
    lines += [f"export {name}={value}" for name, value in environment.exports(url, settings.region).items()]
    return "\n".join([*lines, "", "Press Ctrl-C to stop."])


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > PORT_MAX:
        raise argparse.ArgumentTypeError(f"takes a number from 0 to {PORT_MAX}, not {text!r}")
    return int(text)


def _account(text: str) -> str:
    if len(text) != 12 or not text.isdigit():
        raise StepladderError(f"--account takes twelve digits, not {text!r}")
    return text


def _service(text: str) -> tuple[str, str]:
    name, separator, url = text.partition("=")
    if not separator or not url.startswith(("http://", "https://")):
        raise StepladderError(f"--service takes NAME=URL, such as dynamodb=http://127.0.0.1:8000, not {text!r}")
    return name, url


def _start_detached(given: argparse.Namespace) -> int:
    data = _folder(given)
    forwarded = [each for each in sys.argv[sys.argv.index("start") + 1 :] if each not in ("--detach", "--json")]
    process, url = spawn(forwarded, data)
    if given.json:
        print(json.dumps({"url": url, "pid": process.pid}))
    else:
        where = f" --data {shlex.quote(str(given.data))}" if given.data is not None else ""
        print(f"The local cloud answers at {url}; stop it with: sfn local stop{where}")
    return 0


def _running(given: argparse.Namespace) -> dict[str, Any]:
    data = _folder(given)
    address = read_address(data)
    if address is None:
        raise StepladderError(f"no local cloud runs on {data}. Start one with: sfn local start --data {data} --detach")
    return address


def _status(given: argparse.Namespace) -> int:
    address = read_address(_folder(given))
    print(json.dumps(address))
    return 0 if address is not None else EXIT_BAD


def _stop(given: argparse.Namespace) -> int:
    address = _running(given)
    os.kill(address["pid"], signal.SIGTERM)
    give_up_at = time.monotonic() + STOP_MAX_SECONDS
    while read_address(_folder(given)) is not None:
        if time.monotonic() > give_up_at:
            raise StepladderError(f"process {address['pid']} has not stopped after {STOP_MAX_SECONDS} s; it still runs")
        time.sleep(0.02)
    print(f"stopped {address['url']}", file=sys.stderr)
    return 0


def _env(given: argparse.Namespace) -> int:
    address = _running(given)
    for name, value in environment.exports(address["url"], address["region"]).items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _exec(given: argparse.Namespace) -> int:
    program = given.program[1:] if given.program[:1] == ["--"] else given.program
    if not program:
        print("sfn: nothing to run. Usage: sfn local exec -- COMMAND", file=sys.stderr)
        return EXIT_USAGE
    data = _folder(given).absolute()
    address = read_address(data)
    if address is not None:
        return _run_program(program, environment.for_program(address["url"], address["region"]))
    with LocalCloud(data) as cloud:
        print(f"sfn: started a cloud at {cloud.url} for this program", file=sys.stderr)
        return _run_program(program, cloud.environ())


def _run_program(program: list[str], variables: dict[str, str]) -> int:
    try:
        return subprocess.call(program, env=variables)
    except FileNotFoundError:
        raise StepladderError(f"cannot find the program {program[0]!r}") from None
