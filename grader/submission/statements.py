"""Which modules Python source may import, and which names it defines.

A search by pattern, not a parse: the parser takes hundreds of megabytes for hostile source, and source with a syntax
error should be graded with its helpers too. What is found too much must cost its reader nothing.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: More than any module has that is meant to be found: one line of hostile source would name millions of folders.
MOST_PARTS = 16  # of a dotted name
MOST_CHARACTERS = 400  # of a dotted name
MOST_NAMES = 5_000  # in one text

# Possessive quantifiers and the bounds on names and on a list in parentheses keep the search linear on hostile source.
_IMPORT = re.compile(
    r"""(?:^|[;:]) [ \t\f]*+
    (?: from \b [ \t]*+ (?P<dots>\.*+) [ \t]*+ (?P<base>(?:(?!import\b)[\w.]{1,400}+)?) [ \t]*+
        import \b [ \t]*+ (?P<names>\([^)]{0,4000}+ | [^;\n]*+)
      | import [ \t]++ (?P<modules>[^;\n]*+) )""",
    re.VERBOSE | re.MULTILINE,
)
_COMMENT_OR_CONTINUATION = re.compile(r"#[^\n]*+|\\\n")
# Text and comments are passed over; what is indented defines nothing that a module offers.
_DEFINED = re.compile(
    r"""'''(?:\\.|.)*?(?:'''|\Z) | \"""(?:\\.|.)*?(?:\"""|\Z) | '(?:\\.|[^'\\\n])*+'? | "(?:\\.|[^"\\\n])*+"?
    | \#[^\n]*+
    | ^(?:(?:async[ \t]++)?+def|class)[ \t]++(?P<named>\w++)
    | ^(?P<assigned>\w++)[ \t]*+(?::[^=\n]*+)?+=(?!=)""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_WORD = re.compile(r"\w++")
_DOTTED = re.compile(r"\w++(?:\.\w++)*+")


def imported_modules(importer: str, text: str) -> Iterator[str]:
    """Absolute dotted names of what may be a module: for ``from a import b``, both ``a`` and ``a.b``.

    ``importer`` is the relative posix path of the file that holds ``text``; relative imports count from its folder.
    Names that no module has are left out, and so is all beyond ``MOST_NAMES``.
    """
    names = _imported_modules(importer, text)
    return islice((name for name in names if len(name) <= MOST_CHARACTERS and name.count(".") < MOST_PARTS), MOST_NAMES)


def _imported_modules(importer: str, text: str) -> Iterator[str]:
    package = PurePosixPath(importer).parent.parts
    for match in _IMPORT.finditer(_COMMENT_OR_CONTINUATION.sub(" ", text)):
        if match["modules"] is not None:
            for clause in match["modules"].split(","):
                if dotted := _DOTTED.match(clause.strip()):
                    yield dotted[0]
            continue
        level = len(match["dots"])
        if level > len(package) + 1:
            continue  # beyond the top: Python refuses it as well
        above = package[: len(package) + 1 - level] if level else ()
        base = [*above, *_WORD.findall(match["base"])]
        if base:
            yield ".".join(base)
        for clause in match["names"].lstrip("(").split(","):
            if word := _WORD.match(clause.strip()):
                yield ".".join([*base, word[0]])


def relative_levels(text: str) -> Iterator[int]:
    """The number of dots of each relative import."""
    for match in _IMPORT.finditer(_COMMENT_OR_CONTINUATION.sub(" ", text)):
        if match["dots"]:
            yield len(match["dots"])


def defined_names(text: str) -> frozenset[str]:
    """Functions, classes and variables at the top level of a module, but for those that it imports or unpacks."""
    return frozenset(definitions(text))


def definitions(text: str) -> dict[str, int]:
    """The same with the line of each, counted from 1: where there are several, of the last."""
    lines, line, seen = {}, 1, 0
    for match in _DEFINED.finditer(text):
        if name := match["named"] or match["assigned"]:
            line += text.count("\n", seen, match.start())
            seen = match.start()
            lines[name] = line
    return lines
