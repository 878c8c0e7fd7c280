"""What a list of assignments says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.words.language import count

if TYPE_CHECKING:
    from grader.records.overview import AuditState, BankState, ListedAssignment

HEADINGS = ("assignment", "points", "exercises", "due", "cases", "audit", "title")


def row(listed: ListedAssignment) -> tuple[str, ...]:
    """Its cells, one for each of the headings; of what is unknown, none."""
    if listed.problems or listed.bank is None:
        mistakes = f"{count(listed.problems, 'mistake')}: grade check {listed.id}"
        return (listed.id, "", "", "", "", "", mistakes)
    due = f"{listed.due:%Y-%m-%d %H:%M%z}" if listed.due else ""
    points, exercises = f"{listed.points:g}", str(listed.exercises)
    return (listed.id, points, exercises, due, cases(listed.bank), audited(listed.audit), listed.title)


def cases(bank: BankState) -> str:
    """Whether they are there."""
    if bank.shipped == "sealed":
        return "sealed"
    if bank.ready < bank.exercises:
        return f"{bank.ready} of {bank.exercises}" if bank.ready else "not built"
    return "ready"


def audited(audit: AuditState | None) -> str:
    """How the last audit ended."""
    if audit is None:
        return "none known"
    if not audit.current:
        return f"changed since {audit.day}"
    ended = "passed" if audit.passed else "not finished" if audit.ungraded else count(audit.failures, "failure")
    return f"{ended} {audit.day}"


def legend(assignments: list[ListedAssignment]) -> list[str]:
    """What to do about states that leave something to do, each once."""
    readable = [each for each in assignments if each.bank is not None]
    found = []
    if any(each.bank.ready < each.bank.exercises and each.bank.shipped != "sealed" for each in readable if each.bank):
        found.append("Cases that are not there are made when it is graded first, or by `grade build ASSIGNMENT`.")
    if any(each.audit is None or not each.audit.current for each in readable):
        found.append("`grade audit ASSIGNMENT` proves its tests; what is known of audits are those on this machine.")
    return found
