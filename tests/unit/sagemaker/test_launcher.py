"""The launcher keeps one program, its log and its end in a folder."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stepfunctions.sagemaker import launcher
from stepfunctions.sagemaker.hosts import Exit, HostSpec, LocalHosts


def spec(folder: Path, program: str, **settings) -> HostSpec:
    return HostSpec(folder, (sys.executable, "-S", "-c", program), {"PYTHONUNBUFFERED": "1"}, **settings)


UP = "open('up', 'w').close()"
"""What a program says when it is up: ``is_up`` waits for it at the other end of a pipe."""


async def is_up(folder: Path) -> None:
    """Return once the program in *folder* is up."""
    await asyncio.to_thread((folder / "up").read_bytes)


@pytest.fixture
def folder(tmp_path) -> Path:
    os.mkfifo(tmp_path / "up")
    return tmp_path


async def test_output_is_logged_with_its_time_and_the_end_is_recorded(tmp_path):
    handle = await LocalHosts().launch(spec(tmp_path, "import sys; print('one'); sys.stderr.write('two'); sys.exit(7)"))

    end = await handle.ended()

    assert (end.cause, end.exit_code, end.signal) == ("Exited", 7, None)
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["one", "two"]
    assert lines[0].endswith("Z one")
    assert lines[0][10] == "T"


async def test_a_folder_is_launched_once_only(tmp_path):
    program = "open('runs', 'a').write('run ')"
    first = await LocalHosts().launch(spec(tmp_path, program))
    await first.ended()
    again = await LocalHosts().launch(spec(tmp_path, program))

    assert (await again.ended()).exit_code == 0
    assert (tmp_path / "runs").read_text() == "run "


async def test_a_second_launcher_in_the_same_folder_leaves(tmp_path):
    handle = await LocalHosts().launch(spec(tmp_path, "pass"))
    await handle.ended()

    second = subprocess.run([sys.executable, launcher.__file__, str(tmp_path)], check=False)

    assert second.returncode == launcher.ALREADY_LAUNCHED


async def test_two_launchers_at_once_run_the_program_once(tmp_path):
    program = "open('runs', 'a').write('run '); raise SystemExit(3)"
    handles = [await LocalHosts().launch(spec(tmp_path, program)) for _ in range(3)]

    ends = [await handle.ended() for handle in handles]

    assert [end.exit_code for end in ends] == [3, 3, 3]
    assert (tmp_path / "runs").read_text() == "run "


async def test_stopping_gives_the_program_time_to_end_by_itself(folder):
    program = f"import signal, sys; signal.signal(15, lambda *_: sys.exit(0)); {UP}; signal.pause()"
    handle = await LocalHosts().launch(spec(folder, program))
    await is_up(folder)

    handle.stop()

    assert (await handle.ended()).cause == "Stopped"
    assert (await handle.ended()).exit_code == 0


async def test_a_host_that_is_stopped_before_it_is_up_was_stopped(tmp_path):
    handle = await LocalHosts().launch(spec(tmp_path, "open('ran', 'w').close()"))

    handle.stop()  # the launcher's interpreter is still starting

    end = await handle.ended()
    assert (end.cause, end.error) == ("Stopped", None)
    assert not (tmp_path / "ran").exists()


async def test_a_program_has_no_signal_blocked(tmp_path):
    program = "import signal; open('blocked', 'w').write(str(signal.pthread_sigmask(signal.SIG_BLOCK, ())))"

    await (await LocalHosts().launch(spec(tmp_path, program))).ended()

    assert (tmp_path / "blocked").read_text() == "set()"


@pytest.mark.parametrize("grace_seconds", [0.1, 60])
async def test_a_program_that_ignores_it_is_killed(folder, grace_seconds):
    program = f"import signal; signal.signal(15, signal.SIG_IGN); {UP}\nwhile True: signal.pause()"
    handle = await LocalHosts().launch(spec(folder, program, grace_seconds=grace_seconds))
    await is_up(folder)

    handle.stop()
    if grace_seconds > 1:
        handle.kill()

    end = await handle.ended()
    assert (end.cause, end.exit_code, end.signal) == ("Stopped", None, signal.SIGKILL)


async def test_what_a_program_leaves_running_is_killed(tmp_path):
    sleeper = "import os, signal; os.setsid(); print(os.getpid(), flush=True); signal.pause()"
    program = (
        f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-S', '-c', {sleeper!r}], "
        "stdout=subprocess.PIPE); open('child', 'wb').write(child.stdout.readline())"
    )
    handle = await LocalHosts().launch(spec(tmp_path, program))
    await handle.ended()

    child = int((tmp_path / "child").read_text())
    with pytest.raises(OSError, match="No such"):
        launcher.identity(child)


async def test_a_program_that_is_not_there_is_said_by_name(tmp_path):
    handle = await LocalHosts().launch(HostSpec(tmp_path, ("/nowhere/program",)))

    assert await handle.ended() == Exit(
        "NotStarted", None, None, "/nowhere/program: No such file or directory", (await handle.ended()).ended_at
    )


async def test_a_killed_launcher_is_lost_and_its_program_with_it(folder):
    handle = await LocalHosts().launch(spec(folder, f"import signal; {UP}; signal.pause()"))
    await is_up(folder)
    record = json.loads((folder / launcher.PROCESS).read_text())

    os.kill(record["pid"], signal.SIGKILL)

    assert (await handle.ended()).cause == "Lost"


async def test_a_process_number_that_was_given_to_another_program_is_not_taken_for_the_host(tmp_path):
    other = launcher.identity(1)
    (tmp_path / launcher.PROCESS).write_text(json.dumps({**other, "started": "0"}))

    found = LocalHosts().find(tmp_path)

    assert not found.running
    assert (await found.ended()).cause == "Lost"


async def test_a_host_whose_folder_is_removed_ends(folder):
    handle = await LocalHosts().launch(spec(folder, f"import signal; {UP}; signal.pause()", folder_check_seconds=0.05))
    await is_up(folder)

    shutil.rmtree(folder)

    assert (await handle.ended()).cause == "Lost"
