"""Courses that a test writes out as texts, and gradings of what is handed in for one of their assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from grader.records.report import Report
    from grader.sandbox.api import WorkerPool


def write_course(root: Path, texts: Mapping[str, str]) -> Path:
    """Write texts at their paths below ``root``."""
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def grading_of(root: Path, name: str, pool: WorkerPool, cache: Path | None = None) -> Callable[[str], Report]:
    """``grade(source)`` in a written course, whose cases are made at once; they are in ``grade.bank``.

    From the ``cache`` of all tests, if it is given: the fixture of a module is made anew for each part of its tests
    that another worker of pytest-xdist has taken over.
    """
    files, path = find_course(root).assignment(name), root / f"{name}.py"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(cache or root / "cache"))
        bank = bank_for(files, pool)

    def grade(source: str) -> Report:
        path.write_text(source, encoding="utf-8")
        return grade_path(files, bank, path, pool, demands=Demands(weak=True))

    grade.bank = bank
    return grade
