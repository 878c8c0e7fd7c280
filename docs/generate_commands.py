"""Writes docs/commands.md from the command line's own help; a test compares the two. Run by ``make golden``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).with_name("commands.md")
WIDTH = 90
HEAD = """\
# Commands

What `grade --help` and `grade COMMAND --help` say. This page is made from them by `make golden`.
"""


def page(command: click.Command) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections(_context(command, "grade", None), level=2)])


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    settings = {**command.context_settings, "terminal_width": WIDTH}
    return command.context_class(command, info_name=name, parent=parent, **settings)


def _sections(context: click.Context, level: int) -> Iterator[str]:
    """A heading and the help of a command, then of each of its subcommands that is not hidden."""
    command = context.command
    yield f"{'#' * level} `{context.command_path}`\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from _sections(_context(child, name, context), level + 1)


if __name__ == "__main__":
    from grader.cli.call import grade

    PAGE.write_text(page(grade), encoding="utf-8")
