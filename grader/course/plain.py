"""Whether a module of a submission is plain: all that its functions do to one another stands in its text.

It says yes only to what it knows, and to nothing that it does not: whoever asks does more work after a no, and gives a
wrong answer after a wrong yes.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from grader.course.not_plain import READERS, SETTING, formats_more, is_refused, is_special, readers_of
from grader.course.reach import HARMLESS, does_nothing, names_bound, names_within

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

#: Libraries that keep nothing from one call to the next, but for what is named below. Of chance every job starts anew.
_LIBRARIES: Final = frozenset(
    {"__future__", "abc", "cmath", "collections", "copy", "dataclasses", "enum", "fractions", "functools", "itertools"}
    | {"math", "numbers", "numpy", "operator", "random", "scipy", "statistics", "typing"}
)
#: Methods that Python calls where the text shows it.
_METHODS: Final = frozenset(
    f"__{name}__"
    for name in (
        *("init", "post_init", "call", "repr", "str", "len", "iter", "next", "getitem", "contains", "enter", "exit"),
        *("eq", "ne", "lt", "le", "gt", "ge", "bool", "float", "int", "neg", "pos", "abs"),
        *("add", "radd", "sub", "rsub"),
        *("mul", "rmul", "matmul", "rmatmul", "truediv", "rtruediv", "floordiv", "mod", "pow", "rpow"),
    )
)
#: Not "classmethod": it is given the class, and may hand it to a method that takes it for one of its objects.
_DECORATORS: Final = frozenset({"staticmethod", "property", "dataclass", "abstractmethod"})
#: Calls of constants that give what cannot be changed.
_FIXED: Final = frozenset({"int", "float", "bool", "str", "complex", "finfo", "iinfo", "TypeVar", "NewType"})
_REFUSED = ast.Global | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await
_Function = ast.FunctionDef


def is_plain(tree: ast.Module, own: Collection[str], data: Collection[str] = ()) -> bool:
    """Whether nothing happens but what the text shows; ``own`` modules and ``data`` files are what was handed in."""
    body = [node for node in tree.body if not does_nothing(node)]
    text = _Text(body, frozenset(data))
    return all(map(text.only_binds, body)) and all(text.allows(node, own) for node in text.nodes)


def held_values(tree: ast.Module) -> frozenset[str]:
    """Names of a plain module whose values can be changed, and of functions and classes that have such ones."""
    text = _Text([node for node in tree.body if not does_nothing(node)])
    return text.held


@dataclass(frozen=True)
class _Text:
    """The statements of a module, and the files that it may read."""

    body: list[ast.stmt]
    data: frozenset[str] = frozenset()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All that the statements are made of."""
        return [inner for node in self.body for inner in ast.walk(node)]

    @cached_property
    def imported(self) -> frozenset[str]:
        """Names that imports bind, in whatever scope."""
        return frozenset[str]().union(
            *(names_bound(node) for node in self.nodes if isinstance(node, ast.Import | ast.ImportFrom))
        )

    @cached_property
    def bound(self) -> frozenset[str]:
        """Names that the module binds but by imports."""
        return frozenset[str]().union(
            *(names_bound(node) for node in self.body if not isinstance(node, ast.Import | ast.ImportFrom))
        )

    @cached_property
    def classes(self) -> frozenset[str]:
        """Names of its classes."""
        return frozenset(node.name for node in self.body if isinstance(node, ast.ClassDef))

    @cached_property
    def held(self) -> frozenset[str]:
        """As :func:`held_values` says."""
        held: set[str] = set()
        for node in self.body:  # in their order: what a value is made of stands above it
            if not all(self._is_fixed(value, held) for value in _values(node)):
                held |= names_bound(node)
        return frozenset(held)

    # ── what happens on import ────────────────────────────────────────────────────────────────────────────────────

    def only_binds(self, node: ast.stmt, *, in_class: bool = False) -> bool:
        """Whether importing a statement does no more than bind its names."""
        match node:
            case ast.Import() | ast.ImportFrom():
                return not in_class
            case ast.ClassDef():
                return not in_class and self._is_plain_class(node)
            case ast.FunctionDef(decorator_list=decorators):
                binds = self._decorated(decorators, in_class=in_class)
            case ast.Assign(targets=targets):
                binds = all(map(_is_plain_target, targets))
            case _:
                binds = isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        return binds and all(map(self._does_nothing, _values(node)))

    def _is_plain_class(self, node: ast.ClassDef) -> bool:
        simple = not node.keywords and all(isinstance(base, ast.Name) for base in node.bases)
        inside = [each for each in node.body if not does_nothing(each)]
        decorated = self._decorated(node.decorator_list, in_class=True)
        return simple and decorated and all(self.only_binds(each, in_class=True) for each in inside)

    def _decorated(self, decorators: Collection[ast.expr], *, in_class: bool) -> bool:
        names = [each.id if isinstance(each, ast.Name) else "" for each in decorators]
        return not names or (in_class and _DECORATORS.issuperset(names) and self.bound.isdisjoint(names))

    def _does_nothing(self, value: ast.expr) -> bool:
        """Whether it is worked out without running anything that the module defines."""
        return all(
            not isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom)
            and (not isinstance(node, ast.Call) or self._is_harmless(node))
            for node in _worked_out(value)
        )

    def _is_harmless(self, call: ast.Call) -> bool:
        match call.func:
            case ast.Name(id=name):
                known = name in HARMLESS and name not in self.bound
            case ast.Attribute(attr=name) as way:
                known = name in HARMLESS and _root(way) in self.imported - self.bound
            case _:
                return False
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        functions = {node.name for node in self.body if isinstance(node, _Function | ast.ClassDef)}
        lambdas = any(isinstance(node, ast.Lambda) for each in given for node in ast.walk(each))
        return known and not lambdas and all(functions.isdisjoint(names_within(each)) for each in given)

    # ── what may happen later ─────────────────────────────────────────────────────────────────────────────────────

    def allows(self, node: ast.AST, own: Collection[str]) -> bool:
        """Whether a node, of whatever scope, is known to keep to what its function was given and has made."""
        match node:
            case ast.Import() | ast.ImportFrom():
                return self._allows_import(node, own)
            case ast.Name():
                return self._allows_name(node)
            case ast.Attribute():
                return self._allows_attribute(node)
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                return _root(node) not in self.imported | self.bound or _root(node) in self.held
            case ast.FunctionDef(name=name):
                return not name.startswith("__") or name in _METHODS
            case ast.ClassDef():
                return node in self.body
        return not isinstance(node, _REFUSED)

    def _allows_name(self, node: ast.Name) -> bool:
        reads = node.id in READERS and node.id in self.imported
        known = node.id not in self.classes or node in self._classes_made
        return known and not is_special(node.id) and (not reads or node in self._reading)

    def _allows_import(self, node: ast.Import | ast.ImportFrom, own: Collection[str]) -> bool:
        words = {name.name for name in node.names}
        if isinstance(node, ast.Import):
            return all(self._may_import(word, own) for word in words)
        if any(name.asname is not None and name.name in READERS for name in node.names):
            return False  # which would not be known by its name
        known = bool(node.level) or self._may_import(node.module or "", own)
        library = not node.level and (node.module or "").partition(".")[0] in _LIBRARIES
        return known and not any(word == "*" or is_refused(word, of_library=library) for word in words)

    def _may_import(self, name: str, own: Collection[str]) -> bool:
        first, *rest = name.split(".")
        library = first in _LIBRARIES
        return (library or first in own) and not any(is_refused(word, of_library=library) for word in rest)

    def _allows_attribute(self, node: ast.Attribute) -> bool:
        if node.attr in SETTING or formats_more(node) or not self._allows_private(node):
            return False
        if node.attr in READERS and node not in self._reading:
            return False
        if isinstance(node.value, ast.Name) and node.value.id in self.classes:
            return False  # which would take any object for its own
        return isinstance(node.ctx, ast.Load) or node in self._of_instances

    def _allows_private(self, node: ast.Attribute) -> bool:
        """Whether an attribute that begins with an underscore is one of the module's own classes."""
        if node.attr.startswith("__"):
            return node.attr == "__init__"
        return not node.attr.startswith("_") or (node.attr in self._private and _root(node) not in self.imported)

    @cached_property
    def _private(self) -> frozenset[str]:
        """Attributes that its classes define, or methods set of their objects."""
        classes = [node for node in self.body if isinstance(node, ast.ClassDef)]
        defined = (names_bound(each) for node in classes for each in node.body)
        stored = (each.attr for each in self._of_instances if isinstance(each.ctx, ast.Store))
        return frozenset[str](stored).union(*defined)

    @cached_property
    def _reading(self) -> frozenset[ast.AST]:
        """Where something is called that reads files, and is given one that was handed in."""
        return frozenset(found for node in self.nodes for found in readers_of(self.data, node))

    @cached_property
    def _of_instances(self) -> frozenset[ast.Attribute]:
        """Attributes that methods set of their own objects."""
        methods = (
            method
            for node in self.body
            if isinstance(node, ast.ClassDef)
            for method in node.body
            if isinstance(method, _Function) and not method.decorator_list
        )
        return frozenset(found for method in methods for found in _set_of_its_object(method))

    @cached_property
    def _classes_made(self) -> frozenset[ast.AST]:
        """Where a name may be that of a class: it is called, raised, caught, a base, or a type."""
        return frozenset(found for node in self.nodes for found in _used_as_class(node))

    # ── what can be changed ───────────────────────────────────────────────────────────────────────────────────────

    def _is_fixed(self, value: ast.expr, held: Collection[str]) -> bool:
        """Whether it cannot be changed, nor anything that it holds."""
        match value:
            case ast.Attribute(value=ast.Call() as call):
                return self._is_fixed(call, held)
            case ast.Attribute() | ast.Subscript():
                root = _root(value)
                return root in self.imported - self.bound or root in vars(builtins).keys() - self.bound
            case ast.Name(id=name):
                return name not in held
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=[]) if name not in _FIXED:
                return False
        items = _made_of(value)
        return items is not None and all(self._is_fixed(each, held) for each in items)


