"""YAML text as a plain tree that knows where each key and value stands.

Scalars follow the core schema of YAML 1.2, which is what editors show: ``1e-6`` and ``.5`` are numbers; ``no``,
``on``, ``1:30``, ``1_000`` and dates are text; ``010`` is ten; only ``true`` and ``false`` are booleans. Tags are
refused, so nothing in the file can ask for a Python object. Aliases are expanded and merge keys followed, within
:data:`MAX_NODES`.

The parser is PyYAML's in pure Python: its C twin words its errors in other ways, so that messages would depend on how
PyYAML was built.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Never, TypeAlias

import yaml

from grader.course.wording import Path, described, path_text, shortened
from grader.records.errors import AssignmentError, Mistake
from grader.records.lines import source_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_NODES = 100_000  # after aliases are expanded

_INT = re.compile(r"[-+]?[0-9]+")
_PREFIXED_INT = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")

#: What the parser says, and what an author can do about it.
_ADVICE = (
    ("mapping values are not allowed", "text that contains ': ' needs quotes, or a block after '|'"),
    ("found character '\\t'", "indent with spaces, not with tabs"),
    ("cannot start any token", "put text that begins with this character in quotes"),
    ("expected a single document", "keep one assignment in a file, and take the '---' out"),
    ("found undefined alias", "put text that begins with * in quotes"),
    ("while scanning a quoted scalar", "close the quotes"),
    ("while parsing a flow", "look for a missing comma or bracket"),
    ("expected <block end>, but found '<scalar>'", "text that begins with [, { or a quote needs quotes as a whole"),
    ("while parsing a block", "entries of one level start in the same column"),
    ("could not find expected ':'", "a key is followed by a colon and a space"),
)
#: A key, where a value that began on a line above would go on.
_KEY_FURTHER_IN = re.compile(r"\n +\w+\Z")


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A file as a plain tree (dict, list, str, int, float, bool, None), with the place of each key and value.

    ``mistakes`` are those that did not keep the rest from being read: duplicate keys, tags. The values at
    ``spoilt`` paths are not what the author meant, so nothing more should be said about them.
    """

    file: str
    text: str
    tree: Any
    values: Mapping[Path, yaml.Node]
    keys: Mapping[Path, yaml.Node]
    mistakes: tuple[Mistake, ...]
    spoilt: frozenset[Path]

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of a value, or of its key; of what holds it, if it is not in the file."""
        while path and path not in self.values:
            path, key = path[:-1], False
        return _place((self.keys if key and path in self.keys else self.values)[path].start_mark)

    def place_in_text(self, path: Path, line: int, column: int) -> tuple[int, int]:
        """Line and column in the file for a line and column (from 1) of the text at ``path``.

        Where the file does not hold that line letter by letter (folded text, escapes), the place of the whole text.
        """
        node = self.values.get(path)
        if not isinstance(node, yaml.ScalarNode):
            return self.place(path)
        lines = source_lines(node.value) or [""]
        if line > len(lines):  # Python puts what it misses at the end one line further
            line, column = len(lines), len(lines[-1]) + 1
        written = lines[line - 1]
        if node.style == "|":
            before = "".join(f"{each}\n" for each in lines[: line - 1])
            number = node.start_mark.line + len(before.splitlines()) + 1  # YAML ends a line at U+2028 as well
            rows = self.text.splitlines()  # the same breaks as YAML's: the others are unprintable, hence refused
            row = rows[number] if number < len(rows) else ""
            return (number + 1, len(row) - len(written) + column) if row.endswith(written) else self.place(path)
        end = node.end_mark.index - (1 if node.style else 0)
        if line == 1 and self.text[end - len(node.value) : end] == node.value:
            row_end = node.end_mark.column - (1 if node.style else 0)
            return node.end_mark.line + 1, row_end - len(node.value) + column
        return self.place(path)


def read(source: str | bytes, *, file: str) -> YamlDocument:
    """The document in ``source``. ``file`` is the name that messages carry.

    Raises AssignmentError if this is no YAML, or more of it than an assignment can need.
    """
    text = _text(source, file)
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark or loader.get_mark()
        _refuse(file, _place(mark), _explained(error, text))
    except (ValueError, OverflowError):  # PyYAML's scanner lets through what int() and chr() say
        _refuse(
            file, _place(loader.get_mark()), "cannot read this YAML: a number or an escape such as \\U is too large"
        )
    finally:
        loader.dispose()
    if root is None:
        raise AssignmentError([Mistake(file, 0, 0, "", "the file is empty: it must hold title, module and exercises")])
    builder = _Builder(file)
    tree = builder.build(root, ())
    return YamlDocument(
        file, text, tree, builder.values, builder.keys, tuple(builder.mistakes(tree)), frozenset(builder.spoilt)
    )


class _Loader(yaml.BaseLoader):
    """Composes nodes whose ``tag`` is what the author wrote (empty for none), up to MAX_DEPTH levels deep."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # untyped in the stubs
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {MAX_DEPTH} levels deep", problem_mark=event.start_mark
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        if node is not None and not isinstance(event, yaml.AliasEvent):
            node.tag = getattr(event, "tag", None) or ""
        return node


