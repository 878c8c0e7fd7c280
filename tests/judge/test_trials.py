"""What is said of a result that is None depends on how ``run`` gets at it."""

import numpy as np
import pytest

from grader.judge.trials import try_cases
from grader.records.run import Returned
from grader.report.words import problems

from .examples import case, exercise


@pytest.mark.parametrize(
    ("run", "says"),
    [
        ("h = step(x, W)", "a function that ends without return gives None"),
        ("h, c = step(x, W)", "is None, as what was not filled in yet is"),
        ("h = step(x, W)['h']", "is None: the key 'h' is missing, or was not filled in"),
        ("h = step(x, W).get('h')", "is None: the key 'h' is missing, or was not filled in"),
    ],
)
def test_of_what_is_none_is_said_why_it_may_be(run, says):
    (trial,) = try_cases(exercise(run=run), [case()], [Returned(outputs={"h": None})])
    assert says in problems.fault(trial.comparisons[0].deviation.fault)


def test_an_item_that_is_none_was_not_filled_in():
    within = case(expected={"h": [1.0, 2.0]})
    (trial,) = try_cases(exercise(), [within], [Returned(outputs={"h": [1.0, None]})])
    found = trial.comparisons[0].deviation
    assert (found.path, found.fault.what) == ((1,), "none_within")


def test_in_brief_infinities_that_are_expected_are_right():
    """Of which no difference can be taken: that they are right shows only when they are compared by themselves."""
    want = np.array([[-np.inf], [1.0]])
    for have in (want.copy(), np.array([[-np.inf], [2.0]])):
        outcomes = [Returned(outputs={"h": have})]
        asked = exercise(), [case(expected={"h": want})], outcomes
        (whole,), (brief,) = try_cases(*asked), try_cases(*asked, brief=True)
        assert whole.right == brief.right == (have[1, 0] == 1.0)
