"""What an author may write about an input: sizes, intervals and the kinds of domains."""
# ruff: noqa: D102  # read, stand_in and schema are described once, in Form

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.course.forms.containers import DEFAULT_KIND, Key, Keyed, Many, Named
from grader.course.forms.form import NAME_PATTERN, Form, Number, PlainText, Schema, Whole, name_problem
from grader.course.wording import suggestion
from grader.records.assignment import (
    AnyDomain,
    Booleans,
    Choices,
    Custom,
    DictOf,
    Generator,
    Integers,
    Interval,
    ListOf,
    OneHot,
    Reals,
    SameAs,
    Simplex,
    SizeOf,
    Text,
    Tokens,
)
from grader.records.shapes import SizeError, terms

if TYPE_CHECKING:
    from grader.course.findings import Cursor

HIGHEST = 10_000
_SPAN = re.compile(r"\s*([0-9]{1,9})\s*\.\.\s*([0-9]{1,9})\s*")


@dataclass(frozen=True, slots=True)
class WholeInterval(Form):
    """An interval of whole numbers, ``1..6``; a plain ``3`` is ``3..3``."""

    def read(self, at: Cursor) -> Interval:
        value = at.value
        if isinstance(value, str) and (match := _SPAN.fullmatch(value)):
            low, high = int(match[1]), int(match[2])
        elif isinstance(value, int) and not isinstance(value, bool):
            low = high = value
        else:
            at.refuse("must be an interval such as 1..6", _span_hint(value))
            return self.stand_in()
        if low < 0 or high > HIGHEST:
            at.refuse(f"must lie within 0..{HIGHEST}")
        elif low > high:
            at.refuse("must not end below its start", f"write {high}..{low}")
        else:
            return Interval(low=low, high=high)
        return self.stand_in()

    def stand_in(self) -> Interval:
        return Interval(low=1, high=1)

    def schema(self) -> Schema:
        text = {"type": "string", "pattern": f"^{_SPAN.pattern}$"}
        return {"anyOf": [text, {"type": "integer", "minimum": 0, "maximum": HIGHEST}]}


@dataclass(frozen=True, slots=True)
class SizeText(Form):
    """A size: ``3``, ``D`` or ``H + D``. An end of a range may also be a negative number."""

    least: int = 0

    def read(self, at: Cursor) -> int | str:
        value = at.value
        if isinstance(value, bool) or not isinstance(value, int | str):
            at.refuse("must be a size such as 3, D or H + D")
        elif isinstance(value, str):
            try:
                terms(value)
            except SizeError:
                at.refuse("must be a size such as 3, D or H + D", _size_hint(value))
            else:
                return value
        elif not self.least <= value <= 10**9:
            at.refuse(f"must be >= {self.least}" if value < 0 else "must be <= 1000000000")
        else:
            return value
        return self.stand_in()

    def stand_in(self) -> int:
        return 1

    def schema(self) -> Schema:
        text = {"type": "string", "pattern": "^ *[A-Za-z0-9_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff+* -]*$"}
        return {"anyOf": [{"type": "integer", "minimum": self.least, "maximum": 10**9}, text]}


@dataclass(frozen=True, slots=True)
class SizeOrSpan(Form):
    """How long a list is: a size, or an interval to draw from."""

    def read(self, at: Cursor) -> int | str | Interval:
        if isinstance(at.value, str) and ".." in at.value:
            return WholeInterval().read(at)
        return SizeText().read(at)

    def stand_in(self) -> int:
        return 1

    def schema(self) -> Schema:
        return {"anyOf": [*SizeText().schema()["anyOf"], WholeInterval().schema()["anyOf"][0]]}


@dataclass(frozen=True, slots=True)
class Plain(Form):
    """A plain value: a number, text, true, false or null."""

    def read(self, at: Cursor) -> Any:
        if isinstance(at.value, list | dict):
            at.refuse("must be a plain value: a number, text, true, false or null")
            return None
        return at.value

    def stand_in(self) -> None:
        return None

    def schema(self) -> Schema:
        return {"type": ["null", "boolean", "number", "string"]}


