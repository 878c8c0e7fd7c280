"""The command, as often as tests like: each run is the fork of a process that has imported what the command imports.

Importing NumPy, grader and all that it loads takes longer than most runs do. What follows is the same: a process of its
own, with words, folder, environment and streams of its own, runs ``python -m grader`` and ends as that ends. So is the
zygote that it starts for submissions (:mod:`tests.warm`), but where bubblewrap starts that. What is different is
tested with a Python that starts from nothing (``fresh``): what is imported when, seeds of hashes, whose child is who.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol

import grader
from grader.report import audit_html, card, html
from grader.sandbox.pool import forked
from grader.sandbox.pool import start as starting
from tests.warm import WarmZygotes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECONDS = 120  # that a run may take
ENCODINGS = ("encodings.ascii", "encodings.unicode_escape")
LARGEST = 1 << 18  # bytes of a request, which holds the environment


class Request(NamedTuple):
    """What a run is given, beside its streams."""

    words: list[str]
    folder: str
    environment: dict[str, str]
    before: str
    module: str


class Command(Protocol):
    """Runs ``grade`` with words, in a folder and an environment, to its end.

    ``before`` is Python that is executed before; another ``module`` may be run in the place of grader.
    """

    def __call__(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        /,
        before: str = "",
        module: str = "grader",
    ) -> subprocess.CompletedProcess[str]: ...


def run_fresh(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    before: str = "",
    module: str = "grader",
) -> subprocess.CompletedProcess[str]:
    """In a Python that starts from nothing."""
    script = f"{before}\nimport runpy\nrunpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    command = [sys.executable, *(("-c", script) if before else ("-m", module)), *words]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors=_errors(environment),
        timeout=SECONDS,
        check=False,
    )


def _errors(environment: Mapping[str, str]) -> str:
    """What is asked for in another encoding is kept as it is: ``os.fsencode`` gives the bytes."""
    return "surrogateescape" if "PYTHONIOENCODING" in environment else "strict"


class CommandServer:
    """Runs the command in forks; use from one thread, and close."""

    @staticmethod
    def possible() -> bool:
        """Whether this system can pass requests and streams to a process that forks."""
        return sys.platform == "linux"

    def __init__(self) -> None:
        self._control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.command", str(other.fileno())],
                cwd=Path(__file__).parents[1],
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # as the command sets it before NumPy is loaded
                pass_fds=(other.fileno(),),
            )

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        before: str = "",
        module: str = "grader",
    ) -> subprocess.CompletedProcess[str]:
        """Run the command with these words, to its end."""
        request = json.dumps(Request(list(words), str(folder), dict(environment), before, module)).encode()
        streams = [os.pipe(), os.pipe()]
        try:
            socket.send_fds(self._control, [request], [writing for _, writing in streams])
        finally:
            for _, writing in streams:
                os.close(writing)
        pid = json.loads(self._control.recv(LARGEST))
        late = threading.Timer(SECONDS, os.kill, (pid, signal.SIGKILL))
        late.daemon = True
        late.start()
        with ThreadPoolExecutor(len(streams)) as threads:
            errors = _errors(environment)
            stdout, stderr = threads.map(_read, [reading for reading, _ in streams], [errors, errors])
        code = json.loads(self._control.recv(LARGEST))
        late.cancel()
        return subprocess.CompletedProcess(list(words), code, stdout, stderr)

    def close(self) -> None:
        """End the process that is forked."""
        self._control.close()
        self._process.wait(SECONDS)


def _read(descriptor: int, errors: str) -> str:
    with os.fdopen(descriptor, encoding="utf-8", errors=errors) as stream:
        return stream.read()


# ── the process that is forked ────────────────────────────────────────────────────────────────────────────────────


def serve(control: socket.socket) -> None:
    """Fork a process for each request, tell its id, and when it has ended its exit code."""
    _import_everything()
    zygotes = WarmZygotes()
    starting.start = forked.start = zygotes.start
    gc.freeze()
    while True:
        message, streams, _, _ = socket.recv_fds(control, LARGEST, 2)
        if not message:
            return
        child = os.fork()
        if child == 0:
            control.close()
            _become(Request(*json.loads(message)), streams)
        for stream in streams:
            os.close(stream)
        control.send(json.dumps(child).encode())
        _, status = os.waitpid(child, 0)
        control.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())


def _import_everything() -> None:
    """What commands import when they get to it."""
    for found in pkgutil.walk_packages(grader.__path__, "grader."):
        if found.name != "grader.__main__":
            importlib.import_module(found.name)
    grader.audit.search.SECONDS = 0  # an audit tries as few inputs as on a slow machine, and as many on each
    more = ("asyncio", "filelock", "logging", "platformdirs", "yaml", "xml.etree.ElementTree", "importlib.readers")
    for name in (*more, *ENCODINGS, "numpy.random", "numpy.ma"):
        importlib.import_module(name)
    for page in (audit_html, card, html):  # to make their templates takes longer than to write them
        environment = page._template().environment
        for name in environment.list_templates():
            environment.get_template(name)


def _become(request: Request, streams: Sequence[int]) -> NoReturn:
    """Be ``python -m grader``; which ends by itself."""
    encoding, code = request.environment.get("PYTHONIOENCODING", "utf-8"), 70
    try:
        for stream, standard in zip(streams, (1, 2), strict=True):
            os.dup2(stream, standard)
            os.close(stream)
        sys.stdout, sys.stderr = (  # which know of what they write to whether it is a pipe
            open(stream, "w", encoding=encoding, errors=errors, buffering=1, closefd=False)  # noqa: SIM115 - a number
            for stream, errors in ((1, "strict"), (2, "backslashreplace"))
        )
        os.chdir(request.folder)
        os.environ.clear()
        os.environ.update(request.environment)
        sys.argv[1:] = request.words
        sys.path[0] = request.folder  # as Python does, and grader undoes
        exec(request.before, {})
        runpy.run_module(request.module, run_name="__main__", alter_sys=True)
    except SystemExit as end:  # of another module: grader leaves by itself
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - it must not go on as the server
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as control:
        serve(control)
