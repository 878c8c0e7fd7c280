"""Code cells of notebooks, and what is IPython's in them."""

import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records.errors import SubmissionError
from grader.submission.notebook import as_python, code_cells


def notebook(*sources: object) -> str:
    """A stored notebook with these code cells and a text cell before each."""
    cells = []
    for source in sources:
        cells += [{"cell_type": "markdown", "source": "# Not code"}, {"cell_type": "code", "source": source}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_code_cells_in_order_with_neither_metadata_nor_ids() -> None:
    stored = notebook("x = 1", ["%time y = 2\r\n", "z = 3"])
    assert code_cells(stored.encode(), "memory.ipynb") == ("x = 1", "y = 2\nz = 3")


@pytest.mark.parametrize("version", [2, 3])
def test_an_older_format_is_read(version) -> None:
    old = {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": ""}}
    old["worksheets"] = [{"cells": [{"cell_type": "code", "input": "x = 1", "language": "python", "outputs": []}]}]
    assert code_cells(json.dumps(old).encode(), "memory.ipynb") == ("x = 1",)


def test_a_flaw_outside_the_code_does_not_matter() -> None:
    stored = json.loads(notebook("x = 1", "y = 2"))
    for cell in stored["cells"]:
        cell |= {"id": 7, "metadata": [], "outputs": {}, "execution_count": "one"}
    assert code_cells(json.dumps(stored).encode(), "memory.ipynb") == ("x = 1", "y = 2")


@pytest.mark.parametrize(
    "stored",
    [
        *("", "x = 1", "[]", "{}", '{"nbformat": 4, "nbformat_minor": 4}', '{"nbformat": 99, "cells": []}'),
        *("[" * 99_999, '{"nbformat": 4, "cells": [{}]}', '{"nbformat": 4, "m": ' + "[" * 99_999),
        *(notebook({"a": 1}), notebook(None), notebook([1])),
    ],
)
def test_no_notebook_is_told(stored: str) -> None:
    with pytest.raises(SubmissionError, match=r"memory\.ipynb is no notebook that can be read \(.+\): save it again"):
        code_cells(stored.encode(), "memory.ipynb")


def test_numbers_that_only_python_writes_do_not_matter() -> None:
    stored = notebook("x = [NaN, -Infinity]", "y = 'NaN' # \"").replace(
        '"metadata": {}', '"m": [NaN,-Infinity, {"a": Infinity}]'
    )
    assert code_cells(stored.encode(), "memory.ipynb") == ("x = [NaN, -Infinity]", "y = 'NaN' # \"")


def test_what_is_mended_in_pictures_of_a_mebibyte_is_found_in_one_pass() -> None:
    picture = "iVBOR" * 200_000
    stored = notebook("y = 1").replace('"metadata": {}', f'"m": "{picture}", "n": "\\ud83d", "o": "{picture}"')
    assert code_cells(stored.encode(), "memory.ipynb") == ("y = 1",)


def test_half_a_character_is_a_character_that_is_not_known() -> None:
    stored = notebook("y = 'HERE'").replace("HERE", r"\ud83d and \ud83d\ude00 \ude00 \\\\ud83d")
    assert code_cells(stored.encode(), "memory.ipynb") == ("y = '\ufffd and \U0001f600 \ufffd \\\\ud83d'",)
    picture = notebook("x = 1").replace("Not code", r"\udc00")
    assert code_cells(picture.encode(), "memory.ipynb") == ("x = 1",)


@pytest.mark.parametrize("sources", [["x" * 200_000, "y" * 200_000], [["a"] * 2_000_000]])
def test_too_much_code_is_told(sources: list[object]) -> None:
    with pytest.raises(SubmissionError, match=r"more than 256 KiB of code"):
        code_cells(notebook(*sources).encode(), "memory.ipynb")


def test_too_many_cells_are_told() -> None:
    with pytest.raises(SubmissionError, match=r"more than 10,000 code cells"):
        code_cells(notebook(*[""] * 10_001).encode(), "memory.ipynb")


@pytest.mark.parametrize("filler", ['"metadata": [' + "{}," * (10 << 20) + "0]", '"x": "' + "é" * (15 << 20) + '"'])
def test_what_is_not_code_takes_no_room(filler: str) -> None:
    stored = notebook("x = 1").replace('"metadata": {}', filler)
    tracemalloc.start()
    assert code_cells(stored.encode(), "memory.ipynb") == ("x = 1",)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 20


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
        ("!pip install it's (\nx = 1", "# !pip install it's (\nx = 1"),
        ("!pip install a \\\n   b\nx = 1", "# !pip install a \n#    b\nx = 1"),
        ("np.dot?\n?np.dot\nnp.dot??  # how", "# np.dot?\n# ?np.dot\n# np.dot??  # how"),
        ("files = !ls -a\n", "files = get_ipython().getoutput('ls -a')\n"),
        ("t = %timeit -o f()", "t = get_ipython().run_line_magic('timeit', '-o f()')"),
        ("a, b = !ls \\\n x", "a, b = get_ipython().getoutput('ls   x')\n"),
        ("%time t = f(1,\n  2)\n!ls", "t = f(1,\n  2)\n# !ls"),
        ("for x in y:\n    %time z = f(x)", "for x in y:\n    z = f(x)"),
        ("if x:\n    !ls\ny = 1", "if x:\n    pass  # !ls\ny = 1"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("%%capture out\nx = 1", "# %%capture out\nx = 1"),
        ("%%writefile memory.py\nx = 1", "# %%writefile memory.py\nx = 1"),
        ("%%writefile data.txt\nx = 1", "# %%writefile data.txt\n# x = 1"),
        ("%%bash\nls\n\nrm x", "# %%bash\n# ls\n# \n# rm x"),
        (
            "cd /content/drive\nls\npip install numpy==2.0\nx = 1",
            "# cd /content/drive\n# ls\n# pip install numpy==2.0\nx = 1",
        ),
        ("t = %time f(1)", "t = f(1)"),
        ("cd ..\nls -la\ncp ./a.txt b\nmkdir data", "# cd ..\n# ls -la\n# cp ./a.txt b\n# mkdir data"),
        ("\n  def f(x):\n      return x\n", "\ndef f(x):\n    return x\n"),
        ("  %%time\n  x = 1", "# %%time\nx = 1"),
        (">>> def f(x):\n...     return x\n...\n>>> f(1)\n", "def f(x):\n    return x\n\nf(1)\n"),
        ("cp in seen or seen.append(cp)\ncp - foo(\n    1)\ncat .sort()\nls if a else b\nrm [0]", None),
        ("if x:\n    y = 1\n  # odd\n", None),
        ("x = (a\n     %b)\n", None),
        ("x = a \\\n  %b", None),
        ('x = """\n%time\n!ls\n"""', None),
        ("x = '''a\\'''\n!ls\n'''\n", None),
        ('x = "(" # (\ny = 1', None),
        ("s = 'what?'\nx != 1", None),
        ("ls = [1]\ncd -= 1\nrm.x = 2\ncat: int = 3\nls[0] = 1\nmv(ls)", None),
        ("x = 'don\\'t ('\n!ls", "x = 'don\\'t ('\n# !ls"),
        ("", None),
    ],
)
def test_magics_do_nothing_and_python_stays(cell: str, python: str | None) -> None:
    assert as_python(cell) == (cell if python is None else python)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["%time", "!ls", "?", "x", "=", "(", ")", "'", '"""', "\\", "\n", " ", "#", "%%", "é", "ls", "cd "]
        )
    )
)
def test_the_number_of_lines_stays(pieces: list[str]) -> None:
    cell = "".join(pieces)
    assert as_python(cell).count("\n") == cell.count("\n")


@pytest.mark.parametrize("piece", ["'", '"""', "(", "x = ", "a.", "\\", "%", "x = (\n", "'''\\"])
def test_hostile_cells_take_no_quadratic_time(piece: str) -> None:
    cell = piece * (200_000 // len(piece))
    assert as_python(cell).count("\n") == cell.count("\n")
