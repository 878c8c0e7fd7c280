import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from grader.bank.domains import SEEDS
from grader.bank.plans import canonical
from grader.bank.profiles import PROFILES
from grader.bank.strategies import draw, edges, filled, plans
from grader.records.assignment import (
    AnyDomain,
    Booleans,
    Choices,
    Custom,
    DictOf,
    Exercise,
    Generator,
    Integers,
    Interval,
    ListOf,
    OneHot,
    Output,
    Reals,
    SameAs,
    Simplex,
    SizeOf,
    Text,
    Tokens,
)
from grader.records.bank import Origin
from grader.records.chance import GeneratorSeed
from grader.records.shapes import evaluate, resolve

DIMS = {"D": Interval(low=1, high=5), "H": Interval(low=1, high=5), "T": Interval(low=1, high=6)}


def exercise(inputs, dims=DIMS, run="y = f()"):
    return Exercise(id="f", title="f", points=1, inputs=inputs, run=run, outputs={"y": Output()}, dims=dims)


RNN = exercise({"x": Reals(shape=("D", 1)), "W": Reals(shape=("H", "H + D"), scale=0.5), "n": Integers((0, 9))})

sizes = st.sampled_from([1, 3, "D", "H", "T", "H + D", "2*T", "T + 1"])
shapes = st.lists(sizes, max_size=3).map(tuple)
vectors = st.lists(sizes, min_size=1, max_size=3).map(tuple)
spans = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda ends: Interval(low=min(ends), high=max(ends)))
ranges = st.tuples(st.integers(-9, 9), st.integers(-9, 9)).map(lambda ends: (min(ends), max(ends)))
plain = st.one_of(
    st.builds(Reals, st.none() | shapes, st.none() | ranges, st.sampled_from([0.5, 1.0, 3.0])),
    st.builds(Integers, ranges | st.tuples(st.just(0), sizes), st.none() | shapes),
    st.builds(Tokens, sizes, st.none() | shapes),
    vectors.flatmap(lambda shape: st.builds(OneHot, st.just(shape), st.integers(-len(shape), len(shape) - 1))),
    vectors.flatmap(lambda shape: st.builds(Simplex, st.just(shape), st.integers(-len(shape), len(shape) - 1))),
    st.builds(Booleans, st.none() | shapes),
    st.builds(Choices, st.just((1, 2.5, "sum", None, True))),
    st.builds(Text, st.just("helo"), spans),
    st.builds(SizeOf, sizes),
    st.builds(Generator),
)
inner = plain | st.builds(ListOf, plain, sizes | spans) | st.just(SameAs("first"))
keys = st.sampled_from(["W", "b", "more", "a'b"])
dicts = st.dictionaries(keys, inner | st.builds(DictOf, st.dictionaries(keys, inner, min_size=1)), min_size=1)
domains = inner | st.builds(DictOf, dicts)
exercises = st.lists(domains, max_size=4).flatmap(
    lambda found: plain.map(lambda first: exercise({"first": first, **{f"x{i}": each for i, each in enumerate(found)}}))
)


def short(array):
    """Whether numbers have two decimals, or two digits where they are below 0.01."""
    written = (f"{number:.2f}" if abs(number) >= 0.01 or number == 0 else f"{number:.1e}" for number in array.flat)
    return list(array.flat) == list(map(float, written))


def conforms(domain, value, at, inputs):  # noqa: C901 - a branch for each kind
    """Whether a value is one of the domain's, written without the code under test."""
    match domain:
        case SameAs():
            return conforms(inputs[domain.of], value, at, inputs)
        case DictOf(entries=entries):
            fits = (conforms(entry, value[key], at, inputs) for key, entry in entries.items())
            return list(value) == list(entries) and all(fits)
        case ListOf(length=Interval(low=low, high=high)):
            return low <= len(value) <= high and all(conforms(domain.of, item, at, inputs) for item in value)
        case ListOf():
            right = len(value) == evaluate(domain.length, at)
            return right and all(conforms(domain.of, item, at, inputs) for item in value)
        case Choices():
            return value in domain.of
        case Text():
            return domain.length.low <= len(value) <= domain.length.high and set(value) <= set(domain.alphabet)
        case SizeOf():
            return value == evaluate(domain.of, at)
        case Generator():
            return isinstance(value, GeneratorSeed) and 0 <= value.seed < SEEDS
    array = np.asarray(value)
    kind = {Reals: "f", OneHot: "f", Simplex: "f", Booleans: "b"}.get(type(domain), "i")
    if array.dtype.kind != kind or isinstance(value, np.ndarray) != (domain.shape is not None):
        return False
    if domain.shape is not None and array.shape != resolve(domain.shape, at):
        return False
    match domain:
        case Reals(range=(low, high)):
            return ((array >= low) & (array <= high)).all() and short(array)
        case Reals():
            return short(array)
        case Integers(range=(low, high)):
            return ((array >= low) & (array <= evaluate(high, at) if isinstance(high, str) else array <= high)).all()
        case Tokens():
            return ((array >= 0) & (array < evaluate(domain.vocabulary, at))).all()
        case OneHot() | Simplex():
            return (array >= 0).all() and np.allclose(array.sum(axis=domain.axis), 1, rtol=0, atol=1e-12)
    return True


