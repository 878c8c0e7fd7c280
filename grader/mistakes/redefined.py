"""Wrong versions of single functions of a reference, as text that defines them anew where the reference is running."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from grader.course.misconceptions import misconceptions
from grader.mistakes.module import ReferenceModule
from grader.mistakes.mutants import changed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Redefinition(NamedTuple):
    """Text that gives ``name`` another meaning, to be executed in the module of the reference."""

    name: str
    text: str


@lru_cache(maxsize=64)
def redefinitions(source: str, names: frozenset[str]) -> tuple[Redefinition, ...]:
    """Misconceptions and mutants of the functions and classes with these names: of themselves, not of what they call.

    Raises ReferenceFault.
    """
    wrong = [Redefinition(found.of, found.instead) for found in misconceptions(source) if found.of in names]
    return (*wrong, *_mutants(source, names))


def _mutants(source: str, names: frozenset[str]) -> Iterator[Redefinition]:
    for function in ReferenceModule(source).functions(names):
        if function.public:
            yield from (Redefinition(function.definition.name, one.text) for one in changed(function))