_Entry: TypeAlias = tuple[yaml.Node, yaml.Node]


@dataclass(slots=True)
class _Builder:
    """Makes the plain tree of a node graph, and notes places and mistakes on the way."""

    file: str
    values: dict[Path, yaml.Node] = field(default_factory=dict)
    keys: dict[Path, yaml.Node] = field(default_factory=dict)
    found: list[tuple[yaml.Node, Path, str]] = field(default_factory=list)
    spoilt: set[Path] = field(default_factory=set)
    unfinished: set[int] = field(default_factory=set)  # nodes around the one at hand, by id()
    merged: dict[int, list[_Entry]] = field(default_factory=dict)  # what nodes have with all merge keys, by id()
    merges: int = 0  # entries that merge keys have brought

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.values[path] = node
        if len(self.values) > MAX_NODES:
            self._stop(node, path, f"makes more than {MAX_NODES:,} values with all aliases written out")
        if len(path) > MAX_DEPTH or id(node) in self.unfinished:
            why = "contains itself" if id(node) in self.unfinished else f"is nested more than {MAX_DEPTH} levels deep"
            self._stop(node, path, f"{why} through an alias")
        if node.tag:
            self._spoil(node, path, f"has the tag {shortened(node.tag)}: tags are refused, quotes make a value text")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self.unfinished.add(id(node))
        tree = self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._sequence(node, path)
        self.unfinished.remove(id(node))
        return tree

    def _sequence(self, node: yaml.Node, path: Path) -> list[Any]:
        return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for key_node, value_node in self._entries(node, path, 0):
            key = self._key(key_node, path)
            if key is None:
                continue
            if key in tree:
                line, column = _place(self.keys[*path, key].start_mark)
                first = f"it already stands at line {line}, column {column}"
                self._note(key_node, (*path, key), f"is a duplicate key: {first}")
                continue
            self.keys[*path, key] = key_node
            tree[key] = self.build(value_node, (*path, key))
        return tree

    def _entries(self, node: yaml.MappingNode, path: Path, depth: int) -> list[_Entry]:
        """The entries of a mapping; in place of a merge key what the mapping lacks of those that it names."""
        if (known := self.merged.get(id(node))) is not None:
            return known
        if depth > MAX_DEPTH:
            self._stop(node, path, f"merges mappings more than {MAX_DEPTH} levels deep, or one with itself")
        names = {_name(key) for key, _ in node.value}
        found: list[_Entry] = []
        for key, value in node.value:
            if not _is_merge(key):
                found.append((key, value))
                continue
            for brought in self._brought(key, value, path, depth):
                if (name := _name(brought[0])) not in names:
                    names.add(name)
                    found.append(brought)
        self.merged[id(node)] = found
        return found

    def _brought(self, key: yaml.Node, value: yaml.Node, path: Path, depth: int) -> Iterator[_Entry]:
        for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if not isinstance(source, yaml.MappingNode):
                self._note(key, path, "has a merge key << of no mapping: name one that has an anchor, as in <<: *name")
                continue
            brought = self._entries(source, path, depth + 1)
            self.merges += len(brought)
            if self.merges > MAX_NODES:
                self._stop(key, path, f"makes more than {MAX_NODES:,} values with all merge keys written out")
            yield from brought

    def _key(self, node: yaml.Node, path: Path) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._note(node, path, "has a list or a mapping as a key: keys must be text")
            return None
        key = node.value if node.tag else self._scalar(node, path)
        if node.tag:
            self._note(node, path, f"has a key with the tag {shortened(node.tag)}: tags are refused")
        elif not isinstance(key, str):
            self._note(node, path, f"has a key that is no text (got {described(key)}): put it in quotes")
        else:
            return key
        return None

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        text = node.value
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._spoil(node, path, "has half of a character (\\uD800 to \\uDFFF), which is no text")
            return ""
        if node.style:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text) or _PREFIXED_INT.fullmatch(text):
            return self._whole(node, path)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if math.isinf(number):
                self._spoil(node, path, f"is a number beyond float64 (got {shortened(text)})")
                return 0.0
            return number
        return text

    def _whole(self, node: yaml.ScalarNode, path: Path) -> int:
        text = node.value
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        number = int(text, base) if len(text) < 100 else 2**64
        if -(2**63) <= number < 2**63:
            return number
        self._spoil(node, path, f"is a whole number beyond 64 bits (got {shortened(text)})")
        return 0

    def _note(self, node: yaml.Node, path: Path, message: str) -> None:
        self.found.append((node, path, message if path else f"the file {message}"))

    def mistakes(self, tree: Any = None) -> list[Mistake]:
        """Those that were found; ``tree`` is the whole file, in which exercises have their names."""
        return [
            Mistake(self.file, *_place(node.start_mark), path_text(path, tree), message)
            for node, path, message in self.found
        ]

    def _spoil(self, node: yaml.Node, path: Path, message: str) -> None:
        self.spoilt.add(path)
        self._note(node, path, message)

    def _stop(self, node: yaml.Node, path: Path, message: str) -> Never:
        self._note(node, path, message)
        raise AssignmentError(self.mistakes())


