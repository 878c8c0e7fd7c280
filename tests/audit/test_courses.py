"""Good courses of several kinds pass their audit as they are: nobody has to waive what no test could tell.

Rows of a batch with opaque caches; columns with dicts of parameters and gradients; flat vectors.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import audit as auditing
from grader.bank.build import bank_for
from grader.course.find import Course
from grader.records.bar import Bar
from tests.conftest import THOROUGH

COURSES = Path(__file__).parents[1] / "courses"


@pytest.fixture
def audited(cached, pool):
    """``audited(name)`` of a course of this name; the cache has it when it is asked for again."""

    def audit(name):
        files = Course(COURSES / name).assignment(name)
        return auditing.audit(auditing.Bench(files, bank_for(files, pool), pool), lambda _: None)

    return audit


#: Whose audit takes as long as those of both others: on CI.
LARGEST = ["columns"] if THOROUGH else []


@pytest.mark.parametrize("name", ["batched", "flat", *LARGEST])
def test_a_good_course_passes_its_audit(audited, name):
    found = audited(name)
    assert found.bar == Bar(kill=1.0, by=3, know_nothing=1.0)
    assert found.failures == ()
    assert found.tally.live > 100
    assert found.tally.waived_share <= 0.02


def test_what_only_the_cache_shows_is_killed_where_the_cache_is_used(audited):
    forward, backward = audited("batched").exercises
    cached = [each for each in forward.versions if each.off == 0 and each.fate == "killed"]
    told = {each.id for each in backward.versions if each.told_here}
    assert len(cached) > 10
    assert all(each.elsewhere == each.killed_by and each.id in told for each in cached)
