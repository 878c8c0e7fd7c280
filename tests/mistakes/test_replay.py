"""The reference with some of its functions answered: at which call it stops, and what it makes of answers."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from grader.mistakes.replay import replay

SOURCE = """
def double(x, *, plus=0):
    return 2 * x + plus

def quadruple(x):
    return double(double(x))

def tail(xs):
    xs.append(0)
    return xs
"""


@pytest.fixture
def namespace(monkeypatch):
    """That of a snippet: the names of a module, whose functions have globals of their own."""
    module = ModuleType("replayed")
    exec(SOURCE, vars(module))
    monkeypatch.setitem(sys.modules, "replayed", module)
    return dict(vars(module))


def test_it_stops_at_the_first_call_that_has_no_answer(namespace):
    run = "y = quadruple(3)"
    assert replay(run, ["double"], [], namespace) == ("double", (3,), {}, 6)
    assert replay(run, ["double"], [10], namespace) == ("double", (10,), {}, 20)
    assert replay(run, ["double"], [10, 7], namespace) is None
    assert namespace["y"] == 7


def test_what_a_named_function_itself_calls_is_not_asked_for(namespace):
    assert replay("y = quadruple(3)", ["double", "quadruple"], [], namespace) == ("quadruple", (3,), {}, 12)


def test_parameters_are_told_by_place_where_they_can_be(namespace):
    assert replay("y = double(x=1, plus=2)", ["double"], [], namespace) == ("double", (1,), {"plus": 2}, 4)


def test_a_call_is_told_as_it_was_before_the_function_changed_it(namespace):
    assert replay("y = tail([1])", ["tail"], [], namespace) == ("tail", ([1],), {}, [1, 0])


def test_a_call_that_the_reference_would_catch_is_told_all_the_same(namespace):
    run = "try:\n    y = double(1)\nexcept Exception:\n    y = None"
    assert replay(run, ["double"], [], namespace) == ("double", (1,), {}, 2)


def test_every_function_is_itself_again_afterwards(namespace):
    replay("y = quadruple(3)", ["double"], [10, 7], namespace)
    assert replay("y = quadruple(3)", [], [], namespace) is None
    assert namespace["y"] == 12
    with pytest.raises(ZeroDivisionError):
        replay("1 / 0", ["double"], [], namespace)
    assert namespace["quadruple"](3) == 12
