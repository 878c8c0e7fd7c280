"""Functions of earlier exercises: how the ``run`` of the exercise that asks for one calls it."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from grader.course.calls import calls_of
from grader.course.snippet import needed_names
from grader.records.assignment import Choices, Custom, DictOf, ListOf, Text, parts_of, resolved
from grader.records.entries import flat_inputs, flat_values
from grader.records.shapes import SizeError, bind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from grader.course.calls import SnippetCall
    from grader.records.assignment import AnyDomain, Assignment, Exercise
    from grader.records.record import Size, Value


class EarlierFunction(NamedTuple):
    """A function, and the exercise ``home`` that asks for it: by nothing but calls, of which its own is the last."""

    name: str
    home: Exercise
    calls: tuple[SnippetCall, ...]

    @property
    def call(self) -> SnippetCall:
        """How it is called."""
        return self.calls[-1]

    @property
    def can_be_asked(self) -> bool:
        """Whether all that it is given are inputs of its exercise, or made by calls that are given nothing else.

        What it gives must in part be an output, and what is made for it must not: only its maker knows what that is.
        """
        given = [name for name in self.call.given if name not in self.makers]
        given += chain.from_iterable(maker.given for maker in self.makers.values())
        return (
            self.home.inputs.keys() >= set(given)
            and self.home.outputs.keys().isdisjoint(self.makers)
            and not self.home.outputs.keys().isdisjoint(self.call.targets)
            and set(self.calls[:-1]) == set(self.makers.values())
        )

    @property
    def makers(self) -> dict[str, SnippetCall]:
        """What of that which it is given another call has made, and which: the cache of a backward function, say."""
        made = {name: call for call in self.calls[:-1] for name in call.targets}
        return {name: made[name] for name in self.call.given if name in made}

    @property
    def can_be_made_up(self) -> bool:
        """Whether the shapes of all its results are declared; what is no output at all has none."""
        return all(self.home.outputs[name].shape is not None for name in self.call.targets if name in self.home.outputs)

    @property
    def told(self) -> dict[str, Value]:
        """What :mod:`grader.sandbox.worker.made_up` and :mod:`grader.mistakes.replay` are told of it."""
        shapes = {name: self._shapes(name) for name in self.call.given if name in self.home.inputs}
        outputs = self.home.outputs
        return {
            "arguments": list(self.call.arguments),
            "keywords": dict(self.call.keywords),
            "shapes": {name: found for name, found in shapes.items() if found},
            "results": {
                name: list(outputs[name].shape or ()) if name in outputs else None for name in self.call.targets
            },
            "single": self.call.single,
        }

    def sizes(self, inputs: Mapping[str, Value]) -> dict[str, int]:
        """The dims that inputs show, as far as they do."""
        sizes: dict[str, int] = {}
        domains, flat = flat_inputs(self.home.inputs), flat_values(self.home.inputs, self._complete(inputs))
        for name in [*flat, *flat]:  # twice, for a sum of dims may stand before what shows one of them
            with suppress(SizeError):
                if name in domains and flat[name] is not None:
                    bind(_shape(domains[name]) or (), np.shape(flat[name]), sizes)
        return sizes

    def result(self, outputs: Mapping[str, Value]) -> Value:
        """What it gave, as its exercise left it."""
        if self.call.single:
            return outputs.get(self.call.targets[0])
        return tuple(outputs.get(name) for name in self.call.targets)

    def _complete(self, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """Inputs with None for those that are not given."""
        return {**dict.fromkeys(self.home.inputs), **inputs}

    def _shapes(self, name: str) -> list[tuple[list[str], list[Size]]]:
        """The declared shapes of an input, or of the entries of a dict, each after the keys that lead there."""
        whole = resolved(self.home.inputs, self.home.inputs[name])
        found = [(way[1::2], _shape(domain)) for way, domain in parts_of(whole) if "of" not in way[::2]]
        return [(list(keys), list(shape)) for keys, shape in found if shape is not None]


def _shape(domain: AnyDomain) -> Sequence[Size] | None:
    """The declared shape of an input, empty for one number; None of what has none."""
    if isinstance(domain, Choices | Custom | DictOf | ListOf | Text):
        return None
    return getattr(domain, "shape", None) or ()


class BuiltOn(NamedTuple):
    """The functions that an exercise builds on, as far as it is known how they are called.

    Exercises have shown ``wrong`` ones to be so; of those ``by_themselves`` are not so for reasons of others alone.
    """

    functions: Sequence[EarlierFunction]
    wrong: frozenset[str]
    by_themselves: frozenset[str]


def earlier_functions(names: Iterable[str], exercises: Sequence[Exercise]) -> list[EarlierFunction]:
    """Those of the names of which an exercise says how it is called, by the first that does.

    After them those that make what they are given, for nothing else may stand for that.
    """
    listed = [_earlier(name, exercises) for name in names]
    makers = [call.function for function in listed if function is not None for call in function.makers.values()]
    found = {
        function.name: function for function in [*listed, *(_earlier(name, exercises) for name in makers)] if function
    }
    return list(found.values())


def own_outputs(exercise: Exercise) -> frozenset[str]:
    """The outputs that its own functions give, and not those of earlier exercises that its ``run`` calls beside them.

    What such a one gives is no merit of this exercise, whatever it is.
    """
    followed = needed_names(exercise).intersection(exercise.follow_through)
    if not followed:
        return frozenset(exercise.outputs)
    own = (call.targets for call in calls_of(exercise.run) if call.function not in followed)
    return frozenset(exercise.outputs).intersection(chain.from_iterable(own))


def not_followed(assignment: Assignment) -> Iterator[tuple[str, str]]:
    """The exercises with those functions of their ``follow_through`` that there is no way to follow."""
    for number, exercise in enumerate(assignment.exercises):
        for name in exercise.follow_through:
            found = earlier_functions([name], assignment.exercises[:number])
            itself = name in needed_names(exercise)
            able = bool(found) and (found[0].can_be_made_up or (found[0].can_be_asked and not itself))
            if not able or not own_outputs(exercise):
                yield exercise.id, name


def _earlier(name: str, exercises: Sequence[Exercise]) -> EarlierFunction | None:
    for exercise in exercises:
        calls = calls_of(exercise.run)
        if calls and calls[-1].function == name:
            return EarlierFunction(name, exercise, calls)
    return None
