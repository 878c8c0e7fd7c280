"""One exercise on its way into the bank: what its author wrote out, what is drawn, what the reference makes of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from msgspec.structs import replace

from grader.bank.acceptance import IS_NONE, agrees, judge, without_accidents
from grader.bank.literals import LiteralError, bad_example, example, in_words
from grader.bank.plans import distinct, frozen
from grader.bank.select import choose
from grader.bank.sieve import Sieve
from grader.bank.strategies import drawing, edges
from grader.course.wording import Path
from grader.records.assignment import Exercise, custom_function, custom_functions
from grader.records.bank import Case, Origin, Unfit
from grader.records.errors import Mistake
from grader.records.record import Foreign, Record, Value
from grader.records.run import Job, Outcome, Returned, Run
from grader.records.values import is_finite, leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.bank.acceptance import Acceptance
    from grader.bank.plans import Candidate
    from grader.bank.strategies import Strategies
    from grader.records.assignment import Example

#: Executes a job on the reference.
Reference: TypeAlias = Callable[[Exercise, Job], Run]
#: A mistake at a place of the exercise, where that stands in its file.
Places: TypeAlias = Callable[[Path, str], Mistake]

ROUNDS = 4  # of drawing, each for twice as many candidates as the one before
NOTHING_DRAWN = (
    "cannot be drawn: either some range is empty whatever the sizes are (such as [1, V - 1] where V is 1), "
    "or a strategy filters out all that it draws"
)

RUN: Path = ("run",)
ILL_CONDITIONED = (
    "cannot be graded fairly on any input that was drawn: where its arithmetic or its inputs are off by a few "
    "roundings, its outputs move by far more than that, or it does not return. Narrow the domains, or make it stabler"
)


class Examined(Record, frozen=True):
    """What a guide finds in a case: its units (None if it is ill-conditioned), and the wrong versions that it kills."""

    units: Mapping[str, Value] | None = {}
    kills: frozenset[str] = frozenset()


class Guide(Protocol):
    """Knows which cases are worth having."""

    by: int  # how many cases are to kill each wrong version of the reference

    def examine(self, exercise: Exercise, cases: Sequence[Case]) -> Sequence[Examined]:
        """What each of these cases is worth; they have no id yet."""

    def content(self, exercise: Exercise) -> bool:
        """Whether further cases of the exercise would not help."""


class Unguided:
    """Finds all cases alike."""

    by = 0

    def examine(self, _: Exercise, cases: Sequence[Case]) -> Sequence[Examined]:
        """Nothing is known of any of them."""
        return [Examined()] * len(cases)

    def content(self, _: Exercise) -> bool:
        """One case is as good as another."""
        return True


@dataclass
class Freezer:
    """One exercise on its way into the bank. Of mistakes of one kind at one place, the first is kept."""

    exercise: Exercise
    place: Places
    run: Reference
    custom: Strategies
    guide: Guide
    mistakes: dict[tuple[Path, str], Mistake] = field(default_factory=dict)
    expected: dict[bytes, dict[str, Value]] = field(default_factory=dict)  # by a candidate's key, as the others
    units: dict[bytes, dict[str, Value]] = field(default_factory=dict)
    kills: dict[bytes, frozenset[str]] = field(default_factory=dict)
    written: dict[bytes, int] = field(default_factory=dict)  # which of the examples a candidate is
    sieve: Sieve = field(default_factory=Sieve)

    def cases(self, seed: int) -> tuple[Case, ...]:
        """The cases, public ones first. They are of no use once there are mistakes."""
        examples, refused = self._examples(), self._refused()
        edge, drawn = self._drawn(seed, examples) if self._has_strategies() else ([], [])
        self._check_none()
        public, hidden = choose(self.exercise, examples, edge, drawn, self.kills, self.guide.by)
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
                self._mistake((*path, "inputs", error.name), str(error))
                continue
            solved, errors = self._solved([candidate])
            found += solved
            for why in errors:
                self._mistake(path, f"gives nothing that can be expected: the reference says {why}")
            for one in solved:
                self.written.setdefault(one.key(), index)
                self._compare(written, (*path, "expect"), self.expected[one.key()])
        return found

    def _compare(self, written: Example, path: Path, outputs: Mapping[str, Value]) -> None:
        for name, expect in written.expect.items():
            if name not in outputs:
                self._mistake((*path, name), f"is no output: expected {', '.join(outputs)}")
            elif not agrees(outputs[name], expect, written.places):
                got = np.array2string(np.asarray(outputs[name]), separator=", ", threshold=20)
                message = f"is {expect!r}, but to {written.places} decimals the reference gives another result: {got}"
                self._mistake((*path, name), message)

    def _refused(self) -> list[Case]:
        """Cases that expect an exception."""
        found = []
        for index, check in enumerate(self.exercise.raises):
            path = ("raises", index)
            try:
                written = bad_example(self.exercise, check.inputs, Origin("bad_input", check.error))
            except LiteralError as error:
                self._mistake((*path, "inputs", error.name), str(error))
                continue
            for candidate in self._sendable([written]):
                verdict = self._verdicts([candidate])[0]
                if check.error not in verdict.raised:
                    did = verdict.error or verdict.fault or "it returns"
                    message = f"expects {check.error}, but that is not what the reference raises: {did}"
                    self._mistake(path, message)
                found.append(_case(candidate, raises=check.error, written=index))
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
            self._mistake(("inputs", name), f"names {function}, but there is no such function")
        return not missing

    def _drawn(self, seed: int, examples: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
        """Usable edges and usable candidates: enough of them for all cases, if four rounds of drawing find so many.

        A guide that is not content has more drawn than that.
        """
        wanted = self.exercise.cases.public + self.exercise.cases.hidden
        edge, errors = self._sifted(self._candidates(partial(edges, self.exercise, self.custom)))
        self._examine([*examples, *edge])  # together: starting every wrong version takes longer than running it
        edge = self._sound(edge)
        drawn: list[Candidate] = []
        seen, many = 0, drawing(self.exercise, seed, self.custom)
        for asked in (wanted << doubled for doubled in range(ROUNDS)):
            found = self._candidates(partial(many.first, asked))
            solved, more_errors = self._sifted(found[seen:])
            self._examine(solved)
            drawn += self._sound(solved)
            errors += more_errors
            seen = len(found)
            enough = len(distinct([*examples, *edge, *drawn])) >= wanted and self.guide.content(self.exercise)
            if self.mistakes or seen < asked or enough:
                break
        if not (edge or drawn or self.mistakes):
            self._nothing_usable(errors, ill_conditioned=len(self.expected) > len(distinct(examples)))
        return edge, drawn

    def _sifted(self, candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[str]]:
        """As :meth:`_solved`, of what is drawn."""
        self.sieve.tried += len(candidates)
        return self._solved(candidates)

    def _nothing_usable(self, errors: Sequence[str], *, ill_conditioned: bool) -> None:
        if ill_conditioned:
            self._mistake(RUN, ILL_CONDITIONED)
        elif errors:
            self._mistake(RUN, f"fails on every input that was drawn: {errors[0]}")
        else:
            self._mistake(("inputs",), NOTHING_DRAWN)

    def _candidates(self, drawing: Callable[[], list[Candidate]]) -> list[Candidate]:
        """What is drawn; nothing where an author's strategy fails, which is a mistake."""
        try:
            return drawing()
        except Exception as error:
            custom = [name for name, domain in self.exercise.inputs.items() if custom_function(domain)]
            if not custom:
                raise  # a fault of ours
            message = f"has a strategy of properties.py that fails: {type(error).__name__}: {error}"
            self._mistake(("inputs", custom[0]) if len(custom) == 1 else ("inputs",), message)
            return []

    def _examine(self, candidates: Sequence[Candidate]) -> None:
        """Keep what the guide finds in the candidates."""
        if self.mistakes or not candidates:  # nothing will be frozen
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
                self.sieve.leave_out(candidate, Unfit.ILL_CONDITIONED)
        return found

    def _with_values(self, candidate: Candidate, *, public: bool) -> Case:
        key = candidate.key()
        units, written = self.units.get(key, {}), self.written.get(key)
        return _case(candidate, public=public, expected=self.expected[key], units=units, written=written)

    # ── asking the reference ──────────────────────────────────────────────────────────────────────────────────────

    def _solved(self, candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[str]]:
        """The candidates for which the reference gives something to expect, and its errors for the others."""
        sendable = self._sendable(candidates)
        refused = {"ValueError", *(check.error for check in self.exercise.raises)}
        solved, errors = [], []
        for candidate, verdict in zip(sendable, self._verdicts(sendable), strict=True):
            if verdict.usable:
                self.expected[candidate.key()] = dict(verdict.outputs)
                solved.append(candidate)
            elif verdict.fault:
                output = verdict.about in self.exercise.outputs
                self._mistake(("outputs", verdict.about) if output else RUN, verdict.fault, verdict.about)
            else:
                why = Unfit.REFUSED if verdict.raised else Unfit.NOT_FINITE
                self.sieve.leave_out(candidate, why, verdict.about, verdict.message)
                line = f"line {verdict.line} of the reference, " if verdict.line else ""
                errors.append(f"{verdict.error} ({line}sizes {in_words(candidate.sizes)})")
                if verdict.raised and not refused.intersection(verdict.raised):
                    self._raises(errors[-1])
        return solved, errors

    def _raises(self, error: str) -> None:
        """Keep a mistake of the reference from leaving just those inputs on which it does not show.

        A ValueError, and what a check under ``raises`` names, is an answer: those inputs are drawn anew.
        """
        message = (
            f"raises on an input that its domains allow: {error}. Mend it, or narrow the domains; where the exception "
            "is right, say so by a check under `raises`"
        )
        self._mistake(RUN, message, "raises")

    def _check_none(self) -> None:
        """An output that is None whatever the inputs are is nothing to grade: most likely a return is missing."""
        for name in self.exercise.outputs:
            if self.expected and all(outputs[name] is None for outputs in self.expected.values()):
                self._mistake(("outputs", name), IS_NONE, name)

    def _verdicts(self, candidates: Sequence[Candidate]) -> list[Acceptance]:
        """Two runs, with different seeds for chance. An exercise's seconds are meant for no more cases than it has."""
        if not candidates:
            return []
        limits, cases = self.exercise.limits, self.exercise.cases
        times = max(1, ceil(len(candidates) / (cases.public + cases.hidden)))
        job = Job(
            run=self.exercise.run,
            outputs=tuple(self.exercise.outputs),
            sizes=tuple(candidate.sizes for candidate in candidates),
            inputs=tuple(candidate.inputs for candidate in candidates),
            limits=replace(limits, seconds=limits.seconds * times),
            helpers=self.exercise.helpers,
        )
        first, again = (self.run(self.exercise, replace(job, salt=salt)).outcomes for salt in (0, 1))
        strict = self._strictly(job, first)
        return [judge(self.exercise, *each) for each in zip(candidates, first, again, strict, strict=True)]

    def _strictly(self, job: Job, outcomes: Sequence[Outcome]) -> list[Outcome | None]:
        """A third run, for the cases with outputs that are not finite: whether NumPy warns of them."""
        odd = [
            n for n, outcome in enumerate(outcomes) if isinstance(outcome, Returned) and not is_finite(outcome.outputs)
        ]
        found: list[Outcome | None] = [None] * len(outcomes)
        if odd:
            sizes, inputs = ([values[n] for n in odd] for values in (job.sizes, job.inputs))
            asked = replace(job, run=without_accidents(job.run), sizes=tuple(sizes), inputs=tuple(inputs))
            for n, outcome in zip(odd, self.run(self.exercise, asked).outcomes, strict=True):
                found[n] = outcome
        return found

    def _sendable(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates with frozen inputs; an input that no worker can be sent is a mistake."""
        found = []
        for candidate in candidates:
            inputs = {name: frozen(value) for name, value in candidate.inputs.items()}
            foreign = {name: leaf for name in inputs for leaf in leaves(inputs[name]) if isinstance(leaf, Foreign)}
            for name, leaf in foreign.items():
                message = f"takes a value that cannot be sent to a worker: {leaf.type}"
                self._mistake(("inputs", name), message)
            if not foreign:
                found.append(replace(candidate, inputs=inputs))
        return found

    def _mistake(self, path: Path, message: str, about: str = "") -> None:
        self.mistakes.setdefault((path, about), self.place(path, message))


def _case(candidate: Candidate, *, public: bool = True, **answer: Any) -> Case:
    """A case that has no number yet."""
    return Case("", candidate.origin, public, candidate.sizes, candidate.inputs, **answer)
