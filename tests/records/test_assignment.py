"""What an author wrote, as records."""

from __future__ import annotations

import pytest

from grader.records.assignment import ListOf, Reals, SameAs, own_domain, resolved


def test_same_as_is_followed_to_its_end():
    inputs = {"a": Reals(shape=("H",)), "b": SameAs("a"), "c": SameAs("b")}

    assert resolved(inputs, inputs["c"]) == own_domain(inputs, "c") == inputs["a"]
    assert resolved(inputs, ListOf(SameAs("c"), 2)) == ListOf(inputs["a"], 2)
    assert resolved(inputs, inputs["a"]) is inputs["a"]


@pytest.mark.parametrize("other", ["x", "none", "y"])
def test_same_as_may_lead_nowhere(other):
    inputs = {"x": SameAs(other), "y": SameAs("x")}
    assert own_domain(inputs, "x") is None
    with pytest.raises(KeyError):
        resolved(inputs, inputs["x"])
