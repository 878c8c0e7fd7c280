"""Options of a command that prepares rooms without internet: which systems and versions of Python they have."""

from __future__ import annotations

import sys
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader.records.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = "wheelhouse"  # beside the one that is released: it serves every assignment, and is much larger


class Rooms(NamedTuple):
    """What the options said; no ``systems`` where nothing is wanted."""

    systems: tuple[str, ...]
    pythons: tuple[str, ...]

    def fetch(self, released: Path) -> None:
        """Put what the rooms need beside what is released, and say what. Raises GraderError and UsageError."""
        if self.systems:
            from grader.classroom.wheelhouse import fetch

            for system in self.systems:
                click.echo(f"Fetching wheels for {system}, Python {', '.join(self.pythons)} …", err=True)
            click.echo(str(fetch(released.absolute().parent / FOLDER, self.systems, self.pythons)))


def wheelhouse_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options; it gets them as one argument ``rooms``, in which words that name none are told."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"

    @click.option(
        "--wheelhouse",
        metavar="SYSTEMS",
        help="Fetch what rooms without internet need, for systems such as win_amd64,macosx_arm64,manylinux_x86_64.",
    )
    @click.option(
        "--python", metavar="VERSIONS", help="Their versions of Python, such as 3.11,3.12; by default this one's."
    )
    @wraps(command)
    def with_rooms(*args: Any, wheelhouse: str | None, python: str | None, **kwargs: Any) -> Any:
        if wheelhouse is None:
            if python is not None:
                raise UsageError("--python says what a wheelhouse is for: name its systems by --wheelhouse")
            return command(*args, rooms=Rooms((), ()), **kwargs)
        from grader.classroom.wheelhouse import check

        rooms = Rooms(_listed(wheelhouse), _listed(here if python is None else python))
        check(rooms.systems, rooms.pythons)  # before minutes of work
        return command(*args, rooms=rooms, **kwargs)

    return with_rooms


def _listed(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for each in words.split(",") if (word := each.strip())))
