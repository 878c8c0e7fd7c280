"""Results that are never set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.mistakes.operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function


def drop_result(function: Function) -> Iterator[Change]:
    """One of several results left at the zeros that it began with."""
    if len(function.results) > 1:
        for result in function.results:
            yield from function.rewrite(result, "NP.zeros_like(X)")


DROP_RESULT = Operator("drop_result", "It behaves as if one of the results were never set.", drop_result)
