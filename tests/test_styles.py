"""A right solution earns all points whatever its style; a wrong one in the same style does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path
from grader.report.words.written import written

COURSE = Path(__file__).parent / "courses" / "tiny"

AFFINE = {
    "as in the lecture": "def affine(W, x, b):\n    return W @ x + b",
    "other names": "def affine(weights, column, bias, /):\n    return weights.dot(column) + bias",
    "any parameters": "def affine(*given, **options):\n    return given[0] @ given[1] + given[2]",
    "further parameters": "def affine(W, x, b, activation=None, *, verbose=False):\n    return W @ x + b",
    "lambda": "affine = lambda W, x, b: np.matmul(W, x) + b",
    "decorated": (
        "import functools\n\n"
        "def logged(f):\n"
        "    @functools.wraps(f)\n"
        "    def inner(*a):\n        print('calling', f.__name__, *a)\n        return f(*a)\n"
        "    return inner\n\n"
        "@logged\ndef affine(W, x, b):\n    return W @ x + b"
    ),
    "object that can be called": (
        "class Affine:\n    def __call__(self, W, x, b):\n        return W @ x + b\n\naffine = Affine()"
    ),
    "class of its own": (
        "class Layer:\n"
        "    def __init__(self, W, b):\n        self.W, self.b = W, b\n"
        "    def forward(self, x):\n        return self.W @ x + self.b\n\n"
        "def affine(W, x, b):\n    return Layer(W, b).forward(x)"
    ),
    "dataclass and type hints": (
        "from __future__ import annotations\nfrom dataclasses import dataclass\nimport numpy as np\n\n"
        "@dataclass(frozen=True)\nclass Layer:\n    W: np.ndarray\n    b: np.ndarray\n\n"
        "    def __matmul__(self, x: np.ndarray) -> np.ndarray:\n        return self.W @ x + self.b\n\n"
        "def affine(W: np.ndarray, x: np.ndarray, b: np.ndarray) -> np.ndarray:\n    return Layer(W, b) @ x"
    ),
    "loops": (
        "def affine(W, x, b):\n"
        "    y = np.zeros((W.shape[0], 1))\n"
        "    for i in range(W.shape[0]):\n"
        "        total = 0\n"
        "        for j in range(W.shape[1]):\n            total += W[i, j] * x[j, 0]\n"
        "        y[i, 0] = total + b[i, 0]\n"
        "    return y"
    ),
    "einsum": "def affine(W, x, b):\n    return np.einsum('mn,nk->mk', W, x) + b",
    "float32": "def affine(W, x, b):\n    return W.astype(np.float32) @ x.astype(np.float32) + b.astype('f4')",
    "longdouble": "def affine(W, x, b):\n    return (W.astype(np.longdouble) @ x + b).astype(float)",
    "lists": (
        "def affine(W, x, b):\n    return [[sum(w * v[0] for w, v in zip(row, x)) + c[0]] for row, c in zip(W, b)]"
    ),
    "tuples": ("def affine(W, x, b):\n    return tuple((float(row @ x[:, 0] + c[0]),) for row, c in zip(W, b))"),
    "list of arrays": "def affine(W, x, b):\n    return [row @ x + c for row, c in zip(W, b)]",
    "another order in memory": "def affine(W, x, b):\n    return np.asfortranarray(W @ x + b)",
    "a view": "def affine(W, x, b):\n    return np.repeat(W @ x + b, 3, axis=1)[:, ::3]",
    "in place on a copy": "def affine(W, x, b):\n    y = b.copy()\n    y += W @ x\n    return y",
    "in place on the input": "def affine(W, x, b):\n    b += W @ x\n    return b",
    "out=": "def affine(W, x, b):\n    y = np.empty_like(b)\n    np.matmul(W, x, out=y)\n    y += b\n    return y",
    "further results": "def affine(W, x, b):\n    return W @ x + b, {'W': W, 'x': x}",
    "prints": "def affine(W, x, b):\n    print('shape', W.shape)\n    y = W @ x + b\n    print(y)\n    return y",
    "cache by content": (
        "CACHE = {}\n\n"
        "def affine(W, x, b):\n"
        "    key = W.tobytes(), W.shape, x.tobytes(), b.tobytes()\n"
        "    if key not in CACHE:\n        CACHE[key] = W @ x + b\n"
        "    return CACHE[key]"
    ),
    "counts its calls": "calls = 0\n\ndef affine(W, x, b):\n    global calls\n    calls += 1\n    return W @ x + b",
    "recursion": (
        "def affine(W, x, b):\n"
        "    if len(x) == 0:\n        return b\n"
        "    return affine(W[:, 1:], x[1:], b + W[:, :1] * x[0])"
    ),
    "generator": (
        "def rows(W, x, b):\n    for row, c in zip(W, b):\n        yield row @ x + c\n\n"
        "def affine(W, x, b):\n    return np.array(list(rows(W, x, b)))"
    ),
    "a sum in an order of chance": (
        "def affine(W, x, b):\n    order = np.random.permutation(W.shape[1])\n    return W[:, order] @ x[order] + b"
    ),
    "names of the inputs as globals": "W = x = b = y = M = N = None\n\ndef affine(W, x, b):\n    return W @ x + b",
    "NumPy under its full name": "import numpy\nfrom numpy import *\n\ndef affine(W, x, b):\n    return dot(W, x) + b",
    "tests of its own": (
        "def affine(W, x, b):\n    assert W.ndim == 2\n    return W @ x + b\n\n"
        "if __name__ == '__main__':\n    print(input('never asked'))\n"
        "assert affine(np.eye(1), np.ones((1, 1)), np.zeros((1, 1))) == 1"
    ),
    "errors for warnings": (
        "import warnings\nwarnings.simplefilter('error')\nnp.seterr(all='raise')\n\n"
        "def affine(W, x, b):\n    return W @ x + b"
    ),
    "matrix": "def affine(W, x, b):\n    return np.matrix(W) * np.matrix(x) + b",
    "masked array without a mask": "def affine(W, x, b):\n    return np.ma.array(W @ x + b)",
    "other print options": "np.set_printoptions(precision=1)\n\ndef affine(W, x, b):\n    return W @ x + b",
    "output switched off": (
        "import sys, os\nsys.stdout = open(os.devnull, 'w')\n\n"
        "def affine(W, x, b):\n    print('x')\n    return W @ x + b"
    ),
}

MEAN_AND_SPREAD = {
    "as in the lecture": "def mean_and_spread(v):\n    return v.mean(), np.abs(v - v.mean()).mean()",
    "list": "def mean_and_spread(v):\n    return [np.mean(v), np.mean(np.abs(v - np.mean(v)))]",
    "array": "def mean_and_spread(v):\n    m = v.mean()\n    return np.array([m, np.abs(v - m).mean()])",
    "arrays without axes": (
        "def mean_and_spread(v):\n    m = v.mean()\n    return np.array(m), np.array(np.abs(v - m).mean())"
    ),
    "Python floats": (
        "import statistics\n\ndef mean_and_spread(v):\n"
        "    m = statistics.fmean(v)\n    return m, sum(abs(float(n) - m) for n in v) / len(v)"
    ),
    "float32": (
        "def mean_and_spread(v):\n    v = v.astype(np.float32)\n    m = v.mean()\n    return m, np.abs(v - m).mean()"
    ),
    "named tuple": (
        "from collections import namedtuple\n\nPair = namedtuple('Pair', 'mean spread')\n\n"
        "def mean_and_spread(v):\n    return Pair(v.mean(), np.abs(v - v.mean()).mean())"
    ),
    "generator": "def mean_and_spread(v):\n    yield v.mean()\n    yield np.abs(v - v.mean()).mean()",
}

SQUARE_ROOT = {
    "as in the lecture": (
        "def square_root(n):\n    if n < 0:\n        raise ValueError('negative')\n    return np.sqrt(n)"
    ),
    "math": "import math\n\ndef square_root(n):\n    return math.sqrt(n)",
    "Newton": (
        "def square_root(n):\n"
        "    if n < 0:\n        raise ValueError\n"
        "    r = n or 0.0\n"
        "    while r and abs(r * r - n) > 1e-12 * n:\n        r = (r + n / r) / 2\n"
        "    return r"
    ),
    "exception of its own": (
        "class Negative(ValueError):\n    pass\n\n"
        "def square_root(n):\n    if n < 0:\n        raise Negative(n)\n    return n ** 0.5"
    ),
    "complex for a moment": (
        "import cmath\n\ndef square_root(n):\n    r = cmath.sqrt(n)\n"
        "    if r.imag:\n        raise ValueError(n)\n    return r.real"
    ),
}


@pytest.fixture
def full_marks(tmp_path, cached, pool):
    def grade_all(*functions):
        (tmp_path / "tiny.py").write_text(_together(functions))
        files = find_course(COURSE).assignment("tiny")
        return written(grade_path(files, bank_for(files, pool), tmp_path, pool, demands=Demands(weak=True)))

    return grade_all


def _together(functions):
    future = "from __future__ import annotations\n"
    body = "\n\n\n".join(function.replace(future, "") for function in functions)
    return f"{future if any(future in f for f in functions) else ''}import numpy as np\n\n{body}\n"


def _first(styles):
    return styles["as in the lecture"]


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize("style", AFFINE)
def test_styles_of_arrays(style, full_marks):
    report = full_marks(AFFINE[style], _first(MEAN_AND_SPREAD), _first(SQUARE_ROOT))
    assert report.problem == ""
    assert [(exercise.headline, exercise.earned) for exercise in report.exercises] == [
        ("Right.", 3.0),
        ("Right.", 4.0),
        ("Right.", 3.0),
    ]


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize("style", MEAN_AND_SPREAD)
def test_styles_of_several_results(style, full_marks):
    report = full_marks(_first(AFFINE), MEAN_AND_SPREAD[style], _first(SQUARE_ROOT))
    assert (report.exercises[1].headline, report.score) == ("Right.", 10.0)


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize("style", SQUARE_ROOT)
def test_styles_of_numbers_and_exceptions(style, full_marks):
    report = full_marks(_first(AFFINE), _first(MEAN_AND_SPREAD), SQUARE_ROOT[style])
    assert (report.exercises[2].headline, report.score) == ("Right.", 10.0)


WRONG = {
    "a cache that looks at the sizes only": (
        "CACHE = {}\n\ndef affine(W, x, b):\n    return CACHE.setdefault(W.shape, W @ x + b)"
    ),
    "a state that builds up": (
        "total = 0.0\n\ndef affine(W, x, b):\n    global total\n    total += 0.01\n    return W @ x + b + total"
    ),
    "float16": "def affine(W, x, b):\n    return (W @ x + b).astype(np.float16)",
    "rounded": "def affine(W, x, b):\n    return np.round(W @ x + b, 2)",
    "lists without the axis of length 1": (
        "def affine(W, x, b):\n    return [float(row @ x[:, 0] + c[0]) for row, c in zip(W, b)]"
    ),
    "a masked array": "def affine(W, x, b):\n    y = W @ x + b\n    return np.ma.array(y, mask=y == y.max())",
    "objects": "def affine(W, x, b):\n    return (W @ x + b).astype(object)",
    "text": "def affine(W, x, b):\n    return str(W @ x + b)",
}


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize("style", WRONG)
def test_what_only_looks_right_earns_nothing(style, full_marks):
    report = full_marks(WRONG[style], _first(MEAN_AND_SPREAD), _first(SQUARE_ROOT))
    assert [exercise.earned for exercise in report.exercises] == [0.0, 4.0, 3.0]
