"""Sentences that every writer of an audit needs."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from grader.records import advice as ways
from grader.records.audit import CHANGES_INPUT, killable
from grader.records.bank import MistakeKind
from grader.records.report import GraderFailed
from grader.report.format import counted, listed, percent, points, worth
from grader.report.words import cases, reasons
from grader.report.words.shortcomings import answers, part
from grader.report.words.submission import problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.advice import Advice
    from grader.records.audit import (
        Audit,
        ExerciseAudit,
        Killable,
        Loss,
        Margins,
        Tally,
        Variant,
        Version,
        Waived,
    )
    from grader.records.bar import Bar

#: Heads of the table's columns; :func:`legend` says what they mean.
COLUMNS: Final = ("live", "killed", "by", "weak", "alive", "waived", "share", "same")
UNIT: Final = (
    "A unit is what rounding costs: how far the expected number moves when every operation is off by one rounding."
)


def row(found: Tally) -> tuple[str, ...]:
    """The table's cells for some versions."""
    by = "–" if found.least is None else f"≥ {found.least}"
    counts = (found.weak, found.survivors, found.waived)
    return (str(found.live), str(found.killed), by, *map(str, counts), percent(found.share), str(found.alike))


def legend(audit: Audit) -> str:
    """What the table counts, as sentences."""
    passing = audit.tally.versions - audit.tally.live - audit.tally.alike
    return (
        f"Live is every mutant and misconception but {passing} that the assignment lets pass with a remark: only "
        f"numerically off, or only changing an input. Killed: told from the reference by at least "
        f"{counted(audit.bar.by, 'case')} of any exercises that use it, or by a rule beside them; next to it by how "
        "many cases each is killed at least, for one that enough have killed is run on no more. Weak: told by fewer; "
        "alive: by none. Waived: weak or alive, with the author's reason. The share is that of killed and waived ones. "
        "What several exercises use counts once in all of them. Same, and not live: no difference was found in "
        "thousands of inputs, also from wider domains than an exercise's own."
    )


def outcome(audit: Audit) -> str:
    """The result in a sentence."""
    if audit.failures:
        return "The tests do not reach their bar."
    by = counted(audit.bar.by, "case")
    return f"The tests reach their bar: {percent(audit.bar.kill)} of live versions, each killed by {by}."


def version(found: Version) -> str:
    """Which one it is: ``misconception mean_of_squares, line 12``."""
    kinds: dict[str, str] = {MistakeKind.MISCONCEPTION: "misconception ", MistakeKind.INHERITED: "misconception "}
    return f"{kinds.get(found.kind, '')}`{found.id}`, line {found.line}"


def kills(found: Version) -> str:
    """``≥ 7``: by how many cases it is killed."""
    return f"≥ {found.killed_by}" if found.fate == "killed" and found.killed_by else str(found.killed_by)


def state(found: Version, exercise: ExerciseAudit, bar: Bar) -> str:
    """Why it is not killed, as a sentence."""
    margins = exercise.margins
    if found.fate == "remark":
        return "Not counted: only changes an input." if found.kind == CHANGES_INPUT else "Not counted: numerically off."
    if found.fate == "alike":
        return "Not counted: no difference was found."
    if found.killed_by:
        kill = "kills" if found.killed_by == 1 else "kill"
        return f"Weak: {counted(found.killed_by, 'case')} {kill} it, of {bar.by} asked for."
    if found.kind == MistakeKind.MISCONCEPTION and found.off is not None and found.off <= margins.right_limit:
        return "No case tells it from the reference."
    if margins.literal and found.off is not None and found.off > margins.right_limit:
        return f"Alive: it is off by {units(found.off)}, which the assignment's own tolerance lets pass."
    if found.off is None or found.off > margins.wrong_limit:
        return "Alive: no case of the bank tells it from the reference, though other inputs do."
    if found.off > margins.right_limit:
        return f"Alive: no case tells it from the reference; it is off by {units(found.off)}, too few to count."
    return "Alive: the same as the reference, as far as was measured."


def waived(exercise: ExerciseAudit) -> Iterator[str]:
    """Each reason, with what is waived for it."""
    names = {found.id for found in exercise.versions if found.waived}
    those = (waiver for waiver in exercise.waivers if not names.isdisjoint(waiver.matches))
    for reason, group in groupby(sorted(those, key=lambda waiver: waiver.because), key=lambda waiver: waiver.because):
        yield f"{reason} ({'; '.join(map(_matched, group))})"


