"""What operators may ask about a function."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from grader.mistakes.change import Change
from grader.mistakes.module import ReferenceModule


def function(source: str, root: str = "f"):
    (found,) = ReferenceModule(dedent(source)).functions([root])
    return found


def texts(nodes) -> list[str]:
    return [ast.unparse(node) for node in nodes]


WHOLE = '''
@decorated(a + b)
def f(x: "A | B", n: int = 2 + 3) -> "C | D":
    """About."""
    y: "E | F" = x * 2
    if n > 5:
        raise ValueError(f"{n + 1} is too large", n - 1)
    assert n - 2, n - 3
    return f"{y + 1}", y
'''


def test_text_annotations_defaults_decorators_and_errors_are_never_changed():
    assert texts(function(WHOLE).find(ast.BinOp)) == ["x * 2"]
    assert texts(function(WHOLE).find(ast.Constant)) == ["2", "5"]


def test_changes_are_applied_together_and_undone():
    f = function("def f(a, b):\n    return a - g(b, a)\n")
    first, b, again = (node for node in f.find(ast.Name) if node.id != "g")
    change = Change(((first, b), (b, again), (again, b), (f.node.body[0], [ast.Pass(), f.node.body[0]])))

    assert f.text(change) == "def f(a, b):\n    pass\n    return b - g(a, b)"
    assert f.text() == "def f(a, b):\n    return a - g(b, a)"


def test_places_for_whole_numbers():
    f = function("def f(x, n):\n    return x[n + 1] + np.zeros(n * 2) + x.sum(axis=n - 1) + n / 3\n")
    sums = [node for node in f.find(ast.BinOp) if isinstance(node.left, ast.Name)]

    assert texts(node for node in sums if node in f.sizes) == ["n * 2", "n - 1"]
    assert texts(node for node in sums if node in f.counting) == ["n + 1", "n * 2", "n - 1"]


def test_variables_with_the_place_of_their_first_value():
    source = """
    def f(self, x, *, rate: float):
        for t in range(3):
            y = [x for k in x]
        def inner(a):
            b = a
        y = 2
    """
    f = function(source)

    assert f.parameters == ("x", "rate")
    assert f.bound == {"x": (2, 0), "rate": (2, 0), "t": (3, 8), "y": (4, 8)}
    assert f.annotation("rate") == "float"
    assert f.annotation("x") == f.annotation("t") == ""


def test_kinds_of_variables():
    source = """
    def f(x, rate: float):
        n = 0
        found = []
        for t, each in enumerate(x):
            for k in range(3):
                y = x[k]
        start = 0.0
        return n
    """
    f = function(source)

    assert {name: f.kind(name) for name in f.bound} == {
        "x": "array",
        "rate": "number",
        "n": "number",
        "found": "collection",
        "t": "number",
        "each": "array",
        "k": "number",
        "y": "array",
        "start": "array",
    }


def test_only_parameters_of_a_function_that_students_know_are_public():
    f, g = ReferenceModule("def f(x):\n    y = x\n    return g(y)\n\ndef g(z):\n    return z\n").functions(["f"])

    assert [f.public_name(node) for node in f.find(ast.Name)] == ["", "x", "", ""]
    assert [g.public_name(node) for node in g.find(ast.Name)] == [""]


@pytest.mark.parametrize(
    ("body", "results"),
    [
        ("return x @ x", ["x @ x"]),
        ("return x, -x", ["x", "-x"]),
        ("return {'a': x, 'b': [x + 1]}", ["x", "x + 1"]),
        ("return [2 * each for each in x]", ["2 * each"]),
        ("found = []\n    for each in x:\n        found.append(each + 1)\n    return found", ["each + 1"]),
        ("found = {'W': x @ x}\n    return 1.5, found", ["x @ x"]),
        ("n = 0\n    return n", []),
        ("return len(x)", []),
        ("return None", []),
        ("return", []),
        ("def inner():\n        return x\n    return inner() + x", ["inner() + x"]),
    ],
)
def test_results_are_the_single_values_that_are_returned(body, results):
    assert texts(function(f"def f(x):\n    {body}\n").results) == results


def test_a_function_of_whole_numbers_has_no_results_to_scale():
    assert function("def f(x) -> int:\n    return x.argmax()\n").results == ()
