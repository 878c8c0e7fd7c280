"""Links in the path of a submission: one that a student placed must not lead to what others may not see.

Whoever unpacks a class's work, or checks out a student's, gets their links as well: ``alice -> ../../reference`` would
have the reference graded in place of Alice's work. So a link must lead to what lies beside or below it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from grader.records.errors import NotTakenError

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_links(path: Path) -> None:
    """Raise NotTakenError where a link in ``path``, as it is written, leads out of the folder that it stands in.

    Whose a link is cannot be told: work that root unpacked is root's. But no student has placed what stands at the top
    of a file system (``/tmp`` on macOS), nor what leads to the user's home folder or to the current one, as they call
    these. What the current folder itself is reached by is not in a relative path.
    """
    trusted = set(_trusted())
    for link in (*reversed(path.parents), path):
        at_the_top = link.is_absolute() and link.parent == Path(link.anchor)
        if at_the_top or link in trusted or not os.path.islink(link):  # noqa: PTH114 - raises for no path at all
            continue
        folder, target = (Path(os.path.realpath(each)) for each in (link.parent, link))
        if not target.is_relative_to(folder):
            raise NotTakenError(
                f"{link} is a link that leads out of {link.parent}: name the target itself",
                f"{link.name} is a link that leads out of its folder: hand in what it leads to in its place.",
            )


def _trusted() -> Iterator[Path]:
    """The home folder and the current one by the names that the user has for them, and all above these."""
    for name in ("HOME", "USERPROFILE", "PWD"):
        folder = Path(os.environ.get(name, ""))
        if folder.is_absolute() and ".." not in folder.parts:
            yield from (folder, *folder.parents)