def _matched(waiver: Waived) -> str:
    if waiver.matches == (waiver.mutant,):
        return f"`{waiver.mutant}`"
    return f"`{waiver.mutant}` matches {counted(len(waiver.matches), 'version')}: {listed(waiver.matches)}"


def notes(exercise: ExerciseAudit) -> Iterator[str]:
    """What passes with a remark, and what only a rule tells."""
    passing = [found for found in exercise.versions if found.fate == "remark"]
    off = sum(found.kind != CHANGES_INPUT for found in passing)
    if off:
        yield f"{_versions(off)} only numerically off: not counted."
    if changing := len(passing) - off:
        yield f"{_versions(changing)} only wrong in changing an input: not counted."
    if told := sum(found.told_by_rule for found in exercise.versions):
        yield f"{_versions(told)} told by a rule beside the cases: inputs must not change, results must repeat."
    if exercise.margins.literal:
        yield "The assignment's own tolerance decides what is right."


def margins(found: Margins) -> Iterator[tuple[str, str, str]]:
    """The room between right and wrong: what, how far off it is, and which one that is."""
    if found.right is not None:
        yield "Worst right variant", _under(found.right.units, found), _file(found.right.name)
    for one in found.imprecise:
        yield "Right with fewer digits", units(one.units), _file(one.name)
    if found.wrong is not None:
        yield "Weakest gross mistake", _over(found.wrong.units, found), f"`{found.wrong.name}`"


def _file(path: str) -> str:
    """A file is called by its name: where right variants lie is said elsewhere."""
    return path.rpartition("/")[2]


def variant(found: Variant) -> str:
    """``100 / 100``, or ``– / 100`` for what could not be graded."""
    return f"{points(found.score)} / {points(found.max_score)}"


def variants(audit: Audit) -> str:
    """How right variants fared."""
    if not audit.variants:
        return "No right variant was tried."
    accepted = sum(found.accepted for found in audit.variants)
    return f"{accepted} of {counted(len(audit.variants), 'right variant')} accepted."


def mutants(found: Killable) -> str:
    """How mutants of right variants fared; empty where there are none."""
    if not found.made:
        return ""
    return (
        f"{found.killed} of {counted(found.killable, 'mutant')} of right variants killed ({percent(found.share)}). "
        f"Not counted: {found.made - found.killable} that no further input tells from right."
    )


def killed(found: Variant) -> str:
    """``1340 / 1342``: mutants of a right variant that are killed; a dash where there are none."""
    numbers = killable(found.mutants)
    return f"{numbers.killed} / {numbers.killable}" if numbers.made else "–"


def escaped(audit: Audit) -> Iterator[tuple[str, str, str]]:
    """Mutants of right variants that got away: where, what was changed, and what would kill it."""
    for found in audit.variants:
        for each in found.mutants:
            for one in each.escaped:
                yield f"{_file(found.name)}, line {one.line}, `{each.exercise}`", one.change, advice(one.advice)


def template(audit: Audit) -> str:
    """What the starter template gets."""
    if audit.template is None:
        return "There is no starter template."
    earned = audit.template.scoring
    if not earned:
        return f"The starter template {audit.template.name} gets no points as it is."
    those = ", ".join(f"{worth(each)} in {exercise}" for exercise, each in earned.items())
    return f"The starter template {audit.template.name} gets points as it is: {those}."


def know_nothing(audit: Audit) -> str:
    """What submissions get that know nothing; empty where none was graded."""
    if not audit.know_nothing:
        return ""
    each = "; ".join(f"{answers(found.kind)}: {points(found.score)}" for found in audit.know_nothing)
    return f"Points of submissions that know nothing: {each}."


def paid(audit: Audit) -> Iterator[str]:
    """Which parts pay them."""
    for found in audit.know_nothing:
        for each in found.parts:
            yield f"{answers(found.kind)}: {worth(each.points)} for {part(each)} in {each.exercise}"


# ── what would help ───────────────────────────────────────────────────────────────────────────────────────────────


