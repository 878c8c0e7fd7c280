"""What authors import.

Into a reference: a *misconception* is a wrong solution that its author wrote down beside the right one, with the
sentence for whoever makes the same mistake::

    from grader.author import misconception

    def mean(values):
        return sum(values) / len(values)

    @misconception(of="mean", says="You add the values up but never divide by their number.")
    def sum_for_mean(values):
        return sum(values)

The wrong version has all names of the module, ``mean`` included. The decorator does nothing when the reference runs:
:mod:`grader.course.misconceptions` reads it from the text.

Into ``properties.py``: what comes back from a student's code may be anything, so a *law* takes its outputs through
:func:`numbers`, which makes arrays of them or ends the law with a sentence::

    from grader.author import close, law, numbers

    @law
    def shares_sum_to_1(student, case):
        shares = numbers(student.run(case.inputs), "p", (len(case.inputs["z"]),))
        return None if close(shares.sum(), 1) else f"shares should sum to 1, but sum to {shares.sum():.4g}"
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Law = Callable[[Any, Any], str | None]

Wrong = TypeVar("Wrong")


def misconception(*, of: str, says: str) -> Callable[[Wrong], Wrong]:  # noqa: ARG001 - read from the text, not at run time
    """Mark a function or class as a wrong version of the one named ``of``; ``says`` is what its student reads."""

    def unchanged(wrong: Wrong) -> Wrong:
        return wrong

    return unchanged


class UnusableError(Exception):
    """What came back can be held against no law; the text is a sentence for the student."""


def law(check: Law) -> Law:
    """Let a law that meets what it cannot use return the sentence of the :class:`UnusableError`."""

    @wraps(check)
    def guarded(student: Any, case: Any) -> str | None:
        try:
            return check(student, case)
        except UnusableError as problem:
            return str(problem)

    return guarded


def numbers(outputs: Mapping[str, Any], name: str, shape: tuple[int, ...] = (), given: str = "") -> NDArray[np.float64]:
    """An output as an array of this shape, ``()`` for one number; see :func:`numbers_of`."""
    return numbers_of(outputs.get(name), f"`{name}`", shape, given)


def numbers_of(value: Any, called: str, shape: tuple[int, ...] = (), given: str = "") -> NDArray[np.float64]:
    """Anything as an array of finite numbers of this shape. Raises UnusableError where it is none.

    ``called`` is how the sentence names it; ``given`` is what the law asked for, where that makes numbers overflow.
    """
    import numpy as np  # here, because a reference may do without NumPy

    sizes = tuple(map(int, shape))
    expected = f"numbers of the shape {sizes}" if sizes else "one number"
    if value is None:
        raise UnusableError(f"{called} is missing, or None: expected {expected}")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # lists of unequal lengths
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise UnusableError(f"{called} cannot be read as real numbers: expected {expected}")
    if array.shape != sizes:
        raise UnusableError(f"{called} has the shape {array.shape}, expected {sizes or expected}")
    if not np.isfinite(array).all():
        raise UnusableError(f"{given}{', ' if given else ''}{called} holds nan or inf")
    return array.astype(np.float64)


def close(got: ArrayLike, expected: ArrayLike, rtol: float = 1e-4, atol: float = 1e-5) -> bool:
    """Whether all elements agree, by default to about four digits: room for a solution that computes in float32."""
    import numpy as np

    return np.allclose(got, expected, rtol=rtol, atol=atol)
