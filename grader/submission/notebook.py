"""The code cells of a notebook, with what is IPython's and not Python's made harmless.

Read as text in one pass by patterns: this process parses no student's Python, and IPython's own transformer, which
takes seconds for a cell of some hundred magics and fails on more, is not needed for lines that do nothing here. What is
Python already stays as it is, to the letter.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Literal

import msgspec

from grader.records.byte_counts import in_units
from grader.records.errors import SubmissionError
from grader.records.run import MAX_CODE_CELLS
from grader.submission.text import MAX_FILE

MAX_STORED = 100_000  # cells of any kind
_STORED = 8 * MAX_FILE  # bytes of code as JSON may write it: lines in quotes, six characters for one

#: Cell magics whose cell is Python all the same. Any other makes the whole cell a comment.
_PYTHON_CELLS = re.compile(r"%%(?:time|timeit|capture|prun|python3?)\b|%%(?:writefile|file)\b.*\.py[ \t]*+$")

_LINE = r"(?: \\\n | [^\n] )*+ (?:\n|\Z)"  # to its end, which a backslash moves on

_MAGIC = re.compile(
    r"""(?P<indent>[ \t]*+)
    (?: %time[ \t]++ (?P<timed>)                                          # %time x = f()
      | (?P<target>[\w.,\[\] \t]+? = [ \t]*+) (?P<sign>!|%(?=[A-Za-z_]))  # files = !ls
      | (?: [!?] | %%?+[A-Za-z_]                                          # !ls  ?x  %matplotlib
          | [\w.]++ \?{1,2} [ \t]*+ (?:\#[^\n]*+)? (?=\n|\Z)            # x?  x??
          | (?:cd|ls|ll|pwd|mkdir|rmdir|rm|cp|mv|cat|pip3?|conda)         # cd /content: a command, or of no effect
            (?: [ \t]++ (?!(?:in|is|and|or|if|not|for)\b) (?:\.?\.?[/~\w"'$*] | \.\.?(?=[ \t\n]|\Z) | --?\w)
                (?:[^\n(\[{=\\] | ==)*+ )? [ \t]*+ (?=\n|\Z)
        ) )""",
    re.VERBOSE,
)
_INDENT = re.compile(r"\n*+([ \t]++)(?=[^\s#])")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)", re.MULTILINE)
_REST = re.compile(_LINE, re.VERBOSE)

# What may hide the end of a line from the end of a statement: text, comments, brackets, a backslash.
_TOKEN = re.compile(
    r"""'''(?:\\.|.)*?(?:'''|\Z) | \"""(?:\\.|.)*?(?:\"""|\Z)
    | '(?:\\.|[^'\\\n])*+'? | "(?:\\.|[^"\\\n])*+"?
    | \#[^\n]*+ | \\. | [\[({] | [\])}] | \n""",
    re.VERBOSE | re.DOTALL,
)

#: Half a character, as some editors store it: an escape of one surrogate without the other. And a pair, which is whole.
_SURROGATE = re.compile(rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|[c-fC-F][0-9a-fA-F]{2})")

#: NaN and the infinities, which Python writes into JSON, with what goes before them: text in quotes and anything else.
#: Atomic groups: possessive repetitions of groups, which say the same, match wrongly before Python 3.11.5.
_NO_NUMBER = re.compile(
    rb"""((?> (?: "(?> (?: [^"\\]+ | \\. )* )" | [^"NI-]+ | -(?!I) )* )) -? (?:NaN|Infinity)""", re.VERBOSE | re.DOTALL
)
_MENDED = 100_000  # of each; a file with more of them is none that is worth the time


class _StoredCell(msgspec.Struct, gc=False):
    """What is needed of a cell; ``input`` is the source in formats 2 and 3. Both stay unread until they are known."""

    cell_type: str
    source: msgspec.Raw = msgspec.Raw(b'""')
    input: msgspec.Raw = msgspec.Raw(b'""')


class _Worksheet(msgspec.Struct, gc=False):
    cells: list[_StoredCell]


class _StoredNotebook(msgspec.Struct):
    nbformat: Literal[2, 3, 4]
    cells: list[_StoredCell] | None = None
    worksheets: list[_Worksheet] | None = None


def code_cells(stored: bytes, name: str) -> tuple[str, ...]:
    """The code cells of the notebook ``stored``, in UTF-8, as Python, in their order.

    Raises SubmissionError for what is no notebook or holds too much code.
    """
    try:
        if stored.count(b'"cell_type"') > MAX_STORED or stored.count(b'"cells"') > MAX_STORED:
            raise SubmissionError(f"{name} holds more than {MAX_STORED:,} cells, the most that are read")
        notebook = _decoded(stored)
        cells = _cells_of(notebook)
        sources = [cell.input if notebook.nbformat < 4 else cell.source for cell in cells if cell.cell_type == "code"]
        large = sum(map(len, map(bytes, sources))) > _STORED
        texts = [] if large else list(map(_text, sources))
    except (msgspec.DecodeError, RecursionError) as error:
        raise SubmissionError(f"{name} is no notebook that can be read ({error}): save it again") from None
    if large or sum(map(len, texts)) > MAX_FILE:
        raise SubmissionError(f"{name} holds more than {in_units(MAX_FILE)} of code, the most that is read")
    if len(texts) > MAX_CODE_CELLS:
        raise SubmissionError(f"{name} holds more than {MAX_CODE_CELLS:,} code cells, the most that are read")
    return tuple(map(as_python, texts))


def joined(cells: tuple[str, ...]) -> str:
    """All code in one text, for whoever looks for names in it. It is never run."""
    return "\n".join(cells)


def _decoded(stored: bytes) -> _StoredNotebook:
    try:
        return msgspec.json.decode(stored, type=_StoredNotebook)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # what Python's own JSON lets through, wherever it stands
        whole = _SURROGATE.sub(partial(_known, stored), stored, _MENDED)
        return msgspec.json.decode(_without_nan(whole), type=_StoredNotebook)


def _known(stored: bytes, found: re.Match[bytes]) -> bytes:
    """A pair of surrogates as it stands, and the character for what is not known in place of half of one."""
    start = found.start()
    while start and stored[start - 1 : start] == b"\\":
        start -= 1
    escaped = (found.start() - start) % 2  # the backslash itself, so that what follows it is text
    return found[0] if escaped or found[1] else b"\\ufffd"


def _without_nan(stored: bytes) -> bytes:
    """With null in place of NaN and the infinities. Each is looked for from the last on: a search would start anew."""
    pieces: list[bytes] = []
    position = 0
    while len(pieces) < _MENDED and (found := _NO_NUMBER.match(stored, position)):
        pieces.append(found[1] + b"null")
        position = found.end()
    return b"".join([*pieces, stored[position:]])


def _cells_of(notebook: _StoredNotebook) -> list[_StoredCell]:
    if notebook.cells is not None:
        return notebook.cells
    if notebook.worksheets is not None:
        return [cell for sheet in notebook.worksheets for cell in sheet.cells]
    raise msgspec.ValidationError("it has no cells")


def _text(source: msgspec.Raw) -> str:
    found = msgspec.json.decode(source, type=str | list[str])
    text = found if isinstance(found, str) else "".join(found)
    return text.replace("\r\n", "\n").replace("\r", "\n")


# ── what is IPython's ─────────────────────────────────────────────────────────────────────────────────────────────


def as_python(cell: str) -> str:
    """A cell without magics. Every line keeps its number.

    ``%time x = f()`` is ``x = f()``, and ``files = !ls`` asks the stand-in for IPython. The rest becomes comments.
    """
    cell = _flush(cell)
    first = cell.lstrip("\n")
    if first.startswith("%%") and not _PYTHON_CELLS.match(first.partition("\n")[0]):
        return "\n".join(f"# {line}" for line in cell.split("\n"))
    pieces, position = [], 0
    while position < len(cell):
        magic = _MAGIC.match(cell, position)
        if magic is None or magic["timed"] is not None:
            start = magic.end() if magic else position
            end = _statement_end(cell, start)
            pieces.append((magic["indent"] if magic else "") + cell[start:end])
        else:
            rest = _REST.match(cell, magic.end())
            end = rest.end() if rest else len(cell)
            pieces.append(_harmless(magic, cell[position:end], cell[magic.end() : end]))
        position = end
    return "".join(pieces)


def _flush(cell: str) -> str:
    """A cell without what it was pasted with: an indentation of all of it, or the prompts of Python's console."""
    if begins := _INDENT.match(cell):
        return re.sub(f"^{begins[1]}", "", cell, flags=re.MULTILINE)
    return _PROMPT.sub("", cell) if cell.lstrip("\n").startswith(">>> ") else cell


def _harmless(magic: re.Match[str], line: str, rest: str) -> str:
    """What stands in place of a line for IPython; of one that goes on behind a backslash, with as many lines."""
    ended = "\n" if line.endswith("\n") else ""
    lines = line.removesuffix("\n").split("\n")
    if magic["sign"]:
        asked = rest.replace("\\\n", " ").strip()
        name, _, arguments = asked.partition(" ")
        if magic["sign"] == "!":
            value = f"get_ipython().getoutput({asked!r})"
        else:
            value = arguments if name == "time" else f"get_ipython().run_line_magic({name!r}, {arguments!r})"
        return f"{magic['indent']}{magic['target']}{value}" + "\n" * (len(lines) - 1) + ended
    # An indented line may be the only one of its block, which must not become empty.
    indent = magic["indent"]
    first = f"{indent}pass  # {lines[0][len(indent) :]}" if indent else f"# {lines[0]}"
    return "\n".join([first.rstrip("\\"), *(f"# {each}".rstrip("\\") for each in lines[1:])]) + ended


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
