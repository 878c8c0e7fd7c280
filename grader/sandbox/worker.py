"""The process in which student code runs. It answers; it never judges.

Protocol (see :mod:`grader.sandbox.protocol`): two file descriptors, given as arguments, carry requests and replies.
stdout and stderr belong to the student and mean nothing. The worker

1. reads one ``Load``, imports the libraries it names, confines itself, says ``Ready``, imports the submission from
   memory, says ``Imported``;
2. for each ``Execute``, runs the snippet on every case with fresh copies of the inputs and says one ``Answer`` a case,
   after flushing what was printed;
3. ends when its requests end.

It imports the standard library, NumPy and the modules of the protocol alone: nothing here knows a reference, an
expected value or a tolerance.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import random
import sys
from contextlib import suppress
from functools import cache
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from grader.records.values import WireForeign, pack, unpack
from grader.sandbox import limits, protocol
from grader.sandbox.data_files import DataFiles
from grader.sandbox.failures import failure
from grader.sandbox.sources import Sources
from grader.sandbox.stand_ins import StandIns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.records.values import Wire

SNIPPET = "<run>"  # file name of an exercise's snippet in tracebacks


class Student:
    """An imported submission."""

    def __init__(self, files: Mapping[str, str], module: str) -> None:
        self.sources = Sources(files)
        self.stand_ins = StandIns()
        self.path = module
        self.module = ModuleType(self.sources.name(module))
        self.problem: protocol.Failure | None = None
        self.uses_chance = any("random" in text for text in files.values())

    def load(self) -> None:
        """Execute the module. What it defined before an exception stays."""
        sys.meta_path[:0] = [self.sources, self.stand_ins]
        sys.modules[self.module.__name__] = self.module
        self.module.__file__ = self.path
        try:
            self.sources.execute(self.path, self.module)
        except BaseException as error:  # noqa: BLE001 - whatever student code raises is an answer, SystemExit included
            self.problem = failure(error, self.sources)

    def names(self) -> list[tuple[str, list[str] | None]]:
        """What the submission defines, with the parameters of what can be called."""
        found: list[tuple[str, list[str] | None]] = []
        for name, value in list(vars(self.module).items())[:1000]:
            if not name.startswith("__") and type(value) is not ModuleType:
                found.append((name[:200], parameters(value)))
        return found

    def run(
        self, code: CodeType, case: protocol.ExecuteCase, outputs: Sequence[str]
    ) -> protocol.Result | protocol.Failure:
        """Run a snippet once, on fresh copies of the inputs."""
        given = {name: unpack(wire) for name, wire in case.inputs.items()}
        inputs = {name: fresh(value) for name, value in given.items()}
        namespace = {**vars(self.module), "np": np, **case.sizes, **inputs}
        try:
            exec(code, namespace)  # noqa: S102 - running student code is what this process is for
            found = {name: namespace[name] for name in outputs if name in namespace}
            result = protocol.Result(
                outputs={name: pack(value) for name, value in found.items()},
                missing=[name for name in outputs if name not in namespace],
                changed=[name for name, value in inputs.items() if differs(value, given[name])],
                aliased=list(aliases(found, inputs)),
            )
        except BaseException as error:  # noqa: BLE001 - as above
            return failure(error, self.sources)
        return result


def main() -> None:
    """Serve as a process of its own. Arguments: the descriptors (on Windows, handles) of requests and replies."""
    requests, replies = _descriptor(int(sys.argv[1])), _descriptor(int(sys.argv[2]))
    sys.argv[:] = [""]
    gc.freeze()
    gc.enable()
    serve(requests, replies, limits.apply)


def serve(requests: int, replies: int, confine: Callable[[protocol.Limited], None]) -> None:
    """Serve requests until they end. ``confine`` makes sure, before any student code runs, that it can do no harm."""
    builtins.input = _no_input
    student: Student | None = None
    while (body := _receive(requests)) is not None:
        request = protocol.decode_request(body)
        if isinstance(request, protocol.Load):
            for name in request.libraries:
                with suppress(BaseException):  # the student's own import of it will say what is wrong
                    _import(name)
            student = Student(request.files, request.module)
            confine(request.limits)
            _answer_for(request.data)  # not before: a file may be named like one that confining reads
            _send(replies, protocol.Ready())
            student.load()
            _flush()
            imported = protocol.Imported(request.id, student.names(), student.problem, student.stand_ins.used)
            _send(replies, imported)
        elif student is not None:
            _execute(student, request, replies)


def _import(name: str) -> None:
    """Import a module, or look at an attribute of one, for some modules import what they offer when it is asked for."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        getattr(sys.modules[module], attribute)


