"""Ed25519: bytes signed, and signatures looked at. Keys are 32 bytes, signatures 64.

``cryptography`` is an optional dependency, as for sealed cases: no student needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.records.errors import UsageError

if TYPE_CHECKING:
    from types import ModuleType

    from grader.bank.signing_keys import PublicKey, SigningKey


def public_part(bits: bytes) -> bytes:
    """The public part of a private key. Raises UsageError without ``cryptography``."""
    made: bytes = _private(bits).public_key().public_bytes_raw()
    return made


def sign(message: bytes, key: SigningKey) -> bytes:
    """The signature of a message, always the same. Raises UsageError without ``cryptography``."""
    made: bytes = _private(key.bits).sign(message)
    return made


def is_valid(signature: bytes, message: bytes, key: PublicKey) -> bool:
    """Whether the private part of ``key`` has signed this message. Raises UsageError without ``cryptography``."""
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key.bits).verify(signature, message)
    except (InvalidSignature, ValueError):  # the latter for what is too short to be one
        return False
    return True


def _private(bits: bytes) -> Any:
    return _ed25519().Ed25519PrivateKey.from_private_bytes(bits)


def _ed25519() -> ModuleType:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise UsageError(
            "signed reports need the package cryptography, which is not installed here: "
            "python -m pip install 'numerical-grader[seal]'"
        ) from None
    return ed25519
