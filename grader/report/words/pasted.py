"""What stands in a file and is no Python: it was pasted from somewhere, merged, or typeset."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.records.run import Raised

_UNREADABLE: Final = ("SyntaxError", "IndentationError", "TabError")

#: How the line begins at which Python gives up, and what to do.
_LINES: Final = {
    r"(?:<{7}|>{7}) \S": "This line is Git's, of two versions that were not merged: keep one of them, "
    "and take the marks around both out.",
    r"```|~~~": "This line is no Python: it frames code in a text. Take all such lines out.",
    r">>>(?: |$)": "This was copied from a console: take the prompts out, and what it printed.",
}
#: What to write for a character that only looks like one of Python's.
_LIKE: Final = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("−–—‐", "-"),
    **dict.fromkeys("×·∗⋅•", "*"),
    **dict(
        zip(
            "÷≤≥≠…²³，（）：；［］",
            ["/", "<=", ">=", "!=", "...", "**2", "**3", ",", "(", ")", ":", ";", "[", "]"],
            strict=True,
        )
    ),
}
_CHARACTER: Final = re.compile(r"^invalid character '(.)'")
_INVISIBLE: Final = re.compile(r"^invalid non-printable character (U\+\w+)")


def advice(raised: Raised) -> str:
    """What to do about it; empty for what is none of these."""
    if raised.error not in _UNREADABLE or not raised.frames:
        return ""
    line = raised.frames[-1].text
    for beginning, sentence in _LINES.items():
        if re.match(beginning, line):
            return sentence
    if (found := _CHARACTER.search(raised.message)) and found[1] in _LIKE:
        return f"{found[1]} is no character of Python's: write {_LIKE[found[1]]} for it, outside of texts and comments."
    if found := _INVISIBLE.search(raised.message):
        return f"An invisible character ({found[1]}) stands in this line, as in text of web pages: type the line anew."
    return ""
