"""Outcomes in words that are safe for students: no inputs, no text of a hidden case."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

from grader.records.run import BadReply, Crashed, NotRun, OutOfMemory, OutputFlood, Raised, Returned, TimedOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.run import Frame, Outcome

#: What well-known messages mean to a student: the first pattern that is found in "Error: message" gives the sentence.
ADVICE = {
    r"^SyntaxError: Missing parentheses in call to 'print'": "This is Python 2: write print(...) with parentheses.",
    r"^SyntaxError|^IndentationError|^TabError": "Python cannot read the file; nothing in it could be graded.",
    r"^EOFError: input\(\)": "Take values as arguments instead of asking for them with input().",
    r"module 'numpy' has no attribute '(float|int|bool|object|complex|str)'": r"NumPy no longer has np.\1: write \1.",
    r"^ModuleNotFoundError: No module named '([^']+)'": r"\1 is not available here: solve the task with NumPy "
    r"alone, or hand the file in beside the module if \1 is your own.",
    r"^NameError: name '([^']+)' is not defined": r"\1 is unknown where it is used: "
    r"pass it as an argument or define it in the file (a notebook's variables are not there).",
    r"^UnboundLocalError": "A variable is read before it gets a value inside the function.",
    r"^FileNotFoundError|^PermissionError.*: '": "No file can be opened while grading, "
    "but for data files that are handed in beside the module and named in its code.",
    r"^RuntimeError: can't start new thread": "Threads are out of reach while grading.",
    r"^PermissionError": "Files, the network and other processes are out of reach while grading.",
    r"^RecursionError": "A function calls itself without end.",
    r"^SystemExit": "The code ends Python with exit() or sys.exit(): take that out.",
}

#: How NumPy names the size of an array for which there is no memory.
_ALLOCATION = re.compile(r"allocate (\d+(?:\.\d+)?)\.? (bytes|[KMGTPE]iB) for an array")
_BYTES = {"bytes": 1, **{f"{letter}iB": 1 << 10 * power for power, letter in enumerate("KMGTPE", 1)}}


def phrase(outcome: Outcome) -> str:
    """What happened, as a phrase that continues "it …"."""
    match outcome:
        case Returned():
            return "returns"
        case Raised():
            return f"stops with {error_name(outcome)}"
        case TimedOut(seconds=seconds, clock=clock):
            waited = "of computing" if clock == "cpu" else "of waiting"
            return f"does not finish: it was stopped after {seconds:g} s {waited}"
        case Crashed(signal=None):  # exit codes and signals are for student code to choose: they could carry
            return "ends the whole Python process"  # a hidden input
        case Crashed():
            return "crashes Python itself"
        case OutOfMemory(limit=limit):
            return f"needs more than {size(limit)} of memory"
        case OutputFlood(limit=limit):
            return f"prints without end: it was stopped after {size(limit)}"
        case BadReply():
            return "disturbs the way back to the grader, so that no answer could be read"
        case NotRun():
            return "was not tried, because an earlier case ended the process"


def but_for(names: Sequence[str]) -> str:
    """A sentence about what is wrong for reasons of these functions alone."""
    return f"Right but for {quoted(names)}, which it builds on: the method earns its points."


def quoted(names: Sequence[str]) -> str:
    """A list of names in words."""
    return join([f"`{name}`" for name in names])


def join(names: Sequence[str]) -> str:
    """A list in words."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def error_name(outcome: Raised) -> str:
    """The exception's class if it is one of Python's own: other names were written by student code."""
    for name in outcome.ancestors:
        kind = getattr(builtins, name, None)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            return name
    return "an exception"


def advice(outcome: Outcome) -> str:
    """What a student should do about an outcome, empty when there is nothing specific to say."""
    match outcome:
        case Raised(error=error, message=message):
            return _advice_on(f"{error}: {message}")
        case OutOfMemory(limit=limit, message=message) if found := _ALLOCATION.search(message):
            array = f"{found[1]} {found[2]}"
            if float(found[1]) * _BYTES[found[2]] < limit / 4:
                return f"The last array asked for has only {array}, so much is kept at once: look for what grows."
            return f"The largest array asked for has {array}: look at the sizes it is made with."
        case Crashed(signal=None):
            return "Take out os._exit and the like."
    return _ADVICE.get(type(outcome), "")


def _advice_on(message: str) -> str:
    for pattern, sentence in ADVICE.items():
        if found := re.search(pattern, message):
            return found.expand(sentence)
    return ""


_ADVICE: dict[type, str] = {
    TimedOut: "Look for a loop whose condition never becomes false, or for work that grows much too fast.",
    Crashed: "Very deep recursion, or memory that is written past its end, does this.",
    OutOfMemory: "Look for a list or an array that grows without end.",
    OutputFlood: "Look for a print inside a loop that never ends.",
    BadReply: "Do not write to file descriptors other than standard output.",
}


def place(frame: Frame, module: str) -> str:
    """Where a line is: ``line 3``, and the file's name where that is not the module."""
    return f"line {frame.line}" if frame.file == module else f"line {frame.line} of {frame.file}"


def place_of_import(frames: Sequence[Frame], module: str) -> str:
    """Where importing a module stopped: its own line, and beside it the helper's that raised; empty if not known."""
    if not frames:
        return ""
    outer, inner = frames[0], frames[-1]
    helper = f" ({place(inner, module)})" if inner.file != outer.file else ""
    return f" in {place(outer, module)}{helper}"


def unreadable(outcome: Outcome | None, module: str) -> bool:
    """True if the module itself is no Python, so that not even its first line ran."""
    if not isinstance(outcome, Raised) or "SyntaxError" not in outcome.ancestors or not outcome.frames:
        return False
    frame = outcome.frames[0]  # a line that Python could not read belongs to no function
    return frame.file == module and not frame.function


def size(number: int) -> str:
    """Bytes as people say them: ``1 GiB``, ``64 KiB``."""
    for unit, factor in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if number >= factor:
            return f"{number / factor:.3g} {unit}"
    return f"{number} bytes"
