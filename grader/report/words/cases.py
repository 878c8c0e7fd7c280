"""Why a case is there, and what else its author may read of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.bank import Unfit
from grader.report.words.language import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.records.bank import LeftOut, Origin, OriginKind, Sifted
    from grader.records.credit import GroupKind
    from grader.records.listing import ListedCase, ListedExercise

_PLAIN: Final[Mapping[OriginKind, str]] = {
    "ones": "every size 1",
    "lowest": "every size at its lowest",
    "zeros": "arrays of zeros",
    "small": "numbers near 0",
    "highest": "every size at its highest",
    "distinct": "sizes all distinct",
    "any": "sizes at random",
    "one_is_1": "one size 1",
    "equal": "sizes all equal",
    "all_2": "sizes all 2",
    "all_1": "sizes all 1",
    "no_sizes": "values at random",
    "hunt": "drawn in a hunt",
    "diagnostic": "",
    "fresh": "drawn afresh",
}

#: What the cases of a group try that earns a share of an output's points.
GROUPS: Final[Mapping[GroupKind, str]] = {
    "ordinary": "ordinary sizes and values",
    "size_one": "a size of 1",
    "long": "large sizes",
    "extreme": "extreme values",
}


def origin(found: Origin) -> str:
    """``edge: every size 1``; empty for a diagnostic case, of which its condition says more."""
    return f"edge: {kind(found)}" if found.on_edge else kind(found)


def kind(found: Origin) -> str:
    """What such cases have in common: ``every size 1``."""
    match found.kind:
        case "example":
            return f"example: {found.note}" if found.note else "example"
        case "bad_input":
            return f"must raise {found.name}"
        case "one_lowest":
            return f"only {found.name} is {found.value}"
        case "shortest":
            return f"{found.name} at its shortest"
        case "extreme":
            return f"{found.name} = {found.value}"
        case plain:
            return _PLAIN[plain]


# ── for its author ────────────────────────────────────────────────────────────────────────────────────────────────

HEADINGS: Final = ("case", "kind", "kills", "sizes", "why it is there")
FIRST: Final = "the first:"
_UNCOUNTED: Final = (
    "A case with 0 kills may be as good as the others: a wrong version that enough cases have killed is run on no "
    "more, and not counted for the rest."
)


def contents(exercise: ListedExercise) -> str:
    """How many cases there are, and how many wrong versions they kill."""
    public = sum(listed.case.public for listed in exercise.cases)
    killed = len({version for listed in exercise.cases for version in listed.kills})
    cases = f"{public} public and {len(exercise.cases) - public} hidden cases"
    return f"{cases}, by which {killed} of {count(exercise.versions, 'wrong version')} of the reference are killed."


def row(listed: ListedCase) -> tuple[str, ...]:
    """What stands below the headings."""
    case = listed.case
    kind_of_case = "public" if case.public else "hidden"
    return case.id, kind_of_case, str(len(listed.kills)), sizes(case.sizes), origin(case.origin)


def uncounted(exercise: ListedExercise) -> str:
    """Why cases kill nobody, so that it alarms nobody; empty where all of them do."""
    return "" if all(listed.kills for listed in exercise.cases) else _UNCOUNTED


def sizes(found: Mapping[str, int]) -> str:
    """``D=2 H=3``."""
    return " ".join(f"{name}={size}" for name, size in found.items())


def kills(found: Sequence[str]) -> str:
    """Whom a case kills."""
    return f"kills {', '.join(found)}" if found else "kills no wrong version that others have not killed before"


def sifted(found: Sifted) -> str:
    """How many inputs can be no case."""
    left_out = sum(each.count for each in found.left_out)
    tried = f"{count(found.tried, 'input')} that {'was' if found.tried == 1 else 'were'} tried"
    if not left_out:
        return f"Of {tried}, none was left out."
    return f"Of {tried}, {left_out} {'was' if left_out == 1 else 'were'} left out:"


def left_out(found: LeftOut) -> str:
    """Why some inputs are no case."""
    match found.why:
        case Unfit.REFUSED:
            said = f", of the first it says: {found.message}" if found.message else ""
            return f"{found.count}: the reference raises {found.about}{said}"
        case Unfit.NOT_FINITE:
            return f"{found.count}: the reference gives NaN or infinities in `{found.about}`"
        case Unfit.ILL_CONDITIONED:
            return f"{found.count}: ill-conditioned, off by a rounding they give something else, or nothing"