@dataclass(frozen=True, slots=True)
class InputName(Form):
    """The name of an input, or of an entry of one that is a dict: ``parameters.W``."""

    def read(self, at: Cursor) -> str:
        first, dot, keys = at.value.partition(".") if isinstance(at.value, str) else ("", "", "")
        if first and name_problem(first) is None and (keys or not dot):
            return first + dot + keys
        hint = name_problem(at.value) or "" if isinstance(at.value, str) and not dot else ""
        at.refuse("must be a Python name", hint)
        return self.stand_in()

    def stand_in(self) -> str:
        return "name"

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"{NAME_PATTERN[:-1]}([.].+)?$"}


@dataclass(frozen=True, slots=True)
class AnyInput(Form):
    """The domain of an input, by its ``kind``; without one it holds reals."""

    def read(self, at: Cursor) -> AnyDomain:
        if not isinstance(at.value, dict):
            at.refuse("must be a mapping such as {shape: [D, 1]} or {kind: integers, range: [0, 9]}")
            return Reals()
        kind = at.value.get("kind")
        if "kind" not in at.value:
            kind = next((short for short in _SHORT if short in at.value), DEFAULT_KIND)
        if not isinstance(kind, str) or kind not in KINDS:
            near = suggestion(kind, KINDS) if isinstance(kind, str) else ""
            at.enter("kind").refuse(f"must be one of {', '.join(KINDS)}", near.removeprefix(", "))
            return Reals()
        form = _SHORT[kind] if kind in _SHORT and "kind" not in at.value else KINDS[kind]
        domain: AnyDomain = form.read(self._without_others(at, kind, form))
        return domain

    def _without_others(self, at: Cursor, kind: str, form: Keyed) -> Cursor:
        """The mapping without keys that belong to other kinds, each of them noted."""
        others = {}
        for key in at.value:
            homes = [name for name, other in KINDS.items() if key in other.keys]
            if homes and key not in form.keys:
                others[key] = homes
        for key, homes in others.items():
            message = f"is no key of kind {kind}; it belongs to kind {' or '.join(homes)}"
            at.findings.add((*at.path, key), message, key=True)
        return at.without(set(others))

    def stand_in(self) -> Reals:
        return Reals()

    def schema(self) -> Schema:
        return {"$ref": "#/$defs/input"}


def input_schema() -> Schema:
    """What :class:`AnyInput` refers to: each kind, and the short forms."""
    return {"anyOf": [form.schema() for form in (*KINDS.values(), *_SHORT.values())]}


def _kind(make: Any, kind: str, **keys: Key) -> Keyed:
    return Keyed(make, keys, kind=kind)


def _size_hint(value: str) -> str:
    """The size that an author may have meant."""
    if match := re.fullmatch(r"\s*([^\W\d]\w*)\s*\*\s*(\d+)\s*", value):
        return f"write {match[2]}*{match[1]}"
    return "sizes stand in square brackets" if value.startswith("(") else ""


def _span_hint(value: Any) -> str:
    """The interval that an author may have meant."""
    if isinstance(value, float):
        return "write two dots"
    if isinstance(value, list) and len(value) == 2:
        ends = [str(end) for end in value]
    else:
        ends = re.split(r"\s*(?:-|–|\.{3}|:|,|\bto\b)\s*", value) if isinstance(value, str) else []
    if len(ends) == 2 and all(re.fullmatch("[0-9]{1,9}", end) for end in ends):
        return f"write {ends[0]}..{ends[1]}"
    return ""


@dataclass(frozen=True, slots=True)
class Entries(Form):
    """The entries of a dict, each an input, under any text that is a key; a dict in a dict is as deep as it goes."""

    def read(self, at: Cursor) -> Any:
        if not isinstance(at.value, dict) or not at.value:
            at.refuse("must be a mapping such as {W: {shape: [H, D]}}")
            return self.stand_in()
        return {key: AnyInput().read(at.enter(key)) for key in at.value}

    def stand_in(self) -> dict[str, Any]:
        return {"entry": Reals()}

    def schema(self) -> Schema:
        group = {"type": "string", "pattern": NAME_PATTERN}
        use = {"anyOf": [group, {"type": "array", "items": group}, AnyInput().schema()], "description": _USE}
        item = AnyInput().schema()
        return {"type": "object", "minProperties": 1, "additionalProperties": item, "properties": {"use": use}}


