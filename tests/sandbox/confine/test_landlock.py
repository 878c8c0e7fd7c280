"""Landlock, tried on the kernel of this machine, and its rights as every version has them."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import socket
import time
from contextlib import contextmanager

import pytest

from grader.records.errors import GuardError
from grader.sandbox.confine import kernel, landlock


def offered() -> int:
    try:
        return landlock.version()
    except GuardError:
        return 0


VERSION = offered()
needs_landlock = pytest.mark.skipif(not VERSION, reason="this kernel offers no Landlock, so it cannot be tried")


@contextmanager
def listening(family, address):
    with socket.socket(family) as server:
        server.bind(address)
        server.listen()
        yield server.getsockname()


@pytest.fixture
def folder(tmp_path):
    """A folder with a file in it."""
    (tmp_path / "file").write_text("private")
    return tmp_path


@needs_landlock
@pytest.mark.parametrize(
    "attempt",
    [
        lambda folder: open(folder / "file").close(),
        os.listdir,
        lambda folder: open(folder / "file", "r+").close(),
        lambda folder: open(folder / "new", "w").close(),
        lambda folder: os.mkdir(folder / "made"),
        lambda folder: os.symlink("file", folder / "symbolic"),
        lambda folder: os.mkfifo(folder / "fifo"),
        lambda folder: os.unlink(folder / "file"),
        lambda folder: open(f"/proc/{os.getppid()}/environ").close(),
        lambda folder: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0),
    ],
    ids=["read", "list", "write", "create", "mkdir", "symlink", "fifo", "unlink", "environment", "execute"],
)
def test_what_succeeds_without_landlock_is_refused_under_it(attempt, folder, free, confined):
    def work():
        attempt(folder)
        return "succeeded"

    refused = confined(work, landlock=True, file_size=1 << 20).said
    assert free(work).said == "succeeded", "the attempt itself is wrong"
    assert refused.startswith(("PermissionError: [Errno 13]", "BlockingIOError: [Errno 11]"))  # no process for a spawn


@pytest.mark.skipif(VERSION < 4, reason="this kernel's Landlock does not restrict TCP")
def test_tcp_is_neither_bound_nor_connected(free, confined):
    with listening(socket.AF_INET, ("127.0.0.1", 0)) as address:

        def connect():
            return socket.create_connection(address, timeout=5).getpeername() == address

        def bind():
            return socket.create_server(("127.0.0.1", 0)).getsockname()[1] > 0

        for work in (connect, bind):
            assert free(work).said == "True"
            assert confined(work, landlock=True).said.startswith("PermissionError: [Errno 13]")


@pytest.mark.skipif(VERSION < 6, reason="this kernel's Landlock does not restrict signals and abstract sockets")
def test_nothing_outside_is_signalled_or_reached_by_an_abstract_socket(free, confined):
    name = f"\0grader-test-{os.getpid()}"

    def connect():
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(name)
        return "True"

    def signal_parent():
        os.kill(os.getppid(), 0)
        return "True"

    with listening(socket.AF_UNIX, name):
        for work in (connect, signal_parent):
            assert free(work).said == "True"
            assert confined(work, landlock=True).said.startswith("PermissionError: [Errno 1]")


@pytest.mark.skipif(VERSION < 6, reason="this kernel's Landlock does not restrict signals")
def test_a_descriptor_does_not_carry_signals_out(free, confined):
    heard = []
    before = signal.signal(signal.SIGURG, lambda *_: heard.append(1))
    parent = os.getpid()

    def work():
        end, other = socket.socketpair()
        fcntl.fcntl(end, fcntl.F_SETOWN, parent)
        fcntl.fcntl(end, fcntl.F_SETSIG if hasattr(fcntl, "F_SETSIG") else 10, signal.SIGURG)
        fcntl.fcntl(end, fcntl.F_SETFL, os.O_ASYNC)
        other.send(b"x")
        return "sent"

    try:
        assert confined(work, landlock=True).said == "sent"
        time.sleep(0.05)
        assert heard == []
        assert free(work).said == "sent"
        time.sleep(0.05)
        assert heard == [1]
    finally:
        signal.signal(signal.SIGURG, before)


@needs_landlock
@pytest.mark.parametrize("version", range(1, 8))
def test_every_version_s_rules_are_accepted_and_hold(version, folder, confined):
    if version > VERSION:
        pytest.skip(f"this kernel has version {VERSION}")

    def as_of_version():
        landlock.version = lambda: version

    assert confined(os.getpid, before=as_of_version, landlock=True).said.isdigit()
    said = confined((folder / "file").read_text, before=as_of_version, landlock=True).said
    assert said.startswith("PermissionError: [Errno 13]")


def test_the_rights_of_each_version():
    assert landlock.handled(1) == ((1 << 13) - 1, 0, 0)
    assert landlock.handled(2) == ((1 << 14) - 1, 0, 0)
    assert landlock.handled(3) == ((1 << 15) - 1, 0, 0)
    assert landlock.handled(4) == ((1 << 15) - 1, 3, 0)
    assert landlock.handled(5) == ((1 << 16) - 1, 3, 0)
    assert landlock.handled(6) == ((1 << 16) - 1, 3, 3)
    assert landlock.handled(99) == landlock.handled(7) == landlock.handled(6)


def test_a_kernel_without_landlock_is_an_error(monkeypatch):
    def missing(*_):
        raise OSError(errno.ENOSYS, "landlock_create_ruleset: Function not implemented")

    monkeypatch.setattr(kernel, "call", missing)
    with pytest.raises(GuardError, match=r"Landlock is not offered: .*Function not implemented"):
        landlock.version()


@needs_landlock
def test_a_process_that_may_gain_privileges_cannot_restrict_itself(free, nobody):
    def work():
        nobody()
        landlock.confine()

    assert free(work).said.startswith("GuardError: Landlock was refused: landlock_restrict_self")
