"""What students start from tells what the reference promises, and nothing of how."""

from __future__ import annotations

import ast

import pytest

from grader.course.template import student_template

SECRETS = ("magic", "expit", "hidden_trick", "_helper", "_inner", "misconception", "return", "scipy", "3141", "secret")
REFERENCE = '''
"""A secret of the reference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from grader.author import misconception
from parts import magic

if TYPE_CHECKING:
    from collections.abc import Sequence

EPS = 1e-8
_DEFAULT = 7
_secret = 3141
GATES = ["f", "i"]  # a secret
TABLE = magic(3)


def _helper(x):
    return x


class _Base:
    def step(self, x):
        """One step."""
        return magic(x)

    def _inner(self):
        """A secret."""


@dataclass(frozen=True)
class Weights:
    """All weights."""

    W: np.ndarray
    n: int = 3

    @property
    def size(self) -> int:
        """How many."""
        return self.W.size


class Net(_Base):
    kind = "net"

    def __init__(self, n: int = _DEFAULT, act=_helper, *, eps: float = EPS) -> None:
        self.hidden_trick = n

    @staticmethod
    def make(a, /, b, *rest, **more):
        """Of a and b."""
        return 1


@lru_cache
def sigmoid(z: np.ndarray, others: Sequence[float] = ()) -> _Base:
    r"""The \\sigma of z, "hard"."""
    # a secret
    return expit(z)


square = lambda x: _helper(x) ** 2
forward = _helper


@misconception(of="sigmoid", says="a secret")
def sigmoid_wrong(z):
    return 0


if np.__version__ > "2":

    def of_version(a):
        """For new ones."""
        return a


def _asked_for(x):
    return x


TRIED = sigmoid(3)
if __name__ == "__main__":
    hidden_trick()
'''


@pytest.fixture(scope="module")
def template():
    return student_template(REFERENCE, says="Week 1.", needed={"sigmoid", "_asked_for"}, siblings={"parts"})


def test_nothing_of_the_bodies_is_told(template):
    assert [secret for secret in SECRETS if secret in template.text] == []


@pytest.mark.parametrize(
    "told",
    [
        '"""Week 1."""\n',
        "import numpy as np\n",
        "from collections.abc import Sequence\n",
        'EPS = 1e-8\n_DEFAULT = 7\nGATES = ["f", "i"]\n',
        '@dataclass(frozen=True)\nclass Weights:\n    """All weights."""\n\n    W: np.ndarray\n    n: int = 3\n\n',
        '    @property\n    def size(self) -> int:\n        """How many."""\n        raise NotImplementedError\n',
        'class Net:\n    def step(self, x):\n        """One step."""\n        raise NotImplementedError\n',
        '    kind = "net"\n\n    def __init__(self, n: int = _DEFAULT, act=None, *, eps: float = EPS) -> None:\n',
        "    @staticmethod\n    def make(a, /, b, *rest, **more):\n",
        "\ndef sigmoid(z: np.ndarray, others: Sequence[float] = ()):\n",
        "\ndef square(x):\n    raise NotImplementedError\n",
        "\ndef forward(x):\n    raise NotImplementedError\n",
        '\ndef of_version(a):\n    """For new ones."""\n    raise NotImplementedError\n',
        "\ndef _asked_for(x):\n    raise NotImplementedError\n",
    ],
)
def test_what_is_promised_is_told(told, template):
    assert told in template.text


def test_template_is_python_whose_docstrings_are_the_reference_s(template):
    names = {"__name__": "builtins"}  # dataclasses look the module up
    exec(compile(template.text, "week1.py", "exec"), names)  # our own text, of our own reference

    assert names["sigmoid"].__doc__ == 'The \\sigma of z, "hard".'
    with pytest.raises(NotImplementedError):
        names["Net"]()
    assert template.missing == ()


@pytest.mark.parametrize(
    "says", ['ends in "quotes"', 'holds """ three', "a \\ and a \t tab", "two\n\nlines \\n", "ε ≥ 0"]
)
def test_docstrings_hold_whatever_they_hold(says):
    source = f"def f(x):\n    {says!r}\n    return x\n"

    tree = ast.parse(student_template(source, says="x").text)

    assert ast.get_docstring(tree.body[1]) == ast.get_docstring(ast.parse(source).body[0])


def test_long_signatures_are_broken_between_parameters():
    names = [f"parameter_{number}" for number in range(12)]

    text = student_template(f"def f({', '.join(names)}):\n    return 1\n", says="x").text

    assert "def f(\n" + "".join(f"    {name},\n" for name in names) + "):\n" in text


LIBRARIES = """\
import math
import numpy as np
import scipy.special as sp
from math import inf, tau
from numpy import float32, tanh
from scipy.special import expit, erf as e
"""


@pytest.mark.parametrize(
    ("line", "function"),
    [
        ('TABLE = {"s": expit}', "expit"),
        ("TABLE = [max, tanh]", "tanh"),
        ("TABLE = dict(s=(1, np.tanh))", "np.tanh"),
        ("TABLE = sp.expit", "sp.expit"),
        ("TABLE: object = {'norm': np.linalg.norm}", "np.linalg.norm"),
        ("_USED = [e]\nTABLE = tuple(_USED)", "e"),
    ],
)
def test_a_constant_that_holds_a_function_of_a_library_is_left_out_and_named(line, function):
    source = f"{LIBRARIES}{line}\ndef f(x):\n    return TABLE\n"

    template = student_template(source, says="x")

    assert template.left_out == (("TABLE", function),)
    assert "TABLE" not in template.text
    assert "expit" not in template.text
    assert "TABLE" in student_template(source.replace("f(x)", "f(x, of=TABLE)"), says="x").text
    assert "TABLE" in student_template(source, says="x", needed={"TABLE"}).text


@pytest.mark.parametrize(
    "line",
    ["A = 2 * tau", "A = [np.pi, inf]", "A = float32", "A = (np.float64, int)", "A = np.log(2)", "A = sp.gamma(5)"],
)
def test_numbers_and_types_of_libraries_are_constants(line):
    template = student_template(f"{LIBRARIES}{line}\n", says="x")
    assert line in template.text
    assert template.left_out == ()


def test_what_exercises_need_and_the_text_lacks_is_named():
    assert student_template("from os.path import join\n", says="x", needed={"f", "join"}).missing == ("f", "join")
