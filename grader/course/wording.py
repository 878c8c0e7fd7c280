"""Words that the messages about an author's file share."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The way to a value from the root of the file: keys and, in lists, positions from 0.
Path: TypeAlias = tuple[str | int, ...]

_LONGEST = 60


def path_text(path: Path, tree: Any = None) -> str:
    """A path as it is printed: ``limits.seconds``, ``exercise step: tolerance.rtol``.

    An exercise that has no name in the ``tree`` of the file is told by its place, ``exercises[2]``.
    """
    if (name := _exercise(path, tree)) is not None:
        return f"exercise {name}: {path_text(path[2:])}" if path[2:] else f"exercise {name}"
    text = ""
    for step in path:
        if isinstance(step, str) and step.isidentifier():
            text += f".{step}"
        else:
            text += f"[{shortened(repr(step))}]"
    return text.removeprefix(".")


def _exercise(path: Path, tree: Any) -> str | None:
    """The id of the exercise that a path leads to, if it can be read."""
    if path[:1] != ("exercises",) or len(path) < 2 or not isinstance(tree, dict):
        return None
    exercises, place = tree.get("exercises"), path[1]
    found = exercises[place] if isinstance(exercises, list) and isinstance(place, int) else None
    name = found.get("id") if isinstance(found, dict) else None
    return name if isinstance(name, str) and name.isidentifier() else None


def described(value: Any) -> str:
    """A value of the file in words: ``-1``, ``text 'ten'``, ``a list``, ``nothing``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"text {shortened(repr(value))}"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "a mapping"
    return repr(value)


def shortened(text: str) -> str:
    """The text, with its end left out where it would flood a line."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def suggestion(word: str, known: Iterable[str]) -> str:
    """``, did you mean `tolerance`?`` for a word near a known one, otherwise an empty text."""
    near = nearest(word, known)
    return f", did you mean `{near}`?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` most likely stands for, None if there is none."""
    by_folded = {name.casefold(): name for name in known}
    # Comparing is quadratic in the length of a word; nobody misspells a key of hundreds of characters.
    matches = difflib.get_close_matches(word.casefold()[:_LONGEST], by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None


def listed(words: Iterable[str]) -> str:
    """Words with commas between them, shortened; ``none`` if there are none."""
    return shortened(", ".join(words)) or "none"
