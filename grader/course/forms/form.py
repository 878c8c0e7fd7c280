"""What may stand at a place of an assignment file: forms that read a value, and describe themselves as JSON Schema.

A form's ``read`` notes every mistake in the findings and then gives a stand-in of the right type.
"""
# ruff: noqa: D102  # read, stand_in and schema are described once, in Form

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from grader.course.wording import suggestion

if TYPE_CHECKING:
    from grader.course.findings import Cursor

Schema: TypeAlias = dict[str, Any]

#: Python names for editors: JSON Schema's regular expressions know no classes of letters beyond ASCII.
NAME_PATTERN = "^[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*$"

_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})? ?(?:Z|[+-][0-9]{2}:[0-9]{2})"
_A_MOMENT = "2026-12-01 23:59+01:00"


class Form(ABC):
    """Base of the forms."""

    @abstractmethod
    def read(self, at: Cursor) -> Any:
        """The value at the cursor as a record would hold it."""

    @abstractmethod
    def stand_in(self) -> Any:
        """What is read on with where the value was refused."""

    @abstractmethod
    def schema(self) -> Schema:
        """JSON Schema (2020-12) of what ``read`` takes."""


@dataclass(frozen=True, slots=True)
class Anything(Form):
    """A literal value, taken as it stands."""

    def read(self, at: Cursor) -> Any:
        return at.value

    def stand_in(self) -> None:
        return None

    def schema(self) -> Schema:
        return {}


@dataclass(frozen=True, slots=True)
class Number(Form):
    """A finite number; with ``places``, one with at most so many decimals."""

    least: float | None = None
    above: float | None = None
    most: float | None = None
    places: int | None = None

    def read(self, at: Cursor) -> Any:
        value = at.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            at.refuse("must be a number", _without_quotes(value))
        elif not math.isfinite(value):
            at.refuse("must be a finite number")
        elif wrong := _outside(value, self.least, self.above, self.most):
            at.refuse(wrong)
        elif self.places is not None and abs(value - round(value, self.places)) > 1e-9:
            at.refuse(f"must have at most {self.places} decimals")
        else:
            return float(value)
        return self.stand_in()

    def stand_in(self) -> float:
        return 1.0

    def schema(self) -> Schema:
        limits = {"minimum": self.least, "exclusiveMinimum": self.above, "maximum": self.most}
        return {"type": "number", **{name: limit for name, limit in limits.items() if limit is not None}}


@dataclass(frozen=True, slots=True)
class Whole(Form):
    """A whole number from ``least`` to ``most``."""

    least: int
    most: int

    def read(self, at: Cursor) -> Any:
        value = at.value
        if isinstance(value, bool) or not isinstance(value, int):
            at.refuse("must be a whole number", _without_quotes(value))
        elif wrong := _outside(value, self.least, None, self.most):
            at.refuse(wrong)
        else:
            return value
        return self.stand_in()

    def stand_in(self) -> int:
        return self.least

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class PlainText(Form):
    """Text that matches ``pattern`` as a whole; ``wanted`` says in words what that is."""

    wanted: str = "text"
    pattern: str = ""

    def read(self, at: Cursor) -> Any:
        if not isinstance(at.value, str):
            plain = isinstance(at.value, bool | int | float)
            at.refuse(f"must be {self.wanted}", "put it in quotes" if plain and "text" in self.wanted else "")
        elif self.pattern and not re.fullmatch(self.pattern, at.value):
            at.refuse(f"must be {self.wanted}")
        else:
            return at.value
        return self.stand_in()

    def stand_in(self) -> str:
        return ""

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"} if self.pattern else {"type": "string"}


@dataclass(frozen=True, slots=True)
class Moment(Form):
    """A day and time of that day, with its zone: ISO 8601."""

    def read(self, at: Cursor) -> Any:
        if not isinstance(at.value, str) or not re.fullmatch(_MOMENT, at.value):
            at.refuse(f"must be a day and a time with its zone, such as {_A_MOMENT}")
            return self.stand_in()
        try:
            return datetime.fromisoformat(at.value.replace("Z", "+00:00"))
        except ValueError as error:
            at.refuse(f"must be a day and a time that there are, such as {_A_MOMENT}", str(error))
        return self.stand_in()

    def stand_in(self) -> None:
        return None

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^(?:{_MOMENT})$"}


@dataclass(frozen=True, slots=True)
class Name(Form):
    """A name that Python code can use."""

    def read(self, at: Cursor) -> Any:
        if isinstance(at.value, str) and name_problem(at.value) is None:
            return at.value
        at.refuse("must be a Python name", name_problem(at.value) or "" if isinstance(at.value, str) else "")
        return self.stand_in()

    def stand_in(self) -> str:
        return "name"

    def schema(self) -> Schema:
        return {"type": "string", "pattern": NAME_PATTERN}


@dataclass(frozen=True, slots=True)
class OneOf(Form):
    """One of some words, the first by default."""

    words: tuple[str, ...]

    def read(self, at: Cursor) -> Any:
        if isinstance(at.value, str) and at.value in self.words:
            return at.value
        near = suggestion(at.value, self.words) if isinstance(at.value, str) else ""
        at.refuse(f"must be one of {', '.join(self.words)}", near.removeprefix(", "))
        return self.stand_in()

    def stand_in(self) -> str:
        return self.words[0]

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


def name_problem(name: str) -> str | None:
    """Why Python code cannot use ``name``, None if it can."""
    if not name.isidentifier():
        return "use letters, digits and _"
    plain = unicodedata.normalize("NFKC", name)
    if plain != name:  # as Python reads it in run: U+00B5, the sign for micro, is another letter than U+03BC
        return f"Python reads it as {plain}, so write it with {' '.join(f'U+{ord(letter):04X}' for letter in plain)}"
    if name == "np":
        return "np is NumPy in run"
    return f"{name} is a word of Python's own" if keyword.iskeyword(name) else None


def _outside(value: float, least: float | None, above: float | None, most: float | None) -> str:
    if least is not None and value < least:
        return f"must be >= {least:g}" if abs(least) < 1e6 else f"must be >= {least}"
    if above is not None and value <= above:
        return f"must be > {above:g}"
    if most is not None and value > most:
        return f"must be <= {most:g}" if abs(most) < 1e6 else f"must be <= {most}"
    return ""


def _without_quotes(value: Any) -> str:
    """A hint for text that Python would read as a number."""
    if not isinstance(value, str):
        return ""
    try:
        number = float(value)
    except ValueError:
        return ""
    if not math.isfinite(number):
        return ""
    return f"write {int(number) if number.is_integer() and abs(number) < 1e15 else number}"
