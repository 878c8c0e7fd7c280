r"""JSON read strictly, and written in one way: the same document gives the same bytes, however it was laid out.

What is read strictly means one thing to every reader. Refused are a key that stands twice in an object, of which some
readers take the first and some the last; ``NaN`` and ``Infinity``, which are no JSON; numbers beyond a float's range;
and what is larger or nested deeper than any report.

In the one way of writing, keys are sorted by their characters, nothing stands between tokens, what is not ASCII is
escaped (``\u00e9``), whole numbers below 2**53 have no point (``15.0`` is ``15``), and other numbers are the shortest
text that reads back as the same.
"""

from __future__ import annotations

import json
import math
from typing import Any

LARGEST = 32 << 20  # bytes of a document
EXACT = 2**53  # up to here a float holds every whole number


def strict(data: bytes) -> Any:
    """What JSON text holds. Raises ValueError, which says what is wrong with it."""
    if len(data) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST >> 20} MiB")
    try:
        return json.loads(
            data.decode(), object_pairs_hook=_object, parse_float=_number, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error}") from None
    except RecursionError:
        raise ValueError("it is nested deeper than any report") from None


def canonical(document: Any) -> bytes:
    """The one way to write what :func:`strict` has read."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in an object of it")
    return found


def _number(text: str) -> float | int:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number in it is too large")
    return int(value) if value.is_integer() and abs(value) < EXACT else value


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
