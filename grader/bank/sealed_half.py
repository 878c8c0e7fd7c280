"""The hidden half of a bank in a sealed file beside the bundle with the public one, and both together again.

The file belongs to one bundle, byte for byte: what it is opened for was released together with it, the laws in it too.
Laws run in the process that holds the key. So where a key is set, a bundle without such a file is not used at all.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.bank import bundle
from grader.bank.keyring import VARIABLE
from grader.bank.layout import pack_cases, unpack_cases
from grader.bank.sealed import SealedFor, seal, unseal
from grader.records.errors import BundleError, ProtocolError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from grader.bank.bundle import Bundle
    from grader.bank.keyring import SealingKey
    from grader.records.bank import CaseBank
    from grader.records.run import Isolation

NAME = "hidden.sealed"


def sealed_half(bank: CaseBank, released: Bundle, packed: bytes, key: SealingKey) -> bytes:
    """The sealed file for a bundle and its bytes, with the hidden cases of the whole ``bank``."""
    hidden = {name: [case for case in cases if not case.public] for name, cases in bank.cases.items()}
    return seal(pack_cases(hidden), key, _about(released, hashlib.sha256(packed).hexdigest()))


def whole(found: Bundle, path: Path, keys: Sequence[SealingKey], isolation: Isolation) -> Bundle:
    """The bundle that was read at ``path``, with the hidden cases that are sealed beside it.

    It is not read a second time: laws run that were read, and a file that is exchanged in between would not be theirs.
    Raises UsageError where there are none, or they cannot be opened: nothing of such a bundle may be run.
    """
    beside = path.with_name(NAME)
    if not os.path.lexists(beside):
        raise UsageError(
            f"{VARIABLE} is set, and {beside} is missing: put the file there that was released with the bundle, or "
            f"unset {VARIABLE} to practise"
        )
    opened = unseal(bundle.content(beside), keys, _about(found, found.sha256), isolation)
    try:
        cases = unpack_cases(opened)
        _check(found, cases.keys())
    except ProtocolError as error:
        problem = f"holds no hidden cases of this bundle ({str(error)[:200]}): seal them anew"
        raise BundleError(beside, problem) from None
    both = {name: (*those, *cases.get(name, ())) for name, those in found.bank.cases.items()}
    return found._replace(bank=replace(found.bank, cases=both))


def _about(released: Bundle, sha256: str) -> SealedFor:
    return SealedFor(released.course, released.bank.assignment.id, sha256, released.bank_format)


def _check(found: Bundle, exercises: Collection[str]) -> None:
    if strange := sorted(set(exercises) - found.bank.cases.keys()):
        raise ProtocolError(f"cases of {strange[0]!r}, which is no exercise")
