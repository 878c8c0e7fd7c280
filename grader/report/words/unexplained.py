"""What is said of groups of hand-ins that no sentence explains, and of one that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.report.words.language import count, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.answers import AnswerGroup, ShownDeviation

NOTHING = "No failing hand-in is left without a sentence."
HOW = 'Name one with: grade name GROUP "what whoever makes this mistake should read"'


def title(group: AnswerGroup) -> str:
    """How many hand-ins it has, and what is wrong with them."""
    what = f"{quoted(group.outputs)} wrong" if group.outputs else "wrong"
    if group.ended:
        what = f"{what}, ends by {group.ended}" if group.outputs else f"ends by {group.ended}"
    return f"{count(len(group.students), 'hand-in')} of {group.assignment}, exercise {group.exercise}: {what}"


def member(group: AnswerGroup) -> str:
    """One of them."""
    return f"For example {group.member.student}: {group.member.report}"


def deviation(found: ShownDeviation) -> str:
    """What an example should give, and gives, as a comment below its code."""
    if found.where is None or found.expected is None:
        return f"# {found.output} is wrong"
    place = f"{found.output}{list(found.where) if found.where else ''}"
    return f"# {place} is {found.got}, and should be {found.expected}"


def without(students: Sequence[str]) -> str:
    """Whose answers are missing."""
    who = ", ".join(students[:5]) + (f" and {len(students) - 5} more" if len(students) > 5 else "")
    return (
        f"Of {count(len(students), 'hand-in')} no answers are kept, or none that can be read ({who}): grade the class "
        "again, without --resume."
    )


def named(path: str) -> str:
    """What to do with a new file."""
    return (
        f"{path}: commit it. Whoever answers its inputs in the same way reads the sentence from the next grading on; "
        "`grade class --resume` grades again."
    )
