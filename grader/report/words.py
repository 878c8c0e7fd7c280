"""Sentences that every writer needs, so that a report says the same thing in each format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from grader.records.run import BadReply, Crashed, NotRun, OutOfMemory, OutputFlood, Raised, TimedOut
from grader.report.format import digits_apart, number, points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.report import ExerciseResult, Report
    from grader.records.run import Frame, Outcome
    from grader.records.verdict import Counterexample, Deviation, Finding, Part, Status

#: A sign for each status. Never the only bearer of the meaning: the word, or the points, stand beside it.
MARKS: Final[dict[Status, str]] = {
    "right": "✓",
    "partly": "◐",
    "wrong": "✗",
    "unfinished": "·",
    "missing": "✗",
    "ungraded": "?",
}
STATUS: Final[dict[Status, str]] = {
    "right": "right",
    "partly": "partly right",
    "wrong": "wrong",
    "unfinished": "not finished",
    "missing": "missing",
    "ungraded": "not graded",
}
_METHOD: Final = "method right"  # all points are earned, though what earlier functions gave is wrong

#: What a crash most often means, for the signals that a student can bring about.
_SIGNALS: Final = {
    "SIGSEGV": "memory that is not the program's own was touched, or recursion went too deep",
    "SIGFPE": "a forbidden arithmetic operation in compiled code",
    "SIGABRT": "a library gave up",
    "SIGSYS": "it asked the system for something that is not allowed here",
    "SIGKILL": "it was stopped from outside",
}

#: Where a headline places what happened; a part's problem does not.
_PLACE: Final = re.compile(r" in line \d+( of \S+)?")

_LONGEST_CYCLE = 4  # lines of a recursion that are looked for, one after the other
_SHOWN_CYCLES = 2
_CUT = 20  # frames: a longer traceback comes shortened, so that nobody knows how often its lines were repeated


def score(report: Report) -> str:
    """``62 / 100``, or ``– / 100`` when something could not be graded."""
    return f"{points(report.score)} / {points(report.max_score)}"


def earned(exercise: ExerciseResult) -> str:
    """``12 / 15``, or ``– / 15`` for what could not be graded."""
    return f"{points(exercise.earned)} / {points(exercise.points)}"


def checks(report: Report) -> str:
    """What the checks say, in a sentence that never claims more than the reader may know."""
    parts = [part for exercise in report.exercises for part in exercise.parts]
    ungraded = sum(exercise.status == "ungraded" for exercise in report.exercises)
    if ungraded:
        return f"{_count(ungraded, 'exercise')} could not be graded. That is the grader's fault and costs no points."
    public, public_failed = sum(part.public for part in parts), sum(part.public_failed for part in parts)
    hidden, hidden_failed = sum(part.hidden for part in parts), sum(part.hidden_failed for part in parts)
    if report.view == "staff":
        public, public_failed, hidden, hidden_failed = public + hidden, public_failed + hidden_failed, 0, 0
    if not public + hidden:
        return "No checks were run."
    name = "check" if report.view == "staff" or not hidden else "public check"
    if public_failed:
        unseen = f", {_count(hidden, 'hidden check')} not shown" if hidden else ""
        return f"{public_failed} of {_count(public, name)} failed{unseen}."
    if hidden_failed:
        return f"Public checks passed, some of {_count(hidden, 'hidden check')} failed. Those are not shown."
    if any(exercise.status != "right" for exercise in report.exercises):
        return "The checks that could be run passed, but not every exercise is right."
    if hidden:
        return f"Public checks passed, {_count(hidden, 'hidden check')} not shown."
    return f"{_count(public, name)} passed."


def status(exercise: ExerciseResult) -> str:
    """An exercise's result: ``partly right``, or ``method right`` where that is all that was left to earn."""
    method = exercise.followed and all(part.right or part.followed for part in exercise.parts)
    return _METHOD if method else STATUS[exercise.status]


def part_status(part: Part) -> Status:
    """Right, wrong, or in between where its method is right."""
    return "right" if part.right else "partly" if part.followed else "wrong"


def part_word(part: Part) -> str:
    """The same in words."""
    return _METHOD if part.followed else STATUS[part_status(part)]


def part_counts(part: Part) -> list[str]:
    """Checks of a part that passed: ``public 8 of 10`` and ``hidden 40 of 40``; empty when none was tried."""
    return [
        f"{name} {count - failed} of {count}"
        for name, count, failed in (
            ("public", part.public, part.public_failed),
            ("hidden", part.hidden, part.hidden_failed),
        )
        if count
    ]


def part_line(part: Part) -> str:
    """The same in one line: ``public 8 of 10, hidden 40 of 40``."""
    return ", ".join(part_counts(part))


def isolation(report: Report) -> str:
    """The level and the layers that kept student code apart, and whether that was too little."""
    layers = ", ".join(report.isolation.layers) or "no layers"
    weak = ". Hidden cases were run with weak isolation" if weakly_isolated(report) else ""
    return f"Isolation level {report.isolation.level}: {layers}{weak}"


def weakly_isolated(report: Report) -> bool:
    """Whether hidden cases were run where student code might have read them."""
    hidden = any(part.hidden for exercise in report.exercises for part in exercise.parts)
    return hidden and report.isolation.level < 3