# Each example draws candidates of its own, by @given as well.
NESTED = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.nested_given, HealthCheck.too_slow])


@settings(NESTED, max_examples=60)
@given(exercises, st.integers(0, 3))
def test_every_candidate_conforms_to_the_exercise(task, seed):
    for candidate in [*draw(task, 5, seed), *edges(task, 0)]:
        assert list(candidate.inputs) == list(task.inputs)
        assert all(DIMS[name].low <= size <= DIMS[name].high for name, size in candidate.sizes.items())
        for name, domain in task.inputs.items():
            assert conforms(domain, candidate.inputs[name], candidate.sizes, task.inputs), (name, candidate)


def test_strata_come_in_their_shares():
    counts = Counter(candidate.origin for candidate in draw(RNN, 1000, 0))

    assert 350 < counts[Origin("distinct")] < 500
    assert set(counts) == {
        Origin("distinct"),
        Origin("any"),
        Origin("one_is_1"),
        Origin("equal"),
        Origin("all_2"),
        Origin("all_1"),
    }
    assert min(counts.values()) > 20


def test_all_profiles_are_drawn_and_half_of_the_plans_are_generic():
    seen = []

    @settings(database=None, max_examples=300, deadline=None, derandomize=True)
    @given(plans(RNN))
    def look(plan):
        seen.append(plan)

    look()

    assert {profile for plan in seen for profile in plan.profiles.values()} == set(PROFILES)


def test_plans_shrink_to_the_plainest():
    smallest = find(plans(RNN), lambda plan: sum(plan.sizes.values()) >= 4, settings=settings(database=None))

    assert sum(smallest.sizes.values()) == 4 or smallest.seed == 0
    assert smallest.profiles == dict.fromkeys(RNN.inputs, "gaussian")


def test_only_dims_that_the_exercise_mentions_are_drawn():
    assert all(set(candidate.sizes) == {"D", "H"} for candidate in [*draw(RNN, 5, 0), *edges(RNN, 0)])
    assert draw(exercise({"x": Reals()}), 1, 0)[0].sizes == {}


def test_candidates_are_distinct_and_fewer_draws_are_the_first_of_more():
    keys = [candidate.key() for candidate in draw(RNN, 50, 7)]

    assert len(set(keys)) == 50
    assert [candidate.key() for candidate in draw(RNN, 20, 7)] == keys[:20]
    assert [candidate.key() for candidate in draw(RNN, 20, 8)] != keys[:20]


def test_a_small_domain_gives_as_many_candidates_as_it_has():
    assert len(draw(exercise({"b": Booleans(), "n": Integers((1, 3))}), 50, 0)) == 6


def test_sizes_for_which_a_domain_is_empty_are_passed_over():
    task = exercise({"n": Integers((3, "H"))})

    assert {candidate.sizes["H"] for candidate in draw(task, 6, 0)} == {3, 4, 5}
    assert all(candidate.sizes["H"] >= 3 for candidate in edges(task, 0))
    assert draw(exercise({"n": Integers((3, 2))}), 5, 0) == []


def test_an_authors_strategy_is_given_the_sizes():
    task = exercise({"q": Custom("properties:words"), "x": Reals(shape=("H",))})
    custom = {"words": lambda sizes: st.lists(st.text("ab"), min_size=sizes["H"], max_size=sizes["H"])}

    found = [*draw(task, 20, 0, custom), *edges(task, 0, custom)]

    assert len(found) > 20
    assert all(len(candidate.inputs["q"]) == candidate.sizes["H"] for candidate in found)
    assert len({canonical(candidate.inputs["q"]) for candidate in found}) > 10


def test_a_strategy_that_filters_everything_gives_nothing():
    task = exercise({"q": Custom("properties:none")})

    assert draw(task, 2, 0, {"none": lambda _: st.integers().filter(lambda _: False)}) == []


