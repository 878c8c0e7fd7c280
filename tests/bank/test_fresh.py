"""Fresh inputs: of the same domains and sizes, and with all their digits."""

from __future__ import annotations

import numpy as np

from grader.bank.fresh import fresh
from grader.records.assignment import Custom, Exercise, Integers, ListOf, Output, Reals, SameAs, Simplex
from grader.records.bank import Case

INPUTS = {
    "x": Reals(shape=("D", 1), range=(-1.0, 2.0)),
    "y": SameAs(of="x"),
    "rate": Reals(range=(0.0, 1.0)),
    "free": Reals(shape=("D",), scale=3.0),
    "p": Simplex(shape=("D",)),
    "n": Integers(range=(2, 5)),
    "many": ListOf(of=Reals(range=(0.0, 1.0)), length="D"),
    "own": Custom(function="properties:own"),
}
EXERCISE = Exercise(id="e", title="", points=1, inputs=INPUTS, run="z = f(x)", outputs={"z": Output()})
LIKE = [
    Case(f"e/{number}", "", False, {"D": size}, {"own": [size, "own"]}) for number, size in enumerate((1, 3, 30), 1)
]


def test_they_have_the_sizes_and_domains_of_the_cases():
    for case, like in zip(fresh(EXERCISE, LIKE, "secret"), LIKE, strict=True):
        size = like.sizes["D"]
        values = case.inputs
        assert case.sizes == like.sizes
        assert values.keys() == INPUTS.keys()
        assert values["x"].shape == values["y"].shape == (size, 1)
        assert -1 <= values["x"].min() <= values["x"].max() <= 2
        assert values["free"].shape == values["p"].shape == (size,)
        assert np.isclose(values["p"].sum(), 1.0)
        assert 0 <= values["rate"] <= 1
        assert 2 <= values["n"] <= 5
        assert len(values["many"]) == size
        assert values["own"] == like.inputs["own"], "what an author's own strategy drew stays"


def test_their_numbers_are_not_rounded():
    for case in fresh(EXERCISE, LIKE, "secret"):
        for name in ("x", "y", "rate", "free", "many"):
            numbers = np.ravel(case.inputs[name])
            assert (np.abs(np.round(numbers, 2) - numbers) > 1e-9).all()


def test_the_secret_decides_them():
    def drawn(secret):
        return [case.inputs["x"].tolist() for case in fresh(EXERCISE, LIKE, secret)]

    assert drawn("one") == drawn("one")
    assert all(one != other for one, other in zip(drawn("one"), drawn("other"), strict=True))
