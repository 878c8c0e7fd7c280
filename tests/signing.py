"""Reports that tests sign: whatever a report says, by whatever key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from grader.bank.signatures import public_part
from grader.bank.signing_keys import PublicKey, SigningKey
from grader.grading.signed import signature_of
from grader.records.signature import HandedIn, Vouched

if TYPE_CHECKING:
    from grader.records.signature import Signature


def key_of(number: int) -> SigningKey:
    """A key that is the same each time."""
    bits = bytes([number]) * 32
    return SigningKey(bits, PublicKey(public_part(bits)), "a test")


def signed(report: dict[str, Any], key: SigningKey, **said: Any) -> bytes:
    """A report as JSON with a signature; ``said`` is what the signer says of the grading."""
    facts = {"time": "2026-11-30T10:00:00Z", "student": "course/ada", "student_from": "option", "commit": "abc"}
    facts |= {"hidden": True, "handed_in": HandedIn("ab" * 32, "brief.py", ("square_root",))} | said

    def document(signature: Signature) -> str:
        return json.dumps({**report, "signature": msgspec.to_builtins(signature)}, indent=1)

    return document(signature_of(Vouched(**facts), key, document)).encode()
