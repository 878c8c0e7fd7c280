"""Options about isolation, which several commands share."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.grading.grade import Demands
    from grader.sandbox.api import WorkerPool


class Isolated(NamedTuple):
    """What the options said."""

    require_level: int
    allow_weak_isolation: bool
    highest_level: int

    def pool(self, *, alone: bool = False) -> WorkerPool:
        """Where student code will run, ``alone`` if it is one submission's. It begins to start at once."""
        from grader.sandbox.open import open_pool

        return open_pool(self.highest_level, click.get_current_context().obj, alone=alone)

    def demands(self) -> Demands:
        """What it has to offer."""
        from grader.grading.grade import Demands

        return Demands(self.require_level, self.allow_weak_isolation)


def isolation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument ``isolation``."""
    level = click.IntRange(1, 5)

    @click.option("--require-level", type=level, default=1, help="Refuse to grade below this isolation level.")
    @click.option("--allow-weak-isolation", is_flag=True, help="Run hidden cases below isolation level 3 too.")
    @click.option("--highest-level", type=level, default=5, help="Use no stronger isolation, to try out a weaker one.")
    @wraps(command)
    def with_isolation(
        *args: Any, require_level: int, allow_weak_isolation: bool, highest_level: int, **kwargs: Any
    ) -> Any:
        isolation = Isolated(require_level, allow_weak_isolation, highest_level)
        return command(*args, isolation=isolation, **kwargs)

    return with_isolation
