"""One function of the reference: its nodes, its names, and its text with a change applied."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, overload

from grader.mistakes.change import Change, Place, called, expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.mistakes.change import Replacement
    from grader.mistakes.equivalent import Idle

Kind = TypeVar("Kind", bound=ast.AST)
Other = TypeVar("Other", bound=ast.AST)
Definition = ast.FunctionDef | ast.ClassDef

_NOT_CODE = frozenset({"annotation", "returns", "decorator_list"})
_SKIPPED = (ast.arguments, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)
_NOT_ENTERED = (ast.Raise, ast.Assert)  # their messages are text; a check is dropped as a whole
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)

#: Functions whose arguments, and keywords whose values, are sizes and indices.
_COUNTING = frozenset({"range", "arange", "empty", "zeros", "ones", "full", "eye", "identity", "reshape", "enumerate"})
_COUNTING_KEYWORDS = frozenset({"axis", "size", "shape", "start"})
_DISPLAYS = (ast.Tuple, ast.List, ast.Dict, ast.ListComp)
_PLAIN = frozenset({"int", "float", "bool", "str"})


class Function:
    """A function or method of a module whose top-level ``definition`` holds it.

    ``public`` says that students know its parameters by name. ``siblings`` are functions of the module that it
    reaches.
    """

    def __init__(
        self, node: ast.FunctionDef, definition: Definition, *, numpy: str, siblings: frozenset[str], public: bool
    ) -> None:
        self.node = node
        self.definition = definition
        self.name = node.name if node is definition else f"{definition.name}.{node.name}"
        self.numpy = numpy
        self.siblings = siblings
        self.public = public

    # ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────

    def rewrite(
        self, node: ast.expr, template: str, sentence: str = "", *, idle: Idle | None = None, **holes: ast.expr
    ) -> Iterator[Change]:
        """The node replaced by ``template``, in which X is the node and NP is NumPy: nothing where that is missing."""
        numpy = ast.Name(self.numpy or "numpy")
        new = expression(template, **{"X": node, "NP": numpy, **holes})
        if self.numpy or not any(inner is numpy for inner in ast.walk(new)):
            yield Change(((node, new),), sentence, idle)

    def text(self, change: Change | None = None) -> str:
        """The source of the top-level definition that holds this function, with a change applied."""
        edits = dict(change.edits) if change else {}
        saved = [(owner, field, getattr(owner, field)) for owner, field in {self._places[node] for node in edits}]
        for owner, field, value in saved:
            setattr(owner, field, _edited(value, edits))
        try:
            return ast.unparse(self.definition)
        finally:
            for owner, field, value in saved:
                setattr(owner, field, value)

    @cached_property
    def _places(self) -> dict[ast.AST, tuple[ast.AST, str]]:
        return {
            child: (owner, field)
            for owner in ast.walk(self.definition)
            for field, value in ast.iter_fields(owner)
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST)
        }

    # ── nodes ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @overload
    def find(self, kind: type[Kind], /) -> Iterator[Kind]: ...
    @overload
    def find(self, kind: type[Kind], other: type[Other], /) -> Iterator[Kind | Other]: ...
    @overload
    def find(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]: ...
    def find(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Nodes that may be changed, in the order of the source."""
        return (node for node in self.nodes if isinstance(node, kinds))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the body but text, annotations, defaults and what is raised or asserted."""
        return tuple(_changeable(self.node))

    @cached_property
    def sizes(self) -> frozenset[ast.AST]:
        """Nodes within sizes, axes and the arguments of ``range``."""
        roots: list[ast.AST] = [node.value for node in self.find(ast.keyword) if node.arg in _COUNTING_KEYWORDS]
        roots += [each for node in self.find(ast.Call) if called(node) in _COUNTING for each in node.args]
        return frozenset(node for root in roots for node in ast.walk(root))

    @cached_property
    def counting(self) -> frozenset[ast.AST]:
        """Nodes within sizes and indices: whole numbers, where arithmetic is about counting."""
        indices = (node for subscript in self.find(ast.Subscript) for node in ast.walk(subscript.slice))
        return self.sizes | frozenset(indices)

    @cached_property
    def looping(self) -> frozenset[ast.AST]:
        """Nodes within the conditions of while loops. With another condition a loop would hardly ever end."""
        return frozenset(node for loop in self.find(ast.While) for node in ast.walk(loop.test))

    def parent(self, node: ast.AST) -> ast.AST:
        """The node that holds this one."""
        return self._places[node][0]

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node belongs to."""
        while not isinstance(node, ast.stmt):
            node = self.parent(node)
        return node

    def owner(self, node: ast.AST) -> ast.AST:
        """The innermost function that a node belongs to: this one, or one defined in it."""
        node = self.parent(node)
        while not isinstance(node, _OWN_SCOPE):
            node = self.parent(node)
        return node

    # ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def _arguments(self) -> dict[str, ast.arg]:
        given = self.node.args
        return {
            each.arg: each
            for each in [*given.posonlyargs, *given.args, *given.kwonlyargs]
            if each.arg not in ("self", "cls")
        }

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, without self."""
        return tuple(self._arguments)

    @cached_property
    def bound(self) -> dict[str, tuple[int, int]]:
        """Parameters and local variables, with the place where each gets its first value."""
        start = (self.node.lineno, self.node.col_offset)
        found = dict.fromkeys(self.parameters, start)
        inner = {name for node in self.find(ast.comprehension) for name in ast.walk(node.target)}
        for node in self.find(ast.Name):
            if isinstance(node.ctx, ast.Store) and node not in inner and self.owner(node) is self.node:
                found.setdefault(node.id, (node.lineno, node.col_offset))
        return found

    def is_set_once(self, name: str) -> bool:
        """Whether a variable has one value as long as the function runs."""
        stored = [node for node in self.find(ast.Name) if node.id == name and isinstance(node.ctx, ast.Store)]
        return len(stored) + (name in self.parameters) == 1

    def are_one(self, one: str, other: str) -> bool:
        """Whether two variables are two names of the same, as after ``p = parameters``."""
        return any(
            isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Name)
            and {node.targets[0].id, node.value.id} == {one, other}
            and self.is_set_once(one)
            and self.is_set_once(other)
            for node in self.find(ast.Assign)
        )

    def loads(self, name: str) -> list[ast.Name]:
        """Every place where a variable is read."""
        return [node for node in self.find(ast.Name) if node.id == name and isinstance(node.ctx, ast.Load)]

    @cached_property
    def counters(self) -> frozenset[str]:
        """Variables that begin as a literal whole number, and are none of several results of a call later on."""
        set_to = [(target, node.value) for node in self.find(ast.Assign) for target in node.targets]
        numbers = {
            target.id
            for target, value in set_to
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and type(value.value) is int
        }
        unpacked = {
            inner.id
            for target, value in set_to
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Call)
            for inner in target.elts
            if isinstance(inner, ast.Name)
        }
        return frozenset(numbers - unpacked)

    def annotation(self, name: str) -> str:
        """The annotation of a parameter; empty if there is none, or no such parameter."""
        argument = self._arguments.get(name)
        return ast.unparse(argument.annotation) if argument and argument.annotation else ""

    def is_plain(self, name: str) -> bool:
        """Whether a variable is known to be a single number or text, not an array."""
        return name in self.counters or name in self.loop_variables or self.annotation(name) in _PLAIN

    @cached_property
    def loop_variables(self) -> frozenset[str]:
        """Variables that count the rounds of a loop: of ``range``, or used as an index."""
        loops = list(self.find(ast.For, ast.comprehension))
        targets = {node.id for loop in loops for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
        indices = {node.id for node in self.counting if isinstance(node, ast.Name)}
        ranged = {
            each.target.id for each in loops if isinstance(each.target, ast.Name) and called(each.iter) == "range"
        }
        first = {
            each.target.elts[0].id
            for each in loops
            if called(each.iter) == "enumerate" and isinstance(each.target, ast.Tuple)
            if isinstance(each.target.elts[0], ast.Name)
        }
        return frozenset(targets & indices | ranged | first)

    def kind(self, name: str) -> str:
        """Variables of one kind can stand in each other's place: numbers, collections or arrays."""
        return "number" if self.is_plain(name) else "collection" if self._values(name) else "array"

    def public_name(self, node: ast.AST) -> str:
        """The name of a parameter that students know; empty for any other node."""
        known = self.public and isinstance(node, ast.Name) and node.id in self.parameters
        return node.id if known and isinstance(node, ast.Name) else ""

    # ── results ───────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def results(self) -> tuple[ast.expr, ...]:
        """The single values that are returned: the members of tuples, lists and dictionaries, if they can be seen.

        Counts, texts and None are none: the operators on results change numbers.
        """
        if self.node.returns is not None and ast.unparse(self.node.returns) in _PLAIN - {"float"}:
            return ()
        returned = [node.value for node in self.find(ast.Return) if self.owner(node) is self.node and node.value]
        return tuple(dict.fromkeys(part for value in returned for part in self._parts(value)))

    def _parts(self, value: ast.expr) -> Iterator[ast.expr]:
        match value:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Dict(values=parts):
                for part in parts:
                    yield from self._parts(part)
            case ast.ListComp(elt=each):
                yield from self._parts(each)
            case ast.Name(id=name) if collection := self._collection(name):
                yield from collection
            case ast.Constant() | ast.Starred():
                return
            case ast.Name(id=name) if self.is_plain(name) and self.annotation(name) != "float":
                return
            case _ if called(value) not in ("len", "int"):
                yield value

    def _collection(self, name: str) -> list[ast.expr]:
        """What is put into a local list, tuple or dictionary."""
        return [part for value in self._values(name) for part in [*self._parts(value), *self._appended(name)]]

    def _values(self, name: str) -> list[ast.expr]:
        """The display that a variable is set to; none for a variable that is no collection, or set twice."""
        values = [
            node.value
            for node in self.find(ast.Assign)
            if any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ]
        return values if len(values) == 1 and isinstance(values[0], _DISPLAYS) else []

    def _appended(self, name: str) -> Iterator[ast.expr]:
        for node in self.find(ast.Call):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[value]) if (
                    owner == name
                ):
                    yield value


def _changeable(node: ast.AST) -> Iterator[ast.AST]:
    for field, value in ast.iter_fields(node):
        if field in _NOT_CODE:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, _SKIPPED) and not _is_text(child):
                yield child
                if not isinstance(child, _NOT_ENTERED):
                    yield from _changeable(child)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _edited(value: object, edits: dict[Place, Replacement]) -> object:
    if not isinstance(value, list):
        return edits[value] if isinstance(value, Place) else value
    edited: list[object] = []
    for item in value:
        new = edits.get(item, item)
        edited += new if isinstance(new, list) else [new]
    return edited
