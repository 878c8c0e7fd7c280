"""What of an assignment's files students are given to practise on, and how much of the solution that would tell.

The assignment goes without what only its author needs. Of ``properties.py`` goes what public laws reach: no strategy,
nothing of Hypothesis, no comment. Helpers stand in the exercises already. What goes is readable, so it must hold no
statement of the reference, nor what one of them works out within anything else: ``W @ x + b`` of ``return W @ x + b``.
Both are compared in the form that Python's own printer gives them. What works nothing out (``return h``,
``T = len(xs)``, ``n += 1``) is nobody's secret, nor is a single operation outside of its statement.
"""

from __future__ import annotations

import ast
from symtable import symtable
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.course.reach import names_bound, reached
from grader.records.assignment import Cases
from grader.records.bar import Bar
from grader.records.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path
    from symtable import SymbolTable

    from grader.course.find import AssignmentFiles
    from grader.records.assignment import Assignment, Exercise

DRAWS = "hypothesis"  # which no student needs
_LARGEST = 1 << 20  # bytes that are looked at of a file that is handed out

#: Calls that work nothing out: they make room, look at a shape, or take a value in another form.
_PLAIN = frozenset(
    {"len", "range", "enumerate", "zip", "reversed", "int", "float", "bool", "str", "list", "tuple", "dict", "set"}
    | {"isinstance", "print", "super", "iter", "next", "repr", "format", "join", "append", "items", "keys", "values"}
    | {"array", "asarray", "zeros", "ones", "empty", "full", "zeros_like", "ones_like", "empty_like", "full_like"}
    | {"copy", "reshape", "astype", "shape", "default_rng", "misconception"}
)

_OPERATIONS = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call)
_INVOLVED = 2  # operations of an expression that is looked for outside of its statement


class Laws(NamedTuple):
    """The text that public laws need, the ``names`` of these, and those that cannot go, as they use Hypothesis."""

    text: str
    names: tuple[str, ...]
    drawing: tuple[str, ...]


def public_assignment(assignment: Assignment) -> Assignment:
    """The assignment as students have it: nothing of how cases are drawn, found or audited."""
    exercises = tuple(map(_public, assignment.exercises))
    return replace(assignment, exercises=exercises, seed=0, draw=0, due=None, audit=Bar())


def _public(exercise: Exercise) -> Exercise:
    return replace(
        exercise,
        cases=Cases(public=exercise.cases.public, hidden=0),
        examples=(),
        raises=tuple(replace(check, inputs=({},) * len(check.each)) for check in exercise.raises),
        outputs={name: replace(output, drawn_from="") for name, output in exercise.outputs.items()},
        waive=(),
    )


def public_laws(files: AssignmentFiles, assignment: Assignment) -> Laws:
    """What public laws need of ``properties.py``. Raises SyntaxError."""
    names = tuple(dict.fromkeys(law.check for exercise in assignment.exercises for law in exercise.properties))
    if not names:
        return Laws("", (), ())
    body = ast.parse(files.properties_text()).body
    drawing = _drawing(body)
    left = [node for node in body if drawing.isdisjoint(_needs(node) | names_bound(node))]
    text = reached("\n".join(map(ast.unparse, left)), names)
    return Laws(f"{text}\n", names, tuple(name for name in names if name in drawing))


def _drawing(body: Iterable[ast.stmt]) -> set[str]:
    """Names that stand for something of Hypothesis, or for what uses it."""
    found: set[str] = {DRAWS}
    for node in body:
        modules = {alias.name for alias in node.names} if isinstance(node, ast.Import) else {""}
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if any(name.partition(".")[0] == DRAWS for name in (*modules, module)):
            found |= names_bound(node)
    while True:
        more = {name for node in body if not found.isdisjoint(_needs(node)) for name in names_bound(node)}
        if more <= found:
            return found
        found |= more


def _needs(node: ast.stmt) -> set[str]:
    """Names that a statement takes from its module: a variable of a law may be called as a strategy is."""

    def within(table: SymbolTable) -> set[str]:
        outermost = table.get_type() == "module"
        own = {
            each.get_name() for each in table.get_symbols() if each.is_global() or (outermost and each.is_referenced())
        }
        return own.union(*map(within, table.get_children()))

    return within(symtable(ast.unparse(node), "properties.py", "exec"))


# ── statements of the solution ────────────────────────────────────────────────────────────────────────────────────


