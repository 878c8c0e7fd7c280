"""An exception of student code as data, which is all that leaves the worker of it."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from grader.sandbox import protocol

if TYPE_CHECKING:
    from collections.abc import Container
    from types import FrameType, TracebackType


class SourceLines(Protocol):
    """The files whose lines may be told: a submission's."""

    @property
    def texts(self) -> Container[str]:
        """Those files, by the names that tracebacks have for them."""

    def line(self, path: str, number: int, /) -> str:
        """One line of a file, without its indentation."""


def failure(error: BaseException, sources: SourceLines) -> protocol.Failure:
    """An exception as data: only lines of the submission itself appear."""
    kind = type(error)
    with_floats = isinstance(error, TypeError | IndexError)
    frames = _syntax_frame(error, sources) if isinstance(error, SyntaxError) else []
    return protocol.Failure(
        error=_class_name(kind),
        message=_message(error),
        ancestors=[_class_name(ancestor) for ancestor in type.mro(kind)[: protocol.MAX_ANCESTORS]],
        frames=frames or _frames(error.__traceback__, sources, with_floats=with_floats),
        memory=isinstance(error, MemoryError),
    )


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)[: protocol.MAX_TEXT]
    if type(error) is SystemExit and error.code is None:
        return ""  # exit() hands over a None that nobody wrote
    try:
        return str(error)[: protocol.MAX_TEXT]
    except BaseException:  # noqa: BLE001 - an exception of the student's own may fail to print
        return ""


def _class_name(kind: type) -> str:
    return cast("str", type.__dict__["__name__"].__get__(kind))[:200]


def _syntax_frame(error: SyntaxError, sources: SourceLines) -> list[protocol.FrameLine]:
    if error.filename is None or error.filename not in sources.texts or not error.lineno:
        return []
    text = sources.line(error.filename, error.lineno)
    return [protocol.FrameLine(error.filename, error.lineno, "", text)]


def _frames(traceback: TracebackType | None, sources: SourceLines, *, with_floats: bool) -> list[protocol.FrameLine]:
    lines: list[protocol.FrameLine] = []
    while traceback is not None:
        frame: FrameType = traceback.tb_frame
        file = frame.f_code.co_filename
        if file in sources.texts:
            text = sources.line(file, traceback.tb_lineno)
            name, floats = frame.f_code.co_name[:200], _floats(frame) if with_floats else {}
            lines.append(protocol.FrameLine(file, traceback.tb_lineno, name, text, floats))
        traceback = traceback.tb_next
    if len(lines) > protocol.MAX_FRAMES:  # deep recursion: how it began and how it ended
        return lines[: protocol.MAX_FRAMES // 2] + lines[-protocol.MAX_FRAMES // 2 :]
    return lines


def _floats(frame: FrameType) -> dict[str, bool]:
    """Names, and attributes of ``self``, that hold floats; True for what ``/`` makes of two whole numbers."""
    used = {name: frame.f_globals[name] for name in frame.f_code.co_names if name in frame.f_globals}
    held = {**used, **frame.f_locals}
    with suppress(BaseException):  # an object of the student's may have no attributes, or lie
        held |= {f"self.{name}": value for name, value in vars(held["self"]).items()}
    floats = {name: value for name, value in held.items() if type(value) in (float, np.float64, np.float32)}
    return {
        name[:200]: type(value) is float and value.is_integer()
        for name, value in islice(floats.items(), protocol.MAX_FLOATS)
    }
