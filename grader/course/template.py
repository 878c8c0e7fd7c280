"""What students start from, made from the text of a reference: what it promises, and nothing of how that is done.

Kept are the signatures and docstrings of functions, classes and their methods, constants, and imports; a body becomes
``raise NotImplementedError``. Left out are misconceptions, helpers (names that begin with ``_``) unless an exercise
runs them, what only a body uses, comments, and whatever would need one of these: a table of functions from a library
says how bodies are done, too. The text is read, never run.
"""

from __future__ import annotations

import ast
import builtins
import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from grader.course.misconceptions import is_misconception
from grader.course.outline import Outline, docstring, free_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_Constant = ast.Assign | ast.AnnAssign

_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class StudentTemplate:
    """The text, and what exercises run that it lacks, because the reference does not define it itself.

    ``left_out`` are constants that hold a function of a library, with one of those functions.
    """

    text: str
    missing: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def student_template(
    source: str,
    *,
    says: str,
    needed: Collection[str] = (),
    siblings: Collection[str] = (),
    expecting: Collection[str] = (),
) -> StudentTemplate:
    """The template of a reference. Raises SyntaxError.

    ``says`` becomes the docstring of the module. ``needed`` are names that exercises run; ``siblings`` are modules
    beside the reference, which no student has; ``expecting`` are names that work out what is expected, as
    ``drawn_from`` does, and are the author's where no exercise runs them.
    """
    statements = list(_flat(ast.parse(source).body))
    shown = _shown(statements, needed, expecting)
    imports = _Imports([each for each in statements if isinstance(each, ast.Import | ast.ImportFrom)], siblings)
    private = {node.name: node for node in statements if isinstance(node, ast.ClassDef) and node not in shown.values()}
    constants = _constants(statements, shown, imports.names)
    outline = Outline(source, _BUILTINS | imports.names | shown.keys() | constants.keys(), private)

    parts = {node: outline.definition(node, name) for name, node in shown.items()}
    signed = _wanted(
        [*chain.from_iterable(map(outline.names_of, shown.values())), *constants.keys() & needed], constants
    )
    left_out = dict(_holding(constants, imports, signed))
    used = _wanted([*signed, *filter(_is_public, constants.keys() - left_out.keys())], constants)
    kept: dict[ast.stmt, str] = {node: outline.constant(node) for name, node in constants.items() if name in used}

    within = {inner.id for node in shown.values() for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    blocks = [docstring(says), "\n".join(imports.kept(used, within))]
    texts = parts | kept
    text = _spaced(blocks, [(node in kept, texts[node]) for node in statements if node in texts])
    missing = sorted({*needed} - shown.keys() - constants.keys() - imports.kept_names)
    return StudentTemplate(text, tuple(missing), tuple(left_out.items()))


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of the top level, and those of its branches; not what only a program does."""
    for node in body:
        match node:
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                continue
            case ast.If(body=inner, orelse=other):
                yield from _flat([*inner, *other])
            case ast.Try(body=inner, handlers=handlers, orelse=other):
                yield from _flat([*inner, *other, *chain.from_iterable(each.body for each in handlers)])
            case _:
                yield node


def _is_public(name: str) -> bool:
    return not name.startswith("_")


def _shown(statements: Iterable[ast.stmt], needed: Collection[str], expecting: Collection[str]) -> dict[str, ast.stmt]:
    """Functions and classes that students write, by name: the last of each name, as Python sees it.

    A name that is given to a function, or to what a ``lambda`` makes, is a function as well.
    """
    every: dict[str, ast.stmt] = {}
    shown: dict[str, ast.stmt] = {}
    for node in statements:
        name, made = _defined(node, every)
        if made is None or is_misconception(node):
            continue
        every[name] = made
        if name in needed or (_is_public(name) and name not in expecting):
            shown[name] = made
    return shown


def _defined(node: ast.stmt, every: dict[str, ast.stmt]) -> tuple[str, ast.stmt | None]:
    """The name of a function or class that a statement defines, and its definition."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name, node
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
            return name, node
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=of)) if of in every and not _is_public(of):
            return name, every[of]
    return "", None


def _constants(
    statements: Iterable[ast.stmt], shown: dict[str, ast.stmt], imported: Collection[str]
) -> dict[str, _Constant]:
    """Names that hold a value which needs nothing that is left out, in the order of the text."""
    found: dict[str, _Constant] = {}
    known = {*_BUILTINS, *imported, *shown}
    for node in statements:
        names = _targets(node) - shown.keys()
        if not (names and isinstance(node, _Constant) and node.value):
            continue
        if _is_plain(node.value, shown) and free_names(node.value) <= known:
            found |= dict.fromkeys(sorted(names), node)
            known |= names
    return {name: node for name, node in found.items() if not (name.startswith("__") and name.endswith("__"))}