def outcome(ended: Outcome) -> str:
    """How a case ended that did not return, as a sentence; empty for one that did."""
    match ended:
        case Raised(error=error, message=message):
            return f"It raised {error}: {message}" if message else f"It raised {error}."
        case TimedOut(seconds=seconds, clock=clock, scope=scope):
            of = {"case": "one case", "exercise": "the exercise", "load": "importing the module"}[scope]
            kind = "of computing" if clock == "cpu" else "of waiting"
            return f"It was stopped after {points(seconds)} s {kind}, the limit for {of}."
        case Crashed(signal=str(signal)):
            why = _SIGNALS.get(signal)
            return f"It crashed Python with {signal}" + (f": {why}." if why else ".")
        case Crashed(exit_code=code):
            return "It ended Python itself" + (f" with exit code {code}." if code is not None else ".")
        case OutOfMemory(limit=limit, message=message):
            said = f" ({message})" if message else ""
            return f"It asked for more memory than the limit of {size(limit)}{said}."
        case OutputFlood(limit=limit):
            return f"It printed more than {size(limit)}."
        case BadReply():
            return "It gave no valid answer: something wrote where only the grader's worker may."
        case NotRun():
            return "It was not tried: an earlier case ended the program."
    return ""


def ended(example: Counterexample, exercise: ExerciseResult) -> str:
    """How a counterexample ended, unless it returned or the exercise's traceback says the same."""
    found = example.outcome
    if found is None:
        return ""
    told = isinstance(found, Raised) and found.error in exercise.error and found.message in exercise.error
    return "" if told else outcome(found)


def deviation(found: Deviation) -> str:
    """How an output is wrong, with figures: ``Worst at [2, 0]: expected 0.3, got 0.4.``."""
    facts = []
    if found.where is not None and found.expected is not None and found.got is not None:
        digits = digits_apart([(found.expected, found.got)])
        at = f" at [{', '.join(map(str, found.where))}]" if found.where else ""
        shown = f"expected {_plain(found.expected, digits)}, got {_plain(found.got, digits)}"
        facts.append(f"Worst{at}: {shown}" if found.total > 1 else shown)
    if found.wrong and found.total > 1:
        facts.append(f"{found.wrong} of {found.total} elements wrong")
    facts += [f"{count} {name}" for count, name in ((found.nans, "NaN"), (found.infs, "infinite")) if count]
    return sentence("; ".join(facts) or found.detail or summary(found))


def summary(found: Deviation) -> str:
    """What is wrong with an output, without figures: ``It has wrong values.``."""
    return sentence(found.summary if found.summary.endswith(".") else f"it {found.summary}")


def problem(part: Part) -> str:
    """What is wrong with a part that is not right, as a sentence that may stand below its title; else empty."""
    return "" if part.right else sentence(part.problem)


def problem_beyond(part: Part, exercise: ExerciseResult) -> str:
    """A part's problem where headline and explanation of its exercise do not say the same already; else empty."""
    said = problem(part)
    headline = _PLACE.sub("", exercise.headline)
    other = part.kind == "output" and headline.startswith("Check `") and f"`{part.name}`" not in headline
    if part.problem.rstrip(".") in headline and not other:
        return ""
    return "" if said.casefold() in (text.casefold() for text in exercise.explanation) else said


def diagnosis(finding: Finding) -> str:
    """What is known of a mistake, and what that rests on."""
    return f"{finding.sentence} {finding.evidence}".strip()


def explanation(exercise: ExerciseResult) -> list[str]:
    """The sentences of the explanation that the diagnosis does not hold already."""
    told = {finding.sentence for finding in exercise.diagnosis}
    return [text for text in exercise.explanation if text not in told]


def sentence(text: str) -> str:
    """A phrase with a capital letter and a full stop; a sentence as it is."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text[0].upper()}{text[1:]}."


def title(example: Counterexample) -> str:
    """What a counterexample is: ``A failing public case (every size 1)``. What was made smaller has no origin left."""
    case = f"{'hidden' if example.hidden else 'public'} case"
    if example.minimised:
        return f"Smallest failing input, made from a {case}"
    return f"A failing {case}{f' ({example.origin})' if example.origin else ''}"


def frame(place: Frame) -> tuple[str, str]:
    """One level of a traceback as Python prints it: where, and the source line (possibly empty)."""
    function = f", in {place.function}" if place.function else ""  # a line that is no Python belongs to none
    return f'File "{place.file}", line {place.line}{function}', place.text.strip()


def traceback(frames: Sequence[Frame]) -> Iterator[tuple[str, str]]:
    """The levels of a traceback; of those that a recursion repeats the first, and that there are more."""
    start = 0
    while start < len(frames):
        length = _cycle(frames[start:])
        if not length:
            yield frame(frames[start])
            start += 1
            continue
        repeated = frames[start : start + length]
        shown = start + length * _SHOWN_CYCLES
        yield from map(frame, frames[start:shown])
        start = shown
        while start < len(frames) and frames[start] in repeated:  # where it was cut, the order is another
            start += 1
        yield f"… {'many' if len(frames) >= _CUT else start - shown} more like these", ""


def _cycle(frames: Sequence[Frame]) -> int:
    """How many frames at the beginning are repeated more often than is shown; 0 if none are."""
    for length in range(1, _LONGEST_CYCLE + 1):
        cycle = frames[:length]
        if all(frames[n * length : (n + 1) * length] == cycle for n in range(_SHOWN_CYCLES + 1)):
            return length
    return 0


def size(count: int) -> str:
    """Bytes for people: 1 GiB, 512 MiB, 1,000 bytes."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count >= unit and count % (unit // 4) == 0:
            return f"{points(count / unit)} {name}"
    return f"{count:,} bytes"


def _plain(value: float, digits: int) -> str:
    return number(value, digits).removesuffix(".")


def _count(how_many: int, what: str) -> str:
    return f"{how_many} {what}" if how_many == 1 else f"{how_many} {what}s"
