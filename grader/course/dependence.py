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
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from grader.course.plain import held_values, is_plain
from grader.course.reach import does_nothing, names_bound, names_within
from grader.records.lines import source_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from grader.records.run import Submission


class Dependence(NamedTuple):
    """By whoever asked: ``texts`` is what decides what its names do, ``places`` the same as it stands, line by line.

    ``holding`` are those that reach a value which can be changed.
    """

    texts: Mapping[str, str]
    places: Mapping[str, str]
    holding: frozenset[str]


def dependence(submission: Submission, roots: Mapping[str, Collection[str]]) -> Dependence | None:
    """What decides what the names ``roots`` of the main module do, for each who asks; None if the text is not plain."""
    own = frozenset(PurePosixPath(path).parts[0].removesuffix(".py") for path in submission.files)
    try:
        trees = {path: _parsed(text) for path, text in submission.files.items()}
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # of texts that Python would refuse as well
        return None
    others = {path: tree for path, tree in trees.items() if path != submission.module}
    main = trees.get(submission.module)
    plain = main is not None and all(is_plain(tree, own) for tree in trees.values())
    if main is None or not plain or any(held_values(tree) for tree in others.values()):
        return None
    module = _Module(
        body=tuple(node for node in main.body if not does_nothing(node)),
        lines=tuple(source_lines(submission.files[submission.module])),
        held=held_values(main),
        own=own,
        others=repr(sorted((path, submission.files[path]) for path in others)),
        in_package="/" in submission.module,
    )
    return _together(module, {who: module.reached(names) for who, names in roots.items()}, repr(submission.cells))


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of literals that a student wrote
        return ast.parse(text)


@dataclass(frozen=True)
class _Module:
    """The main module: its statements and lines, the values that can be changed, and the texts of the ``others``."""

    body: tuple[ast.stmt, ...]
    lines: tuple[str, ...]
    held: frozenset[str]
    own: frozenset[str]
    others: str
    in_package: bool

    def reached(self, roots: Collection[str]) -> frozenset[ast.stmt]:
        """The statements that names reach, whatever scope they stand in: too many rather than too few."""
        binding: dict[str, list[ast.stmt]] = {}
        for node in self.body:
            for name in names_bound(node):
                binding.setdefault(name, []).append(node)
        waiting = [node for name in roots for node in binding.get(name, ())]
        waiting += (each for each in self.body if isinstance(each, ast.ImportFrom) and each.module == "__future__")
        found: set[ast.stmt] = set()
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += [other for name in names_within(node) for other in binding.get(name, ())]
        return frozenset(found)

    def text(self, found: Collection[ast.stmt]) -> str:
        """Statements in one form, with all of the other modules where any of these is imported."""
        texts = [ast.unparse(node) for node in self.body if node in found]
        imports = self.in_package or any(map(self._imports_own, found))
        return "\n".join([*texts, *([self.others] if imports else [])])

    def place(self, found: Collection[ast.stmt]) -> str:
        """Statements as they stand, each after the number of its line."""
        return "\n".join(self._as_it_stands(node) for node in self.body if node in found)

    def held_by(self, found: Collection[ast.stmt]) -> frozenset[str]:
        """The values that can be changed, of those that statements bind."""
        return self.held & frozenset[str]().union(*map(names_bound, found))

    def _imports_own(self, node: ast.stmt) -> bool:
        return any(not imported.isdisjoint({".", *self.own}) for imported in _imported(node))

    def _as_it_stands(self, node: ast.stmt) -> str:
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        first = min([node.lineno, *(each.lineno for each in decorators)])
        return "\n".join([str(first), *self.lines[first - 1 : node.end_lineno]])


def _imported(node: ast.stmt) -> Iterator[set[str]]:
    """The first words of what is imported anywhere in a statement; a dot for what lies beside the module."""
    for inner in ast.walk(node):
        match inner:
            case ast.Import(names=names):
                yield {name.name.partition(".")[0] for name in names}
            case ast.ImportFrom(module=module, level=level):
                yield {"." if level else (module or "").partition(".")[0]}


def _together(module: _Module, reached: Mapping[str, frozenset[ast.stmt]], cells: str) -> Dependence:
    """What each depends on, with all that others reach who reach the same value that can be changed."""
    whole = {who: _drawn_in(module, found, reached.values()) for who, found in reached.items()}
    return Dependence(
        texts={who: module.text(found) for who, found in whole.items()},
        places={who: f"{cells}\n{module.place(found)}" for who, found in whole.items()},
        holding=frozenset(who for who, found in reached.items() if module.held_by(found)),
    )


def _drawn_in(
    module: _Module, found: frozenset[ast.stmt], others: Collection[frozenset[ast.stmt]]
) -> frozenset[ast.stmt]:
    """What is found, with what meets it at such a value, and so on until nothing does."""
    while True:
        held = module.held_by(found)
        more = found.union(*(other for other in others if held & module.held_by(other)))
        if more == found:
            return found
        found = more
