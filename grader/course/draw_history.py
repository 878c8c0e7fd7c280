"""How often the hidden cases of an assignment were drawn anew, and which of those draws students have seen.

``draws.txt`` beside the assignment file holds both, and is committed with the course: whoever grades elsewhere draws
the same cases, and reads the same of them. It holds no secret. The number of the draw goes into what hidden cases are
drawn from (:mod:`grader.course.secret`); without a file it is 0.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.files import write_whole
from grader.records.errors import AssignmentError, Mistake
from grader.records.record import Record

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

LARGEST = 1 << 16  # bytes that are read
MOST = 10_000  # the highest number of a draw

_HEAD = """\
# Which draw of hidden cases this assignment is graded with, and which draws students have been shown. Commit this file.
# `grade build --fresh` and `grade report --reveal` write it.
"""
_DRAW = re.compile(r"draw ([0-9]{1,5})")
_SHOWN = re.compile(r"shown ([0-9]{1,5}) ([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9a-f]{16})")
_SAYS = "`draw 1`, or `shown 0 2026-11-30 0123456789abcdef`"


class ShownDraw(Record, frozen=True):
    """A draw whose hidden cases students were shown: on which day (UTC), and the beginning of that bank's hash."""

    draw: int
    day: str
    bank: str


class DrawHistory(Record, frozen=True):
    """The number of the draw that is graded with, and what was ``shown`` of this and of earlier ones."""

    draw: int = 0
    shown: tuple[ShownDraw, ...] = ()

    @property
    def known(self) -> ShownDraw | None:
        """When the hidden cases that are graded with were first shown; None if they never were."""
        return next((each for each in self.shown if each.draw == self.draw), None)

    def after_showing(self, draw: int, bank: str, at: datetime) -> DrawHistory:
        """The history once students are shown cases of a draw; ``bank`` is that bank's hash, ``at`` in UTC."""
        new = ShownDraw(draw, at.date().isoformat(), bank[:16])
        if any((each.draw, each.bank) == (new.draw, new.bank) for each in self.shown):
            return self
        return replace(self, shown=(*self.shown, new))

    def after_drawing(self) -> DrawHistory:
        """The history once hidden cases are drawn anew: by a number that none was ever shown under."""
        return replace(self, draw=max([self.draw, *(each.draw for each in self.shown)]) + 1)


def read_history(path: Path) -> tuple[DrawHistory, list[Mistake]]:
    """What the file at ``path`` holds, and what is wrong with it; the first draw if there is none."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return DrawHistory(), []
    except OSError as error:
        return DrawHistory(), [Mistake(str(path), 0, 0, "", f"cannot be read ({error.strerror})")]
    if len(data) > LARGEST:
        message = f"has more than {LARGEST >> 10} KiB, which grade never wrote"
        return DrawHistory(), [Mistake(str(path), 0, 0, "", message)]
    return _parsed(data.decode("utf-8", "replace"), str(path))


def _parsed(text: str, file: str) -> tuple[DrawHistory, list[Mistake]]:
    draws: list[int] = []
    shown: list[ShownDraw] = []
    mistakes = []
    for number, written in enumerate(text.splitlines(), 1):
        line = written.strip()
        if (match := _DRAW.fullmatch(line)) and int(match[1]) <= MOST and not draws:
            draws.append(int(match[1]))
        elif match := _SHOWN.fullmatch(line):
            shown.append(ShownDraw(int(match[1]), match[2], match[3]))
        elif line and not line.startswith("#"):
            message = (
                f"is no line that grade wrote, such as {_SAYS} (one `draw` in all): hidden cases are drawn by it, so "
                "take the file as it was last committed"
            )
            mistakes.append(Mistake(file, number, 1, "", message))
    return DrawHistory(draws[0] if draws else 0, tuple(shown)), mistakes


def history_at(path: Path) -> DrawHistory:
    """What the file at ``path`` holds. Raises AssignmentError for one that cannot be used."""
    found, mistakes = read_history(path)
    if mistakes:
        raise AssignmentError(mistakes)
    return found


def write_history(path: Path, history: DrawHistory) -> None:
    """Write the file, whole. Raises UsageError."""
    shown = "".join(f"shown {each.draw} {each.day} {each.bank}\n" for each in history.shown)
    write_whole(path, f"{_HEAD}draw {history.draw}\n{shown}")
