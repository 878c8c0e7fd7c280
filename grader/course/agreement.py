"""Whether an assignment's files fit together, as far as their text shows: the reference is parsed here, never run."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.course.helpers import unfit
from grader.course.misconceptions import misconceptions
from grader.course.no_mistakes import no_mistakes
from grader.course.places import YamlPlaces
from grader.course.sampled import names_of_distributions, samples
from grader.course.snippet import SnippetError, asked_names, needed_names, parse_snippet
from grader.course.source_rules import source_broken
from grader.course.wording import suggestion
from grader.records.assignment import custom_functions
from grader.records.errors import AssignmentError, GraderError, Mistake, ReferenceFault, SourceFault
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path as FilePath

    from grader.course.find import AssignmentFiles
    from grader.course.wording import Path
    from grader.records.assignment import Assignment, Exercise
    from grader.records.breaches import Breach
    from grader.records.run import Submission

_OPEN = frozenset({"exec", "globals", "vars", "__getattr__"})  # may define what no text shows


def of_reference(files: AssignmentFiles, assignment: Assignment, unsure: Collection[int] = ()) -> list[Mistake]:
    """What is wrong with the reference's text, its misconceptions, and what exercises run and it does not define.

    Nothing is said of exercises at the places ``unsure``.
    """
    file = str(files.reference)
    submission = read(files.reference, files.reference.name)
    source = submission.files[submission.module]
    try:
        names = _defined(source)
    except SnippetError as error:
        return [Mistake(file, error.line, error.column, "", f"is no Python: {error}")]
    mistakes = [] if names is None else list(_not_defined(files, assignment, names, unsure))
    sure = [exercise for index, exercise in enumerate(assignment.exercises) if index not in unsure]
    known = replace(assignment, exercises=tuple(sure))
    mistakes += unfit(files.helpers, known, files.reference, names or parse_snippet(source).bound)
    if len(sure) == len(assignment.exercises):  # rules on the source follow what no other exercise asks for
        mistakes += _not_as_asked(files, assignment, submission)
    try:
        misconceptions(source, file)
        mistakes += no_mistakes(source, file)
    except ReferenceFault as fault:
        mistakes += fault.mistakes
    return mistakes


def check_right_variants(files: AssignmentFiles, assignment: Assignment) -> None:
    """Raise AssignmentError for right variants that are not written as exercises ask: they would be marked down."""
    mistakes: list[Mistake] = []
    if any(exercise.source is not None for exercise in assignment.exercises):
        for path in files.right_variants():
            with suppress(GraderError):  # `grade audit` grades it, and says what there is to say
                submission = read(path, assignment.module, asked=asked_names(assignment))
                mistakes += _not_as_asked(files, assignment, submission, path)
    if mistakes:
        raise AssignmentError(mistakes)


def lacking_in_template(files: AssignmentFiles, assignment: Assignment) -> list[str]:
    """Names that exercises ask for and the starter template does not define; none where there is no template."""
    path = files.template / assignment.module
    if not path.is_file():
        return []
    with suppress(GraderError, SnippetError):  # of what cannot be read the audit tells
        source = read(path, assignment.module).files[assignment.module]
        names = _defined(source)
        return [] if names is None else sorted(asked_names(assignment) - names)
    return []


def of_properties(files: AssignmentFiles, assignment: Assignment, functions: Collection[str]) -> list[Mistake]:
    """Every property and every strategy that the assignment names and ``properties.py`` does not define."""
    place = YamlPlaces(files)
    mistakes = []
    for index, exercise in enumerate(assignment.exercises):
        for path, name in _functions_named(exercise):
            if name not in functions:
                message = f"names `{name}`, which {files.properties.name} does not define{suggestion(name, functions)}"
                mistakes.append(place.mistake(("exercises", index, *path), message))
    return mistakes


def _defined(source: str) -> frozenset[str] | None:
    """Names that a module binds, in any branch; None where its text does not show them all."""
    module = parse_snippet(source)
    hidden = "*" in module.bound or not _OPEN.isdisjoint(module.bound | module.used.keys())
    return None if hidden else module.bound


def _not_defined(
    files: AssignmentFiles, assignment: Assignment, names: frozenset[str], unsure: Collection[int]
) -> Iterator[Mistake]:
    place = YamlPlaces(files)
    reference = files.reference.relative_to(files.root).as_posix()
    for index, exercise in enumerate(assignment.exercises):
        if index in unsure:
            continue
        for name in sorted(needed_names(exercise) - names):
            message = f"uses `{name}`, which {reference} does not define{suggestion(name, names)}"
            yield place.in_run(index, exercise, name, message)
        for name in sorted(names_of_distributions(exercise) - names):
            output = next(each for each, written in samples(exercise).items() if name in parse_snippet(written).used)
            message = f"uses `{name}`, which {reference} does not define{suggestion(name, names)}"
            yield place.mistake(("exercises", index, "outputs", output, "drawn_from"), message)


def _not_as_asked(
    files: AssignmentFiles, assignment: Assignment, submission: Submission, path: FilePath | None = None
) -> Iterator[Mistake]:
    """What is right and breaks a rule on the source; the reference by default."""
    place = YamlPlaces(files)
    name = (path or files.reference).relative_to(files.root).as_posix()
    for exercise, broken in source_broken(assignment, submission).items():
        if isinstance(broken, SourceFault):
            raise broken
        index = next(number for number, each in enumerate(assignment.exercises) if each.id == exercise)
        for breach in broken.breaches:
            yield place.mistake(("exercises", index, "source"), f"is not kept to by {name}, which {_said(breach)}")


def _said(breach: Breach) -> str:
    at = "" if breach.place is None else f" in {breach.place.file}, line {breach.place.line}"
    match breach.kind:
        case "forbidden" | "looked_up":
            return f"uses {breach.word}{at}"
        case "lacking":
            return f"does not use {breach.word}"
        case "too_long":
            return f"takes {breach.count} lines where {breach.limit} are allowed"
        case "unreadable":
            return "is nested too deeply to be looked through"


def _functions_named(exercise: Exercise) -> Iterator[tuple[Path, str]]:
    """Functions of ``properties.py`` that an exercise names, and where."""
    for index, check in enumerate(exercise.properties):
        yield ("properties", index, "check"), check.check
    for name, domain in exercise.inputs.items():
        yield from ((("inputs", name), function) for function in custom_functions(domain))
