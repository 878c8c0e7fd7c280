"""docs/commands.md says what the command line itself says."""

from __future__ import annotations

import runpy
from pathlib import Path

import click

from grader.cli.call import grade as command_line

DOCS = Path(__file__).parents[2] / "docs"
page = runpy.run_path(str(DOCS / "generate_commands.py"))["page"]


def test_page_has_every_command_that_is_not_hidden():
    @click.group()
    def grade() -> None:
        """Grade things."""

    @grade.command()
    @click.option("--html", help="Where to write the page.")
    def run(html: str) -> None:
        """Grade one."""

    @grade.command(hidden=True)
    def secret() -> None:
        """Never shown."""

    text = page(grade)

    assert text.count("\n## `grade`\n") == 1
    assert "\n### `grade run`\n" in text
    assert "Where to write the page." in text
    assert "secret" not in text


def test_commands_page_is_what_the_command_line_says():
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == page(command_line), "run: make golden"
