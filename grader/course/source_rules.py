"""Whether code is written as an exercise asks: its functions, and the helpers of the module that they reach.

Functions that other exercises ask for are not followed: those have rules of their own. A rule is one on style and no
wall: who wants to hide a name from a text can. Looking names up while the code runs is a breach where words are
forbidden: ``exec``, ``eval``, ``__import__``, ``globals``, and ``getattr`` of a module by what is no plain text.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from grader.course.snippet import asked_names, needed_names
from grader.course.source_text import LONGEST, Function, Names, Piece, UnreadableError, Written, modules_of, names_in
from grader.course.source_words import CONSTRUCTS, RECURSION, canonical
from grader.records.breaches import Breach, SourceBroken
from grader.records.lines import source_lines
from grader.records.run import Frame

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from grader.course.source_text import ModuleText
    from grader.records.assignment import Assignment, Exercise
    from grader.records.run import Submission
    from grader.records.source_rules import SourceRules

_LOOKING_UP = ("exec", "eval", "compile", "__import__", "globals", "vars")
_LOOKED_UP = frozenset({*(f"builtins.{name}" for name in _LOOKING_UP), "importlib"})
_KIND: dict[type, str] = {node: word for word, nodes in CONSTRUCTS.items() for node in nodes}


def source_broken(assignment: Assignment, submission: Submission) -> dict[str, SourceBroken]:
    """The rules on the source that a submission breaks, by exercise; exercises that it keeps to are left out."""
    ruled = [exercise for exercise in assignment.exercises if exercise.source is not None]
    if not ruled or submission.module not in submission.files:
        return {}
    modules = dict(modules_of(submission))
    asked = asked_names(assignment)
    found = {each.id: _breaches(each, modules, asked - needed_names(each)) for each in ruled}
    reasons = {each.id: each.source.because for each in ruled if each.source is not None}
    return {
        name: SourceBroken(submission.module, breaches, reasons[name]) for name, breaches in found.items() if breaches
    }


def _breaches(exercise: Exercise, modules: Mapping[str, ModuleText], others: Collection[str]) -> tuple[Breach, ...]:
    assert exercise.source is not None
    reading = _Reading(modules, others)
    try:
        reading.follow(needed_names(exercise))
        if not (reading.lines or reading.names):  # nothing shows it: is it put there by a name that is looked up?
            reading.look_through_all()
            return tuple(breach for breach in _broken(exercise.source, reading) if breach.kind == "looked_up")
    except (UnreadableError, RecursionError, MemoryError):
        return (Breach("unreadable"),)
    return tuple(_broken(exercise.source, reading))


def _broken(rules: SourceRules, reading: _Reading) -> Iterator[Breach]:
    for word in rules.forbid:
        if places := reading.places_of(word):
            yield Breach("forbidden", word, places[0], len(places))
    if rules.forbid:
        for name in sorted(reading.looked_up):
            yield Breach("looked_up", name, reading.looked_up[name])
    for word in rules.require:
        if not reading.places_of(word):
            yield Breach("lacking", word)
    limit = rules.at_most.lines
    if limit is not None and len(reading.lines) > limit:
        yield Breach("too_long", count=len(reading.lines), limit=limit)


@dataclass(eq=False)
class _Reading:
    """What is found in all that an exercise reaches: where each word stands, and on which lines there is code."""

    modules: Mapping[str, ModuleText]
    others: Collection[str]
    words: dict[str, list[Frame]] = field(default_factory=dict)  # kinds of code, ``.name``
    names: dict[str, list[Frame]] = field(default_factory=dict)  # what names stand for
    looked_up: dict[str, Frame] = field(default_factory=dict)
    lines: set[tuple[str, int]] = field(default_factory=set)
    calls: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)
    _done: set[ast.AST] = field(default_factory=set)
    _texts: dict[str, list[str]] = field(default_factory=dict)

    def follow(self, roots: Iterable[str]) -> None:
        """Look through what these names of the main module reach: every statement once, as texts are hostile."""
        waiting = [("", name) for name in sorted(roots)]
        while waiting:
            key = waiting.pop()
            if key in self.calls:
                continue
            self.calls[key] = set()
            module = self.modules[key[0]]
            for written in module.deciding(key[1]):
                if written.node not in self._done and not isinstance(written.node, ast.Import | ast.ImportFrom):
                    self._done.add(written.node)
                    self.calls[key].update(self._look_through(written, module))
            self.calls[key].update(self._imported(key[1], module))
            waiting += sorted(self.calls[key])

    def look_through_all(self) -> None:
        """Look through the whole main module."""
        module = self.modules[""]
        for written in module.statements:
            for _ in self._look_through(written, module):
                pass  # what it reaches is in there as well, or in no text

    def _imported(self, name: str, module: ModuleText) -> list[tuple[str, str]]:
        """Where a name leads to that is imported, alone or with all else."""
        meant, deciding = module.meant(name), module.deciding(name)
        kept = bool(deciding) and not isinstance(deciding[0].node, ast.Import | ast.ImportFrom)
        if kept or not meant or meant.startswith((":", "builtins.")):
            return []
        place = deciding[0].piece.frame(deciding[0].node.lineno) if deciding else Frame(module.path, 1, "")
        return list(self._name(meant, place, Names(module)))

    def places_of(self, word: str) -> list[Frame]:
        """Where a word of an author's stands."""
        name = canonical(word)
        if word == RECURSION:
            return [*self.words.get(RECURSION, ()), *self._in_circles()]
        if name in CONSTRUCTS or name.startswith("."):
            return self.words.get(name, [])
        return [place for found, places in self.names.items() if _is_in(found, name) for place in places]

    def _look_through(self, written: Written, module: ModuleText) -> Iterator[tuple[str, str]]:
        """Note what stands in a statement. Yields module and name of what it reaches."""
        node, piece = written
        self._count(node, piece)
        parts = node.body if isinstance(node, ast.ClassDef) else [node]
        for part in parts:
            yield from self._within(part, piece, names_in(module, part))
        if isinstance(node, ast.ClassDef):
            self._note(node, piece)
            outside = [*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)]
            for each in outside:
                yield from self._within(each, piece, Names(module))

    def _within(self, part: ast.AST, piece: Piece, names: Names) -> Iterator[tuple[str, str]]:
        said: set[ast.AST] = set()  # annotations, and names within a dotted one
        for function in _calling_themselves(part):
            self.words.setdefault(RECURSION, []).append(piece.frame(function.lineno))
        for node in ast.walk(part):
            said.update(_annotations(node))
            if node in said:
                said.update(ast.iter_child_nodes(node))
                continue
            self._note(node, piece)
            if isinstance(node, ast.Name | ast.Attribute | ast.Call) and (found := names.dotted(node)):
                said.update(_chain(node))
                yield from self._name(found, piece.frame(node.lineno), names)
            elif isinstance(node, ast.Attribute):
                self.words.setdefault(f".{node.attr}", []).append(piece.frame(node.lineno))
            elif isinstance(node, ast.Call):
                self._look_up(node, piece, names)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                for each in node.names:
                    base = f"{node.module}." if isinstance(node, ast.ImportFrom) and node.module else ""
                    yield from self._name(f"{base}{each.name}", piece.frame(node.lineno), names)

    def _name(self, found: str, place: Frame, names: Names) -> Iterator[tuple[str, str]]:
        """Note what a name stands for. Yields where it leads to among the modules that were handed in."""
        own, _, _ = found.removeprefix(":").partition(".")
        if found.startswith(":"):
            self.names.setdefault(f":{own}", []).append(place)
            if names.module.name or own not in self.others:
                yield names.module.name, own
            return
        module, _, name = ".".join(found.split(".")[:LONGEST]).rpartition(".")
        while module:
            if module in self.modules and module.partition(".")[0] != "numpy":  # which is loaded before any file is
                yield self.modules[module].name, name.partition(".")[0]
                return
            module, _, rest = module.rpartition(".")
            name = f"{rest}.{name}"
        self.names.setdefault(found, []).append(place)
        for looking in _LOOKED_UP:
            if _is_in(found, looking):
                self.looked_up.setdefault(looking.rpartition(".")[2], place)

    def _look_up(self, node: ast.Call, piece: Piece, names: Names) -> None:
        match node:
            case ast.Call(func=ast.Name(id="getattr"), args=[module, *_]):
                meant = names.dotted(module)
                if meant and not meant.startswith((":", "builtins.")):
                    self.looked_up.setdefault("getattr", piece.frame(node.lineno))

    def _note(self, node: ast.AST, piece: Piece) -> None:
        """Note which kind of code a node is."""
        kinds = (type(node), type(getattr(node, "op", node)))
        for word in dict.fromkeys(_KIND[kind] for kind in kinds if kind in _KIND):
            if not isinstance(node, ast.operator):  # which has no place of its own
                self.words.setdefault(word, []).append(piece.frame(getattr(node, "lineno", 0)))

    def _in_circles(self) -> list[Frame]:
        """A function that is reached by what it calls."""
        try:
            TopologicalSorter({one: others - {one} for one, others in self.calls.items()}).prepare()
        except CycleError as error:
            module, name = error.args[1][0]
            first = self.modules[module].deciding(name)[0]
            return [first.piece.frame(first.node.lineno)]
        return []

    def _count(self, node: ast.stmt, piece: Piece) -> None:
        """Note the lines that hold code: none that are empty, comments or docstrings."""
        texts: set[int] = set()
        for inner in ast.walk(node):
            match inner:
                case ast.Expr(value=ast.Constant(value=str()), lineno=first, end_lineno=int(last)):
                    texts.update(range(first, last + 1))
        decorators = getattr(node, "decorator_list", [])
        begin = min([node.lineno, *(each.lineno for each in decorators)])
        if piece.name not in self._texts:
            self._texts[piece.name] = source_lines(piece.text)
        for number in range(begin, (node.end_lineno or node.lineno) + 1):
            line = self._texts[piece.name][number - 1].strip()
            if line and not line.startswith("#") and number not in texts:
                self.lines.add((piece.name, number))


def _is_in(found: str, name: str) -> bool:
    """Whether what a name stands for is this, or something in it."""
    return found == name or found.startswith(f"{name}.")


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
