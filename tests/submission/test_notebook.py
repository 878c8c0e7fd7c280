"""Notebooks as modules."""

import json
import sys

import nbformat.v4
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records.errors import SubmissionError, UsageError
from grader.submission.notebook import code_of, without_magics


def notebook(*sources: str) -> str:
    """A stored notebook with these code cells and a text cell before each."""
    cells = []
    for source in sources:
        cells += [nbformat.v4.new_markdown_cell("# Not code"), nbformat.v4.new_code_cell(source)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells))


def test_code_cells_in_order() -> None:
    assert code_of(notebook("x = 1", "%time y = 2\nz = 3"), "memory.ipynb") == (
        "# %% cell 1\nx = 1\n# %% cell 2\n# %time y = 2\nz = 3\n"
    )


def test_an_older_format_is_read() -> None:
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    old["worksheets"] = [{"cells": [{"cell_type": "code", "input": "x = 1", "language": "python", "outputs": []}]}]
    assert code_of(json.dumps(old), "memory.ipynb") == "# %% cell 1\nx = 1\n"


def test_a_flaw_outside_the_code_does_not_matter() -> None:
    stored = json.loads(notebook("x = 1"))
    stored["cells"][0]["id"] = 7
    assert "x = 1" in code_of(json.dumps(stored), "memory.ipynb")


@pytest.mark.parametrize(
    "stored",
    ["", "x = 1", "[]", "{}", '{"nbformat": 4, "nbformat_minor": 4}', '{"nbformat": 99, "cells": []}', "[" * 99_999],
)
def test_no_notebook_is_told(stored: str) -> None:
    with pytest.raises(SubmissionError, match=r"memory\.ipynb is no notebook that can be read"):
        code_of(stored, "memory.ipynb")


def test_source_of_another_type_is_told() -> None:
    stored = json.loads(notebook("x = 1"))
    stored["cells"][1]["source"] = {"a": 1}
    with pytest.raises(SubmissionError, match=r"is no notebook"):
        code_of(json.dumps(stored), "memory.ipynb")


def test_half_a_character_is_told() -> None:
    stored = notebook("x = 1", "y = 'HERE'").replace("HERE", r"\ud83d")
    with pytest.raises(SubmissionError, match=r"memory\.ipynb holds half a character .* in code cell 2: type"):
        code_of(stored, "memory.ipynb")
    whole = notebook("y = 'HERE'").replace("HERE", r"\ud83d\ude00")
    assert "\U0001f600" in code_of(whole, "memory.ipynb")


def test_too_much_code_is_told() -> None:
    with pytest.raises(SubmissionError, match=r"more than 256 KiB of code"):
        code_of(notebook("x" * 200_000, "y" * 200_000), "memory.ipynb")


def test_without_nbformat_the_extra_is_named(monkeypatch) -> None:
    stored = notebook("x = 1")
    monkeypatch.setitem(sys.modules, "nbformat", None)
    with pytest.raises(UsageError, match=r"pip install 'numerical-grader\[notebook\]'"):
        code_of(stored, "memory.ipynb")


@pytest.mark.parametrize(
    ("cell", "module"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install it's (\nx = 1", "# !pip install it's (\nx = 1"),
        ("np.dot?\n?np.dot\nnp.dot??  # how", "# np.dot?\n# ?np.dot\n# np.dot??  # how"),
        ("files = !ls\nt = %timeit -o f()", "# files = !ls\n# t = %timeit -o f()"),
        ("if x:\n    !ls\ny = 1", "if x:\n    pass  # !ls\ny = 1"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("%%writefile memory.py\nx = 1", "# %%writefile memory.py\nx = 1"),
        ("%%writefile data.txt\nx = 1", "# %%writefile data.txt\n# x = 1"),
        ("%%bash\nls\n\nrm x", "# %%bash\n# ls\n# \n# rm x"),
        ("x = (a\n     %b)\n", None),
        ("x = a \\\n  %b", None),
        ('x = """\n%time\n!ls\n"""', None),
        ("x = '''a\\'''\n!ls\n'''\n", None),
        ('x = "(" # (\ny = 1', None),
        ("s = 'what?'\nx != 1", None),
        ("x = 'don\\'t ('\n!ls", "x = 'don\\'t ('\n# !ls"),
        ("", None),
    ],
)
def test_magics_become_comments(cell: str, module: str | None) -> None:
    assert without_magics(cell) == (cell if module is None else module)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["%time", "!ls", "?", "x", "=", "(", ")", "'", '"""', "\\", "\n", " ", "#", "%%", "é"]))
)
def test_the_number_of_lines_stays(pieces: list[str]) -> None:
    cell = "".join(pieces)
    assert without_magics(cell).count("\n") == cell.count("\n")


@pytest.mark.parametrize("piece", ["'", '"""', "(", "x = ", "a.", "\\", "%", "x = (\n", "'''\\"])
def test_hostile_cells_take_no_quadratic_time(piece: str) -> None:
    cell = piece * (200_000 // len(piece))
    assert without_magics(cell).count("\n") == cell.count("\n")
