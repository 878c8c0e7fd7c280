"""Landlock: the kernel's own rules on files, TCP ports, abstract sockets and signals, for this process alone.

Everything that the kernel's version can restrict is restricted; the exceptions are folders and files that may be
read. Looking a path up (``stat``) and changing its mode are beyond Landlock: the seccomp filter has those.
"""

from __future__ import annotations

import os
import stat
import struct
from typing import TYPE_CHECKING

from grader.errors import GuardError
from grader.sandbox import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

CREATE_VERSION = 1
PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3


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


class Ruleset:
    """Rules that are ready to be applied.

    Made in two steps because the roots are opened with the rights that the process gives up in between.
    """

    def __init__(self, roots: Iterable[str | int] = ()) -> None:
        """``roots``: paths, or open descriptors, of folders and files that may be read. Raises GuardError."""
        rights = handled(version())
        attributes = struct.pack("=QQQ", *rights)[: 24 if rights[2] else 16 if rights[1] else 8]
        try:
            self._descriptor = kernel.call("landlock_create_ruleset", attributes, len(attributes), 0)
            for root in roots:
                self._allow(root)
        except OSError as error:
            raise GuardError(f"Landlock's rules were refused: {error}") from None

    def restrict(self) -> None:
        """Apply the rules to this process for good. Needs no_new_privs. Raises GuardError."""
        try:
            kernel.call("landlock_restrict_self", self._descriptor, 0)
        except OSError as error:
            raise GuardError(f"Landlock was refused: {error.strerror}") from None
        finally:
            os.close(self._descriptor)

    def _allow(self, root: str | int) -> None:
        descriptor = root if isinstance(root, int) else os.open(root, os.O_PATH | os.O_CLOEXEC)
        try:
            folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            rule = struct.pack("=Qi", READ_FILE | (READ_DIR if folder else 0), descriptor)
            kernel.call("landlock_add_rule", self._descriptor, PATH_BENEATH, rule, 0)
        finally:
            os.close(descriptor)
