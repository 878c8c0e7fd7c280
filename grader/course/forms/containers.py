"""Forms of lists and mappings, made of the forms of what they hold."""
# ruff: noqa: D102  # read, stand_in and schema are described once, in Form

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.course.forms.form import NAME_PATTERN, Form, Schema, name_problem
from grader.course.wording import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.course.findings import Cursor

#: The kind of a domain that names none.
DEFAULT_KIND = "reals"


@dataclass(frozen=True, slots=True)
class Many(Form):
    """A list of one form, read as a tuple, of ``least`` to ``most`` items."""

    item: Form
    wanted: str = "a list"
    least: int = 0
    most: int | None = None

    def read(self, at: Cursor) -> Any:
        fits = isinstance(at.value, list) and self.least <= len(at.value) <= (self.most or len(at.value))
        if not fits:
            at.refuse(f"must be {self.wanted}", self._hint(at.value))
            return self.stand_in()
        return tuple(self.item.read(at.enter(index)) for index in range(len(at.value)))

    def _hint(self, value: Any) -> str:
        """The list that an author may have meant by a single value."""
        if isinstance(value, str) and value.startswith("("):
            return "a list stands in square brackets"
        if isinstance(value, str) and self.least == 2:
            ends = re.fullmatch(r"\s*(\S+?)\s*(?:\.\.|,)\s*(\S+)\s*", value)
            return f"write [{ends[1]}, {ends[2]}]" if ends else ""
        plain = isinstance(value, str | int | float) and not isinstance(value, bool) and self.least < 2
        return f"write [{value}]" if plain and len(str(value)) < 40 and not isinstance(self.item, Keyed) else ""

    def stand_in(self) -> tuple[Any, ...]:
        return (self.item.stand_in(),) * self.least

    def schema(self) -> Schema:
        limits = {"minItems": self.least or None, "maxItems": self.most}
        return {
            "type": "array",
            "items": self.item.schema(),
            **{name: limit for name, limit in limits.items() if limit is not None},
        }


@dataclass(frozen=True, slots=True)
class OneOrMany(Form):
    """One value as it is, or a list of at least one, read as a tuple."""

    one: Form
    item: Form  # the same in a list, where another one may be wanted

    def read(self, at: Cursor) -> Any:
        if not isinstance(at.value, list):
            return self.one.read(at)
        return Many(self.item, wanted="a list of at least one, or one without a list", least=1).read(at)

    def stand_in(self) -> Any:
        return self.one.stand_in()

    def schema(self) -> Schema:
        return {"anyOf": [self.one.schema(), Many(self.item, least=1).schema()]}


@dataclass(frozen=True, slots=True)
class Named(Form):
    """Values of one form under names that Python code can use."""

    item: Form
    wanted: str

    def read(self, at: Cursor) -> Any:
        if not isinstance(at.value, dict):
            at.refuse(f"must be {self.wanted}")
            return {}
        for name in at.value:
            problem = name_problem(name)
            if problem:
                at.findings.add((*at.path, name), f"is no name that Python code can use: {problem}", key=True)
        return {name: self.item.read(at.enter(name)) for name in at.value}

    def stand_in(self) -> dict[str, Any]:
        return {}

    def schema(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"pattern": NAME_PATTERN},
            "additionalProperties": self.item.schema(),
        }


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping: its form, what it is about (shown by editors), and whether it must be there."""

    form: Form
    about: str
    required: bool = False

    def schema(self) -> Schema:
        return {**self.form.schema(), "description": self.about}


@dataclass(frozen=True, slots=True)
class Keyed(Form):
    """A mapping with known keys, made into a record by ``make``; keys that are absent keep the record's defaults."""

    make: Callable[..., Any]
    keys: Mapping[str, Key]
    wanted: str = "a mapping"
    kind: str = ""  # of a domain: the only value of its key ``kind``, which must be there unless it is the default

    def read(self, at: Cursor) -> Any:
        if not isinstance(at.value, dict):
            glued = isinstance(at.value, str) and re.match(r"\w+:\S", at.value)
            at.refuse(f"must be {self.wanted}", "a colon needs a space after it" if glued else "")
            return self.stand_in()
        meant = {self._unknown(at, name) for name in at.value if name not in self._known()}
        read = {}
        for name, key in self.keys.items():
            if name in at.value:
                read[name] = key.form.read(at.enter(name))
            elif key.required:
                read[name] = key.form.stand_in()
                if name not in meant:
                    at.findings.add((*at.path, name), f"is missing: {key.about}")
        return self.make(**read)

    def stand_in(self) -> Any:
        return self.make(**{name: key.form.stand_in() for name, key in self.keys.items() if key.required})

    def _known(self) -> list[str]:
        return ["kind", *self.keys] if self.kind else [*self.keys]

    def _unknown(self, at: Cursor, name: str) -> str | None:
        """Note it. Returns the key that is meant, if that can be told: nothing more is said of that one."""
        free = [key for key in self._known() if key not in at.value]
        near = nearest(name, free) or nearest(name, self._known())
        hint = f", did you mean `{near}`?" if near else f" (free here: {listed(free)})"
        at.findings.add((*at.path, name), f"is an unknown key{hint}", key=True)
        if near in free:
            at.findings.excuse((*at.path, str(near)))
        return near

    def schema(self) -> Schema:
        kind = {"kind": {"const": self.kind}} if self.kind else {}
        required = [name for name, key in self.keys.items() if key.required]
        if self.kind and self.kind != DEFAULT_KIND:
            required.insert(0, "kind")
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {**kind, **{name: key.schema() for name, key in self.keys.items()}},
            **({"required": required} if required else {}),
        }
