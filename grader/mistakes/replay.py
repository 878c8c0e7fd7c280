"""Running the reference with some of its functions answered by others. This runs in the reference's own process.

No code of a student's is here: :mod:`grader.grading.follow_through` brings what theirs answered, as values, and takes
along what they are to be asked next.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from copy import deepcopy
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: A function's name, what it is given, by position and by keyword, and what the function itself makes of it.
Call: TypeAlias = tuple[str, tuple[Any, ...], dict[str, Any], Any]


class _Unanswered(BaseException):
    """A call that there is no answer to. No Exception, so that nothing on the way takes it for one of its own."""

    def __init__(self, call: Call) -> None:
        self.call = call
        super().__init__()


def replay(run: str, names: Sequence[str], answers: Sequence[Any], namespace: dict[str, Any]) -> Call | None:
    """Run a snippet; ``answers`` are those to the calls of the functions ``names``, one after the other.

    Returns the first call that is not among them, None if the snippet came to its end without one.
    """
    known = {name: namespace[name] for name in names}
    scopes = [namespace, *(getattr(module, "__dict__", {}) for module in list(sys.modules.values()))]
    places = [(scope, name) for name, own in known.items() for scope in scopes if scope.get(name) is own]
    upcoming = iter(answers)

    def restore() -> None:
        for scope, name in places:
            scope[name] = known[name]

    def stand_in(name: str) -> Callable[..., Any]:
        def answered(*given: Any, **named: Any) -> Any:
            with suppress(StopIteration):
                return next(upcoming)
            restore()  # what the function itself calls is not asked for
            bound = signature(known[name]).bind(*given, **named)  # others may call a parameter what they like
            copies = deepcopy((bound.args, bound.kwargs))
            raise _Unanswered((name, bound.args, bound.kwargs, known[name](*copies[0], **copies[1])))

        return answered

    for scope, name in places:
        scope[name] = stand_in(name)
    try:
        exec(compile(run, "<run>", "exec"), namespace)  # noqa: S102 - the author's own, as the worker runs it
    except _Unanswered as missing:
        return missing.call
    finally:
        restore()
    return None
