"""What Python 3.12 and later read is told as that by one that does not."""

from __future__ import annotations

import sys

import pytest

from grader.records.run import Frame, Raised
from grader.report.words.endings import advice
from tests.report.words.test_old_python import told

QUOTES = "Only from Python 3.12 on may quotes stand within those of an f-string"
BACKSLASH = "Only from Python 3.12 on may a backslash stand between the braces of an f-string"
PARAMETERS = "Only from Python 3.12 on does a name have type parameters behind it"
ALIAS = "`type` makes a name for a type only from Python 3.12 on"
UNREADABLE = "Python cannot read what stands there."

#: By a line, what Python 3.11 says of it, and what a student is to read.
LINES = {
    'print(f"{d["a"]}")': ("f-string: unmatched '['", QUOTES),
    "print(f'Loss: {losses['train'][-1]:.3f}')": ("f-string: unmatched '['", QUOTES),
    'print(f"{", ".join(names)}")': ("f-string: expecting '}'", QUOTES),
    'print(rf"{"=" * 20}")': ("f-string: expecting '}'", QUOTES),
    "print(f'{\"\\n\".join(x)}')": ("f-string expression part cannot include a backslash", BACKSLASH),
    "type Vector = list[float]": ("invalid syntax", ALIAS),
    "type Pair[T] = tuple[T, T]": ("invalid syntax", ALIAS),
    "def first[T](x: list[T]) -> T:": ("expected '('", PARAMETERS),
    "class Stack[T]:": ("invalid syntax", PARAMETERS),
}
#: What no Python reads.
WRONG = {
    'print(f"{x")': ("f-string: expecting '}'", UNREADABLE),
    'print(f"{x", f"{y}")': ("f-string: expecting '}'", UNREADABLE),
    'print(f"{x]}")': ("f-string: unmatched ']'", UNREADABLE),
    "type = = 3": ("invalid syntax", UNREADABLE),
    "type(x) y": ("invalid syntax", UNREADABLE),
}


@pytest.mark.parametrize("line", [*LINES, *WRONG])
def test_by_what_python_says_and_the_line(line, monkeypatch):
    message, expected = (LINES | WRONG)[line]
    raised = Raised(error="SyntaxError", message=message, frames=(Frame("memory.py", 3, "", line),))
    monkeypatch.setattr("grader.report.words.new_python._READS_ALL", False)
    assert advice(raised).startswith(expected)
    monkeypatch.setattr("grader.report.words.new_python._READS_ALL", True)
    assert advice(raised) == UNREADABLE, "which that Python would say of another mistake"


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python 3.12 and later read all of it")
@pytest.mark.parametrize("line", LINES)
def test_as_the_python_that_grades_says_it(line):
    more = "    pass\n" if line.endswith(":") else ""
    assert told(f"import numpy as np\n{line}\n{more}").startswith(LINES[line][1])


@pytest.mark.parametrize("line", WRONG)
def test_what_no_python_reads_is_told_as_that(line):
    assert told(f"{line}\n") == UNREADABLE
