"""Why a case is there, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.bank import Origin, OriginKind
    from grader.records.credit import GroupKind

_PLAIN: Final[Mapping[OriginKind, str]] = {
    "ones": "every size 1",
    "lowest": "every size at its lowest",
    "zeros": "arrays of zeros",
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
