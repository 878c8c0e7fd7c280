"""Inputs of a case: copies to give away, and what became of them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.records.chance import GeneratorSeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def fresh(value: Any) -> Any:
    """A writable copy that shares nothing with ``value``; a generator draws what any other of its seed does."""
    kind = type(value)
    if kind is GeneratorSeed:
        return np.random.default_rng(value.seed)
    if kind is np.random.Generator:  # where inputs are copies already
        return deepcopy(value)
    if kind is np.ndarray:
        return value.copy()
    if kind is list:
        return [fresh(item) for item in value]
    if kind is tuple:
        return tuple([fresh(item) for item in value])
    if kind is dict:
        return {key: fresh(item) for key, item in value.items()}
    return value


def differs(value: Any, original: Any) -> bool:
    """True if an input no longer is what it was, bit for bit. A generator is there to be drawn from."""
    kind = type(original)
    if kind is GeneratorSeed:
        return False
    if kind is np.ndarray:
        same = type(value) is kind and value.shape == original.shape and value.dtype == original.dtype
        return not same or value.tobytes() != original.tobytes()
    if type(value) is not kind:
        return True
    if kind in (list, tuple):
        return len(value) != len(original) or any(map(differs, value, original))
    if kind is dict:
        return value.keys() != original.keys() or any(differs(value[key], item) for key, item in original.items())
    return value is not original and bool(value != original)  # which NaN is, unlike any other number


def aliases(outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of output and input that share memory, in a dict too. All arrays are allocated apart, so bounds suffice."""
    arrays = [(name, array) for name, given in inputs.items() for array in _arrays(given)]
    for output, value in outputs.items():
        if type(value) is np.ndarray:
            owner = value.base is None  # then it can share memory with nothing but itself and its views
            for name, given in arrays:
                if value is given or (not owner and np.may_share_memory(value, given)):
                    yield output, name


def _arrays(given: Any) -> Sequence[np.ndarray[Any, Any]]:
    if type(given) is np.ndarray:
        return (given,)
    return [array for item in given.values() for array in _arrays(item)] if type(given) is dict else ()
