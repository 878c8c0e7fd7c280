"""Grading on a bundle, in a student's own folder: public cases alone, and no reference.

It is the grading of :mod:`grader.grading.grade` with less at hand. A counterexample is the smallest public case that
fails, and where a method may be right nobody can see it: the report says how many points the course might give.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from grader.grading.grade import LENIENT, check_isolation, grade, handed_in, sandbox_of, ungraded
from grader.grading.phase import Author
from grader.grading.result import nothing_to_grade
from grader.records.errors import SubmissionError, UsageError
from grader.records.report import Practice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.bank.bundle import Bundle
    from grader.grading.grade import Demands
    from grader.records.report import Report
    from grader.sandbox.api import WorkerPool


def practise(bundle: Bundle, path: Path, pool: WorkerPool, *, demands: Demands = LENIENT) -> Report:
    """Grade what lies at ``path`` on a bundle. Raises UsageError where the bundle's laws cannot be run."""
    bank = bundle.bank
    try:
        submission = handed_in(path, bank.assignment)
    except SubmissionError as problem:
        return _marked(nothing_to_grade(bank, pool.isolation, str(problem)), bundle)
    check_isolation(pool.isolation, bank, demands)
    author = Author(law_functions(bundle), named=bundle.named)
    with sandbox_of(submission, bank.assignment, pool) as sandbox:
        return _marked(grade(bank, submission, sandbox, author), bundle)


def unpractised(bundle: Bundle, pool: WorkerPool, fault: Exception) -> Report:
    """The report where :func:`practise` raised ``fault``, which is the grader's."""
    return _marked(ungraded(bundle.bank, pool, fault), bundle)


def _marked(report: Report, bundle: Bundle) -> Report:
    return replace(report, practice=Practice(bundle.made_by, bundle.older))


def law_functions(bundle: Bundle) -> dict[str, Callable[..., Any]]:
    """The functions of a bundle's laws by name; they run with the rights of whoever grades. Raises UsageError."""
    if not bundle.laws.strip():
        return {}
    module = ModuleType(f"_laws_{bundle.bank.assignment.id}")
    sys.modules[module.__name__] = module  # where a dataclass looks for it
    try:
        exec(compile(bundle.laws, "laws.py of the bundle", "exec"), module.__dict__)  # noqa: S102 - as the docstring says
    except Exception as error:  # noqa: BLE001 - whatever a law may do
        raise UsageError(
            f"the laws in the bundle cannot be run here ({type(error).__name__}: {error}): install what they need, or "
            "get the bundle again from your course"
        ) from None
    return {name: value for name, value in vars(module).items() if callable(value)}
