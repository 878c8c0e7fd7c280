"""Marks for the method: a result that is wrong for reasons of earlier functions alone.

The reference is *replayed* with some of its functions answered by the student's. It runs until it calls one of them;
what it gives that function is asked of the student's own, in the student's sandbox; then it runs again, with the answer
at hand, until the next call. All cases take these steps side by side. So no code of the student's is ever in the
reference's process: what goes from one to the other are values.

Where the student's function is wrong, it must be something to build on, or there is no method to see: its answers have
the shape and the magnitude of right ones, depend on more than one argument where those do, and come once more when they
are asked for again, in a new process and in another order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from msgspec.structs import replace

from grader.grading.budget import Budget
from grader.grading.foundation import degenerate, numbers, settled, solid, weighty
from grader.judge.compare import differ
from grader.judge.tolerance import scale_of
from grader.judge.trials import try_cases
from grader.records.run import Job, Returned, job_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from grader.records.assignment import Exercise
    from grader.records.bank import Case
    from grader.records.record import Value
    from grader.records.run import Outcome, Run
    from grader.records.verdict import Trial
    from grader.sandbox.api import Sandbox

    Runner = Callable[[Job], Run]

ROUNDS = 64  # calls of one case, after which it is followed no further
PROBED = 8  # calls of a function in which its arguments are moved, one by one
LEAST_SHARE = 1e-6  # of a unit: below it, rounding in the reference itself would tell
MOVE = 0.01  # what an argument with a part in the result makes of this can be seen

_REPLAY = "from grader.mistakes.replay import replay\n_call = replay(_run, _names, _answers, globals())"


class Blamed(NamedTuple):
    """The earlier functions for whose sake alone an output is wrong; ``public`` are those that public cases show."""

    names: tuple[str, ...]
    public: tuple[str, ...]


class _LostError(Exception):
    """The reference cannot go on from what the student's functions answered."""


@np.errstate(all="ignore")  # values are a student's: whatever overflows is no concern of a reader
def follow_through(
    exercise: Exercise, names: Sequence[str], trials: Sequence[Trial], sandbox: Sandbox, reference: Runner
) -> dict[str, Blamed]:
    """The wrong outputs that a right method makes of wrong functions, each with those of ``names`` that are wrong.

    ``sandbox`` has the submission. It is given a new process, which sees what the reference computes on hidden cases:
    nothing that a student may read must come from it afterwards.
    """
    failing = [trial for trial in trials if not trial.right]
    if not names or not all(isinstance(trial.outcome, Returned) for trial in failing):
        return {}
    sandbox.close()
    author, student = Budget(reference, exercise).run, Budget(sandbox.run, exercise).run
    try:
        replays = _replay(exercise, names, [trial.case for trial in failing], author, student)
    except _LostError:
        return {}
    calls = [call for replayed in replays for call in replayed.calls]
    guilty = _guilty(names, calls)
    tried = _foundation(guilty, calls, author, student)
    if not tried:
        return {}
    sandbox.close()
    if _changes(tried, Budget(sandbox.run, exercise).run):
        return {}
    again = _tried_again(exercise, failing, replays)
    blamed = Blamed(guilty, _guilty_in_public(names, replays))
    return {output: blamed for output in exercise.outputs if _is_method(output, trials, again)}


# ── the reference, answered by the student ────────────────────────────────────────────────────────────────────────


class _Call(NamedTuple):
    """The reference calls a function: what that gives, and what the student's gives.

    ``right`` where the two cannot be told apart.
    """

    name: str
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    own: Value
    given: Value = None
    right: bool = False


