"""The reference *replayed* with some of its functions answered by the student's.

It runs until it calls one of them; what it gives that function is asked of the student's own, in the student's sandbox,
by the ``run`` of the exercise that asks for it; then it runs again, with the answer at hand, until the next call. All
cases take these steps side by side. So no code of the student's is ever in the reference's process: what goes from one
to the other are values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from grader.grading.foundation import settled, solid
from grader.judge.compare import differ
from grader.records.run import Job, Returned, job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from grader.course.calls import SnippetCall
    from grader.grading.earlier import EarlierFunction
    from grader.mistakes.redefined import Redefinition
    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome, Run

    Runner = Callable[[Job], Run]

ROUNDS = 64  # calls of one case, after which it is followed no further

_REPLAY = (
    "from grader.mistakes.replay import replay\n"
    "_ended = replay({run!r}, {functions!r}, _known, _versions, {names!r}, globals())"
)
UNCHANGED = ("", "")  # the version that is the reference itself


class Call(NamedTuple):
    """The reference calls a function: what that gives, and what the student's gives, None if it is no answer.

    ``inputs`` are what it is given, by the names of the exercise that asks for it; in place of what another call has
    made, what that call was given, for it is made anew then. ``right`` where the two results cannot be told apart.
    """

    key: str
    name: str
    inputs: Mapping[str, Value]
    own: Value
    given: Value = None
    answered: bool = False
    right: bool = False

    def otherwise(self, given: Value, *, of_own: bool = False) -> bool:
        """Whether another answer has come than the student's function gave before, or the right one if ``of_own``."""
        return differ(self.own if of_own else self.given, given)


class Replayed:
    """The reference on one case, as far as it has come: ``outputs`` at its end, None if it does not come there."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.calls: list[Call] = []
        self.outputs: dict[str, Value] | None = None

    @property
    def known(self) -> tuple[dict[str, Value], list[str]]:
        """Answers by the keys of calls, and the keys of calls that have none."""
        answers = {call.key: call.given for call in self.calls if call.answered}
        return answers, [call.key for call in self.calls if not call.answered]


class Replays:
    """Runs the reference of one exercise, and asks the student's functions."""

    def __init__(
        self, exercise: Exercise, functions: Iterable[EarlierFunction], author: Runner, student: Runner
    ) -> None:
        self.exercise = exercise
        self.functions = {function.name: function for function in functions}
        self.author = author
        self.student = student
        self._calls: dict[str, Call] = {}

    def replay(self, cases: Sequence[Case]) -> list[Replayed]:
        """Every case to its end, or until the student's functions have no answer."""
        replays = going = [Replayed(case) for case in cases]
        for _ in range(ROUNDS):
            stopped: list[tuple[Replayed, Call]] = []
            for replayed, [(how, what)] in zip(going, self.step(going, [[UNCHANGED]] * len(going)), strict=True):
                call = self.call(what) if how == "asks" else None
                if call is not None:
                    stopped.append((replayed, call))
                elif how == "ended" and what.keys() == self.exercise.outputs.keys():
                    replayed.outputs = what
            if not stopped:
                break
            for (replayed, _), call in zip(stopped, self.answer([call for _, call in stopped]), strict=True):
                replayed.calls.append(call)
            going = [replayed for replayed, _ in stopped]
        return replays

    def step(
        self, going: Sequence[Replayed], versions: Sequence[Sequence[tuple[str, str] | Redefinition]]
    ) -> list[list[tuple[str, Value]]]:
        """What becomes of each case with each of its versions, given the answers that it has."""
        told = {name: function.told for name, function in self.functions.items()}
        names = tuple(self.exercise.inputs), tuple(self.exercise.outputs)
        job = replace(
            job_of(self.exercise, [replayed.case for replayed in going]),
            run=_REPLAY.format(run=self.exercise.run, functions=told, names=names),
            inputs=tuple(
                {**replayed.case.inputs, "_known": replayed.known, "_versions": list(map(tuple, chosen))}
                for replayed, chosen in zip(going, versions, strict=True)
            ),
            outputs=("_ended",),
        )
        return [
            _ended(outcome, len(chosen)) for outcome, chosen in zip(self.author(job).outcomes, versions, strict=True)
        ]

    def call(self, told: tuple[str, str, dict[str, Value], dict[str, str], Value]) -> Call | None:
        """A call that there is no answer to yet. None where what it is given cannot be made anew."""
        key, name, inputs, made, own = told
        for argument, maker in made.items():
            anew = self._made_anew(self.functions[name].makers.get(argument), self._calls[maker])
            if anew is None:
                return None
            inputs |= anew
        if not inputs.keys() <= self.functions[name].home.inputs.keys():  # another value where a cache is meant
            return None
        self._calls[key] = call = Call(key, name, inputs, own)
        return call

    def _made_anew(self, maker: SnippetCall | None, made: Call) -> dict[str, Value] | None:
        """What a snippet's call must be given to make what another one has made."""
        before = self.functions[made.name].call
        if maker is None or maker.function != made.name or made.inputs.keys() != set(before.given):
            return None
        if len(maker.arguments) != len(before.arguments) or dict(maker.keywords).keys() != dict(before.keywords).keys():
            return None
        by_keyword = {name: made.inputs[dict(before.keywords)[key]] for key, name in maker.keywords}
        return {**dict(zip(maker.arguments, map(made.inputs.__getitem__, before.arguments), strict=True)), **by_keyword}

    def answer(self, calls: Sequence[Call]) -> list[Call]:
        """The calls with what the student's functions give; they may lack, raise, hang."""
        return [_answered(call, given) for call, given in zip(calls, self.ask(calls), strict=True)]

    def ask(self, calls: Sequence[Call]) -> list[Value]:
        """What the student's functions make of calls; None where nothing came back."""
        return self._ask(calls, self.student)

    def ask_author(self, calls: Sequence[Call]) -> list[Value]:
        """What the right functions make of calls; None where nothing came back."""
        return self._ask(calls, self.author)

    def _ask(self, calls: Sequence[Call], run: Runner) -> list[Value]:
        found: dict[int, Value] = {}
        for name in dict.fromkeys(call.name for call in calls):
            function = self.functions[name]
            chosen = {number: call for number, call in enumerate(calls) if call.name == name}
            job = Job(
                run=function.home.run,
                outputs=tuple(function.home.outputs),
                sizes=tuple(function.sizes(call.inputs) for call in chosen.values()),
                inputs=tuple(call.inputs for call in chosen.values()),
                helpers=function.home.helpers,
            )
            outcomes = run(job).outcomes
            found.update({number: _result(function, outcome) for number, outcome in zip(chosen, outcomes, strict=True)})
        return [found[number] for number in range(len(calls))]


def _ended(outcome: Outcome, many: int) -> list[tuple[str, Value]]:
    """What became of a case, which may also take too long, or be too large to come across."""
    ended = outcome.outputs["_ended"] if isinstance(outcome, Returned) else None
    return ended if isinstance(ended, list) else [("lost", None)] * many


def _result(function: EarlierFunction, outcome: Outcome) -> Value:
    return function.result(outcome.outputs) if isinstance(outcome, Returned) else None


def _answered(call: Call, given: Value) -> Call:
    if not solid(call.own, given):
        return call
    given = settled(call.own, given)
    return call._replace(given=given, answered=True, right=not differ(call.own, given))
