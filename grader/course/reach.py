"""What of a module's text decides what some of its names do: their definitions, and all that these reach.

The text is read, never run. It comes back in one form, without comments and docstrings, so two modules that differ in
nothing else give the same. Names are followed through calls, constants, imports, classes, decorators and default
values, whatever scope they stand in: too much is reached rather than too little. What does something when the module is
imported belongs to every name, and so does all of a module that can look up its own names.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from grader.course.misconceptions import is_misconception, stands_in_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_Callable = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

#: With one of these a module may get at names that its text does not show.
_LOOKING_UP = frozenset(
    {"exec", "eval", "compile", "globals", "locals", "vars", "__import__", "__builtins__", "__file__", "__getattr__"}
    | {"importlib", "inspect", "gc", "linecache", "ctypes", "__init_subclass__", "__set_name__", "*"}
)
_LOOKING_UP_ATTRIBUTES = frozenset({"modules", "_getframe", "__subclasses__", "__globals__", "__init_subclass__"})
#: Calls and decorators that give something and do nothing else.
HARMLESS = frozenset(
    {"int", "float", "bool", "str", "complex", "list", "tuple", "dict", "set", "frozenset", "range", "len", "sorted"}
    | {"min", "max", "sum", "abs", "round", "zip", "enumerate", "TypeVar", "NewType", "namedtuple"}
    | {"array", "asarray", "zeros", "ones", "eye", "full", "empty", "arange", "linspace", "sqrt", "exp", "log"}
    | {"float64", "float32", "int64", "dtype", "finfo", "iinfo", "default_rng"}
    | {"staticmethod", "classmethod", "property", "cached_property", "cache", "lru_cache", "wraps", "dataclass"}
    | {"contextmanager", "overload", "abstractmethod", "total_ordering", "misconception"}
)
_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "popitem", "clear", "sort", "reverse", "update", "setdefault"}
    | {"add", "discard", "fill", "put", "resize", "write", "appendleft"}
)


def reached(source: str, roots: Collection[str]) -> str:
    """The text that decides what ``roots`` do. Raises SyntaxError.

    Misconceptions belong to what they stand in for.
    """
    return _statements(source).text(roots)


def looks_up_names(tree: ast.AST) -> bool:
    """Whether code may get at names of its module that its text does not show."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) if name in _LOOKING_UP:
                return True
            case ast.Attribute(attr=name) if name in _LOOKING_UP_ATTRIBUTES:
                return True
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                modules = {name.name.partition(".")[0] for name in names} | {getattr(node, "module", None) or ""}
                if not _LOOKING_UP.isdisjoint(modules):
                    return True
    return False


def swappable(source: str) -> frozenset[str]:
    """Definitions that can be put in the place of others of their names once the module has been imported.

    What is used while it is imported cannot: what was made with it would stay. Raises SyntaxError.
    """
    tree = ast.parse(source)
    if looks_up_names(tree):
        return frozenset()
    body = [node for node in tree.body if not (does_nothing(node) or is_misconception(node))]
    used = set[str]().union(*(names_within(part) for node in body for part in _run_on_import(node)))
    defined = {node.name: node for node in body if isinstance(node, _Definition)}
    waiting = list(used)
    while waiting:
        node = defined.get(waiting.pop())
        new = set[str]() if node is None else names_within(node) - used
        used |= new
        waiting += new
    return frozenset(name for name, node in defined.items() if name not in used and _all_harmless(node.decorator_list))


def names_within(node: ast.AST) -> set[str]:
    """Every name that stands in some code, in whatever scope."""
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            found.add(inner.id)
        elif isinstance(inner, ast.Global):
            found.update(inner.names)
    return found


def names_bound(node: ast.AST) -> set[str]:
    """Names that a statement of the top level binds, itself or in a branch; those of its scope alone."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {name.asname or name.name.partition(".")[0] for name in names}
    stored = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
    branches = (ast.stmt, ast.ExceptHandler, ast.match_case)
    return stored.union(*(names_bound(inner) for inner in ast.iter_child_nodes(node) if isinstance(inner, branches)))


class _Statements:
    """The statements of a module, looked at once however many names are followed."""

    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self._whole, self._keeps_docstrings = looks_up_names(tree), "__doc__" in source
        self._body = [node for node in tree.body if not does_nothing(node)]
        self._belonging: dict[str, list[ast.stmt]] = {}
        for node in self._body:
            for name in belongs_to(node):
                self._belonging.setdefault(name, []).append(node)
        self._of_all = list(_of_every_name(self._body, self._belonging))
        self._names = {node: names_within(node) | names_bound(node) for node in self._body}
        self._texts: dict[ast.stmt, str] = {}

    def text(self, roots: Collection[str]) -> str:
        found = set(self._body) if self._whole else self._reached(roots)
        return "\n".join(self._text(node) for node in self._body if node in found)

    def _reached(self, roots: Collection[str]) -> set[ast.stmt]:
        found: set[ast.stmt] = set()
        waiting = [*self._of_all, *(node for name in roots for node in self._belonging.get(name, ()))]
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += [other for name in self._names[node] for other in self._belonging.get(name, ())]
        return found

    def _text(self, node: ast.stmt) -> str:
        if node not in self._texts:
            self._texts[node] = ast.unparse(node if self._keeps_docstrings else _WithoutDocstrings().visit(node))
        return self._texts[node]


@lru_cache(maxsize=2)
def _statements(source: str) -> _Statements:
    return _Statements(source)


def _of_every_name(body: Iterable[ast.stmt], belonging: Mapping[str, list[ast.stmt]]) -> Iterator[ast.stmt]:
    """What does something when the module is imported, and what changes how it is read."""
    alone = {name: nodes[0] for name, nodes in belonging.items() if len(nodes) == 1}  # only these have a say in it
    wrappers = frozenset(name for name, node in alone.items() if _is_authors(node) or _only_wraps(node))
    for node in body:
        if _is_of_all(node) or (_acts(node) and not _is_wrapped(node, wrappers)):
            yield node


def belongs_to(node: ast.stmt) -> set[str]:
    """Names that a statement has a say in: those that it binds, and what it changes that others bind."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and is_misconception(node):
        return {node.name, stands_in_for(node)}
    return names_bound(node) | set(_changed(node))


