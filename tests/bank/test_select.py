from collections import Counter
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.bank.plans import Candidate
from grader.bank.select import choose_hidden, choose_public
from grader.bank.strategies import draw, edges
from grader.judge.case_size import elements
from grader.records.assignment import Cases, Exercise, Integers, Interval, Output, Reals
from grader.records.bank import Origin

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


def choose(asked, examples, edge, drawn, kills=MappingProxyType({}), by=0):
    """Public and hidden cases of the same candidates, of which edges have no values of their own."""
    public = choose_public(asked, examples, edge, drawn, {each.key() for each in edge})
    return public, choose_hidden(asked, public, edge, drawn, kills, by)


ANY, EXAMPLE = Origin("any"), Origin("example")
A, B = Origin("extreme", "a"), Origin("extreme", "b")
EDGES = edges(RNN, 0)
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

    assert not first.origin.on_edge
    assert min(first.sizes.values()) > 1
    assert len(set(first.sizes.values())) == 2
    assert np.unique(first.inputs["W"]).size == first.inputs["W"].size
    assert elements(first.inputs) <= 12


def test_half_of_the_public_cases_are_ordinary():
    """Where a tanh is missing, say, numbers near 0 and sizes of 1 let most cases pass."""
    public = choose(RNN, [], EDGES, DRAWN)[0]
    ordinary = [each for each in public if each.generic and len({1, *each.sizes.values()}) == 3]

    assert public[: len(ordinary)] == ordinary, "those to debug with come first"
    assert len(ordinary) >= 5


def test_what_one_input_draws_near_0_is_not_ordinary():
    drawn = [replace(each, generic=number == 17) for number, each in enumerate(some(ANY, *range(20)))]

    assert numbers(choose(exercise(1, 1), [], [], drawn)[0]) == [17]


def test_examples_come_first_and_are_public_even_where_they_are_too_many():
    examples = some(EXAMPLE, 1, 2, 3)

    public, hidden = choose(exercise(2, 2), examples, some(A, 4), some(ANY, 5, 6, 7))

    assert public == examples
    assert numbers(hidden) == [4, 5]


def test_what_an_example_kills_needs_no_case_more():
    examples, drawn = some(EXAMPLE, 1), some(ANY, *range(10, 20))
    kills = {each.key(): frozenset({"known"}) for each in (*examples, drawn[7])}
    kills[drawn[8].key()] = frozenset({"new"})

    hidden = choose(exercise(1, 1), examples, [], drawn, kills, by=1)[1]
    assert numbers(hidden) == [18], "of those that are left, only this kills what is not yet killed"
    hidden = choose(exercise(1, 2), examples, [], drawn, kills, by=2)[1]
    assert sorted(numbers(hidden)) == [17, 18], "an example is one of two"


def test_every_kind_of_edge_is_hidden_and_small_ones_are_public_too():
    public, hidden = choose(RNN, [], EDGES, DRAWN)
    kinds = {candidate.origin for candidate in EDGES}

    assert {candidate.origin for candidate in hidden} >= kinds
    assert 3 <= sum(candidate.origin in kinds for candidate in public) <= 5


def test_public_cases_show_several_strata():
    public = choose(RNN, [], EDGES, DRAWN)[0]

    assert len({candidate.origin for candidate in public if not candidate.origin.on_edge}) >= 3


def test_edges_do_not_crowd_out_what_is_drawn():
    public, hidden = choose(exercise(4, 4), [], some(A, *range(9)), some(ANY, *range(20, 40)))

    assert sum(number >= 20 for number in numbers(public)) == 3
    assert sum(number >= 20 for number in numbers(hidden)) == 3


def test_without_hidden_cases_all_is_public():
    public, hidden = choose(exercise(4, 0), [], some(A, 1, 2), some(ANY, 5, 6, 7))

    assert (sorted(numbers(public)), hidden) == ([1, 5, 6, 7], [])


def test_where_nothing_else_is_left_edges_fill_the_rest():
    public, hidden = choose(exercise(3, 3), [], [*some(A, 1, 2), *some(B, 3, 4)], some(ANY, 9))

    assert sorted(numbers([*public, *hidden])) == [1, 2, 3, 4, 9]
    assert {candidate.origin for candidate in hidden} == {A, B}


def test_an_edge_that_an_example_shows_is_not_repeated():
    public, hidden = choose(exercise(2, 2), some(EXAMPLE, 1), some(A, 1), some(ANY, 1, 5, 6))

    assert sorted(numbers([*public, *hidden])) == [1, 5, 6]


@settings(deadline=None)
@given(
    st.integers(1, 12),
    st.integers(0, 12),
    *(st.lists(st.integers(0, 30), max_size=length) for length in (3, 8, 20)),
)
def test_choice_is_a_partition_without_loss(public_count, hidden_count, examples, edge, drawn):
    asked = exercise(public_count, hidden_count)
    groups = some(EXAMPLE, *examples), some(A, *edge), some(ANY, *drawn)

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


# ── what kills ────────────────────────────────────────────────────────────────────────────────────────────────────


