"""Cells of a submission: one that fails loses itself alone, one that ends the process keeps its definitions."""

from __future__ import annotations

import textwrap

import pytest

from grader.records.assignment import Limits
from grader.records.run import Crashed, Job, Raised, Returned, Submission, TimedOut
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool.forked import ZygotePool
from grader.sandbox.portable.pool import PortablePool

pytestmark = pytest.mark.usefixtures("warm")

LIMITS = Limits(seconds=20, case_seconds=10, load_seconds=0.5)
F = "def f():\n    return "


@pytest.fixture(scope="module", params=["portable", "zygote"])
def pool(request):
    with PortablePool() if request.param == "portable" else ZygotePool() as made:
        yield made


@pytest.fixture
def tried(pool):
    """What loading gave, and what ``f()`` returns."""

    def tried(*cells: str, file: str = ""):
        text = textwrap.dedent(file) or "\n".join(cells)
        submission = Submission(module="m.py", files={"m.py": text}, cells=() if file else cells)
        job = Job(run="y = f()", outputs=("y",), sizes=({},), inputs=({},), limits=LIMITS)
        with ProcessSandbox(submission, LIMITS, pool) as sandbox:
            loaded = sandbox.load()
            (outcome,) = sandbox.run(job).outcomes
            sandbox.close()  # what was found out is remembered by the next worker
            assert sandbox.run(job).outcomes == (outcome,)
        return loaded, outcome.outputs["y"] if isinstance(outcome, Returned) else outcome

    return tried


def ends(loaded):
    """Number, kind and place of each cell that was lost."""
    found = []
    for cell in loaded.lost:
        frames = cell.outcome.frames if isinstance(cell.outcome, Raised) else ()
        found.append((cell.number, type(cell.outcome), *[(frame.file, frame.line) for frame in frames]))
    return found


def test_a_cell_that_fails_loses_itself_alone(tried):
    loaded, y = tried(
        "a = 1\nb = 1 / 0\na = 2", "def g(:", "exit()", "input()", f"a += 1\n{F}a + g()", "def g(): return 40"
    )
    assert y == 42
    assert loaded.problem is None
    assert ends(loaded) == [
        (1, Raised, ("cell 1", 2)),
        (2, Raised, ("cell 2", 1)),
        (3, Raised, ("cell 3", 1)),
        (4, Raised, ("cell 4", 1)),
    ]
    assert [cell.outcome.error for cell in loaded.lost] == [
        "ZeroDivisionError",
        "SyntaxError",
        "SystemExit",
        "EOFError",
    ]
    assert loaded.lost[0].outcome.frames[0].text == "b = 1 / 0"


def test_below_the_line_that_fails_what_is_new_is_taken(tried):
    """A library that is missing here was there where the notebook ran."""
    loaded, y = tried(
        "import no_such_module, re\nimport math\nN = 2\nN + undefined\nprint(N)", f"{F}math.floor(N + 0.5)"
    )
    assert y == 2
    assert ends(loaded) == [(1, Raised, ("cell 1", 1))]


@pytest.mark.parametrize("stops", ["import os\nos._exit(1)", "1 / 0"])
def test_a_future_import_holds_though_its_cell_stops(tried, stops):
    future = "from __future__ import annotations"
    _, y = tried(f"{future}\n{stops}", "def f(x: no_such_name = 1) -> no_such_name: return 2")
    assert y == 2


def test_a_line_of_a_function_is_that_of_its_cell(tried):
    _, outcome = tried("x = 1", f"\n{F}1 / 0")
    assert [(frame.file, frame.line, frame.function) for frame in outcome.frames] == [("cell 2", 3, "f")]


def test_a_cell_that_takes_the_process_with_it_keeps_its_definitions(tried):
    constants = "K, L = int(2.5), [c for c in np.array([1.0])]\nif K: R = range(K)"
    stuck = f"import math\n{constants}\n{F}K * math.floor(M)\nM = int('20')\nwhile True: pass"
    loaded, y = tried("import numpy as np", stuck, "M = 21.5", "import os\nos._exit(3)\n", "N = 1")
    assert y == 42
    assert loaded.problem is None
    assert [(cell.number, type(cell.outcome), cell.stopped) for cell in loaded.lost] == [
        (2, TimedOut, True),
        (4, Crashed, True),
    ]
    assert {"K", "L", "M", "N", "R"} <= {name.name for name in loaded.names}


def test_what_needs_something_that_is_left_out_takes_nothing_with_it(tried):
    loaded, y = tried(file=f"def load(): return 4\nN = load()\nM = N\ndef g(n=M): pass\nK = 5\n{F}K\nwhile True: pass")
    assert y == 5
    assert not {"N", "M", "g"} & {name.name for name in loaded.names}