def _targets(node: ast.stmt) -> set[str]:
    """What an assignment binds; nothing where it does more than that."""
    match node:
        case ast.Assign(targets=targets):
            several = [part for each in targets for part in (each.elts if isinstance(each, ast.Tuple) else [each])]
            names = {each.id for each in several if isinstance(each, ast.Name)}
            return names if len(names) == len(several) else set()
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _is_plain(value: ast.expr, shown: Collection[str]) -> bool:
    """Whether a value holds no code of the solution, and none that is not written yet is called for it."""
    for node in ast.walk(value):
        match node:
            case ast.Lambda() | ast.Await() | ast.NamedExpr():
                return False
            case ast.Call(func=ast.Name(id=name)) if name in shown:
                return False
    return True


def _wanted(names: Iterable[str], constants: dict[str, _Constant]) -> set[str]:
    """Names, and those of the constants that they lead to."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += free_names(constants[name]) if name in constants else ()
    return found


def _holding(constants: dict[str, _Constant], imports: _Imports, signed: Collection[str]) -> Iterator[tuple[str, str]]:
    """Constants that no signature needs and that hold, or lead to what holds, a function of a library; and which."""
    for name in filter(_is_public, constants):
        reached = [each for each in _wanted([name], constants) if each in constants]
        held = [function for each in reached for function in imports.held_by(constants[each].value)]
        if name not in signed and held:
            yield name, sorted(held)[0]


class _Imports:
    """The imports of a reference that students have as well.

    A library is told, since it is a convention of the course; a single function of one is not where only a body uses
    it: ``from scipy.special import expit`` says how ``sigmoid`` is done.
    """

    def __init__(self, nodes: Iterable[ast.Import | ast.ImportFrom], siblings: Collection[str]) -> None:
        self._nodes = [node for node in nodes if not (isinstance(node, ast.ImportFrom) and node.level)]
        self._strangers = {"grader", *siblings}
        self.names = frozenset(_bound(alias) for node in self._nodes for alias in self._known(node))
        self._origins = {name: origin for node in self._nodes for name, origin in _origins(node)}
        self.kept_names: set[str] = set()

    def held_by(self, value: ast.expr | None) -> Iterator[str]:
        """Functions of libraries that a value holds: named in it, neither called nor computed with."""
        match value:
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                yield from chain.from_iterable(map(self.held_by, items))
            case ast.Dict(values=items):
                yield from chain.from_iterable(map(self.held_by, items))
            case ast.Call(args=items, keywords=named):
                yield from chain.from_iterable(map(self.held_by, [*items, *(each.value for each in named)]))
            case ast.Name() | ast.Attribute() if self._is_function(value):
                yield ast.unparse(value)

    def _is_function(self, value: ast.expr) -> bool:
        """Whether a library has it, and not as a number or a type, as far as that can be told without an import."""
        root, *rest = ast.unparse(value).split(".")
        if root not in self._origins:
            return False
        module, *inner = f"{self._origins[root]}.{'.'.join(rest)}".rstrip(".").split(".")
        found: object = {"numpy": np, "math": math}.get(module)
        for name in inner if found is not None else ():
            found = getattr(found, name, None)
        return found is None or (callable(found) and not isinstance(found, type))

    def _known(self, node: ast.Import | ast.ImportFrom) -> list[ast.alias]:
        if isinstance(node, ast.ImportFrom):
            return [] if _root(node.module or "") in self._strangers else node.names
        return [alias for alias in node.names if _root(alias.name) not in self._strangers]

    def kept(self, used: Collection[str], within: Collection[str]) -> Iterator[str]:
        """Lines; ``used`` are the names in what is kept, ``within`` those in bodies as well."""
        for node in self._nodes:
            known = self._known(node)
            if isinstance(node, ast.Import):
                names = [each for each in known if _bound(each) in {*used, *within} or each.name == "numpy"]
            elif node.module == "__future__":
                names = known
            else:
                names = [each for each in known if _bound(each) in used or each.name == "*"]
            if names:
                self.kept_names |= {_bound(each) for each in names}
                node.names = names
                yield ast.unparse(node)


def _origins(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names that an import binds, and what each of them is called from its library on."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield _bound(alias), f"{node.module}.{alias.name}"
        else:
            yield _bound(alias), alias.name if alias.asname else _root(alias.name)


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _root(module: str) -> str:
    return module.partition(".")[0]


def _spaced(blocks: Iterable[str], parts: Iterable[tuple[bool, str]]) -> str:
    """Constants, which are marked, on lines that follow one another; two empty lines around definitions."""
    text = "\n\n".join(block for block in blocks if block)
    gap = "\n\n"
    for is_constant, part in parts:
        text += (gap if is_constant else "\n\n\n") + part
        gap = "\n" if is_constant else "\n\n\n"
    return f"{text}\n"
