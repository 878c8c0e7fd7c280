"""What authors import into a reference changes nothing there."""

from __future__ import annotations

import pytest

from grader.author import misconception


def test_a_misconception_is_left_as_it_is():
    def mean(values):
        return sum(values)

    assert misconception(of="mean", says="Nothing is divided.")(mean) is mean


def test_what_is_wrong_and_why_are_said_by_name():
    with pytest.raises(TypeError):
        misconception("mean", "Nothing is divided.")
