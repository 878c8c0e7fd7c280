"""Good courses of several kinds pass their audit as they are: nobody has to waive what no test could tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

COURSES = Path(__file__).parents[1] / "courses"


@pytest.mark.parametrize("name", ["batched", "columns", "flat"])
def test_a_good_course_passes_its_audit(grade, name):
    """Rows of a batch with opaque caches; columns with dicts of parameters and gradients; flat vectors."""
    ran = grade("audit", name, "--json", cwd=COURSES / name)
    assert ran.returncode == 0, ran.stdout
    found = json.loads(ran.stdout)
    assert found["bar"] == {"kill": 1.0, "by": 3, "know_nothing": 1.0}
    assert found["tally"]["live"] > 100
    assert found["tally"]["waived"] <= 0.02 * found["tally"]["live"]


def test_what_only_the_cache_shows_is_killed_where_the_cache_is_used(grade):
    ran = grade("audit", "batched", "--json", cwd=COURSES / "batched")
    forward, backward = json.loads(ran.stdout)["exercises"]
    cached = {each["id"] for each in forward["versions"] if each["off"] == 0 and each["fate"] == "killed"}
    assert len(cached) > 10
    assert {each["elsewhere"] == each["killed_by"] for each in forward["versions"] if each["id"] in cached} == {True}
    assert cached <= {each["id"] for each in backward["versions"] if each["killed_by"] > each["elsewhere"]}
