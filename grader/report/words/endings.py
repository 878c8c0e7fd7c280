"""How a case ended: as a phrase that is safe for students, in full, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from grader.records.byte_counts import in_units
from grader.records.run import BadReply, Crashed, NotRun, OutOfMemory, Raised, TimedOut
from grader.report.format import points
from grader.report.words.language import place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.run import Frame, Outcome
    from grader.records.verdict import Ending

#: What well-known messages mean to a student: the first pattern that is found in "Error: message" gives the sentence.
ADVICE: Final = {
    r"^SyntaxError|^IndentationError|^TabError": "Python cannot read what stands there.",
    r"^EOFError: input\(\)": "Take values as arguments instead of asking for them with input().",
    r"^ModuleNotFoundError: No module named '([^']+)'": r"\1 is not available here: solve the task with NumPy "
    r"alone, or hand the file in beside the module if \1 is your own.",
    r"^NameError: name '([^']+)' is not defined": r"\1 is unknown where it is used: "
    r"pass it as an argument, or define it in code of the file (or of a cell) that runs to its end.",
    r"^UnboundLocalError": "A variable is read before it gets a value inside the function.",
    r"^FileNotFoundError|^PermissionError.*: '": "While grading no files are there but data "
    "files that are handed in beside the module and named in its code, and what the code itself writes.",
    r"^RuntimeError: can't start new thread": "Threads are out of reach while grading.",
    r"^PermissionError": "Files, the network and other processes are out of reach while grading.",
    r"^RecursionError": "A function calls itself without end.",
    r"^SystemExit": "The code ends Python with exit() or sys.exit(): take that out.",
}

#: The same of code that stands in a method.
_IN_METHODS: Final = {
    r"^NameError: name '([^']+)' is not defined": r"\1 is unknown where it is used: "
    r"write `self.\1` if the object holds it; else pass it as an argument or define it.",
}

_ADVICE: Final[dict[type, str]] = {
    TimedOut: "Look for a loop whose condition never becomes false, or for work that grows much too fast.",
    Crashed: "Very deep recursion, or memory that is written past its end, does this.",
    OutOfMemory: "Look for a list or an array that grows without end.",
    BadReply: "Do not write to file descriptors other than standard output.",
}

_LIMITED: Final = {
    "case": "one case",
    "exercise": "the exercise",
    "load": "importing the module",
    "submission": "all that is run of a submission",
}

#: What a crash most often means, for the signals that a student can bring about.
_SIGNALS: Final = {
    "SIGSEGV": "memory that is not the program's own was touched, or recursion went too deep",
    "SIGFPE": "a forbidden arithmetic operation in compiled code",
    "SIGABRT": "a library gave up",
    "SIGSYS": "it asked the system for something that is not allowed here",
    "SIGKILL": "it was stopped from outside",
}

#: How NumPy names the size of an array for which there is no memory.
_ALLOCATION: Final = re.compile(r"allocate (\d+(?:\.\d+)?)\.? (bytes|[KMGTPE]iB) for an array")
_BYTES: Final = {"bytes": 1, **{f"{letter}iB": 1 << 10 * power for power, letter in enumerate("KMGTPE", 1)}}


def phrase(ended: Ending) -> str:
    """What happened, as a phrase that continues "it …"."""
    match ended.kind:
        case "returned":
            return "returns"
        case "raised":
            return f"stops with {ended.error or 'an exception'}"
        case "timed_out":
            return f"does not finish: it was stopped after {ended.limit:g} s {of_clock(ended.clock)}"
        case "used_up":
            limit = f"{ended.limit:g} s {of_clock(ended.clock)}"
            return f"was not tried to the end: the {limit} that all exercises have together were used up"
        case "exited":
            return "ends the whole Python process"
        case "crashed":
            return "crashes Python itself"
        case "out_of_memory":
            return f"needs more than {in_units(ended.limit)} of memory"
        case "bad_reply":
            return "disturbs the way back to the grader, so that no answer could be read"
        case "not_run":
            return "was not tried, because an earlier case ended the process"


def outcome(ended: Outcome) -> str:
    """How a case ended that did not return, as a sentence; empty for one that did."""
    match ended:
        case Raised(error=error, message=message):
            return f"It raised {error}: {message}" if message else f"It raised {error}."
        case TimedOut(seconds=seconds, clock=clock, scope=scope):
            return f"It was stopped after {points(seconds)} s {of_clock(clock)}, the limit for {_LIMITED[scope]}."
        case Crashed(signal=str(signal)):
            why = _SIGNALS.get(signal)
            return f"It crashed Python with {signal}" + (f": {why}." if why else ".")
        case Crashed(exit_code=code):
            return "It ended Python itself" + (f" with exit code {code}." if code is not None else ".")
        case OutOfMemory(limit=limit, message=message):
            said = f" ({message})" if message else ""
            return f"It asked for more memory than the limit of {in_units(limit)}{said}."
        case BadReply():
            return "It gave no valid answer: something wrote where only the grader's worker may."
        case NotRun():
            return "It was not tried: an earlier case ended the program."
    return ""


def advice(ended: Outcome, *, of_class: bool = False) -> str:
    """What a student should do about an outcome, empty when there is nothing specific to say.

    ``of_class``: it came of the methods of a class.
    """
    match ended:
        case Raised(error=error, message=message):
            from grader.report.words import new_python, old_python, pasted  # only an exception needs them

            said = f"{error}: {message}"
            known = pasted.advice(ended) or old_python.advice(ended) or new_python.advice(ended)
            return known or (_advice_on(said, _IN_METHODS) if of_class else "") or _advice_on(said, ADVICE)
        case OutOfMemory(limit=limit, message=message) if found := _ALLOCATION.search(message):
            array = f"{found[1]} {found[2]}"
            if float(found[1]) * _BYTES[found[2]] < limit / 4:
                return f"The last array asked for has only {array}, so much is kept at once: look for what grows."
            return f"The largest array asked for has {array}: look at the sizes it is made with."
        case TimedOut(scope="submission"):
            return "Mend what takes long in the exercises before: all of them share that time."
        case Crashed(signal=None):
            return "Take out os._exit and the like."
    return _ADVICE.get(type(ended), "")


def error(raised: Raised) -> str:
    """Python's own words: ``ValueError: shapes not aligned``."""
    return f"{raised.error}: {raised.message}".removesuffix(": ")


def place_of_import(frames: Sequence[Frame], module: str) -> str:
    """Where importing a module stopped: its own line, and beside it the helper's that raised; empty if not known."""
    if not frames:
        return ""
    outer, inner = frames[0], frames[-1]
    helper = f" ({place(inner, module)})" if inner.file != outer.file else ""
    return f" in {place(outer, module)}{helper}"


def _advice_on(message: str, known: Mapping[str, str]) -> str:
    for pattern, sentence in known.items():
        if found := re.search(pattern, message):
            return found.expand(sentence)
    return ""


def of_clock(clock: str) -> str:
    """What seconds of a clock are: ``of computing``."""
    return "of computing" if clock == "cpu" else "of waiting"
