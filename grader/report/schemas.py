"""JSON Schema of what is written, made from the records that are written: the two cannot disagree.

Only the forms of Python's values are described here by hand, since no record holds them: they are what
:mod:`grader.report.json` makes of a value.
"""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta


def about(text: str) -> Meta:
    """What the schema says of a field."""
    return Meta(description=text)


Count: TypeAlias = Annotated[int, Meta(ge=0)]
Points: TypeAlias = Annotated[float, Meta(ge=0)]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]

#: Text for the floats that JSON has no number for.
Special: TypeAlias = Literal["NaN", "Infinity", "-Infinity"]

#: A value of Python, in the forms of :data:`VALUES`.
AnyValue: TypeAlias = Annotated[Any, Meta(extra_json_schema={"$ref": "#/$defs/value"})]

_VALUE: Final = {"$ref": "#/$defs/value"}
_FLOAT: Final = {"$ref": "#/$defs/float"}
_SPECIAL: Final = {"enum": ["NaN", "Infinity", "-Infinity"]}


def _listed(items: dict[str, Any], length: int | None = None) -> dict[str, Any]:
    bounds = {} if length is None else {"minItems": length, "maxItems": length}
    return {"type": "array", **bounds, "items": items}


def _mark(description: str, **fields: dict[str, Any]) -> dict[str, Any]:
    """An object that says what JSON has no form for."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(fields),
        "properties": fields,
        "description": description,
    }


#: The forms of a value.
VALUES: Final[dict[str, Any]] = {
    "float": {
        "description": "A number, or text for what JSON has no number for.",
        "anyOf": [{"type": "number"}, _SPECIAL],
    },
    "value": {
        "description": "A value of Python. Text is text, except that NaN, Infinity and -Infinity stand for floats.",
        "anyOf": [
            {"type": ["null", "boolean", "number", "string"]},
            {**_listed(_VALUE), "description": "A list."},
            _mark("A tuple.", tuple=_listed(_VALUE)),
            _mark("A dict, as pairs of key and value.", dict=_listed(_listed(_VALUE, 2))),
            _mark("Text that would otherwise be taken for a float.", text=_SPECIAL),
            _mark("Real and imaginary part.", complex=_listed(_FLOAT, 2)),
            _mark(
                "A generator of random numbers as NumPy has them, by the seed that it begins with.",
                generator={"type": "integer", "minimum": 0},
            ),
            _mark(
                "What a sample is expected to come from: how many draws, and the probability of each category.",
                draws={"type": "integer", "minimum": 1},
                probabilities=_listed(_listed(_VALUE, 2)),
            ),
            _mark("A value that cannot be shown, by the name of its type.", foreign={"type": "string"}),
            _mark(
                "A NumPy array or scalar.",
                dtype={"type": "string", "description": "NumPy's name, such as float64."},
                shape={**_listed({"type": "integer", "minimum": 0}), "description": "Empty for a NumPy scalar."},
                array={
                    "description": "Nested lists, outermost axis first; a single number for an empty shape; null for "
                    "more than 10,000 elements.",
                    "anyOf": [{"type": "null"}, _VALUE],
                },
            ),
        ],
    },
}


def described(
    record: type[msgspec.Struct],
    name: str,
    title: str,
    *,
    unwritten: frozenset[str] = frozenset(),
    values: dict[str, Any] | None = None,
) -> str:
    """What is written of ``record`` in the format ``name``, as the text of a JSON Schema.

    Every field is written, whether it has a default or not, but for those ``unwritten``. ``values`` are definitions
    that the records refer to.
    """
    _, definitions = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    for each in definitions.values():
        if "description" in each:
            each["description"] = inspect.cleandoc(each["description"])  # as Python has it from 3.13 on
        each["properties"] = {key: field for key, field in each["properties"].items() if key not in unwritten}
        for field in each["properties"].values():
            field.pop("default", None)  # nothing is left out, so nobody needs to know what would stand for it
        each["required"] = list(each["properties"])
    whole = definitions.pop(record.__name__)
    if unwritten:  # what nothing written refers to is not described
        referring = str([whole, *definitions.values()])
        definitions = {key: each for key, each in definitions.items() if f"'#/$defs/{key}'" in referring}
    return _text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:" + name.replace("/", ":"),
            **whole,
            "title": title,
            "$defs": {**definitions, **(values or {})},
        }
    )


def _text(schema: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"