_USE = "a name, or names, of the section shared, whose inputs are taken from there"
NAMED_INPUTS = Named(AnyInput(), wanted="a mapping such as {x: {shape: [D, 1]}}")


@dataclass(frozen=True, slots=True)
class Inputs(Form):
    """The inputs of an exercise; those that it uses of the section ``shared`` are among them by now."""

    def read(self, at: Cursor) -> Any:
        return NAMED_INPUTS.read(at)

    def stand_in(self) -> dict[str, Any]:
        return {}

    def schema(self) -> Schema:
        group = {"type": "string", "pattern": NAME_PATTERN}
        groups = {"anyOf": [group, {"type": "array", "items": group}, AnyInput().schema()]}
        return {**NAMED_INPUTS.schema(), "properties": {"use": {**groups, "description": _USE}}}


SIZES = Many(SizeText(), wanted="a list of sizes such as [H, 1]", most=8)
_MAYBE_SHAPE = Key(SIZES, "array shape, such as [D, 1]; without it, a single plain value")
_NEEDED_SHAPE = Key(SIZES, "array shape, such as [T, V, 1]", required=True)
_AXIS = Key(Whole(-8, 7), "the axis along which each vector lies; -1, the last, by default")
_NUMBERS = Many(Number(), wanted="two numbers such as [-1, 1]", least=2, most=2)
_ENDS = Many(SizeText(least=-(10**9)), wanted="two whole numbers or sizes such as [0, V - 1]", least=2, most=2)
_FUNCTION = PlainText(
    wanted="properties: and a function's name, such as properties:sentences",
    pattern=r"properties:[A-Za-z_][A-Za-z0-9_]*",
)
_OTHER = InputName()

KINDS: dict[str, Keyed] = {
    "reals": _kind(
        Reals,
        "reals",
        shape=_MAYBE_SHAPE,
        range=Key(_NUMBERS, "lowest and highest value"),
        scale=Key(Number(above=0), "standard deviation of values around 0, if there is no range; 1 by default"),
    ),
    "integers": _kind(
        Integers, "integers", range=Key(_ENDS, "lowest and highest value", required=True), shape=_MAYBE_SHAPE
    ),
    "tokens": _kind(
        Tokens,
        "tokens",
        vocabulary=Key(SizeText(), "ids go from 0 to one below this size", required=True),
        shape=_MAYBE_SHAPE,
    ),
    "one_hot": _kind(OneHot, "one_hot", shape=_NEEDED_SHAPE, axis=_AXIS),
    "simplex": _kind(Simplex, "simplex", shape=_NEEDED_SHAPE, axis=_AXIS),
    "booleans": _kind(Booleans, "booleans", shape=_MAYBE_SHAPE),
    "choices": _kind(
        Choices,
        "choices",
        of=Key(Many(Plain(), wanted="a list of at least one value", least=1), "the values", required=True),
    ),
    "text": _kind(
        Text,
        "text",
        alphabet=Key(
            PlainText(wanted="text of at least one character", pattern=r"[\s\S]+"), "the characters to draw from"
        ),
        length=Key(WholeInterval(), "how many characters, such as 0..12"),
    ),
    "generator": _kind(Generator, "generator"),
    "list": _kind(
        ListOf,
        "list",
        of=Key(AnyInput(), "the domain of each item", required=True),
        length=Key(SizeOrSpan(), "a size such as T, or an interval such as 0..5", required=True),
    ),
    "dict": _kind(DictOf, "dict", entries=Key(Entries(), "each key and the values that it may have", required=True)),
    "size": _kind(SizeOf, "size", of=Key(SizeText(), "the size that is passed, such as H", required=True)),
    "same_as": _kind(SameAs, "same_as", of=Key(_OTHER, "the input whose domain this one shares", required=True)),
    "strategy": _kind(
        Custom, "strategy", function=Key(_FUNCTION, "a function of properties.py, properties:name", required=True)
    ),
}
_SHORT: dict[str, Keyed] = {
    "same_as": Keyed(
        lambda same_as: SameAs(of=same_as),
        {"same_as": Key(_OTHER, "the input whose domain this one shares", required=True)},
    ),
    "strategy": Keyed(
        lambda strategy: Custom(function=strategy),
        {"strategy": Key(_FUNCTION, "a function of properties.py, properties:name", required=True)},
    ),
}
