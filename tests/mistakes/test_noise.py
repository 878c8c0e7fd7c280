"""The same module with slightly noisy arithmetic."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader.mistakes.noise import noisy

REFERENCE = (Path(__file__).parents[2] / "reference/assignment3.py").read_text(encoding="utf-8")


def module(source: str, **options) -> dict[str, object]:
    scope: dict[str, object] = {"__name__": "reference"}
    exec(compile(noisy(source, **options), "reference", "exec"), scope)  # our own text
    return scope


def within_function(statement: str) -> str:
    """A statement of a function, as it is afterwards."""
    tree = ast.parse(noisy(f"def f(*given):\n    {statement}\n"))
    return ast.unparse(tree.body[-1]).partition("\n    ")[2]


def right(name: str):
    scope: dict[str, object] = {"__name__": "reference"}
    exec(compile(REFERENCE, "reference", "exec"), scope)  # our own text
    return scope[name]


def weights(rng, D=3, H=4, V=5):
    shapes = [(H, D), (H, H), (V, H), (H, 1), (V, 1)]
    return [rng.standard_normal(shape) for shape in shapes]


# ── the reference of assignment 3 ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_results_are_nearly_the_same(seed):
    rng = np.random.default_rng(seed)
    xs, h0 = rng.standard_normal((6, 3, 1)), rng.standard_normal((4, 1))
    inputs = (xs, rng.integers(0, 5, 6), h0, *weights(rng))

    loss, gradients = right("bptt")(*inputs)
    noisy_loss, noisy_gradients = module(REFERENCE, seed=seed)["bptt"](*inputs)

    assert noisy_loss != loss
    assert type(noisy_loss) is float
    np.testing.assert_allclose(noisy_loss, loss, rtol=1e-8)
    for name, gradient in gradients.items():
        assert np.any(noisy_gradients[name] != gradient)
        assert (noisy_gradients[name].shape, noisy_gradients[name].dtype) == (gradient.shape, gradient.dtype)
        np.testing.assert_allclose(noisy_gradients[name], gradient, rtol=1e-8, atol=1e-8)


def test_a_class_keeps_working():
    noise = module(REFERENCE)
    networks = [found["SimpleRNN"](3, 4, 5) for found in (noise, {"SimpleRNN": right("SimpleRNN")})]
    rng = np.random.default_rng(0)
    inputs, values = [rng.standard_normal((3, 1)) for _ in range(3)], weights(rng)
    for network in networks:
        network.Wxh, network.Whh, network.Why, network.bh, network.by = values
    (noisy_outputs, noisy_h), (outputs, h) = (network.forward(inputs) for network in networks)

    np.testing.assert_allclose(noisy_outputs, outputs, rtol=1e-8)
    np.testing.assert_allclose(noisy_h, h, rtol=1e-8)
    assert np.any(noisy_h != h)


def test_whole_numbers_and_errors_stay():
    noise = module(REFERENCE)

    assert noise["steps_until"](0.9, 0.01) == 44
    assert type(noise["steps_until"](0.9, 0.01)) is int
    with pytest.raises(ValueError, match="never falls below"):
        noise["steps_until"](1.0, 0.01)


def test_seed_and_size_are_the_callers():
    run = [
        module(REFERENCE, seed=seed, size=size)["decay_table"](0.9, 5)
        for seed, size in [(0, 1e-10), (0, 1e-10), (1, 1e-10), (0, 0.0)]
    ]

    assert np.array_equal(run[0], run[1])
    assert not np.array_equal(run[0], run[2])
    assert np.array_equal(run[3], right("decay_table")(0.9, 5))
    assert "\n_NOISE_SEED = 7\n" in noisy(REFERENCE, seed=7)


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────

NOISE = module("")["_noise"]


@pytest.mark.parametrize(
    "value",
    [0.5, np.float64(0.5), np.float16(0.5), np.full((2, 1), 0.5), np.array(0.5), np.full(3, 0.5, dtype=np.float32)],
)
def test_floats_get_noise_and_keep_their_type(value):
    noise = NOISE(value)

    assert type(noise) is type(value)
    assert np.asarray(noise).dtype == np.asarray(value).dtype
    np.testing.assert_allclose(noise, value, rtol=1e-9)
    if np.asarray(value).dtype == np.float64:
        assert np.all(noise != value)


@pytest.mark.parametrize(
    "value", [3, True, "text", None, (0.5,), [0.5], {"a": 0.5}, np.arange(3), np.int64(2), 0.5j, np.array(["text"])]
)
def test_everything_else_is_untouched(value):
    assert NOISE(value) is value


def test_zeros_infinities_and_the_largest_number_make_no_trouble():
    values = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324])

    noise = NOISE(values)

    assert np.array_equal(noise, values, equal_nan=True)
    assert np.signbit(noise[1])
    assert NOISE(0.0) == 0.0
    assert np.isinf(NOISE(np.full(100, np.finfo(float).max))).any()
    assert noise is not values


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("statement", "after"),
    [
        ("return a * b + c", "return _noise(_noise(a * b) + c)"),
        ("return -a", "return _noise(-a)"),
        ("return np.exp(a)", "return _noise(np.exp(a))"),
        ("return a.sum()", "return _noise(a.sum())"),
        ("return sum(a)", "return _noise(sum(a))"),
        ("a += b", "a += _noise(b)"),
        ("a += b * c", "a += _noise(b * c)"),
        ("return lambda z: z * z", "return lambda z: _noise(z * z)"),
        ("a: 'x' = b * c", "a: 'x' = _noise(b * c)"),
        # nothing to round
        ("return a < b", "return a < b"),
        ("return a[i - 1]", "return a[_noise(i - 1)]"),
        ("return -1.5", "return -1.5"),
        ("return np.zeros(3)", "return np.zeros(3)"),
        ("return len(a)", "return len(a)"),
        ("return np.add(a, b, out=c)", "return np.add(a, b, out=c)"),
        ("return f(a)", "return f(a)"),
        ("return self.f(a)", "return self.f(a)"),
        # not an expression of numbers
        ("print(a * b)", "print(_noise(a * b))"),
        ("found.insert(0, a)", "found.insert(0, a)"),
        ("for x in np.linspace(0, 1, n): pass", "for x in np.linspace(0, 1, n):\n        pass"),
        ("return [x for x in np.linspace(0, 1, n)]", "return [x for x in np.linspace(0, 1, n)]"),
        ("with np.errstate(all='ignore'): pass", "with np.errstate(all='ignore'):\n        pass"),
        ("raise ValueError(f'{a * b}')", "raise ValueError(f'{a * b}')"),
        ("a: b * c", "a: b * c"),
        ("match a:\n        case -1: pass", "match a:\n        case -1:\n            pass"),
        ("def g(z=a * b): return z", "def g(z=a * b):\n        return z"),
    ],
)
def test_what_is_wrapped(statement, after):
    assert within_function(statement) == after


def test_code_outside_of_functions_stays():
    source = '''
"""About."""
from __future__ import annotations
import numpy as np

Array = np.ndarray | list
LIMIT = 2.0 * np.pi


@np.vectorize(1 + 1)
def f(x: Array * 2 = 1.0 * 2) -> Array / 2:
    """Docstring."""
    return x


class A(type(1 * 1.0)):
    half = 1.0 / 2

    def g(self, scale=lambda z: z * z):
        class Inner:
            half = 1.0 / 2
        return Inner
'''
    before = [ast.unparse(node) for node in ast.parse(source).body]
    after = [ast.unparse(node) for node in ast.parse(noisy(source)).body]

    assert [text for text in after if text in before] == before
    assert after[:2] == before[:2]


def test_in_place_changes_stay_in_place():
    source = """
    import numpy as np

    def double(buffer):
        flat = buffer.reshape(-1)
        flat *= 2.0
        flat[0] += 1.0
        np.multiply(buffer, 0.5, out=buffer)
    """
    buffer = np.ones((2, 2))
    module(dedent(source))["double"](buffer)

    np.testing.assert_allclose(buffer, [[1.5, 1.0], [1.0, 1.0]], rtol=1e-8)
