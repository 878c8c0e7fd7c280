"""What a sample is one of, as the reference's side says it: read, and held against the reference's own draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from grader.course.sampled import samples
from grader.judge.sampling import compare_draws
from grader.records.chance import Distribution
from grader.records.values import stacked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.records.assignment import Exercise
    from grader.records.record import Array, Value
    from grader.records.verdict import Deviation

MOST_CATEGORIES = 1000
LARGEST = 1_000_000  # draws times categories
OFF = 1e-9  # by how much probabilities may miss 1 when they are added up

_FORM = "a list of probabilities, or a dict from each text or whole number that can be drawn to its probability"


class NoDistributionError(ValueError):
    """What ``drawn_from`` gave is no distribution, or not that of what the reference drew."""


def expected_of(exercise: Exercise, outputs: Mapping[str, Value]) -> dict[str, Value]:
    """What a case expects, of what the reference gave (:func:`grader.course.sampled.run_of_reference`).

    Raises NoDistributionError with the name of the output, and what is wrong with it.
    """
    return {name: _distribution(name, value) if name in samples(exercise) else value for name, value in outputs.items()}


def _distribution(name: str, given: Value) -> Distribution:
    draws, written = given
    many = isinstance(draws, list | tuple) or (isinstance(draws, np.ndarray) and draws.ndim > 0)
    count = len(draws) if many else 0
    if not count:
        raise NoDistributionError(name, "holds no draws: run must set it to a list or an array of them")
    meant = Distribution(count, *_probabilities(name, written))
    if count * len(meant.categories) > LARGEST:
        raise NoDistributionError(name, f"has {count:,} draws of {len(meant.categories):,} categories: draw fewer")
    if (deviation := compare_draws(meant, draws).deviation) is not None:
        raise NoDistributionError(name, f"is not drawn from what drawn_from says: {_how(deviation)}")
    return meant


def _how(deviation: Deviation) -> str:
    share = deviation.share
    if share is None:
        return f"the reference's own draws are none ({deviation.fault.what})"
    return f"{share.category} came {share.came} times in {share.draws}, with the probability {share.probability:g}"


def _probabilities(name: str, written: Value) -> tuple[tuple[int | str, ...], tuple[float, ...]]:
    """The categories, and the probability of each."""
    categories: tuple[int | str, ...]
    if isinstance(written, dict):
        categories, values = tuple(written), _numbers(list(written.values()))
        kinds = set(map(type, categories))
        if kinds not in ({int}, {str}):
            raise NoDistributionError(name, "has a drawn_from with keys that are not all texts, or all whole numbers")
    else:
        values = _numbers(written)
        categories = tuple(range(0 if values is None else len(values)))
    if values is None or not 0 < len(values) <= MOST_CATEGORIES:
        raise NoDistributionError(name, f"has a drawn_from that is not {_FORM} (at most {MOST_CATEGORIES:,})")
    if not np.isfinite(values).all() or values.min() < 0 or abs(values.sum() - 1) > OFF:
        total = f"they sum to {values.sum():.9g}, the least is {values.min():g}"
        raise NoDistributionError(name, f"has a drawn_from that is no distribution: {total}")
    return categories, tuple(values.tolist())


def _numbers(written: Value) -> Array | None:
    """A flat array of numbers, None for anything else."""
    array = stacked(written) if isinstance(written, list | tuple) else written
    flat = isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind in "biuf"
    return array.astype(float) if flat and array is not None else None
