"""One exercise on its way into the bank: what its author wrote out, what is drawn, what the reference makes of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace

from grader.bank.acceptance import IS_NONE, agrees
from grader.bank.literals import LiteralError, bad_example, example
from grader.bank.plans import distinct
from grader.bank.select import choose_hidden, choose_public
from grader.bank.solver import RUN
from grader.bank.strategies import drawing, edges
from grader.records.assignment import custom_function, custom_functions
from grader.records.bank import Case, Origin, Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from grader.bank.guide import Guide
    from grader.bank.plans import Candidate
    from grader.bank.solver import Solver
    from grader.bank.strategies import Strategies
    from grader.course.secret import Draws
    from grader.course.wording import Path
    from grader.records.assignment import Example, Exercise
    from grader.records.record import Value

ROUNDS = 4  # of drawing, each for twice as many candidates as the one before
NOTHING_DRAWN = (
    "cannot be drawn: either some range is empty whatever the sizes are (such as [1, V - 1] where V is 1), "
    "or a strategy filters out all that it draws"
)

ILL_CONDITIONED = (
    "cannot be graded fairly on any input that was drawn: where its arithmetic or its inputs are off by a few "
    "roundings, its outputs move by far more than that, or it does not return. Narrow the domains, or make it stabler"
)


@dataclass
class Freezer:
    """One exercise on its way into the bank."""

    exercise: Exercise
    solver: Solver
    custom: Strategies
    guide: Guide
    units: dict[bytes, dict[str, Value]] = field(default_factory=dict)  # by a candidate's key, as the others
    kills: dict[bytes, frozenset[str]] = field(default_factory=dict)  # of whatever was examined
    errors: list[str] = field(default_factory=list)  # of the reference, on what was drawn
    written: dict[bytes, int] = field(default_factory=dict)  # which of the examples a candidate is

    def cases(self, draws: Draws) -> tuple[Case, ...]:
        """The cases, public ones first. They are of no use once there are mistakes."""
        examples, refused = self._examples(), self._refused()
        public, hidden = self._chosen(draws, examples) if self._has_strategies() else ([], [])
        self._check_none()
        cases = [
            *(self._with_values(candidate, public=True) for candidate in public),
            *refused,
            *(self._with_values(candidate, public=False) for candidate in hidden),
        ]
        return tuple(replace(case, id=f"{self.exercise.id}/{number}") for number, case in enumerate(cases, 1))

    # ── what the author wrote out ─────────────────────────────────────────────────────────────────────────────────

    def _examples(self) -> list[Candidate]:
        found = []
        for index, written in enumerate(self.exercise.examples):
            path = ("examples", index)
            try:
                candidate = example(self.exercise, written.inputs, Origin("example"))
            except LiteralError as error:
                self.solver.mistake((*path, "inputs", error.name), str(error))
                continue
            solved, errors = self.solver.solved([candidate])
            found += solved
            for why in errors:
                self.solver.mistake(path, f"gives nothing that can be expected: the reference says {why}")
            for one in solved:
                self.written.setdefault(one.key(), index)
                self._compare(written, (*path, "expect"), self.solver.expected[one.key()])
        return found

    def _compare(self, written: Example, path: Path, outputs: Mapping[str, Value]) -> None:
        for name, expect in written.expect.items():
            if name not in outputs:
                self.solver.mistake((*path, name), f"is no output: expected {', '.join(outputs)}")
            elif not agrees(outputs[name], expect, written.places):
                got = np.array2string(np.asarray(outputs[name]), separator=", ", threshold=20)
                message = f"is {expect!r}, but to {written.places} decimals the reference gives another result: {got}"
                self.solver.mistake((*path, name), message)

    def _refused(self) -> list[Case]:
        """Cases that expect an exception."""
        found = []
        asked = [
            (check, inputs, ("raises", index, *check.way_to(number)))
            for index, check in enumerate(self.exercise.raises)
            for number, inputs in enumerate(check.each)
        ]
        for place, (check, inputs, path) in enumerate(asked):
            try:
                written = bad_example(self.exercise, inputs, Origin("bad_input", check.error))
            except LiteralError as error:
                self.solver.mistake((*path, error.name), str(error))
                continue
            for candidate in self.solver.sendable([written]):
                verdict = self.solver.verdicts([candidate])[0]
                if check.error not in verdict.raised:
                    did = verdict.error or verdict.fault or "it returns"
                    message = f"expects {check.error}, but that is not what the reference raises: {did}"
                    self.solver.mistake(path if len(check.each) > 1 else path[:2], message)
                found.append(_case(candidate, raises=check.error, written=place))
        return found

    # ── what is drawn ─────────────────────────────────────────────────────────────────────────────────────────────

    def _has_strategies(self) -> bool:
        """Whether ``properties.py`` has every strategy that the inputs name."""
        missing = {
            name: function
            for name, domain in self.exercise.inputs.items()
            for function in custom_functions(domain)
            if function not in self.custom
        }
        for name, function in missing.items():
            self.solver.mistake(("inputs", name), f"names {function}, but there is no such function")
        return not missing

    def _chosen(self, draws: Draws, examples: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
        """The public and the hidden cases.

        Whatever is hidden is drawn from a secret of its own, and nothing about a public case hangs on it: those are
        chosen by themselves, and the reference and the guide are asked about them first.
        """
        public, edge = self._public(draws, examples)
        hidden = self._hidden(draws.hidden, public, edge) if self.exercise.cases.hidden else []
        written = len(distinct(examples))
        drawn = self.exercise.cases.public > written or self.exercise.cases.hidden > 0  # where examples are not all
        if drawn and len(public) == written and not (hidden or self.solver.mistakes):
            self._nothing_usable(ill_conditioned=len(self.kills) > written)
        return public, hidden

    def _public(self, draws: Draws, examples: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
        """The public cases, chosen of as many candidates as for all cases, and anew while some are unsound.

        Beside them hidden edges: they are examined together with the first of these, but after them, since starting
        every wrong version takes longer than running it.
        """
        fixed = frozenset(each.key() for each in self._edges(f"{draws.public}/fixed"))  # whatever their seed is
        edge, rounds = self._sifted(self._edges(draws.public)), self._rounds(draws.public)
        drawn = next(rounds)
        asks = self.exercise.cases.hidden > 0  # where it does not, the guide sees here what tells wrong versions apart
        hidden = self._sifted(self._edges(draws.hidden)) if asks else []
        waiting = hidden if asks else [*edge, *drawn]
        while True:
            chosen = choose_public(self.exercise, examples, edge, drawn, fixed)
            if len(chosen) < self.exercise.cases.public and (more := next(rounds, None)) is not None:
                drawn += more
                continue
            new = [each for each in chosen if each.key() not in self.kills]
            if self.solver.mistakes or not (new or waiting):
                return chosen, self._sound(hidden)
            self._examine([*new, *waiting])
            self._sound(distinct(new, without=examples))
            unsound = self.kills.keys() - self.units.keys()
            edge, drawn = ([each for each in those if each.key() not in unsound] for those in (edge, drawn))
            waiting = []

    def _hidden(self, seed: str, public: Sequence[Candidate], edge: Sequence[Candidate]) -> list[Candidate]:
        """The hidden cases, of as many candidates as find them all, in four rounds at most.

        A guide that is not content has more drawn than that.
        """
        drawn: list[Candidate] = []
        for solved in self._rounds(seed):
            self._examine(solved)
            drawn += self._sound(solved)
            enough = len(distinct([*edge, *drawn], without=public)) >= self.exercise.cases.hidden
            if enough and self.guide.content(self.exercise):
                break
        return choose_hidden(self.exercise, public, edge, drawn, self.kills, self.guide.by)

    def _rounds(self, seed: str) -> Iterator[list[Candidate]]:
        """What is drawn and can be answered, round by round."""
        seen, many = 0, drawing(self.exercise, seed, self.custom)
        wanted = self.exercise.cases.public + self.exercise.cases.hidden
        for asked in (wanted << doubled for doubled in range(ROUNDS)):
            found = self._candidates(partial(many.first, asked))
            yield self._sifted(found[seen:])
            seen = len(found)
            if self.solver.mistakes or seen < asked:
                return

    def _edges(self, seed: str) -> list[Candidate]:
        return self._candidates(partial(edges, self.exercise, seed, self.custom))

    def _sifted(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those of what was drawn for which there is something to expect."""
        self.solver.sieve.tried += len(candidates)
        solved, errors = self.solver.solved(candidates)
        self.errors += errors
        return solved

    def _nothing_usable(self, *, ill_conditioned: bool) -> None:
        if ill_conditioned:
            self.solver.mistake(RUN, ILL_CONDITIONED)
        elif self.errors:
            self.solver.mistake(RUN, f"fails on every input that was drawn: {self.errors[0]}")
        else:
            self.solver.mistake(("inputs",), NOTHING_DRAWN)

    def _candidates(self, drawing: Callable[[], list[Candidate]]) -> list[Candidate]:
        """What is drawn; nothing where an author's strategy fails, which is a mistake."""
        try:
            return drawing()
        except Exception as error:
            custom = [name for name, domain in self.exercise.inputs.items() if custom_function(domain)]
            if not custom:
                raise  # a fault of ours
            message = f"has a strategy of properties.py that fails: {type(error).__name__}: {error}"
            self.solver.mistake(("inputs", custom[0]) if len(custom) == 1 else ("inputs",), message)
            return []

    def _examine(self, candidates: Sequence[Candidate]) -> None:
        """Keep what the guide finds in those candidates that it has not examined yet."""
        candidates = [each for each in distinct(candidates) if each.key() not in self.kills]
        if self.solver.mistakes or not candidates:  # nothing will be frozen
            return
        cases = [self._with_values(candidate, public=False) for candidate in candidates]
        for candidate, found in zip(candidates, self.guide.examine(self.exercise, cases), strict=True):
            self.kills[candidate.key()] = found.kills
            if found.units is not None:
                self.units[candidate.key()] = dict(found.units)

    def _sound(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The examined candidates without those that are ill-conditioned, which are counted."""
        found = []
        for candidate in candidates:
            if candidate.key() in self.units:
                found.append(candidate)
            else:
                self.solver.sieve.leave_out(candidate, Unfit.ILL_CONDITIONED)
        return found

    def _check_none(self) -> None:
        """An output that is None whatever the inputs are is nothing to grade: most likely a return is missing."""
        for name in self.exercise.outputs:
            if self.solver.expected and all(outputs[name] is None for outputs in self.solver.expected.values()):
                self.solver.mistake(("outputs", name), IS_NONE, name)

    def _with_values(self, candidate: Candidate, *, public: bool) -> Case:
        key = candidate.key()
        units, written = self.units.get(key, {}), self.written.get(key)
        return _case(candidate, public=public, expected=self.solver.expected[key], units=units, written=written)


def _case(candidate: Candidate, *, public: bool = True, **answer: Any) -> Case:
    """A case that has no number yet."""
    return Case("", candidate.origin, public, candidate.sizes, candidate.inputs, **answer)