def advice(found: Advice | None) -> str:
    """What would kill a version, or what else to do about it; empty where nothing is to be done."""
    match found:
        case ways.DrawMore():
            return (
                f"Cases with {cases.kind(found.origin)} would kill it: {found.killing_there} of "
                f"{found.tried_there} such candidates do, {found.killing} of {found.tried} in all. Ask for "
                f"{f'about {found.more} ' if found.more else ''}more hidden cases."
            )
        case ways.HiddenByRange():
            return _hidden(found)
        case ways.FoundAlike(tried=tried):
            return f"No difference in {tried:,} inputs, also from wider domains: it needs no waiver."
        case ways.TightenTolerance(tried=tried):
            return f"None of {tried} further candidates tells it either: make the `tolerance` smaller, or leave it out."
        case ways.WriteExamples(tried=tried):
            return (
                f"None of {tried} further candidates tells it from the reference, the bank's own cases alone do: write "
                "out further ones as `examples`, or waive it with the reason."
            )
        case ways.Equivalent(tried=tried, misconception=True, drops_check=dropped, checks=checks):
            refused = f", or, where it takes what is to be refused, {_add_checks(checks)}" if dropped else ""
            return (
                f"No difference in {tried:,} inputs, also from wider domains: as far as that shows it does what the "
                f"reference does. Look whether it makes the mistake that it tells of, or take it out{refused}."
            )
        case ways.Equivalent(tried=tried, drops_check=dropped, checks=checks):
            checked = f" Where bad input is to be refused, {_add_checks(checks)}." if dropped else ""
            return (
                f"No difference in {tried:,} inputs, also from wider domains: it is probably equivalent. Waive it with "
                f"the reason, or make the reference simpler.{checked}"
            )
        case ways.CheckMore(law=law, lacking=lacking):
            more = f"let `{law}` be tried on more `cases`" if law else _add_checks(lacking, more=True)
            return f"No value tells it, only what stands beside the values does: {more}, or waive it with the reason."
        case ways.LargerSample():
            return (
                "Chance hides it: what it draws is too like what is right for a sample of this size. Let `run` draw "
                "more, or narrow the domains so that it errs by more: a probability p and one that is off by d take "
                "about 80 p (1 - p) / d² draws to be told apart."
            )
    return ""


def _add_checks(number: int, *, more: bool = False) -> str:
    """What to write under `raises`: each input is one case."""
    if number == 1:
        return f"add a{' further' if more else ''} bad input under `raises`"
    return f"add {number} {'further ' if more else ''}bad inputs under `raises`"


def _hidden(found: ways.HiddenByRange) -> str:
    those = listed([f"{each.name} = {each.number:g}" for each in found.beyond])
    shows = f"Your range hides it; {those} shows it" if those else "Hardly any input that is drawn shows it"
    return (
        f"{shows}, as {found.killing:,} of {found.tried:,} inputs from wider domains do. Widen the range, or write out "
        f"such `examples`: - {found.example}"
    )


def proposal(audit: Audit) -> tuple[str, ...]:
    """What stands above proposed waivers, a line each."""
    return (
        f"Wrong versions of {audit.assignment} that too few cases tell from the reference. Kill each, or say why it",
        "need not be killed and move it below its exercise: an empty reason is refused. For staff only.",
    )


def alike(exercise: ExerciseAudit) -> Iterator[str]:
    """Versions of which no difference was found, each with its change and on how many inputs."""
    for found in exercise.versions:
        if isinstance(found.advice, ways.FoundAlike):
            yield f"No difference in {found.advice.tried:,} inputs: {version(found)}: {found.change}"


# ── numbers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def units(count: float) -> str:
    """So many units of rounding: ``62 units``, ``1.3e14 units``."""
    return f"{_number(count)} units"


def _under(count: float, found: Margins) -> str:
    if found.literal or not count:
        return units(count)
    room = _number(found.right_limit / count)
    return f"{units(count)} ({room} times under the {_number(found.right_limit)} that are right)"


def _over(count: float, found: Margins) -> str:
    if found.literal:
        return units(count)
    room, limit = _number(count / found.wrong_limit), _number(found.wrong_limit)
    return f"{units(count)} ({room} times over the {limit} that rounding and few digits may cost)"


def _number(value: float) -> str:
    if 10 <= value < 1e6:
        return f"{value:,.0f}"
    return f"{value:.2g}".replace("e+", "e").replace("e0", "e")


def _versions(count: int) -> str:
    return f"{counted(count, 'version')} {'is' if count == 1 else 'are'}"


def lost(found: Loss) -> str:
    """Why a right variant lost points."""
    match found.reason:
        case None:
            return problem(found.problem, found.module)
        case GraderFailed(fault=fault):
            return fault
        case reason:
            return reasons.headline(reason)
