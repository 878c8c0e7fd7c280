"""Rooms of the sandbox: the process of student code passes through them, so they load nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SANDBOX = Path(__file__).parents[2] / "grader" / "sandbox"


@pytest.mark.parametrize("path", sorted(SANDBOX.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_a_room_is_empty_but_for_what_it_says_of_itself(path):
    (said,) = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(said, ast.Expr)
