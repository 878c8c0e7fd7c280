"""An exception of student code as data, which is all that leaves the worker of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from grader.sandbox import protocol

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from grader.sandbox.worker.sources import Sources

MAX_FRAMES = 20


def failure(error: BaseException, sources: Sources) -> protocol.Failure:
    """An exception as data: only lines of the submission itself appear."""
    kind = type(error)
    frames = _syntax_frame(error, sources) if isinstance(error, SyntaxError) else []
    return protocol.Failure(
        error=_class_name(kind),
        message=_message(error),
        ancestors=[_class_name(ancestor) for ancestor in type.mro(kind)[:16]],
        frames=frames or _frames(error.__traceback__, sources),
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


def _syntax_frame(error: SyntaxError, sources: Sources) -> list[protocol.FrameLine]:
    if error.filename not in sources.texts or not error.lineno:
        return []
    text = sources.line(error.filename, error.lineno)
    return [protocol.FrameLine(error.filename, error.lineno, "", text)]


def _frames(traceback: TracebackType | None, sources: Sources) -> list[protocol.FrameLine]:
    lines: list[protocol.FrameLine] = []
    while traceback is not None:
        frame: FrameType = traceback.tb_frame
        file = frame.f_code.co_filename
        if file in sources.texts:
            text = sources.line(file, traceback.tb_lineno)
            lines.append(protocol.FrameLine(file, traceback.tb_lineno, frame.f_code.co_name[:200], text))
        traceback = traceback.tb_next
    if len(lines) > MAX_FRAMES:  # deep recursion: how it began and how it ended
        return lines[: MAX_FRAMES // 2] + lines[-MAX_FRAMES // 2 :]
    return lines
