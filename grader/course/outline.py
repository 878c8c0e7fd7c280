"""Functions and classes without their bodies, as text: signatures, docstrings, fields."""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_Function = ast.FunctionDef | ast.AsyncFunctionDef

#: Decorators that decide how something is called; others, such as a cache, are the solution's own.
_OF_CALLS = frozenset(
    {"staticmethod", "classmethod", "property", "cached_property", "abstractmethod", "contextmanager"}
)
_OF_CLASSES = frozenset({"dataclass", "total_ordering"})
_OF_PROPERTIES = frozenset({"setter", "getter", "deleter"})
_LONGEST = 100  # columns of a line
_INDENT = " " * 4
_UNWRITTEN = "raise NotImplementedError"


@dataclass(frozen=True, slots=True)
class Outline:
    """Outlines of what a text defines.

    ``known`` are the names that they may use, ``private`` the classes that are left out: what a class has from one of
    these is told as its own.
    """

    source: str
    known: Collection[str]
    private: Mapping[str, ast.ClassDef]

    def definition(self, node: ast.stmt, name: str) -> str:
        """A function or a class, under this name."""
        match node:
            case ast.ClassDef():
                return self._class(node, name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._function(node, name)
            case ast.Assign(value=ast.Lambda(args=arguments)):
                return _body(_signature(f"def {name}", self._arguments(arguments), ""), "", [_UNWRITTEN])
        raise TypeError(f"{type(node).__name__} defines nothing")

    def constant(self, node: ast.stmt) -> str:
        """A constant as it is written; without the comments in it."""
        segment = ast.get_source_segment(self.source, node) or "#"
        return ast.unparse(node) if "#" in segment else segment

    def names_of(self, node: ast.stmt) -> set[str]:
        """The names that an outline uses."""
        tree = ast.parse(self.definition(node, "name"))
        return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)} | _quoted(tree)

    def _function(self, node: _Function, name: str) -> str:
        begin = f"{'async ' if isinstance(node, ast.AsyncFunctionDef) else ''}def {name}"
        returns = node.returns if node.returns and self._reads(node.returns) else None
        after = f" -> {ast.unparse(returns)}" if returns else ""
        head = _signature(begin, self._arguments(node.args), after)
        text = _body(head, ast.get_docstring(node) or "", [_UNWRITTEN])
        return "\n".join([*self._decorators(node, _OF_CALLS), text])

    def _class(self, node: ast.ClassDef, name: str) -> str:
        bases = [ast.unparse(each) for each in node.bases if self._knows(each)]
        bases += [ast.unparse(each) for each in node.keywords if self._knows(each.value)]
        head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
        fields = bool(self._decorators(node, frozenset({"dataclass"}))) or "NamedTuple" in bases
        members = list(self._members(node, all_fields=fields))
        text = _body(head, ast.get_docstring(node) or "", members)
        return "\n".join([*self._decorators(node, _OF_CLASSES), text])

    def _members(self, node: ast.ClassDef, *, all_fields: bool) -> Iterator[str]:
        own = {}
        for each in self._inherited(node):
            match each:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if _is_told(name):
                    kept = self._decorators(each, _OF_CALLS)
                    own[name, tuple(kept)] = self._function(each, name)
                case ast.ClassDef(name=name) if _is_told(name):
                    own[name, ()] = self._class(each, name)
                case ast.AnnAssign(target=ast.Name(id=name)) if all_fields or not name.startswith("_"):
                    own[name, ()] = self._field(each, name)
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if not name.startswith("_"):
                    if self._knows(value):
                        own[name, ()] = self.constant(each)
        yield from own.values()

    def _inherited(self, node: ast.ClassDef, depth: int = 0) -> Iterator[ast.stmt]:
        for base in reversed(node.bases):
            if isinstance(base, ast.Name) and base.id in self.private and depth < len(self.private):
                yield from self._inherited(self.private[base.id], depth + 1)
        yield from node.body

    def _field(self, node: ast.AnnAssign, name: str) -> str:
        kind = ast.unparse(node.annotation) if self._reads(node.annotation) else "object"
        value = "" if node.value is None else f" = {ast.unparse(self._default(node.value))}"
        return f"{name}: {kind}{value}"

    def _arguments(self, arguments: ast.arguments) -> list[str]:
        """Each parameter as it is written, without what the reader cannot know."""
        clear = deepcopy(arguments)
        every = [*clear.posonlyargs, *clear.args, *clear.kwonlyargs, clear.vararg, clear.kwarg]
        for each in every:
            if each is not None and each.annotation is not None and not self._reads(each.annotation):
                each.annotation = None
        clear.defaults = [self._default(each) for each in clear.defaults]
        clear.kw_defaults = [each if each is None else self._default(each) for each in clear.kw_defaults]
        return _parameters(clear)

    def _default(self, value: ast.expr) -> ast.expr:
        holds_code = any(isinstance(each, ast.Lambda) for each in ast.walk(value))
        return value if self._knows(value) and not holds_code else ast.Constant(None)

    def _decorators(self, node: _Function | ast.ClassDef, kept: frozenset[str]) -> list[str]:
        return [f"@{ast.unparse(each)}" for each in node.decorator_list if self._decides(each, kept)]

    def _decides(self, decorator: ast.expr, kept: frozenset[str]) -> bool:
        match decorator:
            case ast.Attribute(value=ast.Name(), attr=attribute) if attribute in _OF_PROPERTIES:
                return True
            case ast.Call(func=function):
                return self._decides(function, kept) and self._knows(decorator)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return name in kept and self._knows(decorator)
        return False

    def _knows(self, node: ast.expr) -> bool:
        return free_names(node) <= {*self.known}

    def _reads(self, annotation: ast.expr) -> bool:
        """The same of an annotation, which may be a text: ``x: "Array"``."""
        return self._knows(annotation) and _quoted(annotation) <= {*self.known}


