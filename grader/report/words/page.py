"""What every writer says about a written report, so that it says the same in each format: marks, counts, titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.run import SEALED_LEVEL
from grader.report.format import digits_apart, number, points
from grader.report.words import practice
from grader.report.words.language import count, join, sentence
from grader.report.words.problems import allowed as limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from grader.records.run import Frame
    from grader.records.verdict import Status
    from grader.report.document import (
        Document,
        WrittenDeviation,
        WrittenExample,
        WrittenExercise,
        WrittenFinding,
        WrittenGroup,
        WrittenOutput,
        WrittenPart,
    )

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
#: What is said of an input that is longer than a report.
TOO_LONG: Final = "The input is too long to be shown here; --save-examples FOLDER writes it as a file that runs."
AS_ABOVE: Final = "The same as above."
_METHOD: Final = "method right"  # all points are earned, though what earlier functions gave is wrong

_UNTRIED: Final = "not tried"  # it may well be there: the file was not read so far

_OF_NUMBERS: Final = frozenset({"value", "precision"})  # deviations that a limit decides on
_NAMED = 4  # exercises in a sentence
_LONGEST_CYCLE = 4  # lines of a recursion that are looked for, one after the other
_SHOWN_CYCLES = 2
_CUT = 20  # frames: a longer traceback comes shortened, so that nobody knows how often its lines were repeated


def score(report: Document) -> str:
    """``62 / 100``, or ``– / 100`` when something could not be graded; ``practice: 62 (+5 possible) / 100``."""
    figure = f"{points(report.score)}{practice.possible(report.possible)} / {points(report.max_score)}"
    return f"{practice.WORD}: {figure}" if report.practice else figure


def earned(exercise: WrittenExercise) -> str:
    """``12 / 15``, or ``– / 15`` for what could not be graded; ``4 (+3 possible) / 15``."""
    return f"{points(exercise.earned)}{practice.possible(exercise.possible)} / {points(exercise.points)}"


def status(exercise: WrittenExercise) -> str:
    """An exercise's result: ``partly right``, or ``method right`` where that is all that was left to earn."""
    method = exercise.followed and all(part.right or part.followed for part in exercise.parts)
    if exercise.of_problem and exercise.status == "missing":
        return _UNTRIED
    return _METHOD if method else STATUS[exercise.status]


def graded(report: Document, path: str) -> str:
    """What was graded: the file as the user named it, and the module that it stands for if its name is another."""
    name = report.module.rpartition("/")[2]
    if not path:
        return report.module
    return path if path.replace("\\", "/").rpartition("/")[2] == name else f"{path}, graded as {report.module}"


def in_a_line(exercise: WrittenExercise) -> str:
    """What stands beside an exercise that is not right in a table: its headline, or that this is said elsewhere."""
    if exercise.of_problem:
        return status(exercise)
    if exercise.told_by:
        return "Not done yet." if exercise.status == "unfinished" else f"The same as in `{exercise.told_by}`."
    return exercise.headline or status(exercise)


def alike(exercise: WrittenExercise, others: Sequence[str]) -> str:
    """That other exercises, by their titles, have the same cause as this; empty for none."""
    if not others:
        return ""
    names = f": {join(others)}" if len(others) <= _NAMED else ""
    said = "The same holds of" if exercise.status == "unfinished" else "The same in"
    return f"{said} {count(len(others), 'more exercise')}{names}."


def surest(exercise: WrittenExercise) -> str:
    """The one sentence that says most of an exercise, beside its headline; of one that raised what it raised."""
    if exercise.followed:
        return ""
    if exercise.diagnosis:
        return diagnosis(exercise.diagnosis[0])
    raised = "" if exercise.error_said else sentence(exercise.error)
    return " ".join(filter(None, (raised, *exercise.beyond[:1])))


def has_more(exercise: WrittenExercise) -> bool:
    """Whether there is more to read of an exercise than its headline and its surest sentence."""
    return bool(exercise.parts) and exercise.status not in ("right", "unfinished")


def more(left_out: int) -> str:
    """Where all of it is to be read; of ``left_out`` exercises there is a line in the table alone."""
    beside = f"; of {left_out} there is only a line" if left_out else ""
    return f"--full shows all of it, --exercise ID one exercise{beside}."


def is_limited(detail: WrittenOutput) -> bool:
    """Whether a limit decided that an output is wrong."""
    return bool(detail.tolerance) and detail.deviation is not None and detail.deviation.kind in _OF_NUMBERS


def allowed(exercises: Sequence[WrittenExercise]) -> tuple[str, ...]:
    """How far off the numbers may be that their examples show to be wrong: of those that a limit decided on."""
    shown = (each for exercise in exercises for example in exercise.counterexamples for each in example.outputs)
    return limits(
        [
            (each.name, each.bound)
            for each in shown
            if each.bound is not None and each.deviation is not None and each.deviation.kind in _OF_NUMBERS
        ]
    )


def remarks(texts: Sequence[str]) -> str:
    """All of them, one after the other; empty for none."""
    return "" if not texts else remark(texts[0]) if len(texts) == 1 else f"Remarks: {' '.join(texts)}"


def remark(text: str) -> str:
    """What is worth a word."""
    return f"Remark: {text}"


def more_exercises(exercises: Sequence[WrittenExercise]) -> str:
    """That more of them are not right than there is room to say why."""
    names = "; ".join(f"{exercise.title or exercise.id} ({earned(exercise)})" for exercise in exercises)
    return f"{count(len(exercises), 'more exercise')}, of which the report tells more: {names}"


