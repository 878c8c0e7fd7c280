"""A check that bad input is refused, as its author wrote it."""

from __future__ import annotations

from typing import Any

from grader.records.record import Record


class RaisesCheck(Record, frozen=True):
    """Inputs, once or several times, each of which an exception must answer.

    ``error`` names the builtin class that must come, or one derived from it. The check earns its ``points`` where it
    comes for all of them.
    """

    inputs: dict[str, Any] | tuple[dict[str, Any], ...]
    error: str
    because: str = ""
    points: float | None = None

    @property
    def each(self) -> tuple[dict[str, Any], ...]:
        """All inputs that must be refused."""
        return self.inputs if isinstance(self.inputs, tuple) else (self.inputs,)

    def way_to(self, number: int) -> tuple[str | int, ...]:
        """Where in the check those of this number stand, as its author wrote them."""
        return ("inputs", number) if isinstance(self.inputs, tuple) else ("inputs",)
