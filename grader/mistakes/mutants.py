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
from typing import TYPE_CHECKING, NamedTuple

from grader.mistakes.change import heading
from grader.mistakes.equivalent import ALWAYS, Idle
from grader.mistakes.module import ReferenceModule
from grader.mistakes.registry import OPERATORS
from grader.mistakes.softmax import shifts, without_axis
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from grader.mistakes.change import Change
    from grader.mistakes.function import Function
    from grader.mistakes.operator import Operator

__all__ = ["OPERATORS", "Mutant", "mutants"]

_LONGEST = 200  # characters of `before` and of `after`
_DIGITS = 6  # of a hash: an operator makes at most some dozens of mutants of a function


class Mutant(Record, frozen=True):
    """A reference with one change.

    ``sentence`` is for the student and names the class of mistake; ``before`` and ``after`` show the reference and are
    for staff only.
    """

    id: str  # "<function>.<operator>.<hash>": unique within a source, see :func:`changed`
    former: str  # the same with a number, as it was before
    operator: str
    function: str  # qualified: "rnn_step", "SimpleRNN.step"
    line: int
    before: str
    after: str
    name: str  # of the definition at the top level that is another
    text: str  # of that definition
    source: str  # of the whole module, without misconceptions
    sentence: str
    idle: Idle | None = None  # where it cannot differ


class AppliedChange(NamedTuple):
    """A function with one change: what made it, its ids, and the text that defines the function so."""

    operator: Operator
    id: str
    former: str
    change: Change
    text: str


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
    for operator, identity, former, change, text in changed(function, per_operator):
        yield Mutant(
            id=identity,
            former=former,
            operator=operator.name,
            function=function.name,
            line=change.edits[0][0].lineno,
            before=_short(_before(change)),
            after=_short(_after(change)),
            name=function.definition.name,
            text=text,
            source=module.text(function.definition, text),
            sentence=change.sentence or operator.sentence,
            idle=change.idle,
        )


def changed(function: Function, per_operator: int = 40) -> Iterator[AppliedChange]:
    """Every change of a function, no two to the same text.

    Its id hangs on the text of the statement that it is made in, and on what is changed there: it holds whatever is
    edited elsewhere, and is another as soon as what was judged by it is another.
    """
    seen, shifting = {function.text()}, _within_shifts(function)
    for operator in OPERATORS:
        number, place = 0, f"{function.name}.{operator.name}"
        found = dict(_identified(operator, function))
        counted, picked = _picked(operator, found, per_operator)
        for identity in picked:
            change = found[identity]
            text = function.text(change)
            if text not in seen:
                seen.add(text)
                number += identity in counted
                former = f"{place}.{number}" if identity in counted else ""
                if change.idle != ALWAYS and not all(node in shifting for node, _ in change.edits):
                    yield AppliedChange(operator, f"{place}.{identity}", former, change, text)


def _picked(operator: Operator, found: dict[str, Change], most: int) -> tuple[Collection[str], Collection[str]]:
    """What was picked before there were groups, and what is, in the order in which the operator finds it."""
    if len(found) <= most:
        return found, found
    ranks: dict[str, bytes] = {}
    times: Counter[str] = Counter()
    for identity, change in found.items():
        text = f"{operator.name}: {_short(_before(change))} → {_short(_after(change))}"
        times[text] += 1
        ranks[identity] = sha256(f"{text}: {times[text]}".encode()).digest()
    ranked = sorted(found, key=ranks.__getitem__)
    groups: dict[str, str] = {}
    for identity in ranked:
        groups.setdefault(found[identity].group or identity, identity)
    first = [identity for group, identity in groups.items() if group != identity]
    chosen = set(list(dict.fromkeys([*first, *ranked]))[:most])
    return set(ranked[:most]), [identity for identity in found if identity in chosen]


def _identified(operator: Operator, function: Function) -> Iterator[tuple[str, Change]]:
    """Each change with what tells it from the others of its operator: of two that read alike the second is counted."""
    times: Counter[str] = Counter()
    for change in operator.changes(function):
        statements = dict.fromkeys(function.statement(node) for node, _ in change.edits)
        text = "\n".join((*map(heading, statements), _before(change), _after(change)))
        identity = sha256(text.encode()).hexdigest()[:_DIGITS]
        times[identity] += 1
        yield identity if times[identity] == 1 else f"{identity}-{times[identity]}", change


def _within_shifts(function: Function) -> set[ast.AST]:
    """What the largest score of all is taken of, where it is only the shift of a softmax: any number does there."""
    free = (largest for largest in shifts(function) if without_axis(largest, function.numpy))
    return {node for largest in free for node in ast.walk(largest) if node is not largest}


def _before(change: Change) -> str:
    return _one_line(node for node, _ in change.edits)


def _after(change: Change) -> str:
    return _one_line(new for _, new in change.edits)


def _one_line(parts: Iterable[ast.AST | list[ast.stmt]]) -> str:
    return "; ".join(ast.unparse(node) for part in parts for node in (part if isinstance(part, list) else [part]))


def _short(text: str) -> str:
    return shorten(text, _LONGEST, placeholder=" …")
