"""What later Pythons read and the one that grades does not, by what it says and by the line at which it gives up."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grader.records.run import Raised

#: Whether the Python that grades reads all of it: what it refuses then is wrong for another reason.
_READS_ALL = sys.version_info >= (3, 12)
#: How what Python says begins, what stands in the line, and what to write. Between the braces of the f-string stands a
#: text in its own quotes: where a brace is merely missing, no other closes behind the next quotes.
_SYNTAX: Final = (
    (
        r"f-string: (?:unmatched|expecting '}'|invalid syntax)",
        r"\b(?:[fF][rR]?|[rR][fF])([\"'])(?:(?!\1)[^{])*\{(?:(?!\1)[^{}])*\1(?:(?!\1).)*\1(?:(?!\1)[^{}])*\}",
        (
            "Only from Python 3.12 on may quotes stand within those of an f-string that are of the same kind: "
            "use the other kind between the braces."
        ),
    ),
    (
        r"f-string expression part cannot include a backslash",
        r"",
        (
            "Only from Python 3.12 on may a backslash stand between the braces of an f-string: "
            "give a name to what has it, in a line before."
        ),
    ),
    (
        r"invalid syntax",
        r"^type\s+\w+\s*(?:\[[^\]]*\]\s*)?=",
        "`type` makes a name for a type only from Python 3.12 on: leave the word out.",
    ),
    (
        r"invalid syntax|expected '\('|expected ':'",
        r"^(?:async\s+def|def|class)\s+\w+\s*\[",
        "Only from Python 3.12 on does a name have type parameters behind it: leave them out.",
    ),
)


def advice(raised: Raised) -> str:
    """What to write instead; empty for what no Python reads."""
    if _READS_ALL or raised.error != "SyntaxError" or not raised.frames:
        return ""
    line = raised.frames[-1].text
    said = (
        sentence
        for message, pattern, sentence in _SYNTAX
        if re.match(message, raised.message) and re.search(pattern, line)
    )
    return next(said, "")
