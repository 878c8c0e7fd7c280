"""What tools for tests are left in a hand-in for: nothing is tested, and nothing that is expected to fail stops it."""

from __future__ import annotations

from typing import Any

from grader.records.stand_ins import TESTS
from grader.sandbox.worker.inert import Inert, answers, inert

_RAISING = ("raises", "assert_raises", "assert_raises_regex", "assertRaises", "assert_raises_regexp")
_WARNING = ("warns", "assert_warns", "deprecated_call")


class Expected(Inert):
    """``with assert_raises(ValueError): f(-1)`` goes on after it."""

    _own = ("nose", "raises")

    def __exit__(self, _kind: object, _error: object, _traceback: object) -> bool:
        return isinstance(_error, Exception)


@answers(TESTS, *_RAISING, *_WARNING)
def raises(*_: object, **__: object) -> Expected:
    """For a block, or to decorate a test with."""
    return Expected()


@answers(TESTS, "with_setup")
def with_setup(*_: object, **__: object) -> Any:
    """What decorates: its own arguments are functions that it does not decorate."""
    return inert("nose", "with_setup")


@answers({"pytest"}, "approx")
def approx(expected: Any, *_: object, **__: object) -> Any:
    """The number itself."""
    return expected