def test_cells_that_take_the_time_together_keep_their_definitions(tried):
    train = "end = time.process_time() + 0.1\nwhile time.process_time() < end: pass\n"
    loaded, y = tried(f"import time\nK = 41\n{F}K + g()", *[train] * 8, "def g(): return 1")
    assert y == 42
    assert loaded.stopped
    assert isinstance(loaded.problem, TimedOut)
    assert loaded.lost == ()


def test_a_definition_that_takes_the_process_with_it_is_left_out(tried):
    cells = (F + "1", "import os\n@lambda _: os._exit(1)\ndef g(): pass", "h = 1")
    loaded, y = tried(*cells)
    assert (y, [(cell.number, cell.stopped, cell.skipped) for cell in loaded.lost]) == (1, [(2, True, True)])
    loaded, y = tried(file="\n".join(cells))
    assert (y, loaded.stopped) == (1, True)
    assert {"f", "h"} <= {name.name for name in loaded.names}


def test_there_is_an_end_to_trying_again(tried):
    deadly = "@lambda _: os._exit(1)\ndef g(): pass"
    loaded, outcome = tried(f"import os\n{F}1", *[deadly] * 7)
    assert isinstance(loaded.problem, Crashed)
    assert isinstance(outcome, Crashed)


def test_many_cells_that_take_the_process_with_them(tried):
    loaded, y = tried(F + "1", *["import os; os._exit(1)"] * 5)
    assert (y, loaded.stopped) == (1, True)


def test_what_the_module_defines_comes_before_what_it_imports(tried):
    loaded, y = tried(
        file="\n".join(f"from {name} import *" for name in ("math", "os", "time", "numpy", "numpy.ma")) + f"\n{F}1"
    )
    assert y == 1
    assert "f" in {name.name for name in loaded.names[:10]}


def test_a_file_that_does_not_end_keeps_its_definitions(tried):
    loaded, y = tried(
        file=f"import numpy as np\nA = np.ones(2)\n{F}A.sum() + len(B)\nB = (1,) + (2,)\nwhile True: pass"
    )
    assert y == 4
    assert loaded.stopped
    assert isinstance(loaded.problem, TimedOut)
    assert loaded.lost == ()


def test_the_future_holds_from_where_it_was_imported(tried):
    sees = "\ndef g(x: int): pass\n"
    loaded, y = tried(
        sees,
        "from __future__ import annotations\nh = 1",
        sees.replace("g", "k"),
        f"{F}[g.__annotations__['x'], k.__annotations__['x']]",
    )
    assert isinstance(y[1], str)
    assert not isinstance(y[0], str)
    assert loaded.lost == ()


def test_await_needs_no_event_loop(tried):
    loaded, y = tried(
        "import asyncio\nasync def slow():\n    await asyncio.sleep(0)\n    return 5", "x = await slow()", F + "x"
    )
    assert (loaded.lost, y) == ((), 5)


def test_what_two_cells_define_is_said_and_the_last_counts(tried):
    loaded, y = tried(F + "1", "def g(): pass\ndef g(): pass", F + "2", "class f2: pass")
    assert (y, loaded.twice) == (2, ("f",))
    loaded, y = tried(F + "1", "undefined\n" + F + "2")  # which never came to be
    assert (y, loaded.twice) == (1, ())


MARKS = '''\
# %% [markdown]
# About
# %%
TEXT = """
# %%
"""
# %% Plot
undefined
#%%
def f():
    return len(TEXT.split())
'''


def test_a_python_file_in_cells_keeps_its_lines(tried):
    loaded, y = tried(file=MARKS)
    assert [found[2] for found in ends(loaded)] == [("m.py", 8)]
    assert y == 2
    loaded, y = tried(file=MARKS.replace("undefined", "undefined )").replace('"""\n# %%\n"""', "'# %%'"))
    assert [(cell.outcome.error, found[2]) for cell, found in zip(loaded.lost, ends(loaded), strict=True)] == [
        ("SyntaxError", ("m.py", 6))
    ]
    assert y == 2


MARIMO = """\
import marimo

app = marimo.App(width="medium")

with app.setup:
    import math


@app.cell
def _(b):
    def step(a):
        missing = a
        return missing
    c = step(b) + one()
    return (c,)


def one():
    return 2


@app.cell(hide_code=True)
def _():
    b = 40
    return (b,)


@app.cell
def _():
    missing
    return


@app.function
def f():
    return math.floor(c + 1)


if __name__ == "__main__":
    app.run()
"""


def test_a_notebook_of_marimo_runs_in_the_order_of_what_it_needs(tried):
    loaded, y = tried(file=MARIMO)
    assert y == 43
    assert [found[1:] for found in ends(loaded)] == [(Raised, ("m.py", 30))]
