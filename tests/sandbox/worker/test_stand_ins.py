"""What is left in hand-ins, as students write it: nothing stops it, every loop ends, and nothing real is loaded.

Each text runs in a process of its own, in which the stand-ins are all that is found: no library of this machine.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

RUN = """
import sys
sys.modules.pop("pytest", None)
from grader.sandbox.worker.stand_ins import StandIns
text = sys.stdin.read()
StandIns([text], ["public_tests", "course.checks"]).install()
exec(compile(text, "hand_in", "exec"), {"__name__": "hand_in"})
"""

HAND_INS = {
    "axes": """
        import matplotlib.pyplot as plt
        from matplotlib import pyplot
        assert pyplot is plt
        fig, ax = plt.subplots()
        ax.plot([1, 2]).set(color="k")
        fig, (left, middle, right) = plt.subplots(1, 3, figsize=(3, 1))
        fig, ((a, b), (c, d)) = plt.subplots(nrows=2, ncols=2)
        (a, b), (c, d) = plt.figure().subplots(2, 2)
        a, b = fig.add_gridspec(1, 2).subplots()
        fig, axes = plt.subplots(2, 3)
        axes[0, 1].plot([1])
        assert axes.shape == (2, 3) and len(axes.flat) == len(axes.ravel()) == 6
        assert plt.subplots(3, squeeze=False)[1].shape == (3, 1)
        fig, odd = plt.subplots("many", ax)
        low, high = ax.get_ylim()
        ax.set_ylim(low, high * 1.1)
        """,
    "unpacked": """
        import matplotlib.pyplot as plt, seaborn as sns
        n, bins, patches = plt.hist([1, 2])
        line, = plt.plot([1])
        first, *rest = plt.plot([1])
        first, *between, last = plt.plot([1])
        bar, (down, up), [caps] = plt.errorbar([1], [2])
        handles, labels = plt.gca().get_legend_handles_labels()
        one, two = plt.plot([1])[0].get_data()
        plt.plot(bins, (bins[1:] + bins[:-1]) / 2)
        for name, colour in zip("ab", plt.cm.viridis([0.1, 0.9])): last_name = name
        for name, colour in zip("ab", sns.color_palette("husl", 2)): last_name += name
        for name, colour in zip("ab", plt.rcParams["axes.prop_cycle"].by_key()["color"]): last_name += name
        assert last_name == "babab" and between == rest == []
        """,
    "numbers": """
        import math, numpy as np, matplotlib.pyplot as plt
        fig = plt.figure()
        x = fig.dpi
        assert len(fig.axes) == int(x) == float(x) == 0 and not x and [5][x] == 5 and x not in [3]
        x + 1, 1 - x, x @ x, -x, abs(x), 2 ** x, x << 1, divmod(x, 2), round(x, 1), math.floor(x), "a" + x, [1] + x
        assert not x < 1 and not 1 >= x and x == x and x != 0 and len({x, fig}) == 2
        assert f"{x:.2f} {x}" and "%d %.1f" % (x, x) == "0 0.0"
        sum(x), sorted([x, x]), list(x), dict(x), np.sqrt(x), np.mean(x), np.ones(3) * x, np.add(np.ones(3), x)
        assert np.array([x, x]).shape == (2,)
        filled = np.zeros(2)
        filled[0] = x
        filled += x
        x += 1
        """,
    "loops end": """
        import itertools, matplotlib.pyplot as plt
        fig = plt.figure()
        for line in fig.axes: raise AssertionError
        while fig.axes: fig.axes.pop()
        while len(fig.axes) > 0: fig.delaxes(fig.axes[0])
        while plt.fignum_exists(1): pass
        while not plt.waitforbuttonpress(): pass
        def walk(artist):
            for child in artist.get_children(): walk(child)
        walk(fig)
        assert [*fig, *map(str, fig), *zip(fig, itertools.count())] == []
        next(plt.gca()._get_lines.prop_cycler)["color"]
        """,
    "classes": """
        import abc, copy, pickle, typing, matplotlib, matplotlib.pyplot as plt
        from matplotlib.ticker import Formatter, Locator
        class Percent(Formatter, Locator, abc.ABC):
            def __init__(self, places): super().__init__(places); self.places = places
            def __call__(self, x, pos=None): return f"{x:.0%}"
        assert Percent(1)(0.5) == "50%" and isinstance(Percent(1), Formatter)
        assert not isinstance(Percent(1), plt.Axes) and not isinstance(3, (plt.Axes, plt.rc))
        assert isinstance(plt.gca(), plt.Axes) and issubclass(Percent, Locator)
        class Odd(plt.style, plt.cycler, plt.Axes): pass
        Odd()
        plt.Axes.name, plt.Axes[3]
        hint: plt.Axes | None = None
        def hinted(ax: typing.Optional[plt.Axes], other: plt.what | None): pass
        for kept in (plt.gca(), [plt.Axes()], Odd):
            copy.copy(kept), copy.deepcopy(kept), kept is Odd or pickle.loads(pickle.dumps(kept))
        assert copy.deepcopy(Percent(2)).places == 2
        try: raise ValueError
        except matplotlib.ParseError: raise AssertionError
        except ValueError: pass
        import warnings
        warnings.filterwarnings("ignore", category=matplotlib.MatplotlibDeprecationWarning)
        """,
    "settings": """
        import matplotlib as mpl, matplotlib.pyplot as plt, seaborn as sns
        assert tuple(map(int, mpl.__version__.split(".")[:2])) >= (3, 5)
        mpl.use("Agg"); sns.set(); mpl.rc("font", size=3)
        plt.rcParams["figure.dpi"] = 3
        plt.rcParams.update({"x": 1}); plt.rcParams.update(mpl.rcParamsDefault)
        assert mpl.rcParams["figure.dpi"] == 3 and not plt.rcParams["lines.linewidth"] + 1
        with plt.style.context("dark"), plt.rc_context({"x": 1}) as _: pass
        """,
    "decorators": """
        import functools, nose.tools, ipywidgets as widgets
        from ipywidgets import interact, interact_manual
        from IPython.core.magic import register_line_magic, Magics, magics_class
        from nose.tools import nottest, raises, with_setup
        seen = []
        def f(x=1): seen.append(x); return x
        decorators = (interact, interact(x=(0, 9)), interact_manual(x=widgets.IntSlider(1)), register_line_magic,
                      nottest, raises(ValueError), with_setup(f), with_setup(f, f), nose.tools.timed(1), widgets.Output)
        for decorate in decorators: assert decorate(f) is f
        assert interact(f, x=3) is f and not seen
        @magics_class
        class Mine(Magics): pass
        assert isinstance(Mine, type)
        @widgets.whatever
        @staticmethod
        def g(): return 2
        assert g() == 2
        """,
    "progress": """
        import tqdm, tqdm.notebook
        from tqdm import tqdm as bar, trange
        from tqdm.auto import tqdm as auto
        from tqdm.contrib import tenumerate, tzip
        assert list(bar([1, 2])) == [1, 2] and list(trange(1, 3)) == [1, 2]
        assert list(auto(x for x in "ab")) == ["a", "b"]
        assert list(tqdm.notebook.tqdm({"a": 1}.items(), desc="x")) == [("a", 1)] and len(bar(range(3))) == 3
        assert list(tenumerate("a")) == [(0, "a")] == [(i, c) for i, c in tzip([0], "a")]
        assert [*reversed(bar([1, 2]))] == [2, 1] and 2 in bar([1, 2]) and bar([1]) and not bar([])
        epochs = trange(2)
        for epoch in epochs: epochs.set_description(f"{epoch}"); epochs.set_postfix(loss=1.0)
        with bar(total=3) as shown:
            while shown.n < shown.total: shown.update(1)
        a, b = bar([1, 2])
        bar.write("told"); bar.pandas(); shown.close()
        """,
    "notebooks": """
        shell = get_ipython()
        files = shell.getoutput("ls")
        assert files == files.l == [] and isinstance(files, list) and files.n == files.s == ""
        shell.run_line_magic("matplotlib", "inline"), shell.run_cell_magic("bash", "", "ls"), shell.system("ls")
        shell.set_next_input("x"), shell.magic("x"), shell.user_ns["x"]
        assert shell is get_ipython() and "google.colab" not in str(shell)
        from IPython import get_ipython as again
        from IPython.display import HTML, Image, clear_output, display as show
        from IPython.core.interactiveshell import InteractiveShell
        InteractiveShell.ast_node_interactivity = "all"
        display(HTML("x"), 3); show(Image("x.png")); clear_output(wait=True)
        assert again is get_ipython
        import google.colab
        from google.colab import drive, files
        drive.mount("/content/drive")
        for name in files.upload(): raise AssertionError
        def display(x): return 7
        assert display(1) == 7
        """,
    "tests": """
        import otter, public_tests, course.checks, pytest
        from nose.tools import assert_raises, assert_equal
        grader = otter.Notebook("hw.ipynb")
        grader.check("q1"); grader.check_all(); public_tests.check(print); course.checks.all_of(1)
        with assert_raises(ValueError) as caught: raise ValueError
        with pytest.raises(ValueError, match="x"): raise ValueError("x")
        assert_equal(1, 2)
        assert pytest.approx(3) == 3
        """,
    "everything at once": """
        def mine_test(): return "mine"
        from public_tests import *
        assert mine_test() == "mine"
        total_test(mine_test)
        checks.run("x")
        assert np.sum([1, 2]) == 3 and print is __builtins__["print"]
        from pylab import *
        plot(linspace(0, 1, 3), "k"); show(); randn(2); figure()
        assert sin(pi / 2) == 1 and max(3, 4) == 4
        """,
    "awaited": """
        import matplotlib.pyplot as plt
        async def main():
            async with plt.style as style:
                async for _ in style: raise AssertionError
            return await plt.show()
        try: main().send(None)
        except StopIteration: pass
        """,
}


def ended(text):
    return subprocess.run(
        [sys.executable, "-c", RUN],
        input=textwrap.dedent(text),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("text", HAND_INS.values(), ids=HAND_INS)
def test_nothing_stops_it(text):
    loaded = (
        "\nimport sys\nassert not [n for n in sys.modules if n.startswith('matplotlib.backends') or n == 'tornado']"
    )
    done = ended(textwrap.dedent(text) + loaded)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("from matplotlib.pyplot import *\nplott([1])", "NameError: name 'plott' is not defined"),
        ("import google.cloud", "No module named 'google.cloud'"),
        ("import public_test", "No module named 'public_test'"),
        ("import course.other", "No module named 'course.other'"),
        ("from nose.tools import assert_raises\nwith assert_raises(ValueError): raise SystemExit(3)", ""),
        ("with get_ipython(): 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_mistake_stays_one(text, error):
    done = ended(text)
    assert done.returncode != 0
    assert error in done.stderr
