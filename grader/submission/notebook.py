"""The code of a notebook as one module.

Lines for IPython (``%matplotlib inline``, ``!pip install x``, ``np.dot?``) become comments, so that every other line
keeps its number within its cell.
"""

from __future__ import annotations

import re
from typing import Any

from grader.records.errors import SubmissionError, UsageError
from grader.submission.text import MAX_FILE

_SURROGATE = re.compile("[\ud800-\udfff]")

#: Cell magics whose cell is Python all the same. Any other makes the whole cell a comment.
_PYTHON_CELLS = re.compile(r"%%(?:time|timeit|capture|prun|python3?)\b|%%(?:writefile|file)\b.*\.py[ \t]*+$")

_MAGIC = re.compile(
    r"""(?P<indent>[ \t]*+)
    (?: [!?] | %%?+[A-Za-z_]                            # !ls  ?x  %time
      | [\w.]++ \?{1,2} [ \t]*+ (?:\#[^\n]*+)? (?=\n|\Z)  # x?  x??
      | [\w.,\[\] \t]+? = [ \t]*+ (?: ! | %[A-Za-z_])     # files = !ls
    ) [^\n]*+ (?:\n|\Z)""",
    re.VERBOSE,
)

# What may hide the end of a line from the end of a statement: text, comments, brackets, a backslash.
_TOKEN = re.compile(
    r"""'''(?:\\.|.)*?(?:'''|\Z) | \"""(?:\\.|.)*?(?:\"""|\Z)
    | '(?:\\.|[^'\\\n])*+'? | "(?:\\.|[^"\\\n])*+"?
    | \#[^\n]*+ | \\. | [\[({] | [\])}] | \n""",
    re.VERBOSE | re.DOTALL,
)


def code_of(stored: str, name: str) -> str:
    """The code cells of the notebook ``stored`` in their order.

    Raises SubmissionError for what is no notebook or holds too much code, UsageError if nbformat is not installed.
    """
    try:
        import nbformat  # an extra, and slow to import
    except ImportError:
        raise UsageError(f"{name} is a notebook; reading it needs: pip install 'numerical-grader[notebook]'") from None
    try:
        # Not nbformat.read: it also validates, and a notebook with a flaw in its pictures has code all the same.
        as_stored = nbformat.reader.reads(stored)  # type: ignore[no-untyped-call]  # nbformat has no annotations here
        cells = nbformat.convert(as_stored, 4).cells  # type: ignore[no-untyped-call]  # as above
        sources = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    except Exception as error:  # noqa: BLE001 - nbformat promises nothing about how it fails on malformed notebooks
        raise SubmissionError(
            f"{name} is no notebook that can be read ({type(error).__name__}): save it again"
        ) from None
    if sum(map(len, sources)) > MAX_FILE:
        raise SubmissionError(f"{name} holds more than {MAX_FILE >> 10} KiB of code, the most that is read")
    for number, source in enumerate(sources, 1):
        if _SURROGATE.search(source):
            raise SubmissionError(
                f"{name} holds half a character (a lone surrogate) in code cell {number}: type that cell anew"
            )
    return "".join(f"# %% cell {number}\n{without_magics(source)}\n" for number, source in enumerate(sources, 1))


def _source(cell: Any) -> str:
    source = cell["source"]
    if not isinstance(source, str):
        raise TypeError("source of a cell is no text")
    return source.replace("\r\n", "\n").replace("\r", "\n")


def without_magics(source: str) -> str:
    """A cell with the lines for IPython as comments. The number of lines stays."""
    first = source.lstrip("\n")
    if first.startswith("%%") and not _PYTHON_CELLS.match(first.partition("\n")[0]):
        return "\n".join(f"# {line}" for line in source.split("\n"))
    pieces, position = [], 0
    while position < len(source):
        magic = _MAGIC.match(source, position)
        end = magic.end() if magic else _statement_end(source, position)
        piece = source[position:end]
        pieces.append(_commented(piece, magic["indent"]) if magic else piece)
        position = end
    return "".join(pieces)


def _commented(line: str, indent: str) -> str:
    # An indented line may be the only one of its block, which must not become empty.
    return f"{indent}pass  # {line[len(indent) :]}" if indent else f"# {line}"


def _statement_end(source: str, position: int) -> int:
    r"""Just after the ``\n`` that ends the statement at ``position``: a line within brackets or text is no magic."""
    depth = 0
    for token in _TOKEN.finditer(source, position):
        if token[0] in ("(", "[", "{"):
            depth += 1
        elif token[0] in (")", "]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth <= 0:
            return token.end()
    return len(source)
