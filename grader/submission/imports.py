"""Which files beside a module it imports.

A search by pattern, not a parse: the parser takes hundreds of megabytes for hostile source, and source with a syntax
error should be graded with its helpers too. What is found too much costs nothing, for only files that exist are taken.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Possessive quantifiers and the bound on a list in parentheses keep the search linear on hostile source.
_IMPORT = re.compile(
    r"""(?:^|[;:]) [ \t\f]*+
    (?: from \b [ \t]*+ (?P<dots>\.*+) [ \t]*+ (?P<base>(?:(?!import\b)[\w.]++)?) [ \t]*+
        import \b [ \t]*+ (?P<names>\([^)]{0,4000}+ | [^;\n]*+)
      | import [ \t]++ (?P<modules>[^;\n]*+) )""",
    re.VERBOSE | re.MULTILINE,
)
_COMMENT_OR_CONTINUATION = re.compile(r"#[^\n]*+|\\\n")
_WORD = re.compile(r"\w++")
_DOTTED = re.compile(r"\w++(?:\.\w++)*+")


def imported_files(importer: str, text: str, is_file: Callable[[str], bool]) -> tuple[str, ...]:
    """Relative posix paths of the files that ``text``, stored as ``importer``, would import, in order of mention.

    ``is_file`` says which candidates exist. ``import a.b`` stands for ``a/__init__.py`` and ``a/b.py`` or
    ``a/b/__init__.py``; folders without ``__init__.py`` are packages too.
    """
    found: dict[str, None] = {}
    for name in _modules(importer, text):
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            stem = "/".join(parts[:count])
            for candidate in (f"{stem}/__init__.py", f"{stem}.py"):
                if candidate not in found and is_file(candidate):
                    found[candidate] = None
                    break
    return tuple(found)


def _modules(importer: str, text: str) -> Iterator[str]:
    """Absolute dotted names of what may be a module: for ``from a import b``, both ``a`` and ``a.b``."""
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
