"""Samples: of right ones 1 in 10,000,000,000 is called wrong, by exact sums; of wrong ones next to none is missed."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from pathlib import Path

import numpy as np
import pytest

from grader.bank.strategies import draw
from grader.course.load import load
from grader.judge.compare import compare, differ
from grader.judge.sampling import compare_draws, counts_of, draw_limits, same_draws, shares_of
from grader.records.chance import LEVEL, MOST_TESTS, Distribution

ROOT = Path(__file__).parents[2]
THREE = Distribution(300, (0, 1, 2), (0.5, 0.3, 0.2))
TEXTS = Distribution(40, ("aa", "ab"), (0.25, 0.75))


def sampled(meant, seed=0):
    rng = np.random.default_rng(seed)
    return [meant.categories[place] for place in rng.choice(len(meant.categories), meant.draws, p=meant.probabilities)]


def uneven(seed):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(rng.integers(2, 9), 0.3))
    return Distribution(int(rng.integers(1, 120)), tuple(range(len(shares))), tuple((shares / shares.sum()).tolist()))


def tails(count, probability, least, most):
    """The exact probability that a binomial number lies below the one or above the other."""
    p = Fraction(probability)
    chances = [comb(count, k) * p**k * (1 - p) ** (count - k) for k in range(count + 1)]
    return sum(chances[:least]), sum(chances[most + 1 :]), chances[least], chances[most]


# ── a right sample ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("meant", [THREE, TEXTS, *map(uneven, range(12))])
def test_a_right_sample_is_called_wrong_no_more_often_than_the_level_says(meant):
    """The sum over both tails of all categories bounds how often any of them lies outside; in exact fractions."""
    limits, total = draw_limits(meant), Fraction(0)
    share = Fraction(LEVEL) / (2 * len(meant.categories))
    for probability, least, most in zip(meant.probabilities, limits.least, limits.most, strict=True):
        below, above, at_least, at_most = tails(meant.draws, probability, least, most)
        total += below + above
        assert below + at_least > share * Fraction(0.999)  # the limits are no wider than they must be
        assert above + at_most > share * Fraction(0.999)
    assert total <= Fraction(LEVEL)


def test_a_submission_as_a_whole_loses_marks_to_chance_once_in_a_million():
    assert MOST_TESTS * LEVEL <= 1e-6


@pytest.mark.parametrize("meant", [THREE, TEXTS])
def test_right_samples_pass(meant):
    assert all(compare(meant, sampled(meant, seed)).deviation is None for seed in range(300))


def test_any_form_of_whole_numbers_is_a_sample():
    draws = sampled(THREE)
    for form in (draws, tuple(draws), np.array(draws), np.array(draws, np.int8), [np.int64(each) for each in draws]):
        assert compare(THREE, form).deviation is None
    assert compare(THREE, np.array(draws, float)).deviation is None


# ── a wrong one ───────────────────────────────────────────────────────────────────────────────────────────────────


def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


#: What wrong solutions draw from in the place of softmax(scores / temperature).
WRONG = {
    "uniform": lambda scores, _: np.full(len(scores), 1 / len(scores)),
    "argmax": lambda scores, _: np.eye(len(scores))[scores.argmax()],
    "ignored": lambda scores, _: softmax(scores),
    "inverted": lambda scores, temperature: softmax(scores * temperature),
}


def exercise(name):
    return next(each for each in load(ROOT / "assignments/assignment5/assignment.yaml").exercises if each.id == name)


@pytest.mark.parametrize("kind", WRONG)
def test_of_5000_submissions_that_draw_wrongly_fewer_than_1_in_1000_are_missed(kind):
    """On cases drawn as those of assignment 5 are; a submission is missed where every case of it is."""
    rng, submissions, tests = np.random.default_rng(1), 5000, 0
    missed = np.ones(submissions, bool)
    asked = exercise("sample_with_temperature")
    for case in draw(asked, asked.cases.public + asked.cases.hidden, "power"):
        scores, temperature = case.inputs["scores"], case.inputs["temperature"]
        meant = Distribution(200, tuple(range(len(scores))), tuple(softmax(scores / temperature).tolist()))
        limits = draw_limits(meant)
        counts = rng.multinomial(200, WRONG[kind](scores, temperature), size=submissions)
        passed = ((limits.least <= counts) & (counts <= limits.most)).all(axis=1)
        for count, right in zip(counts[:3], passed, strict=False):  # as the judge says it
            assert (compare_draws(meant, np.repeat(np.arange(len(scores)), count)).deviation is None) == right
        missed &= passed
        tests += 1
    assert tests == 14
    assert missed.mean() < 1 / 1000


@pytest.mark.parametrize("kind", ["uniform", "argmax"])
def test_without_a_temperature_neither(kind):
    rng, asked = np.random.default_rng(2), exercise("sample")
    missed = np.ones(5000, bool)
    for case in draw(asked, asked.cases.public + asked.cases.hidden, "power"):
        shares = case.inputs["probabilities"]
        limits = draw_limits(Distribution(200, tuple(range(len(shares))), tuple(shares.tolist())))
        counts = rng.multinomial(200, WRONG[kind](shares, None), size=5000)
        missed &= ((limits.least <= counts) & (counts <= limits.most)).all(axis=1)
    assert missed.mean() < 1 / 1000


def test_what_comes_too_often_is_told_with_its_limits():
    found = compare(THREE, [0] * 50 + [1] * 150 + [2] * 100).deviation
    assert (found.kind, found.fault.what) == ("value", "shares")
    assert (found.share.category, found.share.came, found.share.draws) == ("0", 50, 300)
    assert found.share.least <= 150 <= found.share.most
    assert not found.share.right


@pytest.mark.parametrize("stranger", [3, -1, 2.5])
def test_what_is_no_category_is_wrong_at_once(stranger):
    found = compare(THREE, [*sampled(THREE)[1:], stranger]).deviation
    assert found.fault.what == "impossible"
    assert (found.share.category, found.share.came, found.share.most) == (repr(stranger), 1, 0)


def test_certain_and_impossible_are_exact():
    certain = Distribution(1000, (0, 1, 2), (0.0, 1.0, 0.0))
    assert compare(certain, [1] * 1000).deviation is None
    assert compare(certain, [1] * 999 + [2]).deviation.fault.what == "impossible"
    nearly = Distribution(200, (0, 1), (1e-17, 1 - 1e-17))  # what rounding leaves of 0
    assert compare(nearly, [1] * 199 + [0]).deviation is not None


@pytest.mark.parametrize(
    ("draws", "kind", "what"),
    [
        (None, "type", "none"),
        ([None] * 300, "type", "none"),
        (["a"] * 300, "type", "named"),
        ([0] * 299, "shape", "one_shorter"),
        (np.zeros((300, 1), int), "shape", "a_one_too_many"),
        (np.zeros(300, complex), "dtype", "dtype"),
        (np.zeros(300, bool), "dtype", "dtype"),
    ],
)
def test_what_is_no_sample_is_told_as_any_other_array(draws, kind, what):
    found = compare(THREE, draws).deviation
    assert (found.kind, found.fault.what) == (kind, what)


def test_texts_are_told_as_texts():
    assert compare(TEXTS, [*sampled(TEXTS)[1:], "ba"]).deviation.fault.what == "impossible"
    assert compare(TEXTS, ["aa"] * 39).deviation.fault.what == "items"
    assert compare(TEXTS, [*sampled(TEXTS)[1:], 1]).deviation.path == (39,)
    assert compare(TEXTS, "aa").deviation.kind == "type"


# ── beside the verdict ────────────────────────────────────────────────────────────────────────────────────────────


def test_shares_hold_every_category_and_the_commonest_strangers():
    shares = shares_of(THREE, [0] * 200 + [1] * 90 + [7] * 6 + [8] * 4)
    assert [(share.category, share.came) for share in shares] == [("0", 200), ("1", 90), ("2", 0), ("7", 6), ("8", 4)]
    assert shares_of(THREE, None) == ()


def test_the_same_sample_is_the_same_draw_by_draw():
    assert same_draws(THREE, sampled(THREE), np.array(sampled(THREE)))
    assert not same_draws(THREE, sampled(THREE), sampled(THREE)[::-1])
    assert same_draws(THREE, sampled(THREE), None)  # of which something else is said


def test_counts_are_of_categories_and_of_what_is_none():
    assert counts_of(TEXTS, ["aa"] * 10 + ["ab"] * 30).tolist() == [10, 30, 0]
    assert counts_of(TEXTS, ["aa"] * 10 + ["b"] * 30).tolist() == [10, 0, 30]
    assert counts_of(TEXTS, ["aa"] * 10) is None


def test_two_distributions_differ_by_what_they_are():
    assert differ(THREE, TEXTS)
    assert not differ(THREE, Distribution(*(getattr(THREE, name) for name in THREE.__struct_fields__)))
