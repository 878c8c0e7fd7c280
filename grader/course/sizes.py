"""Rules about sizes: their dims exist, and they have sensible values for every choice of the dims."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from grader.course.wording import listed, suggestion
from grader.records.assignment import DictOf, Integers, Interval, ListOf, OneHot, Simplex, SizeOf, Tokens
from grader.records.shapes import dims_of, terms, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.course.findings import DocumentFindings
    from grader.course.wording import Path
    from grader.records.assignment import AnyDomain, Exercise
    from grader.records.record import Size

MAX_ELEMENTS = 1_000_000


def check_sizes(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    """Every size of the exercise's inputs and outputs, ranges and axes included."""
    rule = _Rule(exercise.dims, path, findings)
    for name, domain in exercise.inputs.items():
        rule.check_domain(domain, (*path, "inputs", name))
    for name, output in exercise.outputs.items():
        where = (*path, "outputs", name)
        where = (*where, "shape") if findings.written((*where, "shape")) else where
        rule.check_shape(output.shape or (), where)


class _Rule:
    """The rules for the dims of one exercise."""

    def __init__(self, dims: Mapping[str, Interval], path: Path, findings: DocumentFindings) -> None:
        self.dims, self.path, self.findings = dims, path, findings

    def check_domain(self, domain: AnyDomain, path: Path) -> None:
        if isinstance(domain, ListOf):
            known = isinstance(domain.length, Interval) or self.check(domain.length, (*path, "length"))
            self.check_domain(domain.of, (*path, "of"))
            if known and not self.findings.refused((*path, "of"), (*path, "of", "shape"), (*path, "length")):
                self._check_count(self._largest(domain), path)
            return
        if isinstance(domain, DictOf):
            for key, entry in domain.entries.items():
                self.check_domain(entry, (*path, "entries", key))
        if isinstance(domain, SizeOf):
            self.check(domain.of, (*path, "of"))
        if isinstance(domain, Tokens):
            self.check(domain.vocabulary, (*path, "vocabulary"), least=1)
        if isinstance(domain, Integers):
            self._check_range(domain, (*path, "range"))
        self.check_shape(getattr(domain, "shape", None) or (), (*path, "shape"))
        if isinstance(domain, OneHot | Simplex):
            self._check_axis(domain, path)

    def _check_range(self, domain: Integers, path: Path) -> None:
        low, high = domain.range
        known = [self.known(end, (*path, index)) for index, end in enumerate(domain.range)]
        if all(known) and not self.findings.refused(path) and self._least([(high, 1), (low, -1)]) < 0:
            self.findings.add(path, f"is empty for some sizes: {low} can be more than {high}")

    def _check_axis(self, domain: OneHot | Simplex, path: Path) -> None:
        rank = len(domain.shape)
        if not -rank <= domain.axis < rank:
            self.findings.add(
                (*path, "axis"), f"must be an axis of the shape {words(domain.shape)} (got {domain.axis})"
            )
        else:
            index = domain.axis % rank
            self.check(domain.shape[index], (*path, "shape", index), least=1)

    def check_shape(self, shape: tuple[Size, ...], path: Path) -> None:
        known = [self.check(size, (*path, axis)) for axis, size in enumerate(shape)]
        if all(known):
            self._check_count(math.prod(-self._least([(size, -1)]) for size in shape), path)

    def _check_count(self, count: int, path: Path) -> None:
        if count > MAX_ELEMENTS:
            self.findings.add(path, f"can have {count:,} elements, more than {MAX_ELEMENTS:,}: lower a dim")

    def _largest(self, domain: AnyDomain) -> int:
        """How many elements a value can have at most; 0 where a size is wrong, which is told where it stands."""
        if isinstance(domain, ListOf):
            length = domain.length.high if isinstance(domain.length, Interval) else self._most(domain.length)
            return length * self._largest(domain.of)
        return math.prod(map(self._most, getattr(domain, "shape", None) or ()))

    def _most(self, size: Size) -> int:
        return -self._least([(size, -1)]) if dims_of(size) <= self.dims.keys() else 0

    def check(self, size: Size, path: Path, least: int = 0) -> bool:
        """Whether the size has a value of at least ``least`` for all dims; if not, that is noted once."""
        if not self.known(size, path) or self.findings.refused(path):
            return False
        lowest = self._least([(size, 1)])
        if lowest >= least:
            return True
        dims = listed(f"{name} in {self.dims[name].low}..{self.dims[name].high}" for name in sorted(dims_of(size)))
        for_dims = f" for {dims}" if dims_of(size) else ""
        self.findings.add(path, f"must be >= {least}, but {size} can be {lowest}{for_dims}")
        return False

    def known(self, size: Size, path: Path) -> bool:
        """Whether all dims of the size exist and were well written."""
        unknown = sorted(dims_of(size) - self.dims.keys())
        if not self.findings.refused(("dims",), (*self.path, "dims")):
            for name in unknown:
                hint = suggestion(name, self.dims) or f" (dims here: {listed(self.dims)})"
                self.findings.add(path, f"mentions {name}, which is no dim{hint}")
        spoilt = any(self.findings.refused(("dims", name), (*self.path, "dims", name)) for name in dims_of(size))
        return not unknown and not spoilt

    def _least(self, sum_of: list[tuple[Size, int]]) -> int:
        """The least value of a weighted sum of sizes over the intervals of the dims: it is linear in each of them."""
        factors: Counter[str | None] = Counter()
        for size, sign in sum_of:
            for factor, name in terms(size):
                factors[name] += sign * factor
        constant = factors.pop(None, 0)
        return constant + sum(
            factor * (self.dims[name].low if factor > 0 else self.dims[name].high)
            for name, factor in factors.items()
            if name is not None
        )
