"""What would kill a version that the bank does not: it is run on further candidates, drawn as the bank's own were."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from grader.judge.margin import margin
from grader.judge.tolerance import RIGHT
from grader.mistakes.operators.checks import DROP_CHECK
from grader.records.record import Record
from grader.records.run import job_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.audit.bench import Bench
    from grader.records.assignment import Exercise
    from grader.records.bank import Suspect


class Advice(Record, frozen=True):
    """What to do about a version."""

    text: str


def advice(bench: Bench, exercise: Exercise, suspects: Sequence[Suspect]) -> dict[str, str]:
    """For each version, by its id, what would kill it."""
    sources = bench.sources(exercise)
    texts = {}
    open_ones = []
    for suspect in suspects:
        known = bench.recall(Advice, exercise.id, sources[suspect.id])
        if known is not None:
            texts[suspect.id] = known.text
        elif suspect.killed_by and not bench.told_by_values(exercise, suspect):
            texts[suspect.id] = _about_checks(exercise, suspect)
        else:
            open_ones.append(suspect)
    if not open_ones:
        return texts
    cases = bench.further(exercise)
    job = job_of(exercise, cases)
    runs = bench.laboratory.run([sources[suspect.id] for suspect in open_ones], [job] * len(open_ones))
    for suspect, outcomes in zip(open_ones, runs, strict=True):
        killing = [margin(exercise, case, outcome).killed for case, outcome in zip(cases, outcomes, strict=True)]
        text = sentence(exercise, suspect, [case.origin for case in cases], killing)
        bench.keep(Advice(text), exercise.id, sources[suspect.id])
        texts[suspect.id] = text
    return texts


def sentence(exercise: Exercise, suspect: Suspect, origins: Sequence[str], killing: Sequence[bool]) -> str:
    """What candidates of these origins, some of which kill a version, say about it."""
    if any(killing):
        return remedy(origins, killing)
    if exercise.tolerance is not None and suspect.off is not None and suspect.off > RIGHT:
        return (
            f"None of {len(killing)} further candidates tells it either: make the `tolerance` smaller, or leave it out."
        )
    return _about_none(suspect, len(killing))


def remedy(origins: Sequence[str], killing: Sequence[bool]) -> str:
    """Which of the candidates, by their origins, would kill a version. One at least does."""
    of = Counter(origins)
    killed = Counter(origin for origin, kills in zip(origins, killing, strict=True) if kills)
    best = max(killed, key=lambda origin: (killed[origin] / of[origin], killed[origin]))
    return (
        f"Cases with {best.removeprefix('edge: ')} would kill it: {killed[best]} of {of[best]} such candidates do, "
        f"{sum(killing)} of {len(killing)} in all. Ask for more hidden cases."
    )


def _about_none(suspect: Suspect, total: int) -> str:
    if suspect.killed_by:
        return (
            f"None of {total} further candidates tells it from the reference, the bank's own cases alone do: write out "
            "further ones as `examples`, or waive it with the reason."
        )
    checked = " Where bad input is to be refused, add a check under `raises`." if _drops_check(suspect) else ""
    return (
        f"None of {total} further candidates tells it from the reference: it is probably equivalent. Waive it with the "
        f"reason, or make the reference simpler.{checked}"
    )


def _about_checks(exercise: Exercise, suspect: Suspect) -> str:
    laws = {kill.partition(" on ")[0] for kill in suspect.killed_by}
    law = next((check.check for check in exercise.properties if check.check in laws), "")
    more = f"let `{law}` be tried on more `cases`" if law else "add checks with other inputs under `raises`"
    return f"No value tells it, only what stands beside the values does: {more}, or waive it with the reason."


def _drops_check(suspect: Suspect) -> bool:
    return suspect.kind == DROP_CHECK.name
