"""The code that a student pastes gives exactly the case that it shows."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.bank.plans import canonical
from grader.course.snippet import needed_names
from grader.judge.code import as_code, literal
from grader.records.assignment import Output

from .examples import exercise

numbers = st.floats(-1e3, 1e3).map(lambda x: round(x, 2)) | st.integers(-9, 9) | st.booleans()
arrays = st.sampled_from([np.float64, np.int64, np.bool_, np.float32]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=9))
)
values = st.recursive(
    arrays.filter(lambda a: a.dtype.kind != "f" or bool(np.isfinite(a).all()))
    | numbers
    | st.text(max_size=5)
    | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(values)
@settings(deadline=None)
def test_a_literal_gives_the_value_back(value):
    assert canonical(eval(literal(value), {"np": np})) == canonical(value)


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


def test_sizes_stand_there_only_if_the_snippet_reads_them():
    task = exercise(run="m = Model(H)\nm.W = W\nh = m.step(x)")
    code = as_code(task, "memory.py", {"H": 2}, {"x": np.zeros((2, 1)), "W": np.zeros((2, 2))})
    assert "\nH = 2\n" in code
    assert "from memory import Model\n" in code
    ast.parse(code)


def test_needed_names_are_neither_inputs_sizes_builtins_nor_made_by_the_snippet():
    task = exercise(run="rnn = Net(H, len(x))\nrnn.W = W\nh = np.array([helper(v) for v in rnn.step(x)])")
    assert needed_names(task) == {"Net", "helper"}
    assert needed_names(exercise(outputs={"h": Output()})) == {"step"}


@pytest.mark.parametrize(
    "run",
    [
        "import math\nh = math.exp(step(x))",
        "square = lambda z: z * z\nh = square(step(x))",
        "def twice(z):\n    return step(z + z)\nh = twice(x)",
        "kept = [(last := value) for value in x]\nh = step(last)",
        "try:\n    h = step(x)\nexcept ValueError as error:\n    h = error",
    ],
)
def test_what_the_snippet_imports_and_its_own_functions_take_is_not_needed(run):
    assert needed_names(exercise(run=run)) == {"step"}