class _Replayed:
    """The reference on one case, as far as it has come. Without ``outputs`` it has not come to its end."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.calls: list[_Call] = []
        self.outputs: dict[str, Value] = {}

    @property
    def answers(self) -> list[Value]:
        """What its calls are answered, in their order."""
        return [call.given for call in self.calls]


def _replay(
    exercise: Exercise, names: Sequence[str], cases: Sequence[Case], author: Runner, student: Runner
) -> list[_Replayed]:
    """Every case to its end. Raises _LostError."""
    replays = going = [_Replayed(case) for case in cases]
    for _ in range(ROUNDS):
        stopped = list(_stopped(exercise, names, going, author))
        if not stopped:
            return replays
        _answer(stopped, student)
        going = [replayed for replayed, _ in stopped]
    raise _LostError


def _stopped(
    exercise: Exercise, names: Sequence[str], going: Sequence[_Replayed], run: Runner
) -> Iterator[tuple[_Replayed, _Call]]:
    """Those that stop at a call, with that call; the others have their outputs."""
    given = {"_run": exercise.run, "_names": list(names)}
    job = replace(
        job_of(exercise, [replayed.case for replayed in going]),
        run=_REPLAY,
        inputs=tuple({**replayed.case.inputs, **given, "_answers": replayed.answers} for replayed in going),
        outputs=(*exercise.outputs, "_call"),
    )
    for replayed, outcome in zip(going, run(job).outcomes, strict=True):
        if not isinstance(outcome, Returned):
            raise _LostError
        outputs = dict(outcome.outputs)
        call = outputs.pop("_call")
        if call is None:
            replayed.outputs = outputs
        elif isinstance(call, tuple):
            yield replayed, _Call(*call)
        else:  # too large to come across
            raise _LostError


def _answer(stopped: Sequence[tuple[_Replayed, _Call]], run: Runner) -> None:
    """Have the student's functions answer the calls; they may lack, raise, hang."""
    for (replayed, call), outcome in zip(stopped, _ask([call for _, call in stopped], run), strict=True):
        given = _result(outcome)
        if not isinstance(outcome, Returned) or not solid(call.own, given):
            raise _LostError
        given = settled(call.own, given)
        replayed.calls.append(call._replace(given=given, right=not differ(call.own, given)))


def _ask(calls: Sequence[_Call], run: Runner) -> list[Outcome]:
    """What functions of those names make of calls."""
    found: dict[int, Outcome] = {}
    for name in dict.fromkeys(call.name for call in calls):
        chosen = {number: call for number, call in enumerate(calls) if call.name == name}
        job = Job(
            run=f"result = {name}(*_arguments, **_keywords)",
            outputs=("result",),
            sizes=({},) * len(chosen),
            inputs=tuple({"_arguments": call.arguments, "_keywords": call.keywords} for call in chosen.values()),
        )
        found.update(zip(chosen, run(job).outcomes, strict=True))
    return [found[number] for number in range(len(calls))]


def _result(outcome: Outcome) -> Value:
    """What came back, if anything did."""
    return outcome.outputs.get("result") if isinstance(outcome, Returned) else None


# ── is there anything to build on? ────────────────────────────────────────────────────────────────────────────────


class _Probe(NamedTuple):
    """A call with the argument at ``place`` moved. ``heeds``: the student's function answers otherwise than before."""

    place: int
    call: _Call
    heeds: bool


def _guilty(names: Sequence[str], calls: Sequence[_Call]) -> tuple[str, ...]:
    """Those functions that answered a call wrongly."""
    wrong = {call.name for call in calls if not call.right}
    return tuple(name for name in names if name in wrong)


def _guilty_in_public(names: Sequence[str], replays: Sequence[_Replayed]) -> tuple[str, ...]:
    """Those that public cases show; else all that were suspected, for which of them it is only hidden ones say."""
    calls = [call for replayed in replays if replayed.case.public for call in replayed.calls]
    return _guilty(names, calls) or tuple(names)


def _foundation(guilty: Sequence[str], calls: Sequence[_Call], author: Runner, student: Runner) -> list[_Call]:
    """Calls that wrong functions answered, and moved ones that these heed; empty if they are nothing to build on."""
    if any(_degenerate(name, calls) for name in guilty):
        return []
    wrong = [call for call in calls if not call.right]
    probes = [_probe([call for call in wrong if call.name == name], author, student) for name in guilty]
    if any(map(_depends_on_little, probes)):
        return []
    return [*wrong, *(probe.call for found in probes for probe in found if probe.heeds)]


def _degenerate(name: str, calls: Sequence[_Call]) -> bool:
    mine = [call for call in calls if call.name == name]
    return degenerate([call.given for call in mine], [call.own for call in mine])


