"""What would kill a version that the bank does not: it is run on further candidates, drawn as the bank's own were.

Where none of these does, and no case of the bank, inputs from wider domains are searched for one that does.
"""

from __future__ import annotations

import ast
from collections import Counter
from math import ceil, sqrt
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.audit.search import search
from grader.course.misconceptions import is_misconception
from grader.course.sampled import samples
from grader.judge.margin import margin
from grader.judge.tolerance import RIGHT
from grader.records.advice import (
    Advice,
    CheckMore,
    DrawMore,
    Equivalent,
    FoundAlike,
    HiddenByRange,
    LargerSample,
    TightenTolerance,
    WriteExamples,
)
from grader.records.bank import MistakeKind
from grader.records.record import Record
from grader.records.run import job_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.audit.bench import Bench
    from grader.audit.search import Search
    from grader.bank.prove import VersionSource
    from grader.records.assignment import Exercise
    from grader.records.bank import Origin, WrongVersion


class Advised(Record, frozen=True):
    """What is kept of a version that was run on further candidates."""

    advice: Advice


def advice(bench: Bench, exercise: Exercise, wrong_versions: Sequence[WrongVersion]) -> dict[str, Advice]:
    """For each version, by its id, what would kill it."""
    made = bench.versions(exercise)
    found: dict[str, Advice] = {}
    open_ones = []
    for wrong in wrong_versions:
        known = bench.recall(Advised, wrong.id, wrong.change, of=exercise)
        if known is not None:
            found[wrong.id] = known.advice
        elif wrong.killed_by and not bench.told_by_values(exercise, wrong):
            found[wrong.id] = _beside_values(exercise, wrong, bench.assignment.audit.by)
        else:
            open_ones.append(wrong)
    if open_ones:
        found |= _tried(bench, exercise, open_ones)
        told_by_none = [made[wrong.id] for wrong in open_ones if isinstance(found[wrong.id], FoundAlike)]
        if told_by_none:
            came_of = search(bench, exercise, told_by_none)
            for version in told_by_none:
                found[version.id] = came_of.found.get(version.id) or _told_by_none(bench, version, came_of)
    for wrong in open_ones:
        bench.keep(Advised(found[wrong.id]), wrong.id, wrong.change, of=exercise)
    by = bench.assignment.audit.by
    killed = {wrong.id: len(wrong.killed_by) for wrong in wrong_versions}
    return {name: _for_the_bar(of_samples(exercise, each), by, killed[name]) for name, each in found.items()}


def of_samples(exercise: Exercise, found: Advice) -> Advice:
    """Of samples: inputs on which one of them tells a version are found by chance, and may tell no other sample."""
    by_inputs = isinstance(found, DrawMore | HiddenByRange | WriteExamples)
    return LargerSample() if by_inputs and samples(exercise) else found


def _for_the_bar(found: Advice, by: int, killed: int) -> Advice:
    """The advice with the numbers that the bar asks for, which is no matter of what was run.

    Of cases of which few kill, about ``k + 2 √k`` divided by their share have ``k`` that do, in about 19 of 20 draws.
    """
    if isinstance(found, Equivalent) and found.drops_check:
        return replace(found, checks=by)
    if isinstance(found, DrawMore):
        lacking = max(by - killed, 1)
        return replace(found, more=ceil((lacking + 2 * sqrt(lacking)) * found.tried / found.killing))
    return found


def _tried(bench: Bench, exercise: Exercise, wrong_versions: Sequence[WrongVersion]) -> dict[str, Advice]:
    """What candidates show that are drawn as the bank's own were."""
    made, cases = bench.versions(exercise), bench.further(exercise)
    job = job_of(exercise, cases)
    runs = bench.runner.run([made[wrong.id].source for wrong in wrong_versions], [job] * len(wrong_versions))
    found = {}
    for wrong, outcomes in zip(wrong_versions, runs, strict=True):
        killing = [margin(exercise, case, outcome).killed for case, outcome in zip(cases, outcomes, strict=True)]
        found[wrong.id] = what_helps(exercise, wrong, [case.origin for case in cases], killing)
    return found


def _told_by_none(bench: Bench, version: VersionSource, came_of: Search) -> FoundAlike | Equivalent:
    drops_check = _checks(version.source) < _checks(bench.source)
    misconception = version.kind == MistakeKind.MISCONCEPTION
    if misconception or drops_check or not came_of.enough:
        return Equivalent(came_of.tried, misconception=misconception, drops_check=drops_check)
    return FoundAlike(came_of.tried)


def _checks(source: str) -> int:
    """How many statements raise something, without those of misconceptions, which no version has."""
    body = (node for node in ast.parse(source).body if not is_misconception(node))
    return sum(isinstance(inner, ast.Raise | ast.Assert) for node in body for inner in ast.walk(node))


def what_helps(exercise: Exercise, wrong: WrongVersion, origins: Sequence[Origin], killing: Sequence[bool]) -> Advice:
    """What candidates of these origins, some of which kill a version, show about it."""
    if any(killing):
        return draw_more(origins, killing)
    if exercise.tolerance is not None and wrong.off is not None and wrong.off > RIGHT:
        return TightenTolerance(len(killing))
    if wrong.killed_by:
        return WriteExamples(len(killing))
    return FoundAlike(len(killing))


def draw_more(origins: Sequence[Origin], killing: Sequence[bool]) -> DrawMore:
    """Which of the candidates, by their origins, would kill a version. One at least does."""
    of = Counter(origins)
    killed = Counter(origin for origin, kills in zip(origins, killing, strict=True) if kills)
    best = max(killed, key=lambda origin: (killed[origin] / of[origin], killed[origin]))
    return DrawMore(best, killed[best], of[best], sum(killing), len(killing))


def _beside_values(exercise: Exercise, wrong: WrongVersion, by: int) -> CheckMore:
    laws = {kill.law for kill in wrong.killed_by}
    law = next((check.check for check in exercise.properties if check.check in laws), "")
    return CheckMore(law) if law else CheckMore(lacking=max(by - len(wrong.killed_by), 1))
