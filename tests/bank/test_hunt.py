from __future__ import annotations

import os
import subprocess
import sys
from itertools import islice

import pytest
from hypothesis import strategies as st

from grader.bank.hunt import Hunt
from grader.bank.strategies import NONE
from grader.records.assignment import Booleans, Choices, Custom, Exercise, Integers, Interval, Output, Reals

DIMS = {"N": Interval(low=1, high=4), "M": Interval(low=1, high=3)}


def exercise(inputs, dims=DIMS):
    return Exercise(id="f", title="f", points=1, inputs=inputs, run="y = f()", outputs={"y": Output()}, dims=dims)


AFFINE = exercise({"W": Reals(shape=("M", "N")), "b": Reals(shape=("M", 1), range=(0, 1))})
SMALL = exercise({"flag": Booleans(), "choice": Choices((1, 2, 3))}, dims={})


def test_candidates_are_the_same_for_a_seed_however_they_are_asked_for():
    whole = Hunt(AFFINE, 7, NONE).batch(30)
    parts = Hunt(AFFINE, 7, NONE)
    assert [each.key() for count in (1, 9, 20) for each in parts.batch(count)] == [each.key() for each in whole]
    assert [each.key() for each in Hunt(AFFINE, 8, NONE).batch(30)] != [each.key() for each in whole]


def test_they_are_the_same_in_another_process():
    code = (
        "from grader.bank.hunt import Hunt; from grader.records.assignment import *; import hashlib\n"
        f"exercise = {AFFINE!r}\n"
        "print(hashlib.sha256(b''.join(each.key() for each in Hunt(exercise, 7, {}).batch(20))).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": number},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for number in ("1", "2")
    }
    assert len(said) == 1


def test_no_two_are_alike_and_a_domain_comes_to_its_end():
    hunt = Hunt(SMALL, 0, NONE)
    first, second, third = hunt.batch(4), hunt.batch(40), hunt.batch(40)
    assert (len(first), len(second), len(third)) == (4, 2, 0)
    assert len({each.key() for each in first + second}) == 6


def test_sizes_at_which_a_domain_is_empty_are_left_out():
    empty_for_1 = exercise({"x": Integers(range=(1, "N - 1"))}, dims=DIMS)
    found = Hunt(empty_for_1, 0, NONE).batch(10)
    assert found
    assert all(each.sizes["N"] > 1 for each in found)


def rare(candidate):
    return candidate.sizes["M"] == 1 and candidate.inputs["b"][0, 0] == 1.0


def test_what_fails_is_made_small():
    hunt = Hunt(AFFINE, 0, NONE)
    batches = islice(iter(lambda: hunt.batch(50), []), 40)
    failing = next(each for batch in batches for each in batch if rare(each) and each.inputs["W"].any())
    found = hunt.shrink(failing, rare)
    assert rare(found)
    assert found.sizes == {"M": 1, "N": 1}
    assert not found.inputs["W"].any()
    assert found.key() == hunt.shrink(failing, rare).key()


def test_one_that_cannot_be_made_smaller_stays_what_it_is():
    hunt = Hunt(AFFINE, 0, NONE)
    failing = hunt.batch(20)[10]
    assert hunt.shrink(failing, lambda each: each.key() == failing.key()).key() == failing.key()


def test_an_interruption_while_shrinking_comes_through():
    hunt = Hunt(AFFINE, 0, NONE)
    failing = hunt.batch(20)[10]
    asked = []

    def fails(candidate):
        asked.append(candidate)
        if len(asked) > 3:
            raise KeyboardInterrupt
        return True

    with pytest.raises(KeyboardInterrupt):
        hunt.shrink(failing, fails)
    assert len(asked) == 4


def test_an_authors_strategy_is_drawn_from_and_shrinks():
    words = exercise({"words": Custom("words")})
    custom = {"words": lambda sizes: st.lists(st.sampled_from(["a", "b", "c"]), max_size=sizes["N"])}
    hunt = Hunt(words, 0, custom)
    batch = hunt.batch(60)
    assert all(len(each.inputs["words"]) <= each.sizes["N"] for each in batch)
    failing = next(each for each in batch if "c" in each.inputs["words"] and len(each.inputs["words"]) > 2)
    assert hunt.shrink(failing, lambda each: "c" in each.inputs["words"]).inputs["words"] == ["c"]


def test_nothing_is_left_in_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hunt = Hunt(AFFINE, 0, NONE)
    hunt.shrink(hunt.batch(5)[4], lambda _: True)
    assert list(tmp_path.iterdir()) == []
