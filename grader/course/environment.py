"""Secrets that come in the environment: taken out of it before the command starts any other process.

A variable that is removed still stands in the memory that the system shows of a process (``/proc/…/environ``), so it is
overwritten there first. Whoever uses grader as a library keeps its variables: workers inherit none.
"""

from __future__ import annotations

import os

SIGNING = "GRADER_SIGNING_KEY"
NAMES = ("GRADER_SECRET", "GRADER_KEY", SIGNING)

_taken: dict[str, str] = {}


def take() -> None:
    """Remove the variables that hold secrets; :func:`held` still knows them."""
    for name in NAMES:
        if name in os.environ:
            _taken[name] = os.environ[name]
            _overwrite(name)
            del os.environ[name]


def held(name: str) -> str | None:
    """What the variable holds, or held until it was taken; None where it is not set."""
    return os.environ.get(name, _taken.get(name))


def with_taken() -> dict[str, str]:
    """The environment as it was given, for another process of grader, which takes them out in its turn.

    What signs is left out: no process but the one that was given it has a use for it.
    """
    given = {**_taken, **os.environ}
    return {name: value for name, value in given.items() if name != SIGNING}


def _overwrite(name: str) -> None:
    if os.name != "posix":  # where no process shows another one's environment by a file
        return
    import ctypes  # 5 ms, for those alone who set such a variable

    getenv = ctypes.CDLL(None).getenv
    getenv.restype, getenv.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    if address := getenv(name.encode()):
        ctypes.memset(address, ord("-"), len(ctypes.string_at(address)))