def more_mistakes(how_many: int) -> str:
    """The same of mistakes that end a command."""
    return f"{count(how_many, 'more mistake')} in the log of this step"


def stopped(code: int) -> str:
    """That a command ended without having done what it was asked for."""
    return f"grade stopped with exit code {code}"


def remarked(exercise: WrittenExercise) -> str:
    """That there are remarks on what is folded: ``2 remarks``."""
    return count(len(exercise.remarks), "remark")


def part_status(part: WrittenPart) -> Status:
    """Right, wrong, or in between where its method is right, or some of its shares are earned."""
    return "right" if part.right else "partly" if part.earned else "wrong"


def group_status(group: WrittenGroup) -> Status:
    """Right or wrong."""
    return "right" if group.right else "wrong"


def group_counts(group: WrittenGroup) -> list[str]:
    """Checks of a group that passed, as for a part."""
    public = [f"public {group.public - group.public_failed} of {group.public}"] if group.public else []
    if group.hidden_failed is None:
        return public if group.right or group.public_failed else [*public, "not all hidden ones"]
    passed = group.hidden - group.hidden_failed
    return [*public, f"hidden {passed} of {group.hidden}"] if group.hidden else public


def unpaid(part: WrittenPart) -> str:
    """Why groups that are right earn nothing; empty where there is none."""
    if not any(group.right and not group.earned and group.points for group in part.groups):
        return ""
    return f"The others count beside {part.groups[0].title} alone."


def part_word(part: WrittenPart) -> str:
    """The same in words."""
    return _METHOD if part.followed else STATUS[part_status(part)]


def part_counts(part: WrittenPart) -> list[str]:
    """Checks of a part that passed: ``public 8 of 10`` and ``hidden 40 of 40``; of hidden ones what is told."""
    public = [f"public {part.public - part.public_failed} of {part.public}"] if part.public else []
    if part.hidden_failed is None:
        return [*public, "not all hidden ones"] if part.unshown else public
    return [*public, f"hidden {part.hidden - part.hidden_failed} of {part.hidden}"] if part.hidden else public


def part_line(part: WrittenPart) -> str:
    """The same in one line: ``public 8 of 10, hidden 40 of 40``."""
    return ", ".join(part_counts(part))


def isolation(report: Document, *, layers: bool = True) -> str:
    """The level and the layers that kept student code apart, and whether that was too little."""
    names = f": {', '.join(report.sandbox.layers) or 'no layers'}" if layers else ""
    end = "" if layers else "."
    weak = ". Hidden cases were run with weak isolation" if weakly_isolated(report) else end
    return f"Isolation level {report.sandbox.level}{names}{weak}"


def weakly_isolated(report: Document) -> bool:
    """Whether hidden cases were run where student code might have read them."""
    hidden = any(part.hidden for exercise in report.exercises for part in exercise.parts)
    return hidden and report.sandbox.level < SEALED_LEVEL


def deviation(found: WrittenDeviation) -> str:
    """How an output is wrong, with figures: ``Worst at [2, 0]: expected 0.3, got 0.4.``."""
    facts = []
    if found.where is not None and isinstance(found.expected, float) and isinstance(found.got, float):
        digits = digits_apart([(found.expected, found.got)])
        at = f" at [{', '.join(map(str, found.where))}]" if found.where else ""
        shown = f"expected {_plain(found.expected, digits)}, got {_plain(found.got, digits)}"
        which = "First" if found.kind == "nonfinite" else "Worst"
        facts.append(f"{which}{at}: {shown}" if found.total > 1 else shown)
    if found.kind == "nonfinite" and found.total > 1:  # beside which nothing else was counted
        counts = ((found.nans, "NaN"), (found.infs, "infinite"))
        facts += [f"{number_of} of {found.total} elements {name}" for number_of, name in counts if number_of]
    elif found.wrong and found.total > 1:
        facts.append(f"{found.wrong} of {found.total} elements wrong")
    return sentence("; ".join(facts) or found.detail or summary(found))


def summary(found: WrittenDeviation) -> str:
    """What is wrong with an output, without figures: ``It has wrong values.``."""
    return sentence(found.summary if found.summary.endswith(".") else f"it {found.summary}")


def diagnosis(finding: WrittenFinding) -> str:
    """What is known of a mistake, and what that rests on."""
    return f"{finding.sentence} {finding.evidence}".strip()


def title(example: WrittenExample) -> str:
    """What a counterexample is: ``A failing public case (every size 1)``. What was made smaller has no origin left."""
    case = f"{'hidden' if example.hidden else 'public'} case"
    if example.law:
        tried = "was tried and does not hold" if example.law_tried else "could not be tried"
        return f"An input on which this {tried}, made from a public case: {example.law.rstrip('.')}"
    if example.calls == 0:
        return f"A failing {case}, which goes wrong only after other calls: run alone, this gives something else"
    if example.calls > 1:
        return f"Wrong when it is called again, on a {case}: what it gives depends on earlier calls"
    if example.minimised:
        return f"A small failing input, made from a {case}"
    return f"A failing {case}{f' ({example.origin})' if example.origin else ''}"


def frame(place: Frame) -> tuple[str, str]:
    """One level of a traceback as Python prints it: where, and the source line (possibly empty)."""
    function = f", in {place.function}" if place.function else ""  # a line that is no Python belongs to none
    if place.in_cell:
        return f"{place.file.capitalize()}, line {place.line}{function}", place.text.strip()
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


def _plain(value: float, digits: int) -> str:
    return number(value, digits).removesuffix(".")
