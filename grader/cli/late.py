"""Commands that are imported when they are asked for: a grading run is short, and needs none of the others."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class LateGroup(click.Group):
    """A group of commands of which some come late."""

    def __init__(self, *given: Any, late: Mapping[str, str], **settings: Any) -> None:
        """``late``: by the name of each of these commands its module in this room, and its name there."""
        super().__init__(*given, **settings)
        self._late = late

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        return sorted({*super().list_commands(ctx), *self._late})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, if there is one."""
        if cmd_name not in self._late:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._late[cmd_name].partition(":")
        return cast("click.Command", getattr(import_module(f"grader.cli.{module}"), name))