def free_names(node: ast.AST) -> set[str]:
    """Names that code takes from around it."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    bound = {each.id for each in names if isinstance(each.ctx, ast.Store)}
    return {each.id for each in names} - bound


def docstring(text: str) -> str:
    """A text as a docstring."""
    lines = text.strip().replace("\\", "\\\\").replace('"""', r"\"\"\"")
    lines = "".join(each if each.isprintable() or each == "\n" else repr(each)[1:-1] for each in lines)
    if "\n" in lines:
        return f'"""{lines}\n"""'
    return f'"""{lines[:-1]}\\""""' if lines.endswith('"') else f'"""{lines}"""'


def _is_told(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _quoted(tree: ast.AST) -> set[str]:
    """Names in texts that are expressions, as annotations may be."""
    texts = (each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return set[str]().union(*map(_names_in, texts))


def _names_in(text: str) -> set[str]:
    try:
        return free_names(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()


def _parameters(arguments: ast.arguments) -> list[str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    defaults = [*[None] * without, *arguments.defaults]
    found = [_parameter(each, default) for each, default in zip(positional, defaults, strict=True)]
    if arguments.posonlyargs:
        found.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg:
        found.append(f"*{ast.unparse(arguments.vararg)}")
    elif arguments.kwonlyargs:
        found.append("*")
    found += map(_parameter, arguments.kwonlyargs, arguments.kw_defaults)
    return [*found, *([f"**{ast.unparse(arguments.kwarg)}"] if arguments.kwarg else [])]


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    equals = " = " if argument.annotation else "="
    return ast.unparse(argument) + (f"{equals}{ast.unparse(default)}" if default else "")


def _signature(begin: str, parameters: list[str], after: str) -> str:
    line = f"{begin}({', '.join(parameters)}){after}:"
    if len(line) <= _LONGEST:
        return line
    inside = ", ".join(parameters)
    if len(inside) + len(_INDENT) > _LONGEST:
        inside = ",\n".join([*parameters, ""]).rstrip()
    return f"{begin}(\n{indent(inside, _INDENT)}\n){after}:"


def _body(head: str, says: str, members: list[str]) -> str:
    """A definition: what stands in it, with an empty line before and after what takes several lines."""
    inside, before = (docstring(says) if says else ""), bool(says)
    for member in members if members or says else ["pass"]:
        spaced = inside and ("\n" in member or before) and member != _UNWRITTEN
        inside += ("\n\n" if spaced else "\n" if inside else "") + member
        before = "\n" in member
    return f"{head}\n{indent(inside, _INDENT)}"