def _name(key: yaml.Node) -> object:
    """What a key is told from others by."""
    return key.value if isinstance(key, yaml.ScalarNode) else id(key)


def _is_merge(key: yaml.Node) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.value == "<<" and not key.style and not key.tag


def _text(source: str | bytes, file: str) -> str:
    if len(source) > MAX_BYTES:
        raise AssignmentError([Mistake(file, 0, 0, "", "the file is larger than 1 MiB, which no assignment needs")])
    try:
        text = source.decode() if isinstance(source, bytes) else source
    except UnicodeDecodeError as error:
        place = _place_at(error.object[: error.start].decode())
        _refuse(file, place, f"this is no UTF-8 (byte 0x{error.object[error.start]:02x}): save the file as UTF-8")
    text = text.removeprefix("\ufeff")
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        place = _place_at(text[: unprintable.start()])
        _refuse(file, place, f"the character U+{ord(unprintable[0]):04X} is not allowed in YAML: take it out")
    return text


def _explained(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = ", ".join(part for part in (error.context, error.problem) if part)
    advice = next((advice for sign, advice in _ADVICE if sign in problem), None)
    if error.problem_mark and _KEY_FURTHER_IN.search(text, 0, error.problem_mark.index):
        advice = "it stands further in than the entry above: entries of one level start in the same column"
    begun = error.context_mark
    if begun and error.problem_mark and begun.line != error.problem_mark.line:
        problem += f", begun at line {begun.line + 1}"
    return f"cannot read this YAML: {problem}" + (f" ({advice})" if advice else "")


def _place(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _place_at(before: str) -> tuple[int, int]:
    lines = _LINE_BREAK.split(before.removeprefix("\ufeff"))
    return len(lines), len(lines[-1]) + 1


def _refuse(file: str, place: tuple[int, int], message: str) -> Never:
    raise AssignmentError([Mistake(file, *place, "", message)])