def solution_told(files: AssignmentFiles, assignment: Assignment) -> list[Mistake]:
    """Where laws and helpers, which students are given, hold a statement of the reference."""
    secret = secret_statements(files, assignment)
    told = []
    try:
        laws = telling(public_laws(files, assignment).text)
        whole = telling(files.properties_text())
    except SyntaxError:
        return []  # which is told elsewhere
    told += [(files.properties, whole.get(text, 0), text) for text in laws if text in secret]
    for text, line in _helpers(files, assignment).items():
        told += [(files.helpers, line, text)] if text in secret else []
    by_line = {(path, line): text for path, line, text in reversed(told)}  # a statement, rather than what is in it
    told = [(path, line, text) for path, line, text in told if by_line[path, line] == text]
    return [
        Mistake(
            str(path),
            line,
            1 if line else 0,
            "",
            f"holds a statement of the reference, `{_short(text)}`, and students are given this to practise on "
            "(grade release): say it in another way",
        )
        for path, line, text in told
    ]


def _helpers(files: AssignmentFiles, assignment: Assignment) -> Mapping[str, int]:
    used = dict.fromkeys(text for exercise in assignment.exercises for text in telling(exercise.helpers))
    if not used:
        return {}
    whole = telling(files.helpers.read_text(encoding="utf-8"))
    return {text: whole.get(text, 0) for text in used}


def secret_statements(files: AssignmentFiles, assignment: Assignment) -> frozenset[str]:
    """Statements of the reference, and of its misconceptions, that neither template nor handout nor a ``run`` holds.

    And what they work out, as expressions. None where a text is no Python, which is told elsewhere.
    """
    taken = files.read_reference()
    public = [path.read_bytes()[:_LARGEST].decode("utf-8", "replace") for path in _handed_out(files)]
    known: set[str] = set()
    for text in (*public, *(exercise.run for exercise in assignment.exercises)):
        known.update(_read(telling, text))
    found = {statement for text in taken.files.values() for statement in _read(_own, text)}
    packed = [without_spaces(text) for text in public]
    return frozenset(each for each in found - known if not any(without_spaces(each) in text for text in packed))


def _handed_out(files: AssignmentFiles) -> Iterator[Path]:
    yield from (path for path in sorted(files.template.rglob("*")) if path.is_file())
    yield from (path for path in [files.handout] if path.is_file())


def _read(read: Callable[[str], Collection[str]], text: str) -> Collection[str]:
    try:
        return read(text)
    except (SyntaxError, ValueError):
        return ()


def without_spaces(text: str) -> str:
    """A text as it is searched for code, however that is laid out."""
    return "".join(text.split())


def telling(source: str) -> dict[str, int]:
    """The statements of a source, and all expressions within, that work something out, in one form, with their lines.

    Raises SyntaxError.
    """
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and (text := _telling(node)):
            found.setdefault(text, node.lineno)
        elif isinstance(node, ast.expr) and _is_involved(node):
            found.setdefault(ast.unparse(node), node.lineno)
    return found


def _own(source: str) -> set[str]:
    """The statements of a source that work something out, and what they give or set. Raises SyntaxError."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt) and (text := _telling(node)):
            found |= {text, *map(ast.unparse, filter(_is_involved, _values(node)))}
    return found


def _values(node: ast.stmt) -> Iterator[ast.expr]:
    match node:
        case ast.Return(value=ast.Tuple(elts=values)) | ast.Assign(value=ast.Tuple(elts=values)):
            yield from values
        case ast.Return(value=ast.expr() as value) | ast.Assign(value=value) | ast.AugAssign(value=value):
            yield value
        case ast.AnnAssign(value=ast.expr() as value):
            yield value


def _is_involved(node: ast.expr) -> bool:
    """Whether an expression is of two operations or more, and works something out: fewer are written by chance."""
    operations = [each for each in ast.walk(node) if isinstance(each, _OPERATIONS)]
    return len(operations) >= _INVOLVED and any(map(_is_work, operations))


def _telling(node: ast.stmt) -> str:
    """A statement in one form, of one that holds others its head; empty where that tells nothing."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.ImportFrom():
            return ""  # what is promised, which a template says as well
        case ast.Raise() | ast.Assert() | ast.Try() | ast.Match():
            return ""
        case ast.If(test=head) | ast.While(test=head):
            return ast.unparse(head) if _works_out(head) else ""
        case ast.For(target=target, iter=head) | ast.AsyncFor(target=target, iter=head):
            return f"for {ast.unparse(target)} in {ast.unparse(head)}" if _works_out(head) else ""
        case ast.With() | ast.AsyncWith():
            return ""
    return ast.unparse(node) if _works_out(node) else ""


def _works_out(node: ast.AST) -> bool:
    return any(map(_is_work, ast.walk(node)))


def _is_work(node: ast.AST) -> bool:
    """Whether an operation is more than counting on, looking whether something is there, or making room."""
    match node:
        case ast.BinOp(left=left, right=right):
            return not (_is_constant(left) or _is_constant(right))
        case ast.AugAssign(value=value):
            return not _is_constant(value)
        case ast.Compare(left=left, comparators=others):
            return not any(map(_is_constant, (left, *others)))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name not in _PLAIN
    return False


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
