"""Sentences about a hunt for a false pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.records.hunt import Explored

WRONG: Final = "It passes every case, and is wrong for this input:"
NOT_AGAIN: Final = (
    "It was so once, and not when the same was asked again in a fresh process: the results depend on chance or on "
    "earlier calls. No case can show that."
)


def explored(found: Explored) -> str:
    """What hunting through an exercise gave."""
    all_of = ", all that its domains hold" if found.everything else ""
    what = "a false pass" if found.found is not None else "nothing found"
    left_out = ""
    if found.unanswered:
        left_out += f"; the reference has no answer to {found.unanswered:,} more"
    if found.ill:
        left_out += f"; where {found.ill:,} differed, rounding decides"
    return f"{found.exercise.id}: {found.tried:,} inputs tried{all_of}: {what}{left_out}"
