"""The process in which student code runs. It answers; it never judges.

Protocol (see :mod:`grader.sandbox.protocol`): two file descriptors carry requests and replies. stdout and stderr belong
to the student and mean nothing. The worker

1. reads one ``Load``, imports the libraries it names, confines itself, says ``Ready``, imports the submission from
   memory, says ``Imported``;
2. for each ``Execute``, runs the snippet on every case with fresh copies of the inputs and says one ``Answer`` a case,
   after flushing what was printed;
3. ends when its requests end.

It imports the standard library, NumPy and the modules of the protocol alone: nothing here knows a reference, an
expected value or a tolerance. A zygote forks into :func:`serve` (:mod:`grader.sandbox.pool.zygote`); where there is
none, :mod:`grader.sandbox.worker.alone` is a program of its own.
"""

from __future__ import annotations

import builtins
import importlib
import random
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from grader.sandbox import protocol
from grader.sandbox.worker import made_up  # noqa: F401 - snippets ask it, when nothing can be loaded any more
from grader.sandbox.worker.data_files import DataFiles
from grader.sandbox.worker.frames import receive, send
from grader.sandbox.worker.snippet import statements_of
from grader.sandbox.worker.student import StudentModule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def serve(requests: int, replies: int, confine: Callable[[protocol.WorkerLimits, Sequence[str]], None]) -> None:
    """Serve requests until they end. ``confine`` makes sure, before any student code runs, that it can do no harm.

    It is given the limits and the names of the libraries that were loaded for that code.
    """
    builtins.input = _no_input
    student: StudentModule | None = None
    while (body := receive(requests)) is not None:
        request = protocol.decode_request(body)
        if isinstance(request, protocol.Load):
            for name in request.libraries:
                with suppress(BaseException):  # the student's own import of it will say what is wrong
                    _import(name)
            student = StudentModule(request.files, request.module, request.cells, request.stand_ins)
            confine(request.limits, request.libraries)
            _answer_for(request.data)  # not before: a file may be named like one that confining reads
            send(replies, protocol.Ready())
            student.load(request.light, request.skipped, partial(_enter, replies, request.id))
            _flush()
            send(replies, _imported(request.id, student))
        elif student is not None:
            _execute(student, request, replies)


def _enter(replies: int, request_id: bytes, cell: int, line: int) -> None:
    send(replies, protocol.Entered(request_id, cell, line))


def _imported(request_id: bytes, student: StudentModule) -> protocol.Imported:
    return protocol.Imported(
        id=request_id,
        names=student.names(),
        problem=student.problem,
        resumed=student.resumed,
        lost=student.lost[: protocol.MAX_LOST],
        twice=student.twice[: protocol.MAX_LOST],
        stand_ins=student.stand_ins.used,
    )


def _import(name: str) -> None:
    """Import a module, or look at an attribute of one, for some modules import what they offer when it is asked for."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        getattr(sys.modules[module], attribute)


def _execute(student: StudentModule, request: protocol.Execute, replies: int) -> None:
    statements = statements_of(request.run)
    if student.uses_chance:
        seed(request.salt)
    for index, case in enumerate(request.cases):
        answer = student.run(statements, case, request.outputs, request.helpers)
        _flush()
        send(replies, protocol.Answer(request.id, index, answer))


def seed(salt: int) -> None:
    """Chance is the same on every run of the grader, so that two reports on one submission agree."""
    random.seed(salt)
    np.random.seed(salt % 2**32)  # noqa: NPY002 - the legacy generator is what student code uses unseeded
    np.random.bit_generator.randbits = random.Random(salt).getrandbits  # type: ignore[attr-defined]  # noqa: S311 - what default_rng() starts from; it has no public way


def _answer_for(data: Mapping[str, bytes]) -> None:
    """Have the submission's data files answered from memory."""
    DataFiles(data).install()
    openers = np.lib._datasource._file_openers._file_openers  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    openers[None] = builtins.open  # NumPy keeps the one that it was imported with


def _no_input(*_: object) -> NoReturn:
    raise EOFError("input() is not available while grading")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 - once a case, and to enter `suppress` takes longer than to flush nothing
            stream.flush()
        except BaseException:  # noqa: BLE001, S110 - the student may have closed or replaced it
            pass
