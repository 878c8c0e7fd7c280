"""What authors import into a reference.

A *misconception* is a wrong solution that its author wrote down beside the right one, with the sentence for whoever
makes the same mistake::

    from grader.author import misconception

    def mean(values):
        return sum(values) / len(values)

    @misconception(of="mean", says="You add the values up but never divide by their number.")
    def sum_for_mean(values):
        return sum(values)

The wrong version has all names of the module, ``mean`` included. The decorator does nothing when the reference runs:
:mod:`grader.course.misconceptions` reads it from the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Wrong = TypeVar("Wrong")


def misconception(*, of: str, says: str) -> Callable[[Wrong], Wrong]:  # noqa: ARG001 - read from the text, not at run time
    """Mark a function or class as a wrong version of the one named ``of``; ``says`` is what its student reads."""

    def unchanged(wrong: Wrong) -> Wrong:
        return wrong

    return unchanged
