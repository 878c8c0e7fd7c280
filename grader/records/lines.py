"""The lines of a Python source, as Python numbers them.

``str.splitlines`` also ends a line at a form feed, at U+2028 and at eight more characters, which all may stand within a
line of Python's. Used in the worker as well, so this module imports nothing but the standard library.
"""

from __future__ import annotations

import re

#: Where editors begin another cell of a Python file.
CELL_MARK = re.compile(r"^#[ \t]?%%", re.MULTILINE)

_END = re.compile(r"\r\n|\r|\n")
_NO_CODE = re.compile(r"""#.*|"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'""")


def source_lines(text: str) -> list[str]:
    """The lines without their ends. What follows the last end is one only if there is something."""
    lines = _END.split(text)
    return lines if lines[-1] else lines[:-1]


def code_of(line: str) -> str:
    """A line without its comment and its texts; of a text that begins or ends in another line, a quote is left."""
    return _NO_CODE.sub("", line)
