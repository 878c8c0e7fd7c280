"""How many inputs are tried on a version that nothing tells from the reference."""

from __future__ import annotations

import pytest

from grader.audit import search


@pytest.mark.parametrize(("seconds", "most"), [(0, 24), (1e6, 64)])
def test_a_few_are_tried_however_long_they_take_and_more_as_they_fit(make_bench, monkeypatch, seconds, most):
    monkeypatch.setattr(search, "FIRST", 24)
    monkeypatch.setattr(search, "INPUTS", 64)
    monkeypatch.setattr(search, "SECONDS", seconds)
    monkeypatch.setattr(search, "ENOUGH", 20)
    bench = make_bench()
    (exercise,) = bench.assignment.exercises
    version = next(iter(bench.versions(exercise).values()))
    same = version._replace(source=bench.source, swap=None)
    came_of = search.search(bench, exercise, [same])
    assert (came_of.found, came_of.enough) == ({}, True)
    assert most * 0.8 < came_of.tried <= most
