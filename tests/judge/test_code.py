"""The code that a student pastes gives exactly the case that it shows."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.plans import canonical
from grader.judge.code import as_code, literal

from .examples import exercise

DTYPES = [np.float64, np.int64, np.bool_, np.float32]


def nested(numbers, dtypes):
    """Values of the numbers and of arrays of the dtypes, in containers of each other."""
    arrays = st.sampled_from(dtypes).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=9))
    )
    return st.recursive(
        arrays | numbers | st.text(max_size=5) | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.tuples(inner)
            | st.tuples(inner, inner)
            | st.dictionaries(st.text(max_size=3), inner, max_size=2)
        ),
        max_leaves=5,
    )


def finite(value):
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(finite, value))
    return not isinstance(value, np.ndarray) or bool(np.isfinite(value).all())


numbers = st.floats(-1e3, 1e3).map(lambda x: round(x, 2)) | st.integers(-9, 9) | st.booleans()
scalars = st.floats().map(np.float64) | st.floats(width=32).map(np.float32) | st.complex_numbers().map(np.complex128)


@given(nested(numbers, DTYPES).filter(finite))
@example(np.array(-0.0))
@settings(deadline=None)
def test_a_literal_gives_the_value_back(value):
    assert canonical(eval(literal(value), {"np": np})) == canonical(value)


@given(nested(st.floats() | st.complex_numbers() | scalars, [*DTYPES, np.float16, np.complex64, np.complex128]))
@settings(deadline=None)
def test_so_does_one_with_nan_and_inf_in_it(value):
    assert plain(eval(literal(value), {"np": np})) == plain(value)


def plain(value):
    """What a value is but for the sign of a zero and the kind of a NaN, and a NumPy scalar as a number of Python's."""
    if isinstance(value, list | tuple):
        return type(value)(map(plain, value))
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return ("array", str(value.dtype), value.shape, plain(value.ravel().tolist()))
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, complex):
        return ("complex", plain(value.real), plain(value.imag))
    return (type(value), "nan" if value != value else value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.array([np.nan, 1.0]), "np.array([np.nan, 1.0])"),
        (np.array([[np.inf], [-np.inf]], dtype=np.float32), "np.array([[np.inf], [-np.inf]], dtype=np.float32)"),
        (np.array(np.nan), "np.array(np.nan)"),
        (float("nan"), "np.nan"),
        (-float("inf"), "-np.inf"),
        (np.float32("inf"), "np.inf"),
        (complex("nan-infj"), "complex(np.nan, -np.inf)"),
        ([1.5, (float("inf"),), {"a": float("nan")}], "[1.5, (np.inf,), {'a': np.nan}]"),
    ],
)
def test_what_is_not_finite_can_be_pasted(value, shown):
    assert literal(value) == shown
    assert plain(eval(shown, {"np": np})) == plain(value)


def test_a_whole_case_with_nan_and_inf_runs():
    inputs = {"x": np.array([[np.nan], [np.inf]]), "W": [float("nan"), -float("inf")]}
    code = as_code(exercise(), "memory.py", {"H": 2}, inputs).replace("from memory import step\n", "")
    given = []
    exec(code, {"step": lambda *values: given.append(list(values))})
    assert plain(given) == plain([list(inputs.values())])


def test_long_arrays_have_a_row_a_line():
    text = literal(np.arange(60.0).reshape(3, 20) / 7, indent=4)
    assert len(text.splitlines()) == 3
    assert text.splitlines()[1].startswith(" " * (4 + len("np.array([")) + "[")


def test_zeros_are_short():
    assert literal(np.zeros((3, 1))) == "np.zeros((3, 1))"
    assert literal(np.zeros((0, 2), dtype=np.int64)) == "np.zeros((0, 2), dtype=np.int64)"


def test_the_whole_of_a_case():
    code = as_code(exercise(), "memory.py", {"H": 2}, {"x": np.array([[1.0], [0.0]]), "W": np.zeros((2, 2))})
    assert code == (
        "import numpy as np\n"
        "from memory import step\n"
        "\n"
        "x = np.array([[1.0], [0.0]])\n"
        "W = np.zeros((2, 2))\n"
        "h = step(x, W)\n"
        "print(h)"
    )


def test_a_line_of_the_snippet_stays_one():
    code = as_code(exercise(run="# once\u2028and\fagain\nh = step(x, W)"), "memory.py", {}, {"x": 1.0, "W": 2.0})
    given = []
    exec(code.replace("from memory import step\n", ""), {"step": lambda *values: given.append(values)})
    assert given == [(1.0, 2.0)]


def test_sizes_stand_there_only_if_the_snippet_reads_them():
    task = exercise(run="m = Model(H)\nm.W = W\nh = m.step(x)")
    code = as_code(task, "memory.py", {"H": 2}, {"x": np.zeros((2, 1)), "W": np.zeros((2, 2))})
    assert "\nH = 2\n" in code
    given = as_code(task, "memory.py", {"H": 3}, {"x": np.zeros((2, 1)), "W": np.zeros((2, 2)), "H": 2})  # as a law may
    assert given.count("H = ") == 1
    assert "from memory import Model\n" in code
    ast.parse(code)
