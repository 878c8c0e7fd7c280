"""Reports that are signed, and looked at: what a signature is over, and what came of it.

It is over a whole report as ``report.json`` holds it, but for the digits of the signature itself: the bytes
``grader/signature/v1``, a newline, and then the document, without ``signature.value``, in the one way that
:mod:`grader.records.canonical` writes. So blanks and the order of keys make no difference, and every value does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec.structs import replace

from grader.bank import signatures
from grader.grading.fingerprint import content_sha256
from grader.records.canonical import LARGEST, canonical, strict
from grader.records.decoding import from_json
from grader.records.errors import GraderError, SubmissionError
from grader.records.schemas import READ_REPORTS, SIGNATURE
from grader.records.signature import Flaw, HandedIn, Signature, SignedReport, Unproven
from grader.submission import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from grader.bank.signing_keys import PublicKey, SigningKey
    from grader.records.signature import Compared, Vouched

_DAMAGED = (KeyError, TypeError, ValueError, RecursionError)


class Proven(NamedTuple):
    """A report with a valid signature, by which of the ``keys``: 0 is the newest. ``data`` is the file as it was."""

    report: SignedReport
    key: int
    data: bytes


# ── signing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def signature_of(graded: Vouched, key: SigningKey, document: Callable[[Signature], str]) -> Signature:
    """What signs a report; ``document`` gives the report's JSON with a signature in it.

    Raises GraderError where the report cannot be read as it would have to be by whoever looks at it.
    """
    unsigned = Signature(schema=SIGNATURE, key=key.id, graded=graded)
    try:
        message = _message(strict(document(unsigned).encode()))
    except _DAMAGED as error:
        raise GraderError(f"the report cannot be signed: {error}") from None
    signed = replace(unsigned, value=signatures.sign(message, key).hex())
    if isinstance(proven(document(signed).encode(), [key.public]), Flaw):
        raise GraderError("the report cannot be signed: its own signature would not be found valid")
    return signed


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def proven_file(path: Path, keys: Sequence[PublicKey]) -> Proven | Flaw:
    """What the file at ``path`` proves. Raises UsageError without ``cryptography``."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        return Flaw(Unproven.NOT_READ, error.strerror or type(error).__name__)
    return proven(data, keys)


def proven(data: bytes, keys: Sequence[PublicKey]) -> Proven | Flaw:
    """What a report proves to whoever believes these keys. Raises UsageError without ``cryptography``."""
    try:
        document = strict(data)
    except ValueError as error:
        return Flaw(Unproven.NO_REPORT, str(error))
    if not isinstance(document, dict) or document.get("schema") not in tuple(READ_REPORTS):
        return Flaw(Unproven.NO_REPORT, "it is no report of grade")
    signature = document.get("signature")
    if not isinstance(signature, dict):
        return Flaw(Unproven.UNSIGNED)
    if signature.get("schema") != SIGNATURE:
        return Flaw(Unproven.OTHER_FORM, str(signature.get("schema"))[:80])
    if not keys:
        return Flaw(Unproven.NO_KEYS)
    number = next((number for number, key in enumerate(keys) if key.id == signature.get("key")), None)
    if number is None:
        return Flaw(Unproven.UNKNOWN_KEY, str(signature.get("key"))[:80])
    if not _is_signed(document, signature, keys[number]):
        return Flaw(Unproven.TAMPERED, keys[number].id)
    try:
        return Proven(from_json(data, SignedReport), number, data)
    except msgspec.MsgspecError as error:  # a report of another version of grader
        return Flaw(Unproven.OTHER_FORM, str(error))


def compared(handed_in: HandedIn, path: Path) -> Compared:
    """Whether what lies at ``path`` is what was graded. Raises UsageError where several things at it could be."""
    try:
        found = content_sha256(read(path, handed_in.module, asked=frozenset(handed_in.names)))
    except SubmissionError:
        found = ""
    return "the same" if found == handed_in.sha256 else "another"


def _is_signed(document: Mapping[str, Any], signature: Mapping[str, Any], key: PublicKey) -> bool:
    try:
        return signatures.is_valid(bytes.fromhex(signature["value"]), _message(document), key)
    except _DAMAGED:  # no such value, or none that is hexadecimal
        return False


def _message(document: Mapping[str, Any]) -> bytes:
    """The bytes that are signed."""
    signature = {name: value for name, value in document["signature"].items() if name != "value"}
    return SIGNATURE.encode() + b"\n" + canonical({**document, "signature": signature})
