"""What a report says that a student made by a bundle: that it is practice, and what the course's grading may add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.format import points

if TYPE_CHECKING:
    from grader.records.report import Practice
    from grader.report.document import Document

WORD = "practice"


def possible(more: float) -> str:
    """What stands behind points that are not final, such as ``(+3 possible)``; empty for none."""
    return f" (+{points(more)} possible)" if more else ""


def whole(report: Document) -> str:
    """That the points are those of public cases, and what else the course looks at; empty for a course's report."""
    if not report.practice:
        return ""
    more = f"+{points(report.possible)} possible in the course's grading, which sees whether methods are right. "
    rest = "This is practice on public cases: the course's grading may have hidden ones."
    return f"{more if report.possible else ''}{rest}"


def older_bundle(found: Practice | None, version: str) -> tuple[str, ...]:
    """That another grader made the bundle; nothing where that is not so."""
    if found is None or not found.older:
        return ()
    return (f"The bundle was made by grader {found.made_by}, and this is {version}: get a new one if there is one.",)
