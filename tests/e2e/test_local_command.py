"""``sfn local``: a cloud that starts, says where it is, is used by other programs, and stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from stepfunctions import LocalCloud
from stepfunctions.local.client import CloudFailed
from stepfunctions.local.folder import read_address

SFN = [sys.executable, "-m", "stepfunctions"]


def sfn(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [*SFN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd)


@pytest.fixture
def detached(tmp_path: Path) -> Iterator[Path]:
    started = sfn("local", "start", "--detach", "--port", "0", "--data", tmp_path, "--json")
    assert started.returncode == 0, started.stderr
    yield tmp_path
    sfn("local", "stop", "--data", tmp_path)


def test_a_detached_cloud_goes_on_by_itself_until_it_is_stopped(detached: Path) -> None:
    status = json.loads(sfn("local", "status", "--data", detached).stdout)
    assert status["url"].startswith("http://127.0.0.1:")
    assert sfn("local", "stop", "--data", detached).returncode == 0
    assert read_address(detached) is None
    address = urlsplit(status["url"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port))


def test_its_exports_point_the_aws_cli_at_it(detached: Path) -> None:
    exports = sfn("local", "env", "--data", detached).stdout
    aws = Path(sys.executable).parent / "aws"
    shell = f"{exports}\n{aws} stepfunctions list-state-machines && {aws} sts get-caller-identity --query Account"
    finished = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    assert '"stateMachines": []' in finished.stdout
    assert '"000000000000"' in finished.stdout


def test_a_program_runs_against_it_and_its_exit_code_is_ours(detached: Path) -> None:
    code = "import boto3; boto3.client('s3').create_bucket(Bucket='made-by-a-program'); raise SystemExit(7)"
    assert sfn("local", "exec", "--data", detached, "--", sys.executable, "-c", code).returncode == 7
    code = "import boto3; print([each['Name'] for each in boto3.client('s3').list_buckets()['Buckets']])"
    assert "made-by-a-program" in sfn("local", "exec", "--data", detached, "--", sys.executable, "-c", code).stdout


def test_a_program_without_a_cloud_gets_one_for_as_long_as_it_runs(tmp_path: Path) -> None:
    code = "import boto3, os; print(boto3.client('sts').get_caller_identity()['Account'])"
    finished = sfn("local", "exec", "--data", tmp_path, "--", sys.executable, "-c", code)
    assert finished.stdout.strip() == "000000000000", finished.stderr
    assert read_address(tmp_path) is None


def test_a_program_that_is_not_there_is_named(detached: Path) -> None:
    finished = sfn("local", "exec", "--data", detached, "--", "no-such-program")
    assert finished.returncode == 2
    assert "cannot find the program 'no-such-program'" in finished.stderr


@pytest.mark.parametrize("how", [[], ["--detach"]], ids=["in front", "detached"])
def test_an_occupied_port_is_said_and_leaves_nothing_behind(tmp_path: Path, how: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = sfn("local", "start", *how, "--port", str(port), "--data", tmp_path / "data")
    assert finished.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in finished.stderr
    assert "--port" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("how", [[], ["--detach"]], ids=["in front", "detached"])
def test_an_unwritable_folder_is_said(tmp_path: Path, how: list[str]) -> None:
    (tmp_path / "file").write_text("")
    finished = sfn("local", "start", *how, "--port", "0", "--data", tmp_path / "file")
    assert finished.returncode == 2
    assert "cannot write to the data folder" in finished.stderr
    assert "--data" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_folder_in_use_is_said(detached: Path) -> None:
    with pytest.raises(CloudFailed, match=r"a local cloud already runs on"):
        LocalCloud(detached).start()


def test_ctrl_c_ends_it_in_order(tmp_path: Path) -> None:
    command = [*SFN, "local", "start", "--port", "0", "--data", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "The local cloud answers at http://127.0.0.1:" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    process.stdout.close()
    assert read_address(tmp_path) is None


def test_a_cloud_dies_with_the_process_that_made_it(tmp_path: Path) -> None:
    code = (
        "import os, signal, stepfunctions\n"
        f"cloud = stepfunctions.LocalCloud({str(tmp_path)!r}).start()\n"
        "print(cloud.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    maker = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert maker.returncode == -signal.SIGKILL
    pidfd = None
    try:
        pidfd = os.pidfd_open(int(maker.stdout))
    except ProcessLookupError:
        return
    import select

    readable, _, _ = select.select([pidfd], [], [], 20)
    os.close(pidfd)
    assert readable, "the cloud outlives its maker"


def test_two_clouds_side_by_side_do_not_know_each_other() -> None:
    with LocalCloud() as one, LocalCloud() as two:
        one.boto_session().client("s3").create_bucket(Bucket="only-in-one")
        assert two.boto_session().client("s3").list_buckets()["Buckets"] == []
        kept = one.data
        assert kept.exists()
    assert not kept.exists()