def _execute(student: Student, request: protocol.Execute, replies: int) -> None:
    code = _compiled(request.run)
    if student.uses_chance:
        _seed(request.salt)
    for index, case in enumerate(request.cases):
        answer = student.run(code, case, request.outputs)
        _flush()
        _send(replies, protocol.Answer(request.id, index, answer))


@cache
def _compiled(run: str) -> CodeType:
    return compile(run, SNIPPET, "exec")


def _seed(seed: int) -> None:
    """Chance is the same on every run of the grader, so that two reports on one submission agree."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - the legacy generator is what student code uses unseeded
    np.random.bit_generator.randbits = random.Random(seed).getrandbits  # type: ignore[attr-defined]  # noqa: S311 - what default_rng() starts from; it has no public way


def _answer_for(data: Mapping[str, bytes]) -> None:
    """Have the submission's data files answered from memory."""
    DataFiles(data).install()
    openers = np.lib._datasource._file_openers._file_openers  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    openers[None] = builtins.open  # NumPy keeps the one that it was imported with


def _no_input(*_: object) -> NoReturn:
    raise EOFError("input() is not available while grading")


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────


def fresh(value: Any) -> Any:
    """A writable copy that shares nothing with ``value``."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy()
    if kind is list:
        return [fresh(item) for item in value]
    if kind is tuple:
        return tuple([fresh(item) for item in value])
    if kind is dict:
        return {key: fresh(item) for key, item in value.items()}
    return value


def differs(value: Any, original: Any) -> bool:
    """True if an input no longer is what it was, bit for bit."""
    kind = type(original)
    if kind is np.ndarray:
        same = type(value) is kind and value.shape == original.shape and value.dtype == original.dtype
        return not same or value.tobytes() != original.tobytes()
    if kind in (list, tuple):
        return len(value) != len(original) or any(map(differs, value, original))
    if kind is dict:
        return value.keys() != original.keys() or any(differs(value[key], item) for key, item in original.items())
    return False  # numbers and text cannot change


def aliases(outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of output and input that share memory. Inputs are separate allocations, so bounds suffice."""
    for output, value in outputs.items():
        if type(value) is np.ndarray:
            owner = value.base is None  # then it can share memory with nothing but itself and its views
            for name, given in inputs.items():
                if value is given or (not owner and type(given) is np.ndarray and np.may_share_memory(value, given)):
                    yield output, name


def parameters(value: Any) -> list[str] | None:
    """Names of the parameters of a function, or of a class's constructor without ``self``; None for anything else."""
    is_class = isinstance(value, type)
    function = value.__dict__.get("__init__") if is_class else value
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return [] if is_class else None
    names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    return [name[:200] for name in (names[1:] if is_class else names)][:64]


# ── descriptors ───────────────────────────────────────────────────────────────────────────────────────────────────


def _descriptor(inherited: int) -> int:
    """The descriptor of a pipe that this process was started with."""
    if sys.platform == "win32":
        import msvcrt

        inherited = msvcrt.open_osfhandle(inherited, 0)
    return inherited


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(BaseException):  # the student may have closed or replaced it
            stream.flush()


def _send(replies: int, message: protocol.Reply) -> None:
    frame = protocol.encode(message)
    if len(frame) > protocol.MAX_REPLY and isinstance(message, protocol.Answer):
        frame = protocol.encode(_too_large(message))
    view = memoryview(frame)
    while view:
        view = view[os.write(replies, view) :]


def _too_large(message: protocol.Answer) -> protocol.Answer:
    result = cast("protocol.Result", message.answer)
    outputs: dict[str, Wire] = dict.fromkeys(result.outputs, WireForeign("value of more than 16 MiB"))
    return protocol.Answer(message.id, message.index, protocol.Result(outputs, result.missing, [], []))


def _receive(requests: int) -> bytes | None:
    header = _read(requests, protocol.HEADER.size)
    if header is None:
        return None
    (length,) = protocol.HEADER.unpack(header)
    return _read(requests, length)


def _read(descriptor: int, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        data = os.read(descriptor, min(size - len(parts), 1 << 20))
        if not data:
            return None
        parts += data
    return bytes(parts)