def _made_of(value: ast.expr) -> Sequence[ast.expr] | None:
    """What a value cannot be changed but in; None if it can be itself."""
    match value:
        case ast.Constant():
            return []
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.Tuple(elts=items) | ast.Call(func=ast.Name() | ast.Attribute(), args=items, keywords=[]):
            return items
        case ast.Lambda(args=arguments):
            return _defaults(arguments)
    return None


def _worked_out(value: ast.expr) -> Iterator[ast.AST]:
    """The nodes of an expression but for bodies of lambdas, which are run when they are called."""
    waiting: list[ast.AST] = [value]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _defaults(node.args) if isinstance(node, ast.Lambda) else ast.iter_child_nodes(node)


def _values(node: ast.stmt) -> Iterator[ast.expr]:
    """What is worked out when a statement is imported, but for decorators and bases."""
    match node:
        case ast.FunctionDef(args=arguments):
            yield from _defaults(arguments)
            given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            yield from (each.annotation for each in given if each is not None and each.annotation is not None)
            yield from [node.returns] if node.returns is not None else []
        case ast.ClassDef(body=body):
            for inner in body:
                yield from _values(inner)
        case ast.Assign(value=value):
            yield value
        case ast.AnnAssign(annotation=annotation, value=value):
            yield annotation
            yield from [value] if value is not None else []


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default is not None)]


