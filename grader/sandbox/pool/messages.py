"""What a host and its zygote say to each other, over one socket of whole messages (SOCK_SEQPACKET)::

    host                                     zygote
     ◀── Capability                           once: what was found out by trying
     ── Fork, with four descriptors ────▶     the child's requests, replies, stdout and stderr
     ◀── Forked, with one descriptor          a pidfd, to watch and to kill the child by; or Refused
     ── Reap ───────────────────────────▶     once the pidfd has become readable
     ◀── Reaped

Nothing here loads what the zygote needs to confine its children and to run student code in them: the process that
grades has no use for that.
"""  # noqa: D400, D415 - a drawing ends the first sentence

from __future__ import annotations

import msgspec

from grader.sandbox.confine.capability import Capability

__all__ = ["Capability", "Fork", "Forked", "Reap", "Reaped", "Refused"]


class Fork(msgspec.Struct, frozen=True, tag=True):
    """Make a worker: in ``folder``, which is its home, and as the user of ``slot`` where that is possible."""

    folder: str
    slot: int


class Forked(msgspec.Struct, frozen=True, tag=True):
    """The worker's process id."""

    pid: int


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The system's reason for not starting one more process. There may be room for the next."""

    reason: str


class Reap(msgspec.Struct, frozen=True, tag=True):
    """Collect a worker that has ended."""

    pid: int


class Reaped(msgspec.Struct, frozen=True, tag=True):
    """The worker's exit code, negative for a signal."""

    code: int
