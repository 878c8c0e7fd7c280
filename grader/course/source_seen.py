"""What stands in one statement of a submission's text: words, names and what they stand for, lines, and where it leads.

A statement is looked through once, however many exercises reach it: the text is hostile, and what is seen in it is the
same for all of them.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.course.source_text import LONGEST, Function, Names, names_in
from grader.course.source_words import CONSTRUCTS, RECURSION, is_in
from grader.records.lines import source_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.course.source_text import ModuleText, Piece, Written
    from grader.records.run import Frame

_LOOKING_UP = ("exec", "eval", "compile", "__import__", "globals", "vars")
_LOOKED_UP = frozenset({*(f"builtins.{name}" for name in _LOOKING_UP), "importlib"})
_KIND: dict[type, str] = {node: word for word, nodes in CONSTRUCTS.items() for node in nodes}


@dataclass(eq=False)
class Seen:
    """What is seen in a statement, or in several.

    ``words`` are kinds of code, and ``.name``; ``names`` what names stand for; ``leads`` modules that were handed in,
    and what of them is reached.
    """

    words: dict[str, list[Frame]] = field(default_factory=dict)
    names: dict[str, list[Frame]] = field(default_factory=dict)
    looked_up: dict[str, Frame] = field(default_factory=dict)
    lines: set[tuple[str, int]] = field(default_factory=set)
    leads: set[tuple[str, str]] = field(default_factory=set)

    def add(self, other: Seen) -> None:
        """Take in what is seen elsewhere."""
        for mine, others in ((self.words, other.words), (self.names, other.names)):
            for key, places in others.items():
                mine.setdefault(key, []).extend(places)
        for name, place in other.looked_up.items():
            self.looked_up.setdefault(name, place)
        self.lines |= other.lines
        self.leads |= other.leads


class SourceTexts:
    """All modules that were handed in; the statements of which are looked through when something leads there."""

    def __init__(self, modules: Mapping[str, ModuleText]) -> None:
        self.modules = modules
        self._seen: dict[ast.stmt, Seen] = {}
        self._lines: dict[str, list[str]] = {}

    def seen(self, written: Written, module: ModuleText) -> Seen:
        """What stands in a statement of a module."""
        if written.node not in self._seen:
            self._seen[written.node] = _Look(self, module, written.piece).through(written.node)
        return self._seen[written.node]

    def meant(self, name: str, place: Frame, module: ModuleText) -> Seen:
        """What a module means by a name with dots."""
        return _Look(self, module).meant(name, place)

    def lines_of(self, piece: Piece) -> list[str]:
        """The lines of a text."""
        if piece.name not in self._lines:
            self._lines[piece.name] = source_lines(piece.text)
        return self._lines[piece.name]


class _Look:
    """One look through a statement."""

    def __init__(self, texts: SourceTexts, module: ModuleText, piece: Piece | None = None) -> None:
        self._texts = texts
        self._module = module
        self._piece = piece or module.pieces[0]
        self._found = Seen()

    def through(self, node: ast.stmt) -> Seen:
        """What stands in it. To be called once."""
        self._count(node)
        for part in node.body if isinstance(node, ast.ClassDef) else [node]:
            self._within(part, names_in(self._module, part))
        if isinstance(node, ast.ClassDef):
            self._note(node)
            outside = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
            for each in outside:
                self._within(each, Names(self._module))
        return self._found

    def meant(self, name: str, place: Frame) -> Seen:
        """What the module means by a name. To be called once."""
        self._name(name, place)
        return self._found

    def _within(self, part: ast.AST, names: Names) -> None:
        said: set[ast.AST] = set()  # annotations, and names within a dotted one
        for function in _calling_themselves(part):
            self._word(RECURSION, function.lineno)
        for node in ast.walk(part):
            said.update(_annotations(node))
            if node in said:
                said.update(ast.iter_child_nodes(node))
                continue
            self._note(node)
            if isinstance(node, ast.Name | ast.Attribute | ast.Call) and (found := names.dotted(node)):
                said.update(_chain(node))
                self._name(found, self._piece.frame(node.lineno))
            elif isinstance(node, ast.Attribute):
                self._word(f".{node.attr}", node.lineno)
            elif isinstance(node, ast.Call):
                self._look_up(node, names)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                for each in node.names:
                    base = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module else ""
                    self._name(f"{base}{each.name}", self._piece.frame(node.lineno))

    def _name(self, found: str, place: Frame) -> None:
        """Note what a name stands for, and where it leads to among the modules that were handed in."""
        own, _, _ = found.removeprefix(":").partition(".")
        if found.startswith(":"):
            self._found.names.setdefault(f":{own}", []).append(place)
            self._found.leads.add((self._module.name, own))
            return
        module, _, name = ".".join(found.split(".")[:LONGEST]).rpartition(".")
        while module:
            if module in self._texts.modules and module.partition(".")[0] != "numpy":  # which is loaded before any file
                self._found.leads.add((self._texts.modules[module].name, name.partition(".")[0]))
                return
            module, _, rest = module.rpartition(".")
            name = f"{rest}.{name}"
        self._found.names.setdefault(found, []).append(place)
        for looking in _LOOKED_UP:
            if is_in(found, looking):
                self._found.looked_up.setdefault(looking.rpartition(".")[2], place)

    def _look_up(self, node: ast.Call, names: Names) -> None:
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[module, *_]):
                meant = names.dotted(module)
                if meant and not meant.startswith((":", "builtins.")):
                    self._found.looked_up.setdefault("getattr", self._piece.frame(node.lineno))

    def _note(self, node: ast.AST) -> None:
        """Note which kind of code a node is."""
        kinds = (type(node), type(getattr(node, "op", node)))
        for word in dict.fromkeys(_KIND[kind] for kind in kinds if kind in _KIND):
            if not isinstance(node, ast.operator):  # which has no place of its own
                self._word(word, getattr(node, "lineno", 0))

    def _word(self, word: str, line: int) -> None:
        self._found.words.setdefault(word, []).append(self._piece.frame(line))

    def _count(self, node: ast.stmt) -> None:
        """Note the lines that hold code: none that are empty, comments or docstrings."""
        texts: set[int] = set()
        for inner in ast.walk(node):
            match inner:
                case ast.Expr(value=ast.Constant(value=str()), lineno=first, end_lineno=int(last)):
                    texts.update(range(first, last + 1))
        decorators = getattr(node, "decorator_list", [])
        begin = min([node.lineno, *(each.lineno for each in decorators)])
        lines = self._texts.lines_of(self._piece)
        for number in range(begin, (node.end_lineno or node.lineno) + 1):
            line = lines[number - 1].strip()
            if line and not line.startswith("#") and number not in texts:
                self._found.lines.add((self._piece.name, number))


def _annotations(node: ast.AST) -> list[ast.AST]:
    """Types that are written beside names: they do nothing."""
    found = [getattr(node, "annotation", None), getattr(node, "returns", None)]
    return [each for each in found if isinstance(each, ast.expr)]


def _chain(node: ast.AST) -> list[ast.AST]:
    """What a dotted name is made of."""
    found: list[ast.AST] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Call):
            found += [node.func, *node.args[1:]]
            node = node.args[0]
        else:
            node = node.value
        found.append(node)
    return found


def _calling_themselves(part: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions within which a call has their own name. Each node is looked at once, as texts are hostile."""
    found: dict[ast.FunctionDef | ast.AsyncFunctionDef, None] = {}
    waiting: list[tuple[ast.AST, Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]]] = [(part, {})]
    while waiting:
        node, within = waiting.pop()
        if isinstance(node, Function):
            within = {**within, node.name: node}
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in within:
                found[within[name]] = None
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name)) if name in within:
                found[within[name]] = None
        waiting += [(inner, within) for inner in ast.iter_child_nodes(node)]
    yield from sorted(found, key=lambda function: function.lineno)
