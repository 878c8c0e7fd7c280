"""Wrong versions of a reference: single *mutants* made by operators, and *misconceptions* that its author wrote down.

A mutant shows whether an assignment's tests catch a wrong solution, and a student's wrong solution that behaves like a
mutant can be told the class of its mistake. Each operator is a function in the module of its idea; the registry has
them in order.
"""

from __future__ import annotations

import ast
from collections import Counter
from hashlib import sha256
from textwrap import shorten
from typing import TYPE_CHECKING

from grader.mistakes.module import ReferenceModule
from grader.mistakes.registry import OPERATORS
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function
    from grader.mistakes.operator import Operator

__all__ = ["OPERATORS", "Mutant", "mutants"]

_LONGEST = 200  # characters of `before` and of `after`


class Mutant(Record, frozen=True):
    """A reference with one change.

    ``sentence`` is for the student and names the class of mistake; ``before`` and ``after`` show the reference and are
    for staff only.
    """

    id: str  # "<operator>:<line>:<column>:<number>": the same in every run, unique within a source
    operator: str
    function: str  # qualified: "rnn_step", "SimpleRNN.step"
    line: int
    before: str
    after: str
    name: str  # of the definition at the top level that is another
    text: str  # of that definition
    source: str  # of the whole module, without misconceptions
    sentence: str


def mutants(source: str, roots: Collection[str], *, per_operator: int = 40) -> list[Mutant]:
    """Every single mutant of the functions that the names ``roots`` reach, in a fixed order, no two of them equal.

    Where an operator finds more than ``per_operator`` places in one function, as many are picked by a hash of what is
    changed there, wherever it stands: comments and other functions decide nothing.
    """
    return Mutants(source, per_operator).reached(roots)


class Mutants:
    """The mutants of one reference. Those of a function are made once, whoever reaches it. Use from one thread."""

    def __init__(self, source: str, per_operator: int = 40) -> None:
        self._module = ReferenceModule(source)
        self._per_operator = per_operator
        self._known: dict[tuple[str, bool], list[Mutant]] = {}

    def reached(self, roots: Collection[str]) -> list[Mutant]:
        """As :func:`mutants` gives them."""
        return [mutant for function in self._module.functions(roots) for mutant in self._of(function)]

    def _of(self, function: Function) -> list[Mutant]:
        key = function.name, function.public
        if key not in self._known:
            self._known[key] = list(_mutants(self._module, function, self._per_operator))
        return self._known[key]


def _mutants(module: ReferenceModule, function: Function, per_operator: int) -> Iterator[Mutant]:
    for operator, identity, change, text in changed(function, per_operator):
        yield Mutant(
            id=identity,
            operator=operator.name,
            function=function.name,
            line=_place(change)[0],
            before=_before(change),
            after=_after(change),
            name=function.definition.name,
            text=text,
            source=module.text(function.definition, text),
            sentence=change.sentence or operator.sentence,
        )


def changed(function: Function, per_operator: int = 40) -> Iterator[tuple[Operator, str, Change, str]]:
    """Every change of a function, with its operator, its id, and the text that defines the function with it."""
    seen = {function.text()}
    for operator in OPERATORS:
        for identity, change in _picked(operator, function, per_operator).items():
            text = function.text(change)
            if text not in seen:
                seen.add(text)
                yield operator, identity, change, text


def _picked(operator: Operator, function: Function, most: int) -> dict[str, Change]:
    """Changes by id, in the order in which the operator finds them."""
    found = dict(_identified(operator, function))
    if len(found) <= most:
        return found
    ranks: dict[str, bytes] = {}
    times: Counter[str] = Counter()
    for identity, change in found.items():
        text = f"{operator.name}: {_before(change)} → {_after(change)}"
        times[text] += 1
        ranks[identity] = sha256(f"{text}: {times[text]}".encode()).digest()
    chosen = set(sorted(found, key=ranks.__getitem__)[:most])
    return {identity: change for identity, change in found.items() if identity in chosen}


def _before(change: Change) -> str:
    return _one_line(node for node, _ in change.edits)


def _after(change: Change) -> str:
    return _one_line(new for _, new in change.edits)


def _identified(operator: Operator, function: Function) -> Iterator[tuple[str, Change]]:
    at_place: Counter[tuple[int, int]] = Counter()
    for change in operator.changes(function):
        line, column = _place(change)
        at_place[line, column] += 1
        yield f"{operator.name}:{line}:{column}:{at_place[line, column]}", change


def _place(change: Change) -> tuple[int, int]:
    node = change.edits[0][0]
    return node.lineno, node.col_offset + 1


def _one_line(parts: Iterable[ast.AST | list[ast.stmt]]) -> str:
    texts = (ast.unparse(node) for part in parts for node in (part if isinstance(part, list) else [part]))
    return shorten("; ".join(texts), _LONGEST, placeholder=" …")