def _is_plain_target(target: ast.expr) -> bool:
    items = target.elts if isinstance(target, ast.Tuple) else [target]
    return all(isinstance(each, ast.Name) for each in items)


def _root(node: ast.expr) -> str:
    """The name at which a chain of attributes and items begins; empty if it does not begin at one."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _set_of_its_object(method: ast.FunctionDef) -> Iterator[ast.Attribute]:
    """Attributes of its first parameter that a method sets, if that name is nothing else anywhere in it."""
    first = next(iter([*method.args.posonlyargs, *method.args.args]), None)
    if first is None:
        return
    nodes = list(ast.walk(method))
    again = any(isinstance(node, ast.arg) and node.arg == first.arg and node is not first for node in nodes)
    name = first.arg
    if again or any(isinstance(node, ast.Name) and node.id == name and not _is_read(node) for node in nodes):
        return
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=found)) if found == name:
                yield node


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _used_as_class(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=called):
            yield called
        case ast.Raise(exc=ast.expr() as raised):
            yield raised
        case ast.ExceptHandler(type=ast.expr() as caught):
            yield from ast.walk(caught)
        case ast.ClassDef(bases=bases):
            yield from bases
        case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
            yield from ast.walk(annotation)
        case ast.FunctionDef(returns=ast.expr() as returns):
            yield from ast.walk(returns)
