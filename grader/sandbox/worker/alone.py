"""A worker that is a program of its own, for systems on which none is forked: they have three pipes for it at most.

Requests come on stdin and replies go to stdout, so both move to other descriptors before anything else is done. In
their places student code finds the null device, and a file that takes what it prints. stderr is such a file from the
start, so that what goes wrong before is heard; it is opened again to have every line go to its end, wherever that is.
"""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Serve. The arguments are the paths of the files for stdout and stderr."""
    requests, replies = os.dup(0), os.dup(1)  # which nothing that student code starts inherits
    _put(0, os.devnull, os.O_RDONLY)
    for descriptor, path in enumerate(sys.argv[1:], 1):
        _put(descriptor, path, os.O_WRONLY | os.O_APPEND)
    sys.argv[:] = [""]

    from grader.sandbox.confine import limits
    from grader.sandbox.worker.serve import serve

    gc.freeze()
    gc.enable()
    serve(requests, replies, limits.apply)


def _put(descriptor: int, path: str, flags: int) -> None:
    opened = os.open(path, flags)
    os.dup2(opened, descriptor)
    os.close(opened)
