"""The answers of known mistakes in little room: one copy of each distinct one, as exact as a diagnosis needs.

Most mistakes leave most outputs as others do, so a column (an output of a case) holds few distinct numbers: what is
kept says for each mistake which one before it answers the same. A number is held against a student's by
:data:`grader.diagnose.known.CLOSE`, 1e-5 of the largest number of the output or of 1; steps of 2^-20 are off by a
twentieth of that at most, and take less room than float32, which is worse where numbers are large. What does not fit
into such steps is kept as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

from grader.records.errors import ProtocolError

if TYPE_CHECKING:
    from grader.records.record import Array

STEP = 2.0**-20
MOST = 1 << 16  # mistakes of an exercise
_MASK = np.uint8(0x5A)
_WHOLE = np.iinfo(np.int32)
_OTHER = _WHOLE.min  # stands for a number that is kept as it is


class SharedAnswers(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A matrix of answers, a row a mistake.

    ``same_as`` has for each column and mistake the first mistake that answers so there; ``steps`` what each of those
    answers, column by column, in steps, or that it is the next of ``others``. The bytes of numbers lie plane by plane,
    the lowest ones first, so that they are packed well, and under a mask: zeros with a 1 among them would look like the
    arrays that :mod:`grader.classroom.leaks` looks for.
    """

    mistakes: int
    columns: int
    same_as: bytes
    steps: bytes
    others: bytes


def shared(answers: Array) -> SharedAnswers:
    """A matrix of answers, a row a mistake, without what is there twice. Raises ValueError for too many rows."""
    mistakes, columns = answers.shape
    if mistakes > MOST:
        raise ValueError(f"{mistakes} mistakes, of which at most {MOST} can be told apart")
    rounded = _rounded(answers)
    first = np.zeros((columns, mistakes), np.uint16)
    for number, column in enumerate(rounded.T):
        _, at, back = np.unique(column, return_index=True, return_inverse=True)
        first[number] = at[back.ravel()]
    kept = rounded.T[first == np.arange(mistakes)]
    fits = _fit(kept)
    steps = np.where(fits, np.rint(np.where(fits, kept, 0.0) / STEP), _OTHER)
    return SharedAnswers(mistakes, columns, _planes(first), _planes(steps.astype(np.int32)), kept[~fits].tobytes())


def unshared(packed: SharedAnswers) -> Array:
    """The matrix again. Raises ProtocolError for what :func:`shared` does not give."""
    shape = (packed.columns, packed.mistakes)
    first = _numbers(packed.same_as, np.uint16)
    if min(shape) < 0 or first.size != shape[0] * shape[1]:
        raise ProtocolError(f"{first.size} answers of {packed.mistakes} mistakes in {packed.columns} columns")
    first = first.reshape(shape)
    own = first == np.arange(packed.mistakes)
    steps, others = _numbers(packed.steps, np.int32), np.frombuffer(_whole(packed.others, 8), "<f8")
    kept = steps * STEP
    if kept.size != own.sum() or others.size != (steps == _OTHER).sum() or (first >= max(packed.mistakes, 1)).any():
        raise ProtocolError("answers of mistakes that do not belong together")
    kept[steps == _OTHER] = others
    found = np.zeros(shape)
    found[own] = kept
    return np.ascontiguousarray(np.take_along_axis(found, first.astype(np.intp), axis=1).T)


def _rounded(answers: Array) -> Array:
    fits = _fit(answers)
    return np.where(fits, np.rint(np.where(fits, answers, 0.0) / STEP) * STEP, answers)


def _fit(numbers: Array) -> Array:
    """Which numbers can be told in steps."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(numbers) < _WHOLE.max * STEP)  # of NaN that is false


def _planes(numbers: Array) -> bytes:
    width = numbers.dtype.itemsize
    little = numbers.astype(numbers.dtype.newbyteorder("<"))
    planes = np.frombuffer(little.tobytes(), np.uint8).reshape(-1, width).T
    return np.ascontiguousarray(planes ^ _MASK).tobytes()


def _numbers(planes: bytes, kind: type[np.integer]) -> Array:
    dtype = np.dtype(kind).newbyteorder("<")
    lying = np.frombuffer(_whole(planes, dtype.itemsize), np.uint8).reshape(dtype.itemsize, -1) ^ _MASK
    return np.frombuffer(np.ascontiguousarray(lying.T).tobytes(), dtype)


def _whole(data: bytes, width: int) -> bytes:
    if len(data) % width:
        raise ProtocolError(f"{len(data)} bytes of numbers that take {width} each")
    return data
