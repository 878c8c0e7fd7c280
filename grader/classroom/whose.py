"""Whether a signed report is of the student whom its file or folder is named after: by the words of both names.

What a report is signed for is often a repository, whose name has the student's in it: ``course/assignment3-ada``. That
is also in ``course/assignment3-mary-ada``, which is another's. So what stands around a name must be the assignment, or
what stands around most names of this class.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_APART = re.compile(r"[\W_]+")
_FEWEST = 2  # reports whose names are alike, for others to be held against them


class BothNames(NamedTuple):
    """A report is signed for somebody, who may be nobody, and its file or folder has this ``name``."""

    signed_for: str
    name: str


class _Around(NamedTuple):
    """The words around one name in the other; ``reverse``: what is signed is part of the file's name."""

    before: str
    behind: str
    reverse: bool


def named_alike(reports: Sequence[BothNames], assignment: str) -> list[bool]:
    """Of each report of a class, all of one assignment, whether its two names are of the same student."""
    around = [_around(each) for each in reports]
    found = Counter(each for each in around if each is not None).most_common(1)
    usual = {each for each, count in found if count >= _FEWEST and 2 * count > len(reports)}
    return [
        words is not None and (words in usual or _whole(each, assignment))
        for each, words in zip(reports, around, strict=True)
    ]


def _around(each: BothNames) -> _Around | None:
    """What stands around the one name in the other; None where neither is in the other."""
    if not each.signed_for:
        return None
    signed, last, name = map(_worded, (each.signed_for, _last(each.signed_for), each.name))
    for outer, inner, reverse in ((signed, name, False), (name, last, True)):
        before, found, behind = outer.partition(inner)
        if found:
            return _Around(before.strip(), behind.strip(), reverse)
    return None


def _whole(each: BothNames, assignment: str) -> bool:
    """Whether nothing is left of either but the same name: of the repository's as a whole, or of its last part."""
    signed = {_without(_worded(part), assignment) for part in (each.signed_for, *each.signed_for.split("/"))}
    return _without(_worded(each.name), assignment) in signed


def _without(words: str, assignment: str) -> str:
    of = _worded(assignment)
    return words.removeprefix(of).removesuffix(of).strip()


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _worded(name: str) -> str:
    return f" {_APART.sub(' ', name.casefold()).strip()} "
