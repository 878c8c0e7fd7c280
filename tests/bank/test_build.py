"""Several exercises are built at the same time: mistakes keep their order, and nothing outlives who asked."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from grader.bank import build
from grader.bank.build import Building, bank_for
from grader.bank.compiled import assignment_of
from grader.bank.keys import decided
from grader.course.find import find_course
from grader.course.secret import secret_of
from grader.mistakes.trials import TrialRunner
from grader.records.errors import ReferenceFault

COURSES = Path(__file__).parents[1] / "courses"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """``course(name)``: the files of the one assignment of a copy of that course, and an empty cache."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))

    def copied(name):
        return find_course(shutil.copytree(COURSES / name, tmp_path / name)).assignment(name)

    return copied


def test_mistakes_are_told_in_the_order_of_the_exercises(course, pool, monkeypatch):
    """Whichever is found out first: here the first exercise waits for the last."""
    files = course("tiny")
    names = [exercise.id for exercise in assignment_of(files, files.sources()).exercises]
    last_done, made = threading.Event(), build._build
    monkeypatch.setattr("grader.sandbox.processors.processors", lambda: len(names))

    def fails(building, index, *rest):
        if index == 0:
            assert last_done.wait(60)
        try:
            made(building, index, *rest)
            raise ReferenceFault([build.Mistake("reference/tiny.py", 0, 0, names[index], "is wrong")])
        finally:
            if index == len(names) - 1:
                last_done.set()

    monkeypatch.setattr(build, "_build", fails)
    with pytest.raises(ReferenceFault) as raised:
        bank_for(files, pool)
    assert [mistake.path for mistake in raised.value.mistakes] == names


def test_who_stops_asking_leaves_no_process_and_no_thread(course, pool):
    files = course("tiny")
    before = len(pool._living), threading.active_count()
    assignment, draws = assignment_of(files, files.sources()), secret_of(files.root).draws
    draws = draws(assignment)
    keys = decided(assignment, files.read_reference(), files.properties_text(), draws)
    properties = build.agreed_functions(files, assignment)
    banks = build._built(Building(files, assignment, draws, keys, properties, pool), (), None)
    assert next(banks).manifest.exercise in keys
    banks.close()
    assert (len(pool._living), threading.active_count()) == before


def test_samples_are_tried_where_versions_are_swapped_in(course, pool, monkeypatch):
    """A process that reads nothing from disk any more can hold them against their distribution."""

    def alone(_, trial, version):
        pytest.fail(f"{version.id} is tried alone on {trial.exercise.id}")

    monkeypatch.setattr(TrialRunner, "_try_alone", alone)
    bank = bank_for(course("sampled"), pool)
    assert all(len(version.killed_by) >= 2 for version in bank.proof["sample"] if version.kind == "misconception")
