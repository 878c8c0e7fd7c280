"""Why an exercise has its result: what to do first, then why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.lines import source_lines
from grader.records.report import (
    AllRight,
    BreaksRule,
    BreaksSource,
    CallFails,
    Deviates,
    DoesNotRaise,
    Ends,
    GraderFailed,
    HiddenFails,
    LawsFail,
    NotDone,
    NothingHandedIn,
    NotReached,
    NotTaken,
    OnlyEarlier,
    Undefined,
)
from grader.records.run import Raised
from grader.records.verdict import ButFor, Ending, Fault, WrongInHidden, ending
from grader.report.format import points
from grader.report.words import rules
from grader.report.words.endings import advice, phrase, place_of_import
from grader.report.words.language import are, lower, place, quoted, sentence
from grader.report.words.problems import detail, fault, problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from grader.records.report import ExerciseResult, Reason
    from grader.records.run import Frame, Outcome
    from grader.records.verdict import Part

#: What Python calls code that has no name of its own.
_COMPREHENSIONS: Final = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
_NAMELESS: Final = {"<lambda>": "a lambda", "<genexpr>": "a generator expression"}

#: What a student reads where only hidden cases fail: nothing that could have been made from them.
_HIDDEN_ONLY: Final = (
    "Every public case is right, some hidden ones are not: try sizes and values that the public cases lack."
)


def headline(reason: Reason) -> str:
    """What to do first, in a sentence."""
    match reason:
        case AllRight():
            return "Right."
        case GraderFailed():
            return "Not graded: the grader itself failed here, and no points were taken. Please tell your instructor."
        case NotTaken():
            return "Not graded: what was handed in cannot be taken as it is."
        case OnlyEarlier(names=names):
            return problem(ButFor(names))
        case Deviates(output=output, deviation=deviation):
            return f"Check `{output}`: it {fault(deviation.fault)}."
        case Ends() | NotDone() | CallFails():
            return _code_headline(reason)
        case HiddenFails():
            return _hidden_headline(reason)
        case BreaksRule() | BreaksSource() | DoesNotRaise() | LawsFail():
            return rules.headline(reason)
        case NothingHandedIn() | NotReached() | Undefined():
            return _missing_headline(reason)


def explanation(exercise: ExerciseResult) -> tuple[str, ...]:
    """Why, in sentences."""
    why = (
        *_why(exercise.reason, exercise.names),
        *_written(exercise),
        *_outputs(exercise),
        *_counts(exercise),
        *_earlier(exercise),
    )
    return tuple(text for text in why if text)


def beyond(exercise: ExerciseResult) -> tuple[str, ...]:
    """The same without what findings, parts and examples say that stand beside it."""
    reason = exercise.reason
    figures = isinstance(reason, Deviates) and exercise.counterexamples
    name = isinstance(reason, Undefined) and not (reason.near or reason.incomplete)
    why = (
        *(() if figures or name else _why(reason, exercise.names)),
        *_written(exercise),
        *(() if len(exercise.parts) > 1 else _counts(exercise)),
        *_earlier(exercise),
    )
    return tuple(text for text in why if text)


def _written(exercise: ExerciseResult) -> Iterator[str]:
    """The reason for a rule on how code is written that is not kept, and the breach where nothing else says it."""
    broken = exercise.source
    own_part = any(part.key.kind == "source" for part in exercise.parts)  # which says it
    if broken is None or isinstance(exercise.reason, NotDone):
        return
    if not isinstance(exercise.reason, BreaksSource) and not own_part:
        yield f"Besides, the code {problem(broken)}."
    if broken.because and not own_part:
        yield f"Why: {sentence(broken.because, exercise.names)}"


def _earlier(exercise: ExerciseResult) -> Iterator[str]:
    if not exercise.builds_on:
        return
    names, one = quoted(exercise.builds_on), len(exercise.builds_on) == 1
    exercises, those = ("exercise is", "that") if one else ("exercises are", "those")
    yield f"It builds on {names}, whose {exercises} not right either: mend {those} first."
    if exercise.possible:
        yield f"+{points(exercise.possible)} possible in the course's grading, which sees whether its method is right."
        return
    yield f"Once the rest is right, its method can earn points even while {names} {'is' if one else 'are'} wrong."
    yield f"That may not be seen while {names} {'leaves' if one else 'leave'} an argument unused."


def _why(reason: Reason, names: Collection[str]) -> Iterator[str]:
    match reason:
        case GraderFailed(fault=text):
            yield text
        case Undefined():
            yield from _undefined(reason)
        case OnlyEarlier(names=names):
            give, those = ("gives", "that function") if len(names) == 1 else ("give", "those functions")
            yield f"What it does with what {quoted(names)} {give} is right. Mend {those} first."
        case Deviates():
            yield from _where(reason)
        case Ends():
            yield _what_ended(reason)
        case CallFails():
            yield from _call(reason)
        case HiddenFails(subject=subject) if subject:
            yield from _hidden(reason)
        case BreaksRule() | DoesNotRaise() | LawsFail():
            yield from rules.why(reason, names)


def _what_ended(reason: Ends) -> str:
    if reason.near:
        return f"`{reason.unknown}` is not defined: is `{reason.near}` meant, which the file defines?"
    return advice(reason.outcome, of_class=reason.subject[:1].isupper())


def _where(reason: Deviates) -> Iterator[str]:
    """How much of an output is wrong, and where most; nothing for a single number, which is shown anyway."""
    found = reason.deviation
    if found.where is None:
        yield sentence(detail(found))
    elif found.total > 1:
        step = f", time step {found.where[0] + 1} of {reason.steps}" if reason.steps else ""
        index = ", ".join(map(str, found.where))
        yield sentence(f"{detail(found)}; the worst at index [{index}]{step}")


def counts_cases(exercise: ExerciseResult) -> bool:
    """Whether what goes beyond the findings says how many public cases fail."""
    return len(exercise.parts) == 1 and any(True for _ in _counts(exercise))


def _counts(exercise: ExerciseResult) -> Iterator[str]:
    """How many cases fail, where a public one does."""
    outputs = [part for part in exercise.parts if part.key.kind == "output"]
    if _is_public(exercise) and outputs and not exercise.cut_short:
        failed, tried = max((part.public_failed, part.public) for part in outputs)
        some = f"{failed} of {tried} public cases {'fails' if failed == 1 else 'fail'}."
        yield f"All {tried} public cases fail." if failed == tried > 1 else some


def _outputs(exercise: ExerciseResult) -> Iterator[str]:
    """Which outputs are right, and which are wrong for reasons of their own."""
    outputs = [part for part in exercise.parts if part.key.kind == "output"]
    right = tuple(part.key.name for part in outputs if part.right)
    wrong = tuple(part.key.name for part in outputs if not part.right and not part.followed)
    if _is_public(exercise) and right and wrong:
        yield f"{are(right)} right; {are(wrong)} not."


def _is_public(exercise: ExerciseResult) -> bool:
    """Whether a public case fails, and there is something to count."""
    return isinstance(exercise.reason, Deviates | Ends | CallFails | NotDone) and exercise.status != "unfinished"


# ── names that are not there ──────────────────────────────────────────────────────────────────────────────────────


def _undefined(reason: Undefined) -> Iterator[str]:
    if reason.incomplete:
        yield "Some of the code was not run to its end: it may be there."
    if reason.near:
        yield f"There is `{reason.near}`: if that is meant, rename it."
    else:
        yield f"The name must be exactly `{reason.names[0]}`."


def _missing_headline(reason: NothingHandedIn | NotReached | Undefined) -> str:
    match reason:
        case NothingHandedIn(module=module):
            return f"Hand in {module}."
        case NotReached(module=module, unreadable=True):
            return f"Nothing in {module} could be read."
        case NotReached(module=module, problem=Raised(frames=frames)):  # what is defined further down, nobody knows yet
            return f"Not reached: {module} stops{place_of_import(frames, module)}."
        case NotReached(module=module, problem=outcome):
            return f"{module} could not be loaded: it {phrase(ending(outcome))}."
        case Undefined(names=names, module=module):
            return f"Define {quoted(names)} {f'in {module}' if module else 'here'}."


# ── code that does not come to its end, rules that do not hold ────────────────────────────────────────────────────


def _code_headline(reason: Ends | NotDone | CallFails) -> str:
    subject = reason.subject
    match reason:
        case Ends(outcome=Raised(frames=frames, error=error), module=module) if frames:
            return f"`{subject}` stops in {_line(frames, subject, module)} with {error}."
        case Ends(outcome=outcome):
            return f"`{subject}` {phrase(ending(outcome))}."
        case NotDone(waits_for=name) if name:
            return f"Waits for `{name}`, which raises NotImplementedError."
        case NotDone():
            return f"Not done yet: `{subject}` raises NotImplementedError."
        case CallFails(method=method) if method:
            return f"Check the parameters of `{subject}.{method}`."
        case CallFails(yours=tuple()):
            return f"Check the parameters of `{subject}`."
        case CallFails(value=value) if value:
            return f"`{value}` must be a {'class' if value[0].isupper() else 'function'}."
        case CallFails(raised=raised):
            return f"Check what `{subject}` gives back: {lower(raised.message)}."


def _line(frames: Sequence[Frame], subject: str, module: str) -> str:
    """Where it stops, with the function whose line that is where it is another."""
    where = place(frames[-1], module)
    # A comprehension belongs to the function before it; a lambda, or a generator, may have been made anywhere.
    name = next((frame.function for frame in reversed(frames) if frame.function not in _COMPREHENSIONS), subject)
    if name in _NAMELESS:
        return f"{_NAMELESS[name]}, {where},"
    return f"`{name}`, {where}," if name.isidentifier() and name != subject else where


def _call(reason: CallFails) -> Iterator[str]:
    if reason.method:
        yield "A method's first parameter is the object itself, `self`; what it is called with comes after it."
    if reason.yours is not None:
        yield f"Yours takes ({', '.join(reason.yours)})."
    if reason.value:
        yield f"In the file it is a value of type {reason.value_type}."
    used = "; ".join(line.strip() for line in source_lines(reason.run.strip()))
    yield f"It is used like this: {used}"


# ── hidden cases ──────────────────────────────────────────────────────────────────────────────────────────────────


def _hidden_headline(reason: HiddenFails) -> str:
    found = reason.problem
    if not reason.subject:
        return _HIDDEN_ONLY
    if isinstance(found, Ending) and found.kind != "raised":
        return f"In a hidden case `{reason.subject}` {phrase(found)}."
    return "Try other sizes and values: the public cases pass, hidden ones do not."


def _hidden(reason: HiddenFails) -> Iterator[str]:
    found = reason.problem
    if isinstance(found, Ending) and found.kind != "raised":
        yield "Every public case is right: try larger inputs, and values that they lack."
        return
    what = f"`{reason.output}` {fault(found)}" if isinstance(found, Fault) else f"the code {problem(found)}"
    yield f"In {reason.failed} of {reason.hidden} hidden cases {what}."


# ── what is said already ──────────────────────────────────────────────────────────────────────────────────────────


def says_problem(exercise: ExerciseResult, part: Part) -> bool:
    """Whether headline and explanation say already what is wrong with a part."""
    found = part.problem
    match exercise.reason:
        case Deviates(output=output, deviation=deviation):
            return found == deviation.fault and part.key.name == output
        case Ends(outcome=outcome):
            return found == ending(outcome) and not _named_by_student(outcome)
        case HiddenFails(subject=""):
            return found == WrongInHidden()
        case HiddenFails(problem=told):
            return isinstance(told, Ending) and told.kind != "raised" and found == told
        case OnlyEarlier(names=names):
            return found == ButFor(names)
        case BreaksRule(rule=rule):
            return found == rule
        case BreaksSource(broken=broken):
            return found == broken
        case DoesNotRaise(problem=told):
            return found == told
        case LawsFail(problems=problems):
            return found in problems
    return found is None


def says_error(exercise: ExerciseResult) -> bool:
    """Whether the headline holds all of the exception that the exercise stops with."""
    match exercise.reason:
        case CallFails():
            return False
        case DoesNotRaise(problem=problem, outcome=Raised(error=error, message=message)):
            return not message and problem.instead.error == error
        case Ends(outcome=Raised(message=message)):
            return not message
    return True


def _named_by_student(outcome: Outcome) -> bool:
    return isinstance(outcome, Raised) and ending(outcome).error != outcome.error
