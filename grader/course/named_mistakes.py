"""Mistakes that an instructor named: a file each in ``assignments/<id>/mistakes/``, with inputs, answers, a sentence.

They are held apart from the case bank, so that they outlive it. The answers came from students' processes: a file is
bounded, decoded strictly, and nothing in it is evaluated. One that cannot be used costs nobody a grade: it is told, and
left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from grader.course.find import LARGEST_MISTAKE, MOST_MISTAKES
from grader.course.fitting import misfit
from grader.records.answers import (
    CaseAnswer,
    NamedCase,
    NamedMistake,
    StoredCase,
    StoredMistake,
    packed,
    raised,
    sentence_problem,
    unpacked,
)
from grader.records.decoding import from_json
from grader.records.errors import AssignmentError, Mistake, ProtocolError
from grader.records.schemas import MISTAKE

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from grader.course.find import AssignmentFiles
    from grader.course.wording import Path
    from grader.records.assignment import Assignment, Exercise

MAX_CASES = 12  # of a mistake
LEAST_CASES = 3  # with fewer, answers may be alike by chance

_PLACE = re.compile(r" - at `\$(.*)`")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_BYTE = re.compile(r"\(byte (\d+)\)")


class NamedMistakes(NamedTuple):
    """The mistakes that can be used, by the order of their files, and what is wrong with the others."""

    mistakes: tuple[NamedMistake, ...] = ()
    problems: tuple[Mistake, ...] = ()


def named_mistakes(files: AssignmentFiles, assignment: Assignment) -> NamedMistakes:
    """All that can be read beside an assignment."""
    paths = files.mistakes()
    found: list[NamedMistake] = []
    problems: list[Mistake] = []
    for path in paths[:MOST_MISTAKES]:
        try:
            found.append(_read(path, assignment))
        except AssignmentError as error:
            problems += error.mistakes
    if len(paths) > MOST_MISTAKES:
        message = f"is one of {len(paths)} named mistakes, and no more than {MOST_MISTAKES} are read: remove some"
        problems.append(Mistake(str(paths[MOST_MISTAKES]), 0, 0, "", message))
    return NamedMistakes(tuple(found), tuple(problems))


def as_file(mistake: NamedMistake, assignment: str) -> str:
    """The text of a mistake's file: a line for each case, so that what changes shows."""
    cases = [
        StoredCase(
            dict(sorted(case.sizes.items())), packed(case.inputs), packed(case.answer.outputs), case.answer.ended
        )
        for case in mistake.cases
    ]
    head = StoredMistake(MISTAKE, assignment, mistake.exercise, mistake.sentence, mistake.outputs, ())
    lines = [
        f"  {_json(name)}: {_json(value)}," for name, value in msgspec.to_builtins(head).items() if name != "cases"
    ]
    return "\n".join(["{", *lines, '  "cases": [', ",\n".join(f"    {_json(case)}" for case in cases), "  ]", "}", ""])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _read(path: FilePath, assignment: Assignment) -> NamedMistake:
    """The mistake in a file. Raises AssignmentError."""
    data = _bytes(path)
    try:
        stored = from_json(data, StoredMistake)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _undecodable(path, data, str(error)) from None
    exercise = next((each for each in assignment.exercises if each.id == stored.exercise), None)
    if stored.assignment != assignment.id:
        raise _refused(path, data, ("assignment",), f"is {_short(stored.assignment)}, and it lies in {assignment.id}")
    if exercise is None:
        known = ", ".join(each.id for each in assignment.exercises)
        raise _refused(path, data, ("exercise",), f"is {_short(stored.exercise)}, which is none of {known}: {_AGAIN}")
    if problem := sentence_problem(stored.sentence):
        raise _refused(path, data, ("sentence",), problem)
    if not stored.outputs or not exercise.outputs.keys() >= set(stored.outputs):
        raise _refused(path, data, ("outputs",), f"must be some of {', '.join(exercise.outputs)}: {_AGAIN}")
    if not LEAST_CASES <= len(stored.cases) <= MAX_CASES:
        raise _refused(path, data, ("cases",), f"must be {LEAST_CASES} to {MAX_CASES}, and are {len(stored.cases)}")
    cases = tuple(_case(path, data, number, case, exercise) for number, case in enumerate(stored.cases))
    return NamedMistake(path.stem, exercise.id, stored.sentence, stored.outputs, cases)


_AGAIN = "remove the file, or grade a class again and name the mistake anew"


def _case(path: FilePath, data: bytes, number: int, stored: StoredCase, exercise: Exercise) -> NamedCase:
    place: Path = ("cases", number)
    try:
        case = NamedCase(stored.sizes, unpacked(stored.inputs), CaseAnswer(unpacked(stored.outputs), stored.ended))
    except ProtocolError as error:
        raise _refused(
            path, data, place, f"holds values that cannot be read ({_short(str(error))}): {_AGAIN}"
        ) from None
    if problem := misfit(exercise, case.sizes, case.inputs):
        raise _refused(path, data, place, f"{problem}: {_AGAIN}")
    if stored.ended and not raised(case.answer):
        raise _refused(path, data, place, f"ends by {_short(stored.ended)}, which is no exception: {_AGAIN}")
    if not exercise.outputs.keys() >= case.answer.outputs.keys():
        raise _refused(path, data, place, f"answers other outputs than {', '.join(exercise.outputs)}: {_AGAIN}")
    return case


def _bytes(path: FilePath) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_MISTAKE + 1)
    except OSError as error:
        raise AssignmentError(
            [Mistake(str(path), 0, 0, "", f"cannot be read: {error.strerror or type(error).__name__}")]
        ) from None
    if len(data) > LARGEST_MISTAKE:
        raise AssignmentError([Mistake(str(path), 0, 0, "", f"has more than {LARGEST_MISTAKE >> 10} KiB: {_AGAIN}")])
    return data


def _undecodable(path: FilePath, data: bytes, problem: str) -> AssignmentError:
    """What is no such file, at the byte or the value that the decoder stumbled over."""
    found = _BYTE.search(problem)
    if found is not None or "truncated" in problem:
        line = data.count(b"\n", 0, int(found[1]) if found else len(data)) + 1
        return AssignmentError([Mistake(str(path), line, 1, "", f"is no JSON: {problem}: {_AGAIN}")])
    place: list[str | int] = []
    if (where := _PLACE.search(problem)) is not None:
        place = [key or int(number) for key, number in _STEP.findall(where[1])]
    said = _short(_PLACE.sub("", problem))
    return _refused(path, data, tuple(place), f"is no named mistake: {said}: {_AGAIN}")


def _refused(path: FilePath, data: bytes, place: Path, message: str) -> AssignmentError:
    from grader.course.wording import path_text

    return AssignmentError([Mistake(str(path), *_where(data, place, str(path)), path_text(place), message)])


def _where(data: bytes, place: Path, file: str) -> tuple[int, int]:
    """Line and column of a value: JSON is YAML, whose reader knows places. (0, 0) where it does not read this."""
    from grader.course.positions import read  # which is seldom needed

    try:
        return read(data, file=file).place(place)
    except AssignmentError:
        return 0, 0


def _short(text: Any) -> str:
    from grader.course.wording import shortened

    return shortened(text if isinstance(text, str) and text.isprintable() else repr(text))
