"""Properties: laws that an author wrote as functions, held against a submission through the sandbox.

A property runs on the author's side. All it has of the student is :class:`Student`, whose answers are plain values
made on this side of the boundary. It returns None when the law holds and a sentence for the student otherwise.

Every property holds for the reference, so one that fails with an exception met values that it does not expect. If they
are not what the exercise asks for, that is the submission's fault, and else the property's.

Much holds of nothing: NaN is not above 1, and a loss that is always 0 has the slope 0. So a property that holds counts
only where the outputs that it looked at are finite and heed their inputs.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from grader.course.find import line_within
from grader.judge.case_size import elements
from grader.judge.compare import compare
from grader.judge.forms import as_array
from grader.judge.tolerance import rule_of
from grader.records.errors import PropertyFault
from grader.records.holding import Holding, LawInput
from grader.records.record import Foreign
from grader.records.run import Job, Returned
from grader.records.values import holds_nan, is_finite, stacked
from grader.records.verdict import Fault, LawBroken, LawUntried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.judge.tolerance import Rule
    from grader.records.assignment import Exercise, PropertyCheck
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome, Run

    Property = Callable[["Student", Case], str | None]


#: Deviations that no law has to reckon with.
_UNLIKE = frozenset({"type", "dtype", "nonfinite"})
_UNLIKE_IN_SIZE = frozenset({"shape", "missing"})


class StudentFailed(Exception):  # noqa: N818 - not an error: an outcome on its way through the author's code
    """The student's code did not return."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__("the student's code did not return")