def _probe(calls: Sequence[_Call], author: Runner, student: Runner) -> list[_Probe]:
    """Some calls once more, with each argument moved that the right function heeds."""
    chosen = calls[:: -(-len(calls) // PROBED)]
    moved = [(call, place) for call in chosen for place, value in enumerate(call.arguments) if _can_move(value)]
    asked = [call._replace(arguments=_moved(call.arguments, place)) for call, place in moved]
    answers = zip(moved, asked, _ask(asked, author), _ask(asked, student), strict=True)
    return [
        _Probe(place, probe._replace(given=_result(answer)), _answers_otherwise(call.given, answer))
        for (call, place), probe, right, answer in answers
        if _answers_otherwise(call.own, right)
    ]


def _depends_on_little(probes: Sequence[_Probe]) -> bool:
    """Whether a function heeds one argument or none where the right one heeds several.

    What builds on it would then be spared most of its work: a cell that is merely doubled needs no gates.
    """
    heeded = {probe.place for probe in probes if probe.heeds}
    return len(heeded) < min(2, len({probe.place for probe in probes}))


def _answers_otherwise(before: Value, outcome: Outcome) -> bool:
    return isinstance(outcome, Returned) and differ(before, _result(outcome))


def _can_move(value: Value) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _moved(arguments: Sequence[Value], place: int) -> tuple[Value, ...]:
    """With every number of one argument moved, and each by another amount: a softmax does not see a common one."""
    value = arguments[place]
    by = MOVE * np.linspace(1.0, 2.0, np.size(value)).reshape(np.shape(value))
    return (*arguments[:place], value + by if np.shape(value) else value + float(by), *arguments[place + 1 :])


def _changes(calls: Sequence[_Call], run: Runner) -> bool:
    """Whether other answers come in a new process, from the last call to the first.

    Functions that remember, and tell one another behind the reference's back, could agree upon any result.
    """
    backwards = calls[::-1]
    return any(
        not isinstance(outcome, Returned) or differ(call.given, _result(outcome))
        for call, outcome in zip(backwards, _ask(backwards, run), strict=True)
    )


# ── does the student's result agree? ──────────────────────────────────────────────────────────────────────────────


def _tried_again(exercise: Exercise, failing: Sequence[Trial], replays: Sequence[_Replayed]) -> dict[str, Trial]:
    """The student's results held against what the reference makes of the student's functions, by case.

    As exactly as before, or more so: with units of what is *expected*, which no answer of the student's can widen, and
    smaller ones where functions of the student's make a result smaller.
    """
    chosen = [
        (replace(trial.case, expected=replayed.outputs, units=_units(trial.case, replayed.outputs)), trial.outcome)
        for trial, replayed in zip(failing, replays, strict=True)
        if all(name in replayed.outputs and solid(meant, replayed.outputs[name]) for name, meant in _expected(trial))
    ]
    again = try_cases(exercise, [case for case, _ in chosen], [outcome for _, outcome in chosen])
    return {trial.case.id: trial for trial in again}


def _units(case: Case, outputs: Mapping[str, Value]) -> dict[str, Value]:
    return {name: _narrowed(unit, case.expected[name], outputs[name]) for name, unit in case.units.items()}


def _narrowed(unit: Value, meant: Value, replayed: Value) -> Value:
    if isinstance(unit, list):
        return [_narrowed(*each) for each in zip(unit, meant, replayed, strict=True)]
    if isinstance(unit, dict):
        return {key: _narrowed(each, meant[key], replayed[key]) for key, each in unit.items()}
    if unit is None:
        return None
    share = scale_of(numbers(replayed)) / max(1.0, scale_of(numbers(meant)))
    return unit * min(1.0, max(share, LEAST_SHARE))


def _expected(trial: Trial) -> list[tuple[str, Value]]:
    return list(trial.case.expected.items())


def _is_method(output: str, trials: Sequence[Trial], again: Mapping[str, Trial]) -> bool:
    """Whether an output that is wrong agrees wherever it is, and is something, as is what it agrees with."""
    failing = [trial for trial in trials if _wrong(trial, output)]
    if not failing or not all(_agrees(trial, output, again) for trial in failing):
        return False
    replayed = [again[trial.case.id].case.expected[output] for trial in failing]
    meant = [trial.case.expected[output] for trial in failing]
    return weighty(replayed, meant) and not degenerate(replayed, meant) and not _is_nothing(output, trials)


def _agrees(trial: Trial, output: str, again: Mapping[str, Trial]) -> bool:
    """Whether an output is what the reference makes of the student's functions."""
    return trial.case.id in again and not _wrong(again[trial.case.id], output)


def _is_nothing(output: str, trials: Sequence[Trial]) -> bool:
    """Whether what came for an output is degenerate over all cases."""
    given = [
        (trial.outcome.outputs[output], trial.case.expected[output])
        for trial in trials
        if isinstance(trial.outcome, Returned) and output in trial.outcome.outputs
    ]
    return degenerate([got for got, _ in given], [meant for _, meant in given])


def _wrong(trial: Trial, output: str) -> bool:
    return any(found.output == output and found.deviation is not None for found in trial.comparisons)