def test_what_a_strategy_raises_comes_out():
    def broken(sizes):
        raise LookupError("no such size")

    with pytest.raises(LookupError, match="no such size"):
        draw(exercise({"q": Custom("properties:broken")}), 2, 0, {"broken": broken})


def test_edges_are_distinct_and_named():
    found = edges(RNN, 0)

    assert len({candidate.key() for candidate in found}) == len(found) <= 16
    assert all(candidate.origin.on_edge for candidate in found)
    zeros = next(candidate for candidate in found if candidate.origin == Origin("zeros"))
    assert not zeros.inputs["x"].any()
    assert not zeros.inputs["W"].any()
    assert zeros.sizes == {"D": 2, "H": 3}
    assert {candidate.inputs["n"] for candidate in found if candidate.origin.name == "n"} == {0, 1, 9}


def test_equal_edges_are_one():
    """Without an array, the two variants of an edge of the only input are the same."""
    assert len(edges(exercise({"n": Integers((0, 9))}), 0)) == 3


# ── the same on every run ─────────────────────────────────────────────────────────────────────────────────────────

SCRIPT = """
import hashlib, json, sys
from pathlib import Path

for name in sys.argv[1:]:
    __import__(name)

from hypothesis import strategies as st
from grader.bank.plans import canonical
from grader.bank.strategies import draw, edges
from grader.records.assignment import *

dims = {name: Interval(low=1, high=99) for name in "DHT"}
inputs = {
    "x": Reals(shape=("D", 1)), "n": Integers((0, 99)), "p": Simplex(("H",)), "s": Text(), "r": Reals(),
    "q": Custom("properties:q"), "c": Choices(("a", "b", "c")), "t": Tokens("T", shape=("T",)),
}
task = Exercise(id="f", title="f", points=1, inputs=inputs, run="", outputs={"y": Output()}, dims=dims)
custom = {"q": lambda sizes: st.lists(
    st.integers(0, 10**6) | st.floats(allow_nan=False) | st.text() | st.sampled_from(sorted({"x", "y", "z"})))}
found = [*draw(task, 60, 0, custom), *edges(task, 0, custom)]
print(json.dumps([hashlib.sha256(candidate.key()).hexdigest() for candidate in found]))
print(json.dumps(sorted(path.name for path in Path().iterdir())), file=sys.stderr)
"""
CONSTANTS = "NUMBERS = [17, 23, 42, 77, 4242, 123456, 0.333, -1.75e10]\nTEXTS = ['abba', 'caca', 'zzz']\n"


def run_elsewhere(folder: Path, hash_seed: str, *modules: str) -> list[str]:
    """What is drawn in a process of its own; it may not leave a file in its folder."""
    folder.mkdir()
    for module in modules:
        (folder / f"{module}.py").write_text(CONSTANTS)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", SCRIPT, *modules]
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    assert json.loads(done.stderr) == [f"{module}.py" for module in modules]
    return json.loads(done.stdout)


def test_draws_depend_neither_on_hash_seeds_nor_on_imported_modules_and_leave_no_file(tmp_path):
    plain = run_elsewhere(tmp_path / "a", "0")

    assert len(set(plain)) == len(plain) > 60
    assert run_elsewhere(tmp_path / "b", "123", "full_of_constants") == plain


def test_draws_do_not_depend_on_the_state_of_random_generators():
    np.random.seed(1)  # noqa: NPY002 - the state that must not matter
    first = [candidate.key() for candidate in draw(RNN, 5, 0)]
    np.random.seed(2)  # noqa: NPY002

    assert [candidate.key() for candidate in draw(RNN, 5, 0)] == first


def test_drawing_inside_of_a_hypothesis_test_leaves_that_ones_draws_alone():

    @settings(NESTED, max_examples=5)
    @given(st.data())
    def inner(data):
        before = data.draw(st.integers(0, 9))
        assert len(draw(RNN, 2, before)) == 2
        assert data.draw(filled(RNN, st.just(data.draw(plans(RNN))))).inputs.keys() == RNN.inputs.keys()

    inner()


def test_all_domains_are_tried_here():
    kinds = {type(find(plain, lambda domain, k=kind: type(domain) is k)) for kind in PLAIN}

    assert kinds | {SameAs, Custom, ListOf, DictOf} == set(AnyDomain.__args__)


PLAIN = (Reals, Integers, Tokens, OneHot, Simplex, Booleans, Choices, Text, SizeOf, Generator)
