"""The program of a zygote: what it is given, that it is started once, and that it goes when its command does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.sandbox.environment import ENVIRONMENT
from grader.sandbox.open import open_pool
from grader.sandbox.pool import start

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux has zygotes")

TINY = Path(__file__).parents[2] / "courses" / "tiny"

SAYS = """
import json, os, socket, sys
found = {
    "environment": dict(os.environ),
    "folder": os.getcwd(),
    "descriptors": {n: os.readlink(f"/proc/self/fd/{n}") for n in range(64) if os.path.exists(f"/proc/self/fd/{n}")},
    "path": sys.path,
    "flags": [sys.flags.no_user_site, sys.flags.safe_path],
    "arguments": sys.argv[1:],
}
socket.socket(fileno=int(sys.argv[1])).send(json.dumps(found).encode())
"""


@pytest.fixture(params=["plain", "in bubblewrap"])
def wrapped(request):
    if request.param == "plain":
        return False
    with open_pool() as pool:
        if pool.isolation.level < start.WRAPPED:
            pytest.skip("this machine lets bubblewrap make no namespaces, or has none")
    return True


def test_it_is_given_a_socket_and_nothing_of_the_graders(wrapped, monkeypatch, tmp_path):
    monkeypatch.setattr(start, "_COMMAND", SAYS)
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "bank").write_text("answers")
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "bank").open() as bank:
        os.set_inheritable(bank.fileno(), True)
        program = start.start(5, wrap=wrapped)
    session = os.getsid(program.process.pid)
    found = json.loads(program.control.recv(1 << 16))
    program.control.close()
    program.process.wait(60)
    assert program.wrapped == wrapped
    assert session == program.process.pid
    added = {"PWD", "TMPDIR"} if wrapped else set()
    assert {name: value for name, value in found["environment"].items() if name not in added} == ENVIRONMENT
    assert (found["folder"], found["flags"]) == ("/", [1, True])
    assert not {"", str(tmp_path)}.intersection(found["path"])
    control, highest = found["arguments"]
    assert highest == "5"
    assert [found["descriptors"][name] for name in "01"] == ["/dev/null"] * 2
    assert set(found["descriptors"]) == {"0", "1", "2", control}


def test_one_that_was_started_before_is_taken():
    program = start.start()
    with open_pool(5, program) as pool:
        assert pool.isolation.level >= 1
        if pool.isolation.level >= 4:  # else another one may have taken its place
            assert pool._zygote._popen is program.process
    assert program.process.poll() is not None


def test_one_of_another_level_is_ended():
    program = start.start()
    with open_pool(3, program) as pool:
        assert pool.isolation.level <= 3
        assert pool._zygote._popen is not program.process
        program.process.wait(60)
    program = start.start()
    with open_pool(1, program) as pool:
        assert pool.isolation.level == 1
        program.process.wait(60)


# ── the command ───────────────────────────────────────────────────────────────────────────────────────────────────

NOTED = """
import sys
from grader import cli
from grader.sandbox.pool import start
real, notes = start.start, sys.argv.pop(1)
def noted(*given, **named):
    program = real(*given, **named)
    with open(notes, "a") as file:
        file.write(f"{program.process.pid}\\n")
    return program
start.start = noted
cli.main()
"""


@pytest.fixture
def noted(environment, tmp_path):
    """``noted("tiny", path)``: the command, under way; and a function for the programs that it has started by then."""
    notes = tmp_path / "notes"
    notes.touch()

    def run(*arguments: object):
        return subprocess.Popen(
            [sys.executable, "-c", NOTED, notes, *map(str, arguments)],
            cwd=TINY,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    return run, lambda: [int(pid) for pid in notes.read_text().split()]


def gone(pids: list[int]) -> bool:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if not any(map(alive, pids)):
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("words", "code", "programs"),
    [
        ("tiny reference/tiny.py", 0, 1),
        ("run tiny reference/tiny.py", 0, 1),
        ("tiny reference/tiny.py --highest-level 4", 0, 2),
        ("tiny nowhere.py", 2, 1),
        ("tiny --no-such-option", 2, 1),
        ("tiny --help", 0, 1),
        ("nothing", 2, 0),
        ("check tiny", 0, 0),
        ("--version", 0, 0),
    ],
)
def test_a_command_starts_no_more_than_it_needs_and_leaves_none(words, code, programs, noted, grade):
    assert grade("build", "tiny").returncode == 0
    run, started = noted
    process = run(*words.split())
    process.communicate(timeout=120)
    assert process.returncode == code
    assert len(started()) == programs
    assert gone(started())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.usefixtures("interruptible")
def test_a_command_that_is_ended_while_it_is_still_importing_leaves_none(number, noted):
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip(f"{number.name} is ignored here, as in a shell's background, and so in the command")
    run, started = noted
    process = run("tiny", "reference/tiny.py")
    while not started():
        time.sleep(0.001)
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode != 0
    assert gone(started())
