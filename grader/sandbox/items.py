"""Counting the objects of a packed value without building any of them.

A few megabytes can hold millions of tiny items, each of which costs fifty bytes and more once it is an object, and a
text with one strange character takes four bytes for each of its letters. So a value is counted before it is unpacked.
"""

from __future__ import annotations

#: Bytes that follow the first one of an item with content of fixed size.
_FIXED = (
    dict.fromkeys((0xC0, 0xC1, 0xC2, 0xC3), 0)  # nil, unused, false, true
    | {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}  # numbers
    | {0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}  # small extensions
)
#: Bytes of the length of bytes or an extension, and what stands beside its content.
_SIZED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
#: Bytes of the length of text.
_TEXTS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
#: Letters of the shortest text that such a length stands before.
_SHORTEST = {0xD9: 32, 0xDA: 256, 0xDB: 65_536}
#: Bytes of the length of a container; its items follow one by one.
_CONTAINERS = {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}
#: The tag of text that crosses as bytes: :class:`~grader.records.values.WireText`.
_AS_BYTES = b"\xa1s"
_PER_OBJECT = 8  # bytes of text, which may take four times as many once it is an object


def count_objects(message: bytes, limit: int) -> int:
    """The objects of ``message``, or any number above ``limit`` once there are more.

    Each item is one, text of more than a byte three, and one more for every 8 bytes of it.
    """
    position, end, objects, tagged = 0, len(message), 0, -1
    while position < end and objects <= limit:
        first = message[position]
        position += 1
        objects += 1
        if first <= 0x9F or first >= 0xE0:  # small numbers and containers hold no bytes of their own
            continue
        if first <= 0xBF:
            length = first & 0x1F
            position += length
            objects += 2 + length // _PER_OBJECT if length > 1 else 0
            tagged = position if message[position - 2 : position] == _AS_BYTES else tagged
        elif (fixed := _FIXED.get(first)) is not None:
            position += fixed
        elif (width := _CONTAINERS.get(first)) is not None:
            position += width
        else:
            is_text = first in _TEXTS or position - 1 == tagged
            width, beside = (_TEXTS[first], 0) if first in _TEXTS else _SIZED[first]
            length = int.from_bytes(message[position : position + width], "big")
            if first in _TEXTS and length < _SHORTEST[first]:  # nobody packs so but who hides what text is
                return limit + 1
            position += width + beside + length
            objects += 2 + length // _PER_OBJECT if is_text else 0
    return objects
