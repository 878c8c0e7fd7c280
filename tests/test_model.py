"""Records that decide something."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.commands import run
from grader.records.run import SEALED_LEVEL, Isolation
from grader.sandbox.confine.doctor import MEANINGS

ROOT = Path(__file__).parents[1]


def test_hidden_cases_are_kept_from_the_level_on_that_seals():
    assert [level for level in range(6) if Isolation(level=level, layers=()).keeps_hidden] == [3, 4, 5]
    assert SEALED_LEVEL == 3


def test_every_text_names_that_level():
    (option,) = [each for each in run.params if each.name == "allow_weak_isolation"]
    assert isinstance(option, click.Option)
    assert f"below isolation level {SEALED_LEVEL}" in option.help
    for level, meaning in MEANINGS.items():
        assert ("--allow-weak-isolation" in meaning) == (level < SEALED_LEVEL)
    for name, words in (
        ("README.md", f"From level {SEALED_LEVEL} on hidden cases stay hidden"),
        ("SECURITY.md", f"At **level {SEALED_LEVEL} and above**"),
        ("CHANGELOG.md", f"Hidden cases are refused below level {SEALED_LEVEL}"),
        ("docs/design.md", f"Below level {SEALED_LEVEL} student code can read"),
    ):
        assert words in (ROOT / name).read_text(encoding="utf-8"), name
