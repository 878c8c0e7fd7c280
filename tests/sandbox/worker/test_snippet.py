"""Which outputs are settled when a statement of a snippet raises."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest

from grader.sandbox.worker.snippet import Interruption, execute, statements_of


def stop(*_given, **_named):
    raise LookupError


SETTLED = {
    "a = 1; stop()": {"a"},
    "a = 1\nb = stop(a)\nc = 2": {"a"},
    "a = 1\na = stop()": set(),
    "a = 1\nstop()\na += 1": set(),
    "a, b = 1, stop()": set(),
    "a = [1]\nstop(a)": set(),
    "a = [1]\nb = stop()\na[0] = 2": set(),
    "a = [1]\nb = stop()\na.append(2)": set(),
    "a = [1]\nb = stop()\nc = a.copy()": {"a"},
    "a = [1]\nfor n in range(2):\n    b = stop(n)": {"a"},
    "for n in range(2):\n    a = n if n == 0 else stop()": set(),
    "a = 1\nif stop():\n    def a(): pass": set(),
    "a = 1\nstop()\nimport os as a": set(),
    "a = 1\nb = stop()\nmatch b:\n    case [a]: pass": set(),
    "a = 1\ntry:\n    stop()\nexcept KeyError as a:\n    pass": set(),
    "with space:\n    a = 1\n    b = stop()\n    c = 2": {"a"},
    "with space:\n    a = 1\n    b = stop()\na = 2": set(),
    "with space: a = 1; b = stop()": set(),
    "with space as a:\n    with space:\n        b = 1\n    c = stop()": {"a", "b"},
    "a = 1\nwith stop() as b:\n    c = 1": {"a"},
    "x[0] = 1\nstop()": {"x"},
    "y = 2 * x[0]\nstop()": {"y"},
    # filled by another name
    "a = [1]\nb = a\nb[0] = stop()": set(),
    "a = [[1]]\nb = a[0]\nb[0] = stop()": set(),
    "a = [1]\nb = y = a\ny.append(stop())": set(),
    "a = np.zeros(2)\nb = a.T\nfor n in range(2): b[n] = n or stop()": set(),
    "a = np.zeros(2)\nb = np.reshape(a, 2)\nb += stop()": set(),
    "a = np.zeros(2)\ny = np.add(1, 1, out=a)\nb = stop()\nnp.add(1, 1, out=y)": set(),
    "a = [[1]]\nfor b in a:\n    b[0] = stop()": set(),
    "a = [[1]]\nfor n, b in enumerate(a):\n    b[0] = stop()": set(),
    "a = {}\nb = [1]\nc = (a, b)\nc[0]['k'] = stop()": set(),
    "a, b = [1], [2]\nc, y = a, b\nc[0] = stop()": {"b", "y"},
    "a = [1]\nwith space as n:\n    if (y := a): y[0] = stop()": set(),
    "a = [1]\nb = a\nb = stop()": {"a"},
    "a = np.ones(2)\nb = np.zeros_like(a)\nb[0] = stop()": {"a"},
    "a = np.ones(2)\nb = 2 * a\nb[0] = stop()": {"a"},
    "a = np.asarray([1])\nb = np.asarray([2])\nb[0] = stop()": {"a"},
    "a = list(x)\nb = list('b')\nb[0] = stop()": {"a"},
    "a = max(x)\ny = [a]\nx[0] = stop()": {"a", "y"},
}


@pytest.mark.parametrize("run", SETTLED)
def test_a_name_is_settled_where_nothing_sets_or_changes_it_any_more(run):
    with pytest.raises(Interruption) as caught:
        execute(statements_of(run), {"stop": stop, "space": nullcontext(), "x": [0], "np": np})
    assert caught.value.settled & {"a", "b", "x", "y"} == SETTLED[run]
    assert isinstance(caught.value.error, LookupError)


def test_statements_see_one_another_as_in_one_text():
    space = {}
    execute(
        statements_of("def f(n):\n    return n and k + f(n - 1)\nk = 2; a = f(3)\nb = [k for _ in range(a)]"), space
    )
    assert (space["a"], space["b"]) == (6, [2] * 6)
