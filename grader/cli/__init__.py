"""The command line: parse, call, exit code.

Data goes to stdout, words to stderr. Imports are lazy: a grading run loads what it uses and nothing else. It first
starts Python for submissions, which comes up while everything else is imported.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from grader.sandbox.pool.start import Program


def main() -> NoReturn:
    """Run the command line and exit."""
    gc.set_threshold(100_000)  # neither modules nor records hold cycles: to look for some as usual takes 20 ms
    if not {"GRADER_SECRET", "GRADER_KEY", "GRADER_SIGNING_KEY"}.isdisjoint(os.environ):
        from grader.course.environment import take

        take()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more of them wait busily, on the processor of a submission
    program = _ahead(sys.argv[1:])
    if program is not None:
        # From here, where the stack is short: further down each of its many small calls crosses the end of a chunk of
        # it, which Python gets from the system and gives back each time.
        with suppress(Exception):  # who needs it says what is wrong
            import numpy  # noqa: F401 - loaded is all that it is to be
    from grader.cli.call import call

    call(program)


def _ahead(words: list[str]) -> Program | None:
    """Python for submissions, if there is something to grade by all appearances. A wrong guess costs a process."""
    name = "".join(words[1:2] if words[:1] == ["run"] else words[:1])
    with suppress(OSError):  # whoever needs it will start it again, and say what is wrong
        is_one = _is_assignment(name) if name and not name.startswith("-") else _is_noted()
        if hasattr(os, "pidfd_open") and is_one:
            from grader.sandbox.pool.start import start

            return start()
    return None


def _is_noted() -> bool:
    """Whether `grade` alone knows here what to grade."""
    return os.path.exists(".grade.toml")  # noqa: PTH110 - as below


def _is_assignment(name: str) -> bool:
    folder, last = os.getcwd(), ""  # noqa: PTH109 - pathlib takes as long to import as all that is needed here
    while folder != last:
        if os.path.isdir(f"{folder}/assignments/{name}"):  # noqa: PTH112 - as above
            return True
        folder, last = os.path.dirname(folder), folder  # noqa: PTH120 - as above
    return False
