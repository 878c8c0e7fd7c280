"""Text as a cell of a table: on one line, a formula to no spreadsheet, with nothing in it that cannot be seen.

Students choose names of folders and of exceptions. Which character ends a cell is the reader's setting, and in half of
Europe it is the semicolon: such a reader takes the rest of a cell for a cell of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Characters of a class in a regular expression that take no room or turn the direction of writing: what Unicode has
#: as default ignorable code points, and marks of annotations.
INVISIBLE: Final = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{INVISIBLE}]")

#: Control characters, line separators and what cannot be encoded: a cell stays in its line, and is UTF-8.
_NOT_IN_CELLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

#: Where a cell or a piece of one begins as a formula; or a piece with a quote, its own or the one that ends the cell,
#: so that all up to the next quote, other lines too, would be read as one cell.
_READ_OTHERWISE = re.compile(r"""(?:^|(?<=[,;]))(?=[\s"]*[=+\-@＝＋－＠])|(?<=;)(?=\s*(?:"|\Z))""")


def visible(text: str) -> str:
    r"""``text`` with what cannot be seen in it written out: ``\u202e``."""
    return _UNSEEN.sub(lambda found: found[0].encode("ascii", "backslashreplace").decode(), text)


def cell(text: str) -> str:
    """``text`` on one line, with ``'`` before what a spreadsheet would run, or read as more than one cell."""
    return _READ_OTHERWISE.sub("'", visible(_NOT_IN_CELLS.sub(" ", text)))


def names_apart(names: Sequence[str]) -> list[str]:
    """A cell for each of these names; those that would look the same get the number of their line in the class."""
    cells = [cell(name) for name in names]
    while len(set(cells)) < len(cells):
        count = Counter(cells)
        cells = [f"{each} ({line})" if count[each] > 1 else each for line, each in enumerate(cells, 1)]
    return cells
