"""How much the shown examples tell: ``python -m benchmarks.telling [PATTERN]``.

Every hand-in of ``tests/submissions/assignment3`` that is wrong is graded. On the input that is shown to its student,
all known wrong versions of the reference run too, mutants and misconceptions, and those that give what it gives are
counted: each is an explanation that the example leaves. Versions that no diagnostic case tells apart are one. They run
in this process.
"""

from __future__ import annotations

import contextlib
import copy
import io
import signal
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.course.misconceptions import misconceptions
from grader.course.reach import reached
from grader.course.snippet import needed_names
from grader.grading.grade import Demands, grade_path
from grader.mistakes.mutants import mutants
from grader.sandbox.open import open_pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case, CaseBank
    from grader.records.report import Report
    from grader.records.verdict import Counterexample

ROOT = Path(__file__).parents[1]
SECONDS = 0.5  # for one version on one input


def main() -> None:
    """Print, for each exercise and for all of them, how many explanations a shown example leaves on average."""
    pattern = sys.argv[1] if len(sys.argv) > 1 else "0*.py"
    files = find_course(ROOT).assignment("assignment3")
    with open_pool() as pool:
        bank = bank_for(files, pool)
        reports = {
            path.name: grade_path(files, bank, path, pool, demands=Demands(weak=True))
            for path in sorted((ROOT / "tests/submissions/assignment3").glob(pattern))
        }
    counts: list[int] = []
    for exercise, left in all_explanations(bank, files.reference.read_text(encoding="utf-8"), reports):
        counts += left.values()
        for name, count in left.items():
            print(f"  {exercise:16} {count:3}  {name}")
        print(f"{exercise:18} {np.mean(list(left.values())):.2f} on average of {len(left)}")
    print(f"all: {np.mean(counts):.2f} explanations on average of {len(counts)} examples")


def all_explanations(
    bank: CaseBank, source: str, reports: Mapping[str, Report]
) -> Iterator[tuple[str, dict[str, int]]]:
    """For each exercise with a shown example, what :func:`explanations` gives; ``reports`` are by hand-in."""
    for exercise in bank.assignment.exercises:
        shown = [(name, found) for name, report in reports.items() for found in _shown(report, exercise.id)]
        if shown:
            yield exercise.id, explanations(exercise, source, shown, generic_cases(bank, exercise.id))


def generic_cases(bank: CaseBank, exercise: str) -> list[Case]:
    """The diagnostic cases by which versions are told apart."""
    return [case for case in bank.diagnostics[exercise].cases if case.condition is None]


def _shown(report: Report, exercise: str) -> list[Counterexample]:
    """The examples with wrong outputs that a report shows to its student."""
    results = [result for result in report.students if result.id == exercise]
    return [
        found
        for result in results
        for found in result.counterexamples
        if found.outcome is None and any(output.deviation for output in found.outputs)
    ]


def explanations(
    exercise: Exercise, source: str, shown: list[tuple[str, Counterexample]], generic: list[Case]
) -> dict[str, int]:
    """For each shown example, the number of wrong versions that give what the student's code gives."""
    names = needed_names(exercise)
    needed = reached(source, names)
    own = [each.source for each in misconceptions(source) if f" {each.of}(" in needed]
    versions = [*own, *(each.source for each in mutants(needed, names))]
    counts = dict.fromkeys((name for name, _ in shown), 0)
    known: dict[str, list[list[dict[str, Any] | None]]] = defaultdict(list)
    for version in versions:
        on_shown = list(answers(exercise, version, [found for _, found in shown]))
        for (name, found), given in zip(shown, on_shown, strict=True):
            wrong = [output for output in found.outputs if output.shown]
            if given is None or not all(alike(given.get(each.name), each.got) for each in wrong):
                continue
            everywhere = [_outputs(exercise, each) for each in answers(exercise, version, generic)]
            if not any(alike(everywhere, other) for other in known[name]):
                known[name].append(everywhere)
                counts[name] += 1
    return counts


def _outputs(exercise: Exercise, given: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if given is None else {name: given.get(name) for name in exercise.outputs}


def answers(exercise: Exercise, source: str, shown: Sequence[Counterexample | Case]) -> Iterator[dict[str, Any] | None]:
    """What a version gives on each example; None where it does not come to its end."""
    module: dict[str, Any] = {"__name__": "version"}
    with np.errstate(all="ignore"), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, "version", "exec"), module)  # noqa: S102 - the reference, with a change of ours
        run = compile(exercise.run, "run", "exec")
        for found in shown:
            names = {**module, **found.sizes, **copy.deepcopy(found.inputs)}
            signal.signal(signal.SIGALRM, _late)
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            try:
                exec(run, names)  # noqa: S102 - as above
            except Exception:  # noqa: BLE001 - whatever a wrong version raises
                yield None
            else:
                yield names
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, but for what rounding costs."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if one is None or other is None:
        return one is other
    try:
        return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=1e-5, atol=1e-7, equal_nan=True))
    except (TypeError, ValueError):
        return False


def _late(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
