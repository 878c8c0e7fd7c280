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

def above(x):
    return double(x) + 1

def forward(x):
    return x * x, {"x": x}

def backward(cache):
    return 2 * cache["x"]

def total(cache):
    return backward(cache)

def every(caches):
    return backward(caches)
"""


def told_of(argument, *results, **keywords):
    """A function of one argument whose results are declared but for "cache"."""
    shapes = {name: None if name == "cache" else [] for name in results}
    return {"arguments": [argument], "keywords": keywords, "results": shapes, "single": len(results) == 1}


TOLD = {
    "double": told_of("x", "y"),
    "quadruple": told_of("x", "y"),
    "tail": told_of("xs", "ys"),
    "forward": told_of("x", "y", "cache"),
    "backward": told_of("cache", "dx"),
}
ITSELF = ("", "")


@pytest.fixture
def run(monkeypatch):
    """Run a snippet in the namespace of a module, whose functions have globals of their own."""
    module = ModuleType("replayed")
    exec(SOURCE, vars(module))
    monkeypatch.setitem(sys.modules, "replayed", module)
    before = dict(vars(module))

    def run(snippet, *names, answers=(), refused=(), versions=(ITSELF,), told=TOLD):
        functions = {name: told[name] for name in names}
        known = dict(answers), list(refused)
        ended = replay(snippet, functions, known, versions, ([], ["y"]), dict(vars(module)))
        assert vars(module) == before, "every function is itself again afterwards"
        return ended

    return run


def asked(ended):
    [(how, (key, *call))] = ended
    assert how == "asks"
    name, inputs, made, own = call
    assert not made
    return key, (name, inputs, own)


def test_it_stops_at_the_first_call_that_has_no_answer(run):
    first, call = asked(run("y = quadruple(3)", "double"))
    assert call == ("double", {"x": 3}, 6)
    second, call = asked(run("y = quadruple(3)", "double", answers={first: 10}))
    assert call == ("double", {"x": 10}, 20)
    assert run("y = quadruple(3)", "double", answers={first: 10, second: 7}) == [("ended", {"y": 7})]
    assert run("y = quadruple(3)", "double", answers={first: 10}, refused=[second]) == [("refused", None)]


def test_what_a_named_function_itself_calls_is_not_asked_for(run):
    _, call = asked(run("y = quadruple(3)", "double", "quadruple"))
    assert call == ("quadruple", {"x": 3}, 12)


def test_arguments_are_told_by_the_names_of_the_exercise_that_asks_for_the_function(run):
    told = {"double": told_of("number", "y", plus="more")}
    _, call = asked(run("y = double(x=1, plus=2)", "double", told=told))
    assert call == ("double", {"number": 1, "more": 2}, 4)
    assert run("y = double(1)", "double", told=told) == [("failed", None)]


def test_a_call_is_told_as_it_was_before_the_function_changed_it(run):
    assert asked(run("y = tail([1])", "tail"))[1] == ("tail", {"xs": [1]}, [1, 0])


def test_a_call_that_the_reference_would_catch_is_told_all_the_same(run):
    snippet = "try:\n    y = double(1)\nexcept Exception:\n    y = None"
    assert asked(run(snippet, "double"))[1] == ("double", {"x": 1}, 2)


def test_each_version_of_a_function_runs_beside_the_others(run):
    key, _ = asked(run("y = above(1)", "double"))
    less = "def above(x):\n    return double(x) - 1"
    twice = "def above(x):\n    return double(2 * x)"
    instead = "above = type(quadruple)((lambda x: above(x) * 2).__code__, dict(globals()), 'above')"
    versions = [ITSELF, ("above", less), ("above", twice), ("above", instead), ("above", "above = None")]
    first, second, (how, call), fourth, fifth = run("y = above(1)", "double", answers={key: 5}, versions=versions)
    assert (first, second, fourth, fifth) == (
        ("ended", {"y": 6}),
        ("ended", {"y": 4}),
        ("ended", {"y": 12}),
        ("failed", None),
    )
    assert (how, call[1:]) == ("asks", ("double", {"x": 2}, {}, 4))


def test_a_version_that_never_ends_is_cut_short(run):
    first = "def above(x):\n    while True:\n        x = x + 1"
    second = "def above(x):\n    xs = [x]\n    for x in xs:\n        xs.append(x)"
    versions = [("above", first), ITSELF, ("above", second)]
    assert run("y = above(1)", versions=versions) == [("lost", None), ("ended", {"y": 3}), ("lost", None)]


# ── what no output is declared for ────────────────────────────────────────────────────────────────────────────────

BOTH = "forward", "backward"


def test_a_cache_is_handed_on_unseen_and_stands_for_the_call_that_made_it(run):
    snippet = "h, cache = forward(3)\ny = h + total(cache)"
    forward, call = asked(run(snippet, *BOTH))
    assert call == ("forward", {"x": 3}, (9, None))
    answers = {forward: (100, None)}
    [(how, (backward, *call))] = run(snippet, *BOTH, answers=answers)
    assert (how, call) == ("asks", ["backward", {}, {"cache": forward}, 6]), "with the right cache its own is right"
    assert run(snippet, *BOTH, answers={**answers, backward: 7}) == [("ended", {"y": 107})]


def test_caches_of_two_calls_are_told_apart(run):
    snippet = "y = total(forward(1)[1]) + total(forward(2)[1])"
    first, _ = asked(run(snippet, *BOTH))
    answers = {first: (1, None)}
    [(_, (one, *_))] = run(snippet, *BOTH, answers=answers)
    second, call = asked(run(snippet, *BOTH, answers={**answers, one: 20}))
    assert call == ("forward", {"x": 2}, (4, None))
    answers |= {one: 20, second: (4, None)}
    [(_, (two, *_))] = run(snippet, *BOTH, answers=answers)
    assert two != one
    assert run(snippet, *BOTH, answers={**answers, two: 5}) == [("ended", {"y": 25})]


@pytest.mark.parametrize("use", ["cache['x']", "backward([cache])", "every({'first': cache})", "[*cache]"])
def test_a_reference_that_looks_inside_goes_no_further(use, run):
    snippet = f"h, cache = forward(3)\ny = {use}"
    key, _ = asked(run(snippet, *BOTH))
    assert run(snippet, *BOTH, answers={key: (9, None)}) == [("failed", None)]
