"""A sample beside what it should come from: a row for each category, what came wrongly often first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from grader.report.format import counted, number
from grader.report.words.problems import times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.draw_share import DrawShare

HEADINGS: Final = ("drawn", "probability", "came", "may come")
MOST_ROWS = 12


class ShareRow(NamedTuple):
    """A category in words, as the columns of HEADINGS have it."""

    cells: tuple[str, ...]
    right: bool


class ShareTable(NamedTuple):
    """The rows that are shown, what they are of, and a note on what was left out."""

    title: str
    rows: tuple[ShareRow, ...]
    note: str


def share_table(shares: Sequence[DrawShare]) -> ShareTable:
    """All of a small sample; of one with many categories those that are wrong, then the likeliest."""
    kept = shares
    if len(shares) > MOST_ROWS:
        kept = sorted(shares, key=lambda share: (share.right, -share.probability))[:MOST_ROWS]
    left = len(shares) - len(kept)
    note = f"{len(kept)} of {len(shares)} categories shown" if left else ""
    return ShareTable(counted(shares[0].draws, "draw"), tuple(map(_row, kept)), note)


def _row(share: DrawShare) -> ShareRow:
    probability = number(share.probability, 3).removesuffix(".")
    return ShareRow((share.category, probability, str(share.came), times(share)), share.right)
