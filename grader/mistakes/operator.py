"""What an operator is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function


@dataclass(frozen=True, slots=True)
class Operator:
    """One class of mistakes: ``changes`` finds every place of a function where it can be made.

    ``sentence`` describes the behaviour to a student. It never holds an expression of the reference.
    """

    name: str
    sentence: str
    changes: Callable[[Function], Iterator[Change]]
