"""Landlock: the kernel's own rules on files, TCP ports, abstract sockets and signals, for this process alone.

Everything that the kernel's version can restrict is restricted, without an exception. Looking a path up (``stat``) and
changing its mode are beyond Landlock: the seccomp filter has those.
"""

from __future__ import annotations

import os
import struct

from grader.records.errors import GuardError
from grader.sandbox.confine import kernel

CREATE_VERSION = 1


def version() -> int:
    """The version of the kernel's Landlock. Raises GuardError if it has none, or has it turned off."""
    try:
        return kernel.call("landlock_create_ruleset", 0, 0, CREATE_VERSION)
    except OSError as error:
        raise GuardError(f"Landlock is not offered: {error.strerror}") from None


def handled(version: int) -> tuple[int, int, int]:
    """Rights that a version can restrict: on files, on TCP ports, and reaching out of the process's own domain.

    Version 1 has 13 rights on files; 2 adds linking across folders, 3 truncating, 5 commands to devices. Version 4
    adds binding and connecting TCP, 6 abstract sockets and signals.
    """
    files = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    return (1 << files) - 1, 0b11 if version >= 4 else 0, 0b11 if version >= 6 else 0


def confine() -> None:
    """Put this process under the rules, for good. Needs no_new_privs. Raises GuardError where the kernel refuses."""
    rights = handled(version())
    attributes = struct.pack("=QQQ", *rights)[: 24 if rights[2] else 16 if rights[1] else 8]
    try:
        ruleset = kernel.call("landlock_create_ruleset", attributes, len(attributes), 0)
        try:
            kernel.call("landlock_restrict_self", ruleset, 0)
        finally:
            os.close(ruleset)
    except OSError as error:
        raise GuardError(f"Landlock was refused: {error.strerror}") from None
