"""An assignment's checks as pytest's items: ``memory.py::rnn_step::h`` is the output ``h`` of exercise ``rnn_step``.

There is one for each part of an exercise: an output, an exception that must be raised, a law, a rule on the source.
What they are is known from the assignment; grading is done once, when the first of them is run, and as always: student
code runs in the sandbox. Over several workers of pytest-xdist each grades again, since they share nothing.

It is practice. Whoever writes a ``conftest.py`` decides in this process what pytest reports, so no mark is made of it.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import pytest
from msgspec.structs import replace

from grader.cli.output import failed, problem
from grader.cli.public_cases import meant_here, public_cases
from grader.course.snippet import needed_names
from grader.grading.grade import grade_on, handed_in
from grader.judge.points import shares
from grader.records.errors import GraderError
from grader.records.report import DoesNotRaise
from grader.records.verdict import LawUntried, PartKey, Unearned
from grader.report import view
from grader.report.exercise_lines import details
from grader.report.words.language import sentence
from grader.report.words.problems import problem as said_of
from grader.report.words.written import written
from grader.sandbox.open import open_pool
from grader.submission.definitions import defined_at
from grader.submission.locate import find_module

if TYPE_CHECKING:
    import os
    from collections.abc import Generator, Iterator, Mapping

    from grader.records.assignment import Exercise
    from grader.records.report import ExerciseResult
    from grader.records.run import Frame
    from grader.records.verdict import Problem
    from grader.report.document import WrittenExample, WrittenExercise, WrittenPart

_SOURCE: Final = PartKey("source", "source")


class NotRightError(Exception):
    """A part is not right; the text is what its student reads."""


class NotGradedError(Exception):
    """The grader could not do its work, which says nothing of the student's."""


class ToldExercise(NamedTuple):
    """What came of an exercise, as facts and in words."""

    result: ExerciseResult
    words: WrittenExercise


class GradedWork:
    """The plugin: what is graded, and what came of it. Raises pytest.UsageError where that cannot be told."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.getoption
        self._fault: str | None = None
        path, course = option("grader_path"), option("grader_course")
        try:
            asked = meant_here(
                option("grader_assignment"), Path(path) if path else None, Path(course) if course else None
            )
            self.path = asked.path
            self._cases = public_cases(asked, asked.path)
            assignment = self._cases.bank.assignment
            self.file = find_module(asked.path, assignment.module).file.resolve()
        except GraderError as error:
            raise pytest.UsageError(problem(error)) from None
        if config.args_source is not pytest.Config.ArgsSource.ARGS:  # beside what is collected anyway
            config.args = [*config.args, str(self.file)]

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """Those of the assignment."""
        return self._cases.bank.assignment.exercises

    @cached_property
    def defined(self) -> Mapping[str, Frame]:
        """Where the work of an exercise stands, by its id; nothing in a notebook, which has no lines."""
        submission = handed_in(self.path, self._cases.bank.assignment)
        found = defined_at(submission, {each.id: needed_names(each) for each in self.exercises})
        return {exercise: place for exercise, place in found.items() if place.file == submission.module}

    @cached_property
    def _told(self) -> Mapping[str, ToldExercise]:
        """All that came of it, graded when it is first asked for. Raises GraderError."""
        with open_pool(alone=True) as pool:
            report = view.student(grade_on(self._cases, self.path, pool))
        words = written(report).exercises
        return {result.id: ToldExercise(result, said) for result, said in zip(report.exercises, words, strict=True)}

    def told(self, exercise: str) -> ToldExercise:
        """What came of an exercise. Raises NotGradedError, as often as it is asked for."""
        if self._fault is None:
            try:
                return self._told[exercise]
            except Exception as error:  # noqa: BLE001 - told for each test, and met once
                self._fault = failed(error, whole=True)
        raise NotGradedError(self._fault)

    # ── hooks ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def pytest_report_header(self) -> str:
        """What is graded, and what that is worth."""
        return f"grade: {self._cases.bank.assignment.id}, public cases only; this is practice and makes no marks"

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """In place of whatever else would import the graded file: student code runs in the sandbox alone."""
        found = yield
        return [GradedFile.of(parent, file_path, self)] if file_path.resolve() == self.file else found


class GradedFile(pytest.File):
    """The file that holds the work."""

    work: GradedWork

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, work: GradedWork) -> GradedFile:
        """The one at ``path``."""
        made = cls.from_parent(parent, path=path)
        made.work = work
        return made

    def collect(self) -> Iterator[GradedExercise]:
        """Its exercises."""
        for exercise in self.work.exercises:
            yield GradedExercise.of(self, exercise)


class GradedExercise(pytest.Collector):
    """An exercise."""

    exercise: Exercise

    @classmethod
    def of(cls, parent: GradedFile, exercise: Exercise) -> GradedExercise:
        """One of a file's."""
        made = cls.from_parent(parent, name=exercise.id)
        made.exercise = exercise
        return made

    def collect(self) -> Iterator[GradedPart]:
        """Its parts; a rule on the source that costs all outputs is no part, and a check all the same."""
        keys = [key for key, _ in shares(self.exercise)]
        if self.exercise.source is not None and _SOURCE not in keys:
            keys.append(_SOURCE)
        for key in keys:
            yield GradedPart.of(self, key)


