"""How ``run`` gets at its results is read from its text."""

import pytest

from grader.course.results import WITHIN, Taken, results

WHOLE = Taken(whole=True)


def under(key):
    return Taken(whole=False, key=repr(key))


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("h = step(x)", {"h": WHOLE}),
        ("net = Net(3)\nh = net.step(x)", {"net": WHOLE, "h": WHOLE}),
        ("h, c = step(x)", {"h": WITHIN, "c": WITHIN}),
        ("h, c = step(x), other(x)", {"h": WHOLE, "c": WHOLE}),
        ("h, (c, *rest) = step(x)", {"h": WITHIN, "c": WITHIN, "rest": WITHIN}),
        ("h = step(x)[0]", {"h": WITHIN}),
        (
            "grads = back(x)\ndW, db = grads['dW'], grads.get('db')",
            {"grads": WHOLE, "dW": under("dW"), "db": under("db")},
        ),
        ("h = step(x)\nif y:\n    h = step(x)['h']", {"h": under("h")}),
        ("net.h = step(x)", {}),
    ],
)
def test_results(run, found):
    assert results(run) == found
