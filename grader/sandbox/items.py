"""Counting the items of a msgpack message without building any of them.

A message of a few megabytes can hold millions of tiny items, each of which costs a hundred bytes and more once it is an
object. A large message is therefore counted before it is decoded.
"""

from __future__ import annotations

#: Bytes that follow the first one of an item with content of fixed size.
_FIXED = (
    dict.fromkeys((0xC0, 0xC1, 0xC2, 0xC3), 0)  # nil, unused, false, true
    | {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}  # numbers
    | {0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}  # small extensions
)
#: Bytes of the length of text, bytes or an extension, and what stands beside its content.
_SIZED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)} | {
    0xD9: (1, 0),
    0xDA: (2, 0),
    0xDB: (4, 0),
}
#: Bytes of the length of a container; its items follow one by one.
_CONTAINERS = {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}


def count_items(message: bytes, limit: int) -> int:
    """The number of items that begin in ``message``, or any number above ``limit`` once there are more."""
    position, end, items = 0, len(message), 0
    while position < end and items <= limit:
        first = message[position]
        position += 1
        items += 1
        if first <= 0x9F or first >= 0xE0:  # small numbers and containers hold no bytes of their own
            continue
        if first <= 0xBF:
            position += first & 0x1F
        elif (fixed := _FIXED.get(first)) is not None:
            position += fixed
        elif (width := _CONTAINERS.get(first)) is not None:
            position += width
        else:
            width, more = _SIZED[first]
            position += width + more + int.from_bytes(message[position : position + width], "big")
    return items
