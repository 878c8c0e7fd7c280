"""Figures of a handout from end to end: drawn, checked, and given to students with the handout and nothing more."""

from __future__ import annotations

import shutil

import matplotlib as mpl
import pytest

from tests.conftest import TINY
from tests.course.test_plotting import PLOT


@pytest.fixture
def course(tmp_path):
    """A copy of the tiny course whose handout shows one of two figures; nothing is drawn yet."""
    folder = shutil.copytree(TINY, tmp_path / "course")
    beside = folder / "assignments" / "tiny"
    (beside / "figures.py").write_text(PLOT + PLOT.replace("curve", "draft"))
    (beside / "handout.md").write_text("# Tiny\n\n![A curve that rises.](figures/curve.svg)\n")
    return folder


def test_figures_are_drawn_checked_and_given_to_students_with_the_handout(course, grade, tmp_path):
    drawn = course / "assignments/tiny/figures"
    before = grade("check", "tiny", cwd=course)
    assert before.returncode == 2
    told = "handout.md:3:1: shows figures/curve.svg, which is not there yet: `grade figures tiny` draws it"
    assert before.stdout.rstrip().endswith(told)
    refused = grade("release", "tiny", "-o", tmp_path / "out", cwd=course)
    assert (refused.returncode, told in refused.stderr) == (2, True)

    known = {"MPLCONFIGDIR": mpl.get_cachedir()}  # or each command would look for all fonts of the machine
    asked = grade("figures", "tiny", "--check", cwd=course, **known)
    assert (asked.returncode, drawn.exists()) == (2, False)
    assert "assignments/tiny/figures/curve.svg: missing; `grade figures tiny` draws it" in asked.stdout
    ran = grade("figures", cwd=course, **known)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "assignments/tiny/figures/curve.svg: drawn",
        "assignments/tiny/figures/draft.svg: drawn",
        "  the handout does not show it, so students are not given it: ![…](figures/draft.svg)",
    ]
    assert sorted(path.name for path in drawn.iterdir()) == ["curve.svg", "draft.svg"]
    assert grade("check", "tiny", cwd=course).returncode == 0

    started = grade("start", "tiny", tmp_path / "mine", cwd=course)
    assert started.stdout.splitlines()[0].endswith("mine: tiny.py, handout.md, figures")
    released = grade("release", "tiny", "-o", tmp_path / "out", cwd=course)
    assert released.returncode == 0, released.stderr
    again = grade("start", "tiny", tmp_path / "copy", "--course", tmp_path / "out", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    for folder in ("mine", "out", "copy"):
        assert [path.name for path in (tmp_path / folder / "figures").iterdir()] == ["curve.svg"]
        assert (tmp_path / folder / "figures/curve.svg").read_bytes() == (drawn / "curve.svg").read_bytes()
    over = grade("start", "tiny", tmp_path / "mine", cwd=course)
    assert "already holds tiny.py, handout.md, figures, .grade.toml" in over.stderr

    (drawn / "curve.svg").write_text("<svg/>")
    other = grade("figures", "--check", cwd=course, **known)
    assert "figures/curve.svg: another; `grade figures tiny` draws it" in other.stdout
    assert "figures/draft.svg: as it was" in other.stdout


def test_a_figure_that_tells_what_is_hidden_is_not_released(course, grade, tmp_path):
    statement = next(
        line.strip()
        for line in (course / "reference/tiny.py").read_text().splitlines()
        if "return" in line and "@" in line
    )
    drawn = course / "assignments/tiny/figures"
    drawn.mkdir()
    (drawn / "curve.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text>{statement}</text></svg>')
    ran = grade("release", "tiny", "-o", tmp_path / "out", cwd=course)
    assert ran.returncode == 2
    assert "figures/curve.svg" in ran.stderr
    assert "holds a statement of the reference" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_template_has_no_file_where_a_figure_belongs(course, grade, tmp_path):
    for folder in ("assignments/tiny", "student_template/tiny"):
        (course / folder / "figures").mkdir()
        (course / folder / "figures/curve.svg").write_text("<svg/>")
    ran = grade("start", "tiny", tmp_path / "mine", cwd=course)
    assert ran.returncode == 2
    assert "student_template/tiny/figures/curve.svg stands where" in ran.stderr
    assert not (tmp_path / "mine").exists()
    assert "rename it" in grade("release", "tiny", "-o", tmp_path / "out", cwd=course).stderr


def test_who_has_no_figures_is_told(grade):
    assert "tiny has no figures: " in grade("figures", "tiny").stderr
    assert "no figures to draw" in grade("figures").stderr
