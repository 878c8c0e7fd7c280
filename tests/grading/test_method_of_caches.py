"""Marks for the method where a forward function hands its backward function a cache, whatever that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path

COURSE = Path(__file__).parents[1] / "courses" / "cached"
ALL = {"dxs", "dh", "dU", "db"}

UNIT = """
import numpy as np

def unit_forward(x, h, U, b):
    out = np.tanh({pre})
    return out, {cache}

def unit_backward(dout, cache):
    {opened}
    da = {da}
    return da, da @ U.T, {dU}, da.sum(axis=0)
"""
IN_FORM = {
    "a tuple": ("(out, U, h)", "out, U, h = cache"),
    "a dict": ("dict(U=U, h=h, out=out)", "U, h, out = cache['U'], cache['h'], cache['out']"),
    "an object": ("type('Cache', (), dict(U=U, h=h, out=out))", "U, h, out = cache.U, cache.h, cache.out"),
    "a number of its own": ("kept.append((U, h, out)) or len(kept)", "U, h, out = kept[cache - 1]"),
}
RIGHT = {"pre": "x + h @ U + b", "da": "dout * (1.0 - out**2)", "dU": "h.T @ da"}
SLIPS = {
    "slope forgotten": {"da": "dout"},
    "slope of a sigmoid": {"da": "dout * out * (1.0 - out)"},
}

FORWARD = """
kept = []

def layer_forward(xs, h, U, b):
    outs, caches = [], []
    for t in range(xs.shape[1]):
        h, cache = unit_forward(xs[:, t], h, U, b)
        outs.append(h)
        caches.append(cache)
    return np.stack(outs, axis=1), caches
"""
BY_NAME = (
    FORWARD
    + """
def layer_backward(douts, caches):
    dxs, dU, db = [], 0, 0
    dh = np.zeros_like(douts[:, 0])
    for t in reversed(range(douts.shape[1])):
        dx, dh, dU_t, db_t = unit_backward(douts[:, t] + {carried}, caches[t])
        dxs.insert(0, dx)
        dU, db = dU + dU_t, db + db_t
    return np.stack(dxs, axis=1), dh, dU, db
"""
)
WRITTEN_OUT = """
kept = []

def layer_forward(xs, h, U, b):
    states = [h]
    for t in range(xs.shape[1]):
        x, h = xs[:, t], states[-1]
        states.append(np.tanh({pre}))
    return np.stack(states[1:], axis=1), (states, U)

def layer_backward(douts, cache):
    states, U = cache
    dxs, dU, db = np.zeros(douts.shape), 0, 0
    dh = np.zeros_like(douts[:, 0])
    for t in reversed(range(douts.shape[1])):
        dout, h, out = douts[:, t] + {carried}, states[t], states[t + 1]
        da = {da}
        dxs[:, t] = da
        dh, dU, db = da @ U.T, dU + {dU}, db + da.sum(axis=0)
    return dxs, dh, dU, db
"""
STYLES = {"by name": BY_NAME, "written out": WRITTEN_OUT}


@pytest.fixture
def followed(cached, pool, tmp_path):
    """The outputs of the layer's way back that earn their method, and what was right in it."""
    files = find_course(COURSE).assignment("cached")
    bank = bank_for(files, pool)

    def run(text):
        path = tmp_path / "cached.py"
        path.write_text(text, encoding="utf-8")
        report = grade_path(files, bank, path, pool, demands=Demands(weak=True))
        unit, layer = report.exercises[1:]
        assert unit.earned < unit.points, "there is a wrong function to build on"
        assert not any(part.right for part in layer.parts)
        return {part.key.name for part in layer.parts if part.followed}

    return run


def handed_in(style, slip, form="a tuple", carried="dh"):
    cache, opened = IN_FORM[form]
    how = {**RIGHT, **slip}
    return UNIT.format(cache=cache, opened=opened, **how) + style.format(carried=carried, **how)


@pytest.mark.parametrize("form", IN_FORM)
@pytest.mark.parametrize("style", STYLES)
def test_an_honest_slip_in_the_unit_keeps_the_method_of_the_layer_whatever_a_cache_is(style, form, followed):
    assert followed(handed_in(STYLES[style], SLIPS["slope forgotten"], form)) == ALL


@pytest.mark.parametrize("style", STYLES)
def test_another_slip_keeps_it_too(style, followed):
    assert followed(handed_in(STYLES[style], SLIPS["slope of a sigmoid"])) == ALL


@pytest.mark.parametrize("style", STYLES)
def test_a_slip_in_both_units_keeps_it(style, followed):
    assert followed(handed_in(STYLES[style], {"pre": "x + h @ U", "da": "dout * (1.0 - out)"})) == ALL


@pytest.mark.parametrize("style", STYLES)
def test_a_layer_that_carries_nothing_back_earns_nothing(style, followed):
    assert followed(handed_in(STYLES[style], SLIPS["slope forgotten"], carried="0.0 * dh")) == set()


@pytest.mark.parametrize("da", ["0.0 * dout", "0.25 + 0.0 * dout", "1e9 * dout"], ids=["zero", "constant", "huge"])
def test_a_unit_that_leaves_nothing_to_carry_earns_nothing_to_who_does_not_call_it(da, followed):
    assert followed(handed_in(WRITTEN_OUT, {"da": da})) == set()
