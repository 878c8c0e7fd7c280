"""What stands for chance goes to a worker, and never comes from one."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from grader.judge.code import literal
from grader.records.chance import Distribution, GeneratorSeed
from grader.records.decoding import from_msgpack
from grader.records.extent import extent
from grader.records.record import Foreign
from grader.records.values import Wire, pack, unpack
from grader.report.format import shape_of, show
from grader.report.json import plain_value
from grader.sandbox.room import GRADED, Room
from grader.sandbox.worker.inputs import differs, fresh

SEED, COIN = GeneratorSeed(7), Distribution(20, ("head", "tail"), (0.5, 0.5))


@pytest.mark.parametrize("value", [SEED, COIN, [SEED, 1], {"rng": SEED, "meant": (COIN,)}])
def test_both_cross_on_this_side(value):
    assert unpack(from_msgpack(msgspec.msgpack.encode(pack(value)), Wire), own=True) == value


@pytest.mark.parametrize("value", [SEED, COIN, [SEED], {"rng": COIN}])
def test_from_a_worker_they_are_foreign(value):
    answer = Room(GRADED).read(msgspec.Raw(msgspec.msgpack.encode(pack(value))))
    (leaf,) = answer if isinstance(answer, list) else answer.values() if isinstance(answer, dict) else [answer]
    assert isinstance(leaf, Foreign)


def test_each_run_has_a_generator_of_its_own_that_draws_the_same():
    first, second = fresh(SEED), fresh({"rng": SEED})["rng"]
    assert first is not second
    assert first.random() == second.random() == np.random.default_rng(7).random()
    assert not differs(first, SEED)  # to be drawn from is what it is for


def test_a_copy_of_an_input_draws_what_the_input_would():
    given = fresh(SEED)
    assert fresh(given).random() == fresh(given).random()


def test_what_is_shown_can_be_pasted():
    assert literal({"rng": SEED}) == "{'rng': np.random.default_rng(7)}"
    assert (show(SEED), shape_of(SEED)) == ("np.random.default_rng(7)", "generator")
    assert (show(COIN), shape_of(COIN)) == ("{'head': 0.5, 'tail': 0.5}", "20 draws")
    assert plain_value([SEED, COIN]) == [
        {"generator": 7},
        {"draws": 20, "probabilities": [["head", 0.5], ["tail", 0.5]]},
    ]


def test_a_sample_needs_room_for_each_draw():
    assert extent(COIN) > COIN.draws