def _changed(node: ast.AST) -> Iterator[str]:
    """Names of what code changes in place, or binds from within a function."""
    for inner in ast.walk(node):
        match inner:
            case ast.Global(names=names):
                yield from names
            case ast.Subscript(value=target, ctx=ast.Store() | ast.Del()):
                yield from _first_name(target)
            case ast.Attribute(value=target, ctx=ast.Store() | ast.Del()):
                yield from _first_name(target)
            case ast.AugAssign(target=target):
                yield from _first_name(target)
            case ast.Call(func=ast.Attribute(value=target, attr=method)) if method in _CHANGING:
                yield from _first_name(target)


def _first_name(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


# ── what happens on import ────────────────────────────────────────────────────────────────────────────────────────


def does_nothing(node: ast.stmt) -> bool:
    """Text, and what only a program does, which a module is not."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return True
        case ast.If(
            test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]),
            orelse=[],
        ):
            return True
    return False


def _is_of_all(node: ast.stmt) -> bool:
    """What changes how a module is read, and NumPy: wrong versions use it wherever the module has it."""
    match node:
        case ast.ImportFrom(module="__future__"):
            return True
        case ast.Import(names=names):
            return any(name.name == "numpy" for name in names)
    return False


def _acts(node: ast.stmt) -> bool:
    """Whether importing a statement may do more than bind its names."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return False
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return _may_act([*node.decorator_list, *_defaults(node)]) or not _all_harmless(node.decorator_list)
        case ast.ClassDef():
            outside = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
            plain = _all_harmless(node.decorator_list) and not node.keywords and not _may_act(outside)
            return not plain or any(map(_acts, node.body))
        case ast.Assign(targets=targets, value=value):
            return not all(map(_is_plain_target, targets)) or _may_act([value])
        case ast.AnnAssign(target=target, value=value):
            return not _is_plain_target(target) or _may_act([value] if value else [])
    return True


def _is_authors(node: ast.stmt) -> bool:
    """Whether it imports what :mod:`grader.author` has, which only wraps or marks what it decorates."""
    return isinstance(node, ast.ImportFrom) and node.module == "grader.author"


def _only_wraps(decorator: ast.stmt) -> bool:
    """Whether it is a function, and all that it does with another is to give one in its place, which runs later."""
    if not isinstance(decorator, ast.FunctionDef):
        return False
    match [statement for statement in decorator.body if not _is_text(statement)]:
        case [ast.FunctionDef(name=name, decorator_list=decorators) as inner, ast.Return(value=ast.Name(id=given))]:
            plain = _all_harmless(decorators) and not _may_act([*decorators, *_defaults(inner)])
            return given == name and plain and not decorator.decorator_list and not _may_act(_defaults(decorator))
    return False


def _is_wrapped(node: ast.stmt, wrappers: frozenset[str]) -> bool:
    """Whether it is a function whose decorators are such, or harmless."""
    if not isinstance(node, ast.FunctionDef) or _may_act([*node.decorator_list, *_defaults(node)]):
        return False
    return all(_called(each) in HARMLESS or _is_one_of(each, wrappers) for each in node.decorator_list)


def _is_one_of(decorator: ast.expr, wrappers: frozenset[str]) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id in wrappers


def _run_on_import(node: ast.stmt) -> Iterator[ast.AST]:
    """Code that runs when the module is imported; that of functions runs later."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from (*node.decorator_list, *_defaults(node))
        case ast.ClassDef():
            yield from (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords))
            for inner in node.body:
                yield from _run_on_import(inner)
        case _:
            yield node


def _defaults(node: _Callable) -> list[ast.expr]:
    return [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]


def _is_plain_target(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_is_plain_target, target.elts))
    return isinstance(target, ast.Name)


def _all_harmless(decorators: Iterable[ast.expr]) -> bool:
    return all(_called(each) in HARMLESS for each in decorators)


def _may_act(expressions: Iterable[ast.expr]) -> bool:
    doing = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
    return any(
        isinstance(node, doing) or (isinstance(node, ast.Call) and _called(node) not in HARMLESS)
        for expression in expressions
        for node in ast.walk(expression)
    )


def _called(node: ast.expr) -> str:
    match node:
        case ast.Call(func=function):
            return _called(function)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


# ── as text ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _WithoutDocstrings(ast.NodeTransformer):
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, _Definition):
            node.body = [each for each in node.body if not _is_text(each)] or [ast.Pass()]
        return node


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
