"""How code is not written as an exercise asks, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.words.language import count, place

if TYPE_CHECKING:
    from grader.records.breaches import Breach, SourceBroken


def broken(found: SourceBroken) -> str:
    """The rules that are not kept, as a phrase that continues "`step` …"."""
    return "; it ".join(_breach(each, found.module) for each in found.breaches)


def _breach(found: Breach, module: str) -> str:
    match found.kind:
        case "forbidden":
            return f"uses `{found.word}`{_where(found, module)}, which is not allowed here"
        case "looked_up":
            return f"looks names up by `{found.word}`{_where(found, module)}, which is not allowed here"
        case "lacking":
            return f"does not use `{found.word}`, which is asked for here"
        case "too_long":
            lines = count(found.count, "line")
            return f"takes {lines} of code, helpers included, and {found.limit} are allowed here"
        case "unreadable":
            return "is nested too deeply for its text to be looked through, which is needed here"


def _where(found: Breach, module: str) -> str:
    if found.place is None:
        return ""
    several = f" ({count(found.count, 'place')} in all)" if found.count > 1 else ""
    return f" in {place(found.place, module)}{several}"
