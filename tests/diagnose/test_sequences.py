"""Sequences and dicts beside the right ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.diagnose.sequences import is_vague, sequences
from grader.records.assignment import Output
from grader.records.bank import Case, Origin
from grader.records.finding import DictEntries, Finding, Items, Share
from grader.records.record import Foreign
from grader.records.run import Raised, Returned
from tests.judge.examples import exercise

TEXTS = [["the", "cat", "sat"], ["a", "dog", "bites", "a"], ["i", "was", "ill"], ["not", "bad"], ["on"], []]
REPEATED = [["a", "b", "a"], ["c", "c", "d", "c"], ["e", "f", "f"], ["g", "h", "g", "h"], ["i"]]
RNG = np.random.default_rng(0)
ROWS = [RNG.standard_normal((rows, 2)) for rows in (2, 3, 4, 5)]


def findings(wanted, given_):
    cases = [
        Case(f"f/{number}", Origin("any"), True, {}, {}, expected={"y": each}) for number, each in enumerate(wanted)
    ]
    outcomes = [each if isinstance(each, Raised) else Returned({"y": each}) for each in given_]
    return sequences(exercise(outputs={"y": Output()}), cases, outcomes)


def fact(change, wanted=TEXTS):
    """What is told where every text is changed, if anything."""
    found = findings(wanted, [change(each) for each in wanted])
    assert len(found) <= 1
    return found[0].fact if found else None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda each: each[::-1], Items("reversed", "item", everywhere=True)),
        (lambda each: (["new", *each])[: len(each)], Items("late", "item", everywhere=True)),
        (lambda each: [*each, "new"][-len(each) :] if each else [], Items("early", "item", everywhere=True)),
        (lambda each: each[1:], Items("lacks_first", "item", everywhere=False)),
        (lambda each: tuple(each[:-1]), Items("lacks_last", "item", everywhere=False)),
        (lambda each: ["new", *each], Items("one_in_front", "item", everywhere=True)),
        (lambda each: ["new", *each] if len(each) > 1 else each, Items("one_in_front", "item", everywhere=False)),
        (lambda each: [*each, 7], Items("one_at_end", "item", everywhere=True)),
        (lambda each: each[: max(1, len(each) - 2)], Items("beginning", "item", everywhere=False)),
        (lambda each: each[-max(1, len(each) - 2) :], Items("end", "item", everywhere=False)),
        (sorted, Items("another_order", "item", everywhere=True)),
        (lambda each: each[::2] + each[1::2] + ["new"] * 2, None),
        (lambda each: each, None),
        (" ".join, None),
        (lambda each: [], None),
        (lambda each: None, None),
        (lambda each: Foreign("set"), None),
        (lambda each: [0.5] * len(each), None),
    ],
)
def test_what_is_so_of_lists(change, told):
    assert fact(change) == told


def test_what_is_so_of_texts_and_of_repeated_items():
    words = ["hello", "abba", "kitten", "aab"]
    assert fact(lambda word: word[::-1], words) == Items("reversed", "character", everywhere=True)
    assert fact(lambda word: "".join(dict.fromkeys(word)), words) == Items("each_once", "character", everywhere=True)
    assert fact(lambda each: sorted(set(each)), REPEATED).how == "each_once"
    assert fact(lambda each: [*each, each[0]], [["a", "b"], ["c", "d", "e"], ["f", "g"]]).how == "one_at_end"
    assert fact(lambda each: [each[0], each[0], *each], [["a", "b"], ["c", "d", "e"], ["f", "g"]]).how == "repeated"


def test_what_is_so_of_rows():
    assert fact(lambda each: np.repeat(each, 2, axis=0), ROWS).how == "repeated"
    wider = [
        np.concatenate([each, each[:1] * 0 + 9, each * 0 + 5])[np.r_[0, len(each), 1 : len(each)]] for each in ROWS
    ]
    (finding,) = findings(ROWS, wider)
    assert finding == Finding(Items("others_among", "row", everywhere=True), Share(4, 4, 4), ("y",))
    (finding,) = findings(ROWS, [np.delete(each, 1, axis=0) if len(each) > 2 else each for each in ROWS])
    assert finding == Finding(Items("some_missing", "row", everywhere=False), Share(3, 3, 4), ("y",))
    assert fact(lambda each: each[:, :1], ROWS) is None
    assert fact(lambda each: each * np.nan, ROWS) is None
    assert fact(lambda each: each[:, :0], [each[:, :0] for each in ROWS]) is None


def test_what_should_be_empty():
    wanted = [[], [], [], ["a", "b"]]
    (finding,) = findings(wanted, [["a"], ["b", "c"], ["d"], ["a", "b"]])
    assert finding.fact == Items("should_be_empty", "item", everywhere=False)
    assert not findings(wanted, [["a"], ["b", "c"], ["d"], ["a"]])


@pytest.mark.parametrize(
    ("change", "how"),
    [
        (lambda each: dict(list(each.items())[:-1]), "keys_missing"),
        (lambda each: {**each, "new": 1}, "keys_too_many"),
        (lambda each: dict.fromkeys(each, 9), "values_wrong"),
        (lambda each: {f"{key}!": value for key, value in each.items()}, "same_values"),
        (lambda each: {"new": 7}, None),
        (lambda each: {}, None),
        (lambda each: {key: value / 3 for key, value in each.items()}, None),
        (lambda each: each, None),
    ],
)
def test_what_is_so_of_dicts(change, how):
    dicts = [{"a": 1, "b": 2}, {("c",): 3, "b": 2, "d": 1}, {"e": 4, "f": 4}]
    assert fact(change, dicts) == (how and DictEntries(how))


def test_what_raises_is_left_out_and_too_few_cases_show_nothing():
    stopped = [Raised("IndexError", ""), *(each[::-1] for each in TEXTS[1:])]
    assert findings(TEXTS, stopped)[0].rests == Share(5, 5, 6)
    assert not findings(TEXTS[:2], [each[::-1] for each in TEXTS[:2]])
    assert not findings([["a"], ["b"], ["c"]], [[], [], []])
    assert not findings([["a"]] * 4, [["b", "c"]] * 4)


def test_outputs_of_which_the_same_is_so_are_one_finding():
    cases = [
        Case(f"f/{n}", Origin("any"), True, {}, {}, expected={"y": each, "z": each[:1]}) for n, each in enumerate(TEXTS)
    ]
    given_ = [Returned({"y": [*each, 1], "z": [*each[:1], 1]}) for each in TEXTS]
    (finding,) = sequences(exercise(outputs={"y": Output(), "z": Output()}), cases, given_)
    assert finding.outputs == ("y", "z")


def test_what_is_longer_than_any_answer_is_not_looked_at():
    assert fact(lambda each: [*each, *["new"] * 1001]) is None
    assert fact(lambda each: {**each, **dict.fromkeys(range(1001), 1)}, [{"a": 1}, {"b": 2}, {"c": 3}]) is None


def test_what_says_little():
    assert is_vague(DictEntries("keys_missing"))
    assert is_vague(Items("another_order", "item", everywhere=True))
    assert not is_vague(Items("reversed", "item", everywhere=True))


values = st.recursive(st.text("ab", max_size=3) | st.integers(0, 3) | st.none(), lambda one: st.lists(one, max_size=3))


@given(st.lists(st.tuples(values, values | st.dictionaries(st.text("ab"), values)), min_size=3, max_size=5))
@settings(deadline=None)
def test_anything_may_come_back(pairs):
    found = findings(*map(list, zip(*pairs, strict=True)))
    assert len(found) <= 1
