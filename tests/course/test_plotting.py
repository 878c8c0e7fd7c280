"""Figures of handouts: the same file on each machine, whatever its settings; text is text; mistakes have places."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest

from grader.course.find import Course, find_course
from grader.course.handout import shown_files
from grader.course.plotting import plotted
from grader.records.errors import AssignmentError, UsageError
from tests.conftest import TINY

COURSE = find_course(Path(__file__))
PLOTTED = [name for name in COURSE.assignments() if COURSE.assignment(name).figures_py.is_file()]

AUTHORING = (COURSE.root / "docs" / "authoring.md").read_text(encoding="utf-8")

PLOT = '''
from matplotlib.figure import Figure
def curve():
    """A curve & no <b>more</b>.

    It rises
    from 0 to 1.
    """
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1 / 3, 1], [0, 1 / 7, 1], marker="o", label="W_hh < 1")
    axes.legend()
    return figure
def _helper():
    pass
'''


@pytest.fixture
def files(tmp_path):
    return Course(shutil.copytree(TINY, tmp_path / "course")).assignment("tiny")


def plots(files, text):
    files.figures_py.write_text(text, encoding="utf-8")
    return plotted(files)


@pytest.mark.parametrize("name", PLOTTED)
def test_figures_of_the_course_are_those_that_their_functions_draw_and_that_are_shown(name):
    files = COURSE.assignment(name)
    drawn = plotted(files)
    assert {f"figures/{each}.svg" for each in drawn} == set(shown_files(files))
    assert sorted(path.stem for path in files.figures.iterdir()) == sorted(drawn)
    differing = [each for each, svg in drawn.items() if (files.figures / f"{each}.svg").read_bytes() != svg]
    assert differing == [], "run `grade figures`"


def test_assignment3_is_among_them():
    assert "assignment3" in PLOTTED


def test_a_figure_says_what_it_shows_and_its_text_is_text(files):
    (svg,) = plots(files, PLOT).values()
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    said = {each.get("id"): each.text for each in root if each.get("id")}
    assert said == {"curve-title": "A curve & no <b>more</b>.", "curve-desc": "It rises from 0 to 1."}
    assert root.get("aria-labelledby").split() == list(said)
    assert b">W_hh &lt; 1</text>" in svg
    assert b"DejaVu Sans'" not in svg
    assert b"system-ui" in svg


def test_nothing_but_the_figure_is_in_the_file(files):
    (svg,) = plots(files, PLOT).values()
    text = svg.decode()
    assert not re.search(r"metadata|matplotlib|DOCTYPE|20\d\d-", text)
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    numbers = re.findall(r"\d+\.(\d+)", unescape(re.sub(r"<style>.*?</style>", "", text)))
    assert max(map(len, numbers)) <= 2
    ids = re.findall(r'id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"#(curve-\d+)", text)) <= set(ids)
    assert all(each.startswith("curve-") for each in ids), "two figures on one page have no id in common"


def test_settings_of_the_user_change_nothing_and_stay(files):
    before = plots(files, PLOT)
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "svg.fonttype": "path"}):
        assert plots(files, PLOT) == before
        assert mpl.rcParams["font.size"] == 30


def test_pyplot_serves_as_well_and_looks_for_no_screen(files):
    own = PLOT.replace("from matplotlib.figure import Figure", "import matplotlib.pyplot as plt")
    own = own.replace("figure = Figure()\n    axes = figure.subplots()", "figure, axes = plt.subplots()")
    assert "plt.subplots()" in own
    assert plots(files, own) == plots(files, PLOT)


def test_lines_are_told_apart_without_colours(files):
    two = PLOT.replace("    axes.legend()", "    axes.plot([0, 1], [1, 0])")
    (svg,) = plots(files, two).values()
    strokes = re.findall(r'<path d="[^"]*" clip-path[^>]*style="([^"]*stroke-width: 2[^"]*)"', svg.decode())
    assert ["dasharray" in each for each in strokes] == [False, True]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\ndef curve(\n", 2, "stops with SyntaxError"),
        ("x = 1\nraise SystemExit(0)\n", 2, "stops with SystemExit: 0"),
        ("import nowhere\n", 1, "stops with ModuleNotFoundError: No module named 'nowhere'"),
        ("def curve():\n    pass\n", 1, "curve has no docstring, which is what those read who cannot see the figure"),
        ('def curve():\n    """A curve."""\n', 1, "curve returns NoneType, and should return a matplotlib Figure"),
        ('def curve(a):\n    """A curve."""\n', 1, "curve stops with TypeError: curve() missing 1 required"),
        ('def curve():\n    """A curve."""\n    return 1 / 0\n', 3, "curve stops with ZeroDivisionError"),
        ('def curve():\n    """A curve."""\n    raise SystemExit(0)\n', 3, "curve stops with SystemExit: 0"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(files, text, line, words):
    with pytest.raises(AssignmentError) as told:
        plots(files, text)
    (mistake,) = told.value.mistakes
    assert (mistake.file, mistake.line) == (str(files.figures_py), line)
    assert words in mistake.message


def test_what_the_documentation_shows_can_be_drawn(files):
    (example,) = (each for each in re.findall(r"```python\n(.*?)```", AUTHORING, re.DOTALL) if "Figure" in each)
    assert b"Strength of a memory over 20 words." in plots(files, example)["decay"]


def test_without_matplotlib_it_is_said_what_to_install(files, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"python -m pip install 'numerical-grader\[figures\]'"):
        plots(files, PLOT)
