"""Functions that are made up: smooth functions of all their arguments, with results of the declared shapes.

Marks for the method ask whether an exercise does the right thing with what earlier functions give it, whatever that is.
So both sides, a submission and the reference, run the exercise with the same made-up functions in place of those: here,
each in its own process. What these compute is no secret, and says nothing of what is right.
"""

from __future__ import annotations

import math
import sys
from contextlib import contextmanager
from functools import lru_cache
from inspect import signature
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.shapes import bind, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import CodeType

    from grader.records.record import Array

_OTHERS = sys.stdlib_module_names | {"grader", "msgspec", "numpy"}  # modules that know nothing of an exercise
_BEFORE = frozenset(sys.modules) - {"__main__"}  # nor do these, which are there before anything is handed in
KEPT = 64  # of what is the same in many cases: weights by their sizes, signatures, snippets
PROJECTIONS = 8  # of all that a function is given, from which all of its results are mixed


class Token:
    """What a made-up function gives where nothing is declared: it can be handed on, and not be looked into."""

    __slots__ = ("features", "sizes")

    def __init__(self, features: Array, sizes: Mapping[str, int]) -> None:
        self.features = features
        self.sizes = sizes


def run_with(
    run: str, functions: Mapping[str, Mapping[str, Any]], largest: float, namespace: dict[str, Any]
) -> list[str]:
    """Run a snippet with functions replaced by made-up ones. Returns the names of those that were called.

    What is told of each: ``arguments`` and ``keywords``, by which names a snippet calls it; the ``shapes`` of those
    names, as far as they have one, each after the keys that lead to it in a dict; ``results``, its targets with their
    shapes, None for a token; ``single``, whether it gives a lone value. ``largest`` is how large results are.
    """
    called: dict[str, None] = {}
    made = {name: _made_up(name, told, largest, namespace[name], called) for name, told in functions.items()}
    with Appearances(made, namespace).held_by(made):
        namespace.update(made)
        exec(_compiled(run), namespace)  # noqa: S102 - as the worker runs it
    return list(called)


@lru_cache(maxsize=KEPT)
def _compiled(run: str) -> CodeType:
    return compile(run, "<run>", "exec", dont_inherit=True)


class Appearances:
    """Where objects of a module are known: by their name in every module, and by any name where they are defined."""

    def __init__(self, names: Iterable[str], namespace: Mapping[str, Any]) -> None:
        known = list(sys.modules.items())
        modules = [module for name, module in known if name not in _BEFORE and name.partition(".")[0] not in _OTHERS]
        scopes = [getattr(module, "__dict__", {}) for module in modules]
        self._found: list[tuple[dict[str, Any], str, str]] = []
        for name in names:
            own = namespace[name]
            home = getattr(own, "__globals__", {})
            self._found += [(scope, name, name) for scope in scopes if scope is not home and scope.get(name) is own]
            self._found += [(home, key, name) for key, value in home.items() if value is own]

    @contextmanager
    def held_by(self, others: Mapping[str, Any]) -> Iterator[None]:
        """Have other objects stand there meanwhile, by the names of those whose places they take."""
        before = [(scope, key, scope[key]) for scope, key, name in self._found if name in others]
        for scope, key, name in self._found:
            if name in others:
                scope[key] = others[name]
        try:
            yield
        finally:
            for scope, key, own in before:
                scope[key] = own


def matched(
    own: Callable[..., Any], arguments: Sequence[str], keywords: Mapping[str, str], *given: Any, **named: Any
) -> dict[str, Any]:
    """What a function is given, by the names with which a snippet calls it. Raises TypeError where the two differ."""
    if type(own) is FunctionType and not (keywords or named) and len(given) == len(arguments):
        _takes(own, len(given))
        return dict(zip(arguments, given, strict=True))
    known = signature(own)
    meant, came = known.bind(*arguments, **keywords), known.bind(*given, **named)
    if len(meant.args) != len(came.args) or meant.kwargs.keys() != came.kwargs.keys():
        raise TypeError("it is called with other arguments than an exercise calls it with")
    by_keyword = {meant.kwargs[key]: value for key, value in came.kwargs.items()}
    return {**dict(zip(meant.args, came.args, strict=True)), **by_keyword}


@lru_cache(maxsize=KEPT)
def _takes(own: FunctionType, count: int) -> None:
    """Raises TypeError where it does not take so many arguments; to find that out takes longer than all the rest."""
    signature(own).bind(*range(count))


def _made_up(
    name: str, told: Mapping[str, Any], largest: float, own: Any, called: dict[str, None]
) -> Callable[..., Any]:
    def made_up(*given: Any, **named: Any) -> Any:
        called[name] = None
        values = matched(own, told["arguments"], told["keywords"], *given, **named)
        sizes = _sizes(values, told["shapes"])
        features = np.concatenate([_features(value) for value in values.values()])
        results = [
            Token(features + place, sizes) if shape is None else _mixed(features, place, resolve(shape, sizes), largest)
            for place, shape in enumerate(told["results"].values())
        ]
        return results[0] if told["single"] else tuple(results)

    return made_up


def _sizes(values: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, int]:
    """The dims that arguments show. Raises SizeError where they have other shapes than declared."""
    sizes: dict[str, int] = {}
    for value in values.values():
        if isinstance(value, Token):
            sizes.update(value.sizes)
    found = [(shape, np.shape(_entry(values[name], keys))) for name, each in shapes.items() for keys, shape in each]
    for shape, actual in found:
        bind(shape, actual, sizes)
    for shape, actual in found:
        if any(isinstance(size, str) and not size.isidentifier() for size in shape):
            bind(shape, actual, sizes)  # once more: a sum of dims may stand before what shows one of them
    return sizes


def _entry(value: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        value = value[key]
    return value


def _features(value: Any) -> Array:
    """All of a value as numbers."""
    if isinstance(value, Token):
        return value.features
    if isinstance(value, dict):
        return np.concatenate([np.zeros(0), *(_features(value[key]) for key in sorted(value))])
    if isinstance(value, str):
        value = [ord(letter) for letter in value]
    return np.asarray(value, float).ravel()


def _mixed(features: Array, place: int, shape: tuple[int, ...], largest: float) -> Any:
    """Numbers of which each depends on all features, and on each of them otherwise."""
    projected = _onto(features.size) @ features / np.sqrt(max(1, features.size))
    each, weights = _of_each(math.prod(shape), place)
    mixed = largest * np.sin(weights @ projected + 1.0 + each)
    return mixed.reshape(shape) if shape else float(mixed[0])


@lru_cache(maxsize=KEPT)
def _onto(size: int) -> Array:
    """The weights of so many features in each projection."""
    return np.asarray(np.sin(np.outer(np.arange(PROJECTIONS) + 1.3, np.arange(size) + 0.7)))


@lru_cache(maxsize=KEPT)
def _of_each(size: int, place: int) -> tuple[Array, Array]:
    """What tells so many numbers of a result apart, and the weights of the projections in each."""
    each = np.arange(size) + 1.3 + 0.37 * place
    return each, np.sin(np.outer(each, np.arange(PROJECTIONS) + 0.7))