class Student:
    """A submission as a property sees it."""

    def __init__(self, exercise: Exercise, case: Case, run: Callable[[Job], Run]) -> None:
        self._exercise = exercise
        self._case = case
        self._sizes = case.sizes
        self._run = run
        self._given: list[_Given] = []
        self._ran: list[tuple[Job, int, Outcome]] = []  # with the number of the case

    def run(self, inputs: Mapping[str, Value], sizes: Mapping[str, int] | None = None) -> dict[str, Value]:
        """The exercise's outputs on other inputs (and sizes, where they change); lists of numbers come as arrays."""
        return self.run_many([inputs], sizes)[0]

    def run_many(
        self, inputs: Sequence[Mapping[str, Value]], sizes: Mapping[str, int] | None = None
    ) -> list[dict[str, Value]]:
        """The same for many inputs in one round trip."""
        names = tuple(self._exercise.outputs)
        found = self._outputs(self._exercise.run, names, inputs, sizes or self._sizes)
        meant = [_Watched(self._as_meant(outputs)) for outputs in found]
        rules = {name: rule_of(self._exercise, name) for name in names}
        self._given += [_Given(outputs, self._case.expected, rules, same_sizes=sizes is None) for outputs in meant]
        return list(meant)

    def snippet(
        self,
        code: str,
        outputs: Sequence[str],
        inputs: Mapping[str, Value] | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> dict[str, Value]:
        """Other code in the student's module: the named outputs that it leaves."""
        (outcome,) = self._outputs(code, tuple(outputs), [inputs or {}], {**self._sizes, **(sizes or {})})
        self._given.append(_Given(found := _Watched(outcome), {}, {}))
        return found

    def _outputs(
        self, code: str, outputs: tuple[str, ...], inputs: Sequence[Mapping[str, Value]], sizes: Mapping[str, int]
    ) -> list[dict[str, Value]]:
        job = Job(
            run=code,
            outputs=outputs,
            sizes=tuple(dict(sizes) for _ in inputs),
            inputs=tuple(dict(given) for given in inputs),
            limits=self._exercise.limits,
            helpers=self._exercise.helpers,
        )
        found: list[dict[str, Any]] = []
        for number, outcome in enumerate(self._run(job).outcomes):
            self._ran.append((job, number, outcome))
            if not isinstance(outcome, Returned):
                raise StudentFailed(outcome)
            found.append(outcome.outputs)
        return found

    @property
    def shown(self) -> LawInput | None:
        """What was run last, or first of what shows by itself that something is wrong."""
        if not self._ran:
            return None
        found = (ran for ran in self._ran if not _is_plain(ran[2]))
        job, number, outcome = next(found, self._ran[-1])
        sizes, inputs = dict(job.sizes[number]), dict(job.inputs[number])
        return LawInput(self._case, job.run, job.outputs, sizes, inputs, outcome)

    def _as_meant(self, outputs: Mapping[str, Value]) -> dict[str, Value]:
        """Lists where arrays are expected as arrays, and what none can be made of as nothing that holds anything."""
        meant = dict(outputs)
        for name, value in outputs.items():
            expected = self._case.expected.get(name)
            if isinstance(value, list | tuple) and isinstance(expected, np.ndarray):
                array, _, _ = as_array(expected, value)
                meant[name] = Foreign(type=type(value).__name__) if array is None else array
        return meant

    @property
    def void(self) -> LawUntried | None:
        """An output that is empty, so that any law holds of it."""
        return next((untried for given in self._given for untried in given.void()), None)

    @property
    def unlike(self) -> LawUntried | None:
        """What no author need expect of an output."""
        return next((untried for given in self._given for untried in given.unlike()), None)

    def vain(self, heedless: frozenset[str]) -> LawUntried | None:
        """An output that the property looked at although no law says anything of it: it is not finite, or ``heedless``.

        Outputs of other code than the exercise's own have no cases to show what they heed.
        """
        meant = {name for name, output in self._exercise.outputs.items() if output.nonfinite == "expected"}
        return next(chain.from_iterable(given.vain(heedless, meant) for given in self._given), None)


def _is_plain(outcome: Outcome) -> bool:
    """Whether finite numbers came."""
    return isinstance(outcome, Returned) and all(map(is_finite, outcome.outputs.values()))


class _Watched(dict[str, Any]):
    """Outputs by name. ``seen`` are those that somebody looked at; a copy looks at all."""

    def __init__(self, outputs: Mapping[str, Value]) -> None:
        super().__init__(outputs)
        self.seen: dict[str, None] = {}

    def __getitem__(self, name: str) -> Any:
        self.seen[name] = None
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:  # without this Python copies a dict past its methods
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        """As of any dict."""
        self.seen[name] = None
        return super().get(name, default)

    def items(self) -> Any:
        """As of any dict."""
        self.seen.update(dict.fromkeys(self))
        return super().items()

    def values(self) -> Any:
        """As of any dict."""
        self.seen.update(dict.fromkeys(self))
        return super().values()


class _Given(NamedTuple):
    """Outputs that a property was given, and what the case expects of these where that is known."""

    outputs: _Watched
    expected: Mapping[str, Value]
    rules: Mapping[str, Rule]
    same_sizes: bool = False

    def void(self) -> Iterator[LawUntried]:
        for name, value in dict.items(self.outputs):
            meant = self.expected.get(name)
            if isinstance(value, np.ndarray) and not value.size and isinstance(meant, np.ndarray) and meant.size:
                yield LawUntried(output=name, fault=Fault("type", "empty"))

    def unlike(self) -> Iterator[LawUntried]:
        for name, value in dict.items(self.outputs):
            if name not in self.expected:
                if not _is_numeric(value):
                    yield LawUntried(output=name, fault=Fault("type", "not_numbers"))
                continue
            deviation = compare(self.expected[name], value, self.rules[name]).deviation
            if deviation is None:
                continue
            kind = deviation.fault.kind
            if kind in _UNLIKE or (kind in _UNLIKE_IN_SIZE and self.same_sizes):
                yield LawUntried(output=name, fault=deviation.fault)
        absent = Fault("missing", "never_set")
        yield from (LawUntried(output=name, fault=absent) for name in self.expected if name not in self.outputs)

    def vain(self, heedless: frozenset[str], meant: set[str]) -> Iterator[LawUntried]:
        """``meant``: names of outputs that may hold NaN and infinities."""
        for name in self.outputs.seen:
            value = dict.get(self.outputs, name)
            if name not in meant and not is_finite(value):
                yield LawUntried(output=name, fault=Fault("nonfinite", "nan" if holds_nan(value) else "infinite"))
            elif self.rules and name in heedless:
                yield LawUntried(output=name, fault=Fault("value", "never_changes"))


def _is_numeric(value: Value) -> bool:
    return stacked([value]) is not None


def hold(
    check: PropertyCheck,
    function: Property,
    exercise: Exercise,
    cases: Sequence[Case],
    run: Callable[[Job], Run],
    heedless: frozenset[str] = frozenset(),
) -> Holding:
    """Try a property on the first few of the cases, all of them public or all hidden, until it first fails.

    ``heedless`` names outputs that are the same in all cases (:mod:`grader.judge.heed`). Raises PropertyFault when the
    property itself fails.
    """
    public = all(case.public for case in cases)
    tried, problem, shown = 0, None, None
    for case in cases[: check.cases]:
        tried += 1
        student = Student(exercise, case, run)
        problem = _problem(check, function, student, case, heedless)
        if problem is not None:
            shown = student.shown
            break
    failed = 0 if problem is None else 1
    if public:
        return Holding(check.check, problem, public=tried, public_failed=failed, shown=shown)
    return Holding(check=check.check, problem=problem and LawBroken(), hidden=tried, hidden_failed=failed)


def _problem(
    check: PropertyCheck, function: Property, student: Student, case: Case, heedless: frozenset[str]
) -> LawBroken | LawUntried | None:
    try:
        sentence = _sentence(function(student, case))
    except StudentFailed as failed:
        return LawUntried(outcome=failed.outcome)
    except (Exception, SystemExit) as error:
        if (untried := student.void or student.unlike) is not None:
            return untried
        where = _line_of(error, function)
        raise PropertyFault(
            f"the property {check.check} itself failed{where} with {type(error).__name__}: {error}"
        ) from error
    return LawBroken(sentence) if sentence else student.void or student.vain(heedless)


def _line_of(error: BaseException, function: Property) -> str:
    """In which line of the author's own file it came up, in words; empty where that cannot be told."""
    path = Path(getattr(getattr(function, "__code__", None), "co_filename", ""))
    line = line_within(error, path) if path.name == "properties.py" else 0
    return f" in line {line} of {path.name}" if line else ""


def _sentence(answer: Any) -> str:
    """What a property gave: empty where it holds. Raises TypeError for what is neither a sentence nor None."""
    if answer is None or isinstance(answer, str):
        return answer or ""
    raise TypeError(f"expected a sentence, or None where the law holds, got {type(answer).__name__}")


def in_turn(cases: Sequence[Case]) -> list[Case]:
    """The cases in the order in which properties are tried.

    The smallest with every size above 1 and the smallest of the others, in turn: a law that holds where every size is 1
    may hold for the wrong reason. None of those that expect NaN or infinities, for a law is about numbers.
    """
    finite = (case for case in cases if all(map(is_finite, case.expected.values())))
    by_size = sorted(finite, key=lambda case: elements(case.inputs))
    generic = [case for case in by_size if min(case.sizes.values(), default=2) > 1]
    others = [case for case in by_size if min(case.sizes.values(), default=2) <= 1]
    return [case for pair in zip_longest(generic, others) for case in pair if case is not None]