class GradedPart(pytest.Item):
    """A part of an exercise."""

    key: PartKey

    @classmethod
    def of(cls, parent: GradedExercise, key: PartKey) -> GradedPart:
        """One of an exercise's, under a name that no other part of it has."""
        name = f"raises_{key.number}" if key.kind == "raises" else key.name
        if key.kind != "output" and name in parent.exercise.outputs:
            name = f"{key.kind}_{name}"
        made = cls.from_parent(parent, name=name)
        made.key = key
        return made

    @property
    def _home(self) -> GradedExercise:
        return cast("GradedExercise", self.parent)

    @property
    def _work(self) -> GradedWork:
        return cast("GradedFile", self._home.parent).work

    def setup(self) -> None:
        """See that it was graded: where it was not, that is an error, and no failure of the student's."""
        found = self._work.told(self._home.name)
        if found.result.status == "ungraded":
            raise NotGradedError(found.words.headline)

    def runtest(self) -> None:
        """Pass, or say why not. Raises NotRightError."""
        result, words = self._work.told(self._home.name)
        if result.status == "unfinished":
            pytest.skip(words.headline)
        if not result.parts:
            raise NotRightError(_sentences(words))
        if self.key == _SOURCE and self.key not in [part.key for part in result.parts]:
            if result.source is not None:
                raise NotRightError(sentence(said_of(result.source)))
            return
        part, said = next(pair for pair in zip(result.parts, words.parts, strict=True) if pair[0].key == self.key)
        if _is_undecided(part.problem):
            pytest.skip(f"{said.title}: {said.problem}")
        if not part.right:
            raise NotRightError(
                _sentences(_of_part(words, said, part.key, raises=isinstance(result.reason, DoesNotRaise)), said)
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our sentences, and no dump of how they came here."""
        if isinstance(excinfo.value, NotRightError | NotGradedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        """The file, the line of the function, counted from 0, and the name in a panel."""
        place = self._work.defined.get(self._home.name)
        return self.path, None if place is None else place.line - 1, f"{self._home.name}::{self.name}"


def _is_undecided(found: Problem | None) -> bool:
    """Whether a part was not tried, or does not count yet, where nothing is wrong with the part itself."""
    return isinstance(found, Unearned) or found == LawUntried()


def _of_part(words: WrittenExercise, part: WrittenPart, key: PartKey, *, raises: bool) -> WrittenExercise:
    """As much of an exercise as speaks of one of its parts."""
    concerned = [_concerning(example, part, key, raises=raises) for example in words.counterexamples]
    return replace(
        words,
        parts=(),
        diagnosis=tuple(each for each in words.diagnosis if not each.outputs or key.name in each.outputs),
        counterexamples=tuple(example for example in concerned if example is not None),
        remarks=(),
    )


def _concerning(example: WrittenExample, part: WrittenPart, key: PartKey, *, raises: bool) -> WrittenExample | None:
    """What of an example shows that a part is wrong; None for nothing."""
    match key.kind:
        case "output":
            own = tuple(each for each in example.outputs if each.name == key.name and each.deviation is not None)
            shows = not example.law and not raises and (own or example.outcome is not None)
            return replace(example, outputs=own) if shows else None
        case "property":
            return example if example.law == part.title else None
        case "raises":
            return example if raises else None
        case "source":
            return None


def _sentences(words: WrittenExercise, part: WrittenPart | None = None) -> str:
    """What a report says below the heading of an exercise."""
    joined = " " if part is not None and part.kind == "output" else ": "
    first = words.headline if part is None else sentence(f"{part.title}{joined}{part.problem}")
    return f"{first}\n{details(words)}".rstrip()
