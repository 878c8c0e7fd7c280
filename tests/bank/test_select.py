import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.bank.plans import Candidate
from grader.bank.select import choose, elements
from grader.bank.strategies import draw, edges
from grader.model import Cases, Exercise, Integers, Interval, Output, Reals

DIMS = {"D": Interval(low=1, high=5), "H": Interval(low=1, high=5)}
RNN = Exercise(
    id="rnn",
    title="rnn",
    points=1,
    inputs={"x": Reals(shape=("D", 1)), "W": Reals(shape=("H", "D")), "n": Integers((0, 9))},
    run="y = f()",
    outputs={"y": Output()},
    dims=DIMS,
)


def exercise(public, hidden):
    return Exercise(
        id="f",
        title="f",
        points=1,
        inputs={"n": Integers((0, 99))},
        run="y = f(n)",
        outputs={"y": Output()},
        cases=Cases(public=public, hidden=hidden),
    )


def some(origin, *numbers):
    return [Candidate(origin=origin, sizes={}, inputs={"n": number}) for number in numbers]


def numbers(candidates):
    return [candidate.inputs["n"] for candidate in candidates]


EDGES = edges(RNN)
DRAWN = draw(RNN, 60, 0)


def test_counts_are_what_the_exercise_asks_for():
    public, hidden = choose(RNN, [], EDGES, DRAWN)

    assert (len(public), len(hidden)) == (10, 40)


def test_no_two_cases_are_equal():
    public, hidden = choose(RNN, DRAWN[:2], [*EDGES, *DRAWN[:4]], [*DRAWN, *EDGES])
    keys = [candidate.key() for candidate in (*public, *hidden)]

    assert len(set(keys)) == len(keys) == 50


def test_the_first_case_is_small_and_generic():
    first = choose(RNN, [], EDGES, DRAWN)[0][0]

    assert not first.origin.startswith("edge")
    assert min(first.sizes.values()) > 1
    assert len(set(first.sizes.values())) == 2
    assert np.unique(first.inputs["W"]).size == first.inputs["W"].size
    assert elements(first) <= 12


def test_examples_come_first_and_are_public_even_where_they_are_too_many():
    examples = some("worked figure", 1, 2, 3)

    public, hidden = choose(exercise(2, 2), examples, some("edge: a", 4), some("any", 5, 6, 7))

    assert public == examples
    assert numbers(hidden) == [4, 5]


def test_every_kind_of_edge_is_hidden_and_small_ones_are_public_too():
    public, hidden = choose(RNN, [], EDGES, DRAWN)
    kinds = {candidate.origin for candidate in EDGES}

    assert {candidate.origin for candidate in hidden} >= kinds
    assert 3 <= sum(candidate.origin in kinds for candidate in public) <= 5


def test_public_cases_show_several_strata():
    public = choose(RNN, [], EDGES, DRAWN)[0]

    assert len({candidate.origin for candidate in public if not candidate.origin.startswith("edge")}) >= 4


def test_edges_do_not_crowd_out_what_is_drawn():
    public, hidden = choose(exercise(4, 4), [], some("edge: a", *range(9)), some("any", *range(20, 40)))

    assert sum(number >= 20 for number in numbers(public)) == 2
    assert sum(number >= 20 for number in numbers(hidden)) == 3


def test_without_hidden_cases_all_is_public():
    public, hidden = choose(exercise(4, 0), [], some("edge: a", 1, 2), some("any", 5, 6, 7))

    assert (sorted(numbers(public)), hidden) == ([1, 2, 5, 6], [])


def test_where_nothing_else_is_left_edges_fill_the_rest():
    public, hidden = choose(exercise(3, 3), [], [*some("edge: a", 1, 2), *some("edge: b", 3, 4)], some("any", 9))

    assert sorted(numbers([*public, *hidden])) == [1, 2, 3, 4, 9]
    assert {candidate.origin for candidate in hidden} == {"edge: a", "edge: b"}


def test_an_edge_that_an_example_shows_is_not_repeated():
    public, hidden = choose(exercise(2, 2), some("worked figure", 1), some("edge: a", 1), some("any", 1, 5, 6))

    assert sorted(numbers([*public, *hidden])) == [1, 5, 6]


@settings(deadline=None)
@given(
    st.integers(1, 12),
    st.integers(0, 12),
    *(st.lists(st.integers(0, 30), max_size=length) for length in (3, 8, 20)),
)
def test_choice_is_a_partition_without_loss(public_count, hidden_count, examples, edge, drawn):
    asked = exercise(public_count, hidden_count)
    groups = some("example", *examples), some("edge", *edge), some("any", *drawn)

    public, hidden = choose(asked, *groups)

    chosen = numbers([*public, *hidden])
    assert len(set(chosen)) == len(chosen)
    assert set(examples) <= set(numbers(public))
    assert len(public) <= max(public_count, len(set(examples)))
    assert len(hidden) <= hidden_count
    available = len({*examples, *edge, *drawn})
    assert len(chosen) >= min(available, public_count + hidden_count)
    again = choose(asked, *groups)
    assert (numbers(again[0]), numbers(again[1])) == (numbers(public), numbers(hidden))


@pytest.mark.parametrize(
    ("value", "count"), [(np.zeros((2, 3)), 6), (1.5, 1), ("abc", 3), ([np.zeros(2), 1], 4), ((), 1), ({"a": 1}, 1)]
)
def test_elements(value, count):
    assert elements(Candidate(origin="", sizes={}, inputs={"x": value})) == count