def killed(candidates, kills):
    """How many of the candidates kill each version."""
    return Counter(name for candidate in candidates for name in kills.get(candidate.key(), ()))


def of_sizes(*sizes):
    """A candidate for each number of elements."""
    return [Candidate(origin=ANY, sizes={}, inputs={"n": [number] * size}) for number, size in enumerate(sizes)]


def test_the_hidden_cases_cover_what_is_to_be_killed_and_the_rest_is_as_drawn():
    drawn = some(ANY, *range(12))
    kills = {drawn[9].key(): frozenset("ab"), drawn[10].key(): frozenset("bc"), drawn[11].key(): frozenset("a")}

    hidden = choose(exercise(1, 5), [], [], drawn, kills, by=1)[1]

    assert numbers(hidden) == [9, 10, 1, 2, 3]


def test_of_candidates_that_kill_as_many_the_smallest_is_taken_and_then_the_first():
    drawn = of_sizes(1, 3, 2, 2, 4)
    kills = dict.fromkeys([candidate.key() for candidate in drawn[1:]], frozenset("a"))

    hidden = choose(exercise(1, 4), [], [], drawn, kills, by=2)[1]

    assert hidden[:2] == [drawn[2], drawn[3]]


def test_more_kills_are_worth_more_than_a_small_size():
    drawn = of_sizes(1, 1, 9)
    kills = {drawn[1].key(): frozenset("a"), drawn[2].key(): frozenset("ab")}

    assert choose(exercise(1, 1), [], [], drawn, kills, by=1)[1] == [drawn[2]]


def test_what_public_cases_and_edges_kill_counts():
    edge, drawn = some(A, 50), some(ANY, *range(8))
    kills = {drawn[0].key(): frozenset("a"), edge[0].key(): frozenset("b"), drawn[7].key(): frozenset("ab")}

    public, hidden = choose(exercise(1, 3), [], edge, drawn, kills, by=1)
    assert (numbers(public), numbers(hidden)) == ([0], [50, 1, 2])

    public, hidden = choose(exercise(1, 3), [], edge, drawn, kills, by=2)
    assert (numbers(public), numbers(hidden)) == ([0], [50, 7, 1])

    public, hidden = choose(exercise(1, 3), some(EXAMPLE, 20), edge, drawn, kills, by=1)
    assert (numbers(public), numbers(hidden)) == ([20], [50, 0, 1])


def test_no_more_cases_than_are_asked_for_and_every_kind_of_edge_goes_first():
    edge, drawn = some(A, 50), some(ANY, *range(8))
    kills = {candidate.key(): frozenset([str(number)]) for number, candidate in enumerate(drawn)}

    assert numbers(choose(exercise(0, 3), [], edge, drawn, kills, by=3)[1]) == [50, 0, 1]
    assert choose(exercise(3, 0), [], edge, drawn, kills, by=3)[1] == []


@pytest.mark.parametrize(("by", "names"), [(0, "ab"), (3, "")])
def test_where_nothing_is_to_be_killed_cases_are_as_drawn(by, names):
    drawn = some(ANY, *range(9))
    kills = {candidate.key(): frozenset(names) for candidate in drawn[5:]}

    assert numbers(choose(exercise(1, 4), [], [], drawn, kills, by)[1]) == [1, 2, 3, 4]


@settings(deadline=None)
@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), max_size=4), min_size=1, max_size=20),
    st.integers(0, 4),
    st.randoms(use_true_random=False),
)
def test_each_version_is_killed_often_enough_where_that_can_be(kill_sets, by, random):
    drawn = some(ANY, *range(len(kill_sets)))
    edge, drawn = [replace(drawn[0], origin=A)], drawn[1:]
    kills = {candidate.key(): names for candidate, names in zip([*edge, *drawn], kill_sets, strict=True)}

    public, hidden = choose(exercise(2, 30), [], edge, drawn, kills, by)

    of_all, of_chosen = killed([*edge, *drawn], kills), killed([*public, *hidden], kills)
    assert all(of_chosen[name] >= min(by, of_all[name]) for name in of_all)
    shuffled = list(kills.items())
    random.shuffle(shuffled)
    again = choose(exercise(2, 30), [], edge, drawn, dict(shuffled), by)
    assert again == (public, hidden)


@settings(deadline=None)
@given(
    st.lists(st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=4), min_size=1, max_size=15),
    st.integers(1, 3),
)
def test_no_case_of_the_cover_was_needless_when_it_was_taken(kill_sets, by):
    drawn = some(ANY, *range(len(kill_sets)))
    kills = {candidate.key(): names for candidate, names in zip(drawn, kill_sets, strict=True)}
    hidden = choose(exercise(0, 30), [], [], drawn, kills, by)[1]

    done: Counter[str] = Counter()
    gains = []
    for candidate in hidden:
        gains.append(sum(done[name] < by for name in kills[candidate.key()]))
        done.update(kills[candidate.key()])
    needed = len([gain for gain in gains if gain])
    assert all(gains[:needed])
    assert not any(gains[needed:])
    assert gains == sorted(gains, reverse=True)
