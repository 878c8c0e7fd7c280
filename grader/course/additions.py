"""Adding an example to an assignment file: what its author wrote stays as it is, letter by letter.

YAML that is read and written again has lost its comments, its order and its indentation. So an example is inserted into
the text, in the style of what is around it, and the result is read: it must be the same assignment, with the example.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import yaml
from msgspec.structs import replace

from grader.course.load import parse
from grader.course.positions import read
from grader.records.chance import GeneratorSeed
from grader.records.errors import AssignmentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course.positions import YamlDocument
    from grader.records.assignment import Example

_STEP = 2  # columns that a new level is indented by


def with_example(source: bytes, exercise: str, example: Example, *, file: str, id: str) -> str:  # noqa: A002 - as parse
    """The file's text with one more example of an exercise. Comments and formatting are kept, line ends too.

    Raises AssignmentError if the file has mistakes, and UsageError, with the example to be added by hand, if its text
    has no place where it can be inserted.
    """
    before = parse(source, file=file, id=id)
    numbers = [number for number, each in enumerate(before.exercises) if each.id == exercise]
    if not numbers:
        raise UsageError(f"{file} has no exercise {exercise} any more")
    (number,) = numbers
    grown = replace(before.exercises[number], examples=(*before.exercises[number].examples, example))
    wanted = replace(before, exercises=(*before.exercises[:number], grown, *before.exercises[number + 1 :]))
    text = source.decode()
    document = read(source, file=file)
    place, added = _insertion(document, number, example)
    place += len(text) - len(document.text)  # a byte order mark
    text = text[:place] + added + text[place:]
    try:
        fits = parse(text, file=file, id=id) == wanted
    except AssignmentError:
        fits = False
    if not fits:
        by_hand = "\n".join(_item(example, 0))
        raise UsageError(f"{file} has no place where an example can be inserted; add it by hand:\n{by_hand}")
    return text


def _insertion(document: YamlDocument, number: int, example: Example) -> tuple[int, str]:
    """What to insert, and where in the document's text."""
    node = document.values["exercises", number]
    listed = document.values.get(("exercises", number, "examples"))
    if isinstance(listed, yaml.SequenceNode):
        if not listed.flow_style:
            return _below(document.text, listed, _item(example, listed.start_mark.column))
        if not listed.value:
            return listed.start_mark.index + 1, _flow(example)
        return listed.value[-1].end_mark.index, f", {_flow(example)}"
    if isinstance(node, yaml.MappingNode) and node.flow_style:
        return node.value[-1][1].end_mark.index, f", examples: [{_flow(example)}]"
    column = node.value[0][0].start_mark.column
    return _below(document.text, node, [f"{' ' * column}examples:", *_item(example, column + _STEP)])


def _below(text: str, node: yaml.Node, lines: list[str]) -> tuple[int, str]:
    """The lines below a node, and below a comment that stands beside its end."""
    line_end = "\r\n" if "\r\n" in text else "\n"
    block = "".join(line + line_end for line in lines)
    here = text.find("\n", _end(text, node))
    return (len(text), line_end + block) if here < 0 else (here + 1, block)


def _end(text: str, node: yaml.Node) -> int:
    """Where what is written of a node ends: the parser's own mark may stand behind the comments that follow."""
    if isinstance(node, yaml.ScalarNode):
        return len(text[: node.end_mark.index].rstrip()) if node.style in {"|", ">"} else int(node.end_mark.index)
    assert isinstance(node, yaml.CollectionNode)  # there are no others
    if node.flow_style:
        return int(node.end_mark.index)
    if isinstance(node, yaml.SequenceNode):
        return _end(text, node.value[-1])
    key, value = node.value[-1]
    written = value.start_mark.index >= key.end_mark.index  # an alias has the place of what it stands for
    return _end(text, value) if written else int(key.end_mark.index)


def _item(example: Example, column: int) -> list[str]:
    """The example as an item of a list whose dashes stand in this column."""
    margin = " " * column
    inner = margin + " " * _STEP
    return [
        f"{margin}- inputs:",
        *(f"{inner}  {name}: {literal(value)}" for name, value in example.inputs.items()),
        *([f"{inner}note: {literal(example.note)}"] if example.note else []),
    ]


def _flow(example: Example) -> str:
    note = f", note: {literal(example.note)}" if example.note else ""
    return f"{{inputs: {literal(example.inputs)}{note}}}"


def literal(value: Any) -> str:
    """A plain value in YAML's flow style, on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if not math.isfinite(value):
            return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            return f"{{{', '.join(f'{_key(key)}: {literal(item)}' for key, item in value.items())}}}"
        case GeneratorSeed():
            return str(value.seed)
        case str():
            return f'"{"".join(_escaped(value))}"'
    return repr(value)


def _key(key: str) -> str:
    """A key as it stands, where YAML takes it for text."""
    return key if key.isidentifier() and key.lower() not in {"null", "true", "false"} else literal(key)


def _escaped(text: str) -> Iterator[str]:
    for character in text:
        if character in '"\\':
            yield f"\\{character}"
        else:
            yield character if character.isprintable() else f"\\U{ord(character):08x}"
