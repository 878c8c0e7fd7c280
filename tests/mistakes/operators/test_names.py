"""One variable for another."""

from __future__ import annotations

from grader.mistakes.operators.names import SWAP_NAMES, USE_GRADIENT

from .examples import changed, sentences

AFFINE = """
def f(W, x, n: int):
    h = W @ x
    return h[n]
"""


def test_variables_of_one_kind_that_have_a_value_are_swapped():
    assert changed(SWAP_NAMES, AFFINE) == ["h = x @ x", "h = W @ W", "return W[n]", "return x[n]"]


def test_parameters_are_named_and_local_variables_are_not():
    named = "It behaves as if {} were used where {} belongs."

    assert sentences(SWAP_NAMES, AFFINE) == [named.format("x", "W"), named.format("W", "x"), "", ""]


def test_numbers_stay_numbers():
    assert changed(SWAP_NAMES, "def f(x, rate: float, steps: int):\n    return rate * x\n") == ["return steps * x"]


def test_collections_are_not_taken_for_arrays():
    source = """
    def f(xs):
        found = []
        found.append(xs)
        return found
    """

    assert changed(SWAP_NAMES, source) == []


def test_conditions_of_while_loops_and_functions_that_are_called_stay():
    source = """
    def f(a, b, g):
        while a < b:
            a = g(1.0)
        return 1
    """

    assert changed(SWAP_NAMES, source) == ["a = a(1.0)", "a = b(1.0)"]


def test_what_is_only_measured_stays():
    assert changed(SWAP_NAMES, "def f(a, b):\n    return len(a), b.shape, np.zeros_like(a)\n") == []


def test_attributes_of_an_object_are_swapped_and_its_methods_are_not():
    source = """
    class Layer:
        def step(self, x):
            return self.act(self.W @ x + self.b)
    """

    assert [line for line in changed(SWAP_NAMES, source, root="Layer") if line] == [
        "return self.act(self.b @ x + self.b)",
        "return self.act(self.W @ x + self.W)",
    ]


def test_a_gradient_stands_for_its_array():
    source = """
    def f(W, d, x):
        dW = d @ x.T
        return dW, W.T @ d
    """

    assert changed(USE_GRADIENT, source) == ["return (dW, dW.T @ d)"]
    assert changed(USE_GRADIENT, AFFINE) == []


def test_a_gradient_without_a_name_stands_for_its_array():
    source = """
    def f(da, x, W):
        return da @ W.T, x.T @ da
    """

    assert changed(USE_GRADIENT, source) == ["return (da @ (x.T @ da).T, x.T @ da)"]
    assert changed(USE_GRADIENT, source.replace("x.T @ da", "da.sum(axis=0)")) == []


def test_two_names_of_the_same_are_not_exchanged():
    source = """
    def f(parameters, x):
        p = parameters
        return p @ x
    """
    assert changed(SWAP_NAMES, source) == ["p = x", "return x @ x", "return p @ parameters", "return p @ p"]
    assert "return parameters @ x" in changed(SWAP_NAMES, source.replace("p = parameters", "p = parameters; p = 2 * p"))


def test_no_list_is_put_into_itself():
    source = """
    def f(x):
        xs = [x]
        ys = [xs]
        xs.append(ys)
        ys[0] = xs
        return xs
    """
    made = changed(SWAP_NAMES, source)
    assert "return ys" in made
    assert not {"xs.append(xs)", "ys.append(ys)", "ys[0] = ys"} & set(made)
