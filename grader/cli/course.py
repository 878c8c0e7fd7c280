"""The option that names a course, which every command that reads one has."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.paths import ExistingPath

course_option = click.option(
    "--course",
    type=ExistingPath(),
    default=Path.cwd,
    help="The course folder, or one in it; otherwise looked for from here upwards.",
)
