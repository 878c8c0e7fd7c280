"""How many values an assignment asks for.

``line, = plt.plot(x)``, ``n, bins, patches = plt.hist(x)``, ``fig, (a, b) = …``: what plotting functions give back has
as many parts as stand on the left, and a table of them would never be whole. The frame that asks for an iterator
knows: it stands at the instruction that unpacks.
"""

from __future__ import annotations

from opcode import opmap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_SEQUENCE, _STARRED, _EXTENDED = opmap["UNPACK_SEQUENCE"], opmap["UNPACK_EX"], opmap["EXTENDED_ARG"]
_SIZE = 2  # bytes of an instruction: what to do, and a number


def names_waiting(frame: FrameType) -> int:
    """How many names the instruction at which a frame stands unpacks into; 0 if it is another.

    A starred name takes none.
    """
    code, at = frame.f_code.co_code, frame.f_lasti
    extension = 0
    if code[at] == _EXTENDED:
        at += _SIZE
    if at >= _SIZE and code[at - _SIZE] == _EXTENDED:
        extension = code[at - 1]
    if code[at] == _SEQUENCE:
        return (extension << 8) + code[at + 1]
    if code[at] == _STARRED:  # names before the star; the extension is the names after it
        return code[at + 1] + extension
    return 0
