"""What of a submission's text decides what each of several names does, where the text shows all of it.

That is more than :mod:`grader.course.reach` asks of a reference, which is trusted: exercises of a submission run in one
process, and what one leaves there another may find. So a text is *plain* only if its modules do nothing when they are
imported but define functions, classes and values, import libraries that keep no state, and nowhere look names up,
rebind globals or change what they have not made. Of any other text nothing is said, and everything may matter.

Values that can be changed (an array, a list as a default) may carry something from one exercise to another. Exercises
that reach the same one depend on all that any of them reaches.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from grader.course.plain import held_values, is_plain
from grader.course.reach import does_nothing, names_bound, names_within
from grader.records.lines import source_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from grader.records.run import Submission

    _Reached = Mapping[str, frozenset["_Statement"]]


LONGEST = 64 << 10  # characters of all modules together: what takes as long to look through is run as fast


class Dependence(NamedTuple):
    """By whoever asked: ``texts`` is what decides what its names do, ``places`` the same as it stands, line by line.

    ``holding`` are those that reach a value which can be changed.
    """

    texts: Mapping[str, str]
    places: Mapping[str, str]
    holding: frozenset[str]


def dependence(
    submission: Submission, asked: Mapping[str, Collection[str]], more: Mapping[str, Collection[str]] | None = None
) -> Dependence | None:
    """What decides what names of the main module do, by whoever ``asked`` for them; None if the text is not plain.

    ``more`` are names of which the same is to be known, and which nobody asks for beside the others.
    """
    if sum(map(len, submission.files.values())) > LONGEST:
        return None
    try:
        module = _plain_module(submission)
        if module is None:
            return None
        reached = {who: module.reached(names) for who, names in asked.items()}
        others = {who: module.reached(names) for who, names in (more or {}).items()}
        return _together(module, reached, others, repr(submission.cells))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # of a text that Python refuses, or of a hostile one
        return None


def _plain_module(submission: Submission) -> _Module | None:
    own = frozenset(PurePosixPath(path).parts[0].removesuffix(".py") for path in submission.files)
    trees = {path: _parsed(text) for path, text in submission.files.items()}
    plain = all(is_plain(tree, own, submission.data) for tree in trees.values())
    if submission.module not in trees or not plain:
        return None
    main = trees.pop(submission.module)
    if any(map(held_values, trees.values())):
        return None
    lines = source_lines(submission.files[submission.module])
    return _Module(
        body=tuple(_Statement(node, lines) for node in main.body if not does_nothing(node)),
        held=held_values(main),
        own=frozenset({".", *own}),
        others=repr(sorted((path, submission.files[path]) for path in trees)),
        in_package="/" in submission.module,
    )


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of literals that a student wrote
        return ast.parse(text)


@lru_cache(maxsize=1000)  # of what is saved again and again most is as it was, and to write a tree as text is slow
def _in_one_form(text: str) -> str:
    return ast.unparse(_parsed(text))


@dataclass(frozen=True, eq=False)
class _Statement:
    """One of the top level, and what is read of it: once, however many reach it."""

    node: ast.stmt
    lines: Sequence[str]

    @cached_property
    def bound(self) -> set[str]:
        """Names that it binds."""
        return names_bound(self.node)

    @cached_property
    def names(self) -> set[str]:
        """Names that stand in it, in whatever scope."""
        return names_within(self.node)

    @cached_property
    def text(self) -> str:
        """It in one form, without comments."""
        if self.node.col_offset or self._decorators:  # it may begin in a line of which the beginning is another's text
            return ast.unparse(self.node)
        *before, last = self.lines[self.node.lineno - 1 : self.node.end_lineno]
        return _in_one_form("\n".join([*before, last.encode()[: self.node.end_col_offset].decode()]))

    @cached_property
    def place(self) -> str:
        """It as it stands, after the number of its first line."""
        first = min([self.node.lineno, *(each.lineno for each in self._decorators)])
        return "\n".join([str(first), *self.lines[first - 1 : self.node.end_lineno]])

    @property
    def _decorators(self) -> Sequence[ast.expr]:
        return self.node.decorator_list if isinstance(self.node, ast.FunctionDef | ast.ClassDef) else ()

    @cached_property
    def imported(self) -> set[str]:
        """The first words of what is imported anywhere in it; a dot for what lies beside the module."""
        found: set[str] = set()
        for inner in ast.walk(self.node):
            match inner:
                case ast.Import(names=names):
                    found |= {name.name.partition(".")[0] for name in names}
                case ast.ImportFrom(module=module, level=level):
                    found.add("." if level else (module or "").partition(".")[0])
        return found


@dataclass(frozen=True)
class _Module:
    """The main module; ``held`` are its values that can be changed, ``others`` all texts of the other modules."""

    body: tuple[_Statement, ...]
    held: frozenset[str]
    own: frozenset[str]
    others: str
    in_package: bool

    @cached_property
    def _binding(self) -> Mapping[str, list[_Statement]]:
        found: dict[str, list[_Statement]] = {}
        for statement in self.body:
            for name in statement.bound:
                found.setdefault(name, []).append(statement)
        return found

    def reached(self, roots: Collection[str]) -> frozenset[_Statement]:
        """The statements that names reach, whatever scope they stand in: too many rather than too few."""
        waiting = [each for name in roots for each in self._binding.get(name, ())]
        waiting += (each for each in self.body if "__future__" in each.imported)
        found: set[_Statement] = set()
        while waiting:
            statement = waiting.pop()
            if statement not in found:
                found.add(statement)
                waiting += [other for name in statement.names for other in self._binding.get(name, ())]
        return frozenset(found)

    def text(self, found: Collection[_Statement]) -> str:
        """Statements in one form, with all of the other modules where any of these is imported."""
        imports = self.in_package or not all(self.own.isdisjoint(each.imported) for each in found)
        return "\n".join([*(each.text for each in self.body if each in found), *([self.others] if imports else [])])

    def place(self, found: Collection[_Statement]) -> str:
        """Statements as they stand, each after the number of its line."""
        return "\n".join(each.place for each in self.body if each in found)

    def held_by(self, found: Collection[_Statement]) -> frozenset[str]:
        """The values that can be changed, of those that statements bind."""
        return self.held.intersection(chain.from_iterable(each.bound for each in found))


def _together(module: _Module, asked: _Reached, more: _Reached, cells: str) -> Dependence:
    """What each depends on, with all that others reach who reach the same value that can be changed."""
    whole = {who: _drawn_in(module, found, asked.values()) for who, found in {**asked, **more}.items()}
    return Dependence(
        texts={who: module.text(found) for who, found in whole.items()},
        places={who: f"{cells}\n{module.place(found)}" for who, found in whole.items()},
        holding=frozenset(who for who, found in asked.items() if module.held_by(found)),
    )


def _drawn_in(
    module: _Module, found: frozenset[_Statement], others: Collection[frozenset[_Statement]]
) -> frozenset[_Statement]:
    """What is found, with what meets it at such a value, and so on until nothing does."""
    while True:
        held = module.held_by(found)
        more = found.union(*(other for other in others if held & module.held_by(other)))
        if more == found:
            return found
        found = more
