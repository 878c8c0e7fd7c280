"""Which arguments a student's function heeds: calls are asked once more, with one argument moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.grading.replay import Call, Replays
    from grader.records.record import Value

PROBED = 8  # calls of a function
MOVE = 0.01  # what an argument with a part in the result makes of this can be seen


class MovedCall(NamedTuple):
    """A call with one argument moved. ``heeds``: the student's function answers otherwise than before."""

    argument: str
    call: Call
    heeds: bool


def moved_calls(replays: Replays, calls: Sequence[Call]) -> list[MovedCall]:
    """Some calls of each function, with each argument moved that the right function heeds."""
    chosen = [call for name in replays.functions for call in _some([call for call in calls if call.name == name])]
    moved = [(call, argument) for call in chosen for argument, value in call.inputs.items() if _can_move(value)]
    asked = [call._replace(inputs=_moved(call.inputs, argument)) for call, argument in moved]
    right = replays.ask_author(asked)
    heeded = [
        (argument, call, probe._replace(own=own))
        for (call, argument), probe, own in zip(moved, asked, right, strict=True)
        if call.otherwise(own, of_own=True)
    ]
    answers = replays.answer([probe for *_, probe in heeded])
    return [
        MovedCall(argument, probe, probe.answered and before.otherwise(probe.given))
        for (argument, before, _), probe in zip(heeded, answers, strict=True)
    ]


def depend_on_little(names: Sequence[str], probes: Sequence[MovedCall]) -> bool:
    """Whether a function heeds no more than half of the arguments that the right one heeds.

    What builds on it would then be spared most of its work: a cell that is merely doubled needs no gates.
    """
    return any(_depends_on_little([probe for probe in probes if probe.call.name == name]) for name in names)


def _depends_on_little(probes: Sequence[MovedCall]) -> bool:
    heeded = {probe.argument for probe in probes if probe.heeds}
    arguments = {probe.argument for probe in probes}  # there is none where nothing that it is given can be moved
    return bool(arguments) and 2 * len(heeded) <= len(arguments)


def _some(calls: Sequence[Call]) -> Sequence[Call]:
    return [call for call in calls if call.answered][:: max(1, -(-len(calls) // PROBED))]


def _can_move(value: Value) -> bool:
    if isinstance(value, dict):
        return any(map(_can_move, value.values()))
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _moved(inputs: Mapping[str, Value], argument: str) -> dict[str, Value]:
    """With every number of one argument moved, and each by another amount: a softmax does not see a common one."""
    return {**inputs, argument: _by_little(inputs[argument])}


def _by_little(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _by_little(item) if _can_move(item) else item for key, item in value.items()}
    by = MOVE * np.linspace(1.0, 2.0, np.size(value)).reshape(np.shape(value))
    return value + by if np.shape(value) else value + float(by)
