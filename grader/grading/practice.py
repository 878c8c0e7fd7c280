"""What a bundle has to hold a submission against, in a student's own folder: public cases alone, and no reference.

A counterexample is then the smallest public case that fails, and where a method may be right nobody can see it: the
report says how many points the course might give.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from grader.bank.bundle import AGAIN, NAME
from grader.grading.bank_and_author import BankAndAuthor
from grader.grading.phase import Author
from grader.records.errors import BundleError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.bank.bundle import Bundle


def of_bundle(bundle: Bundle) -> BankAndAuthor:
    """What a bundle has to hold a submission against; its author raises UsageError where its laws cannot be run."""
    return BankAndAuthor(bundle.bank, lambda _: nullcontext(Author(law_functions(bundle), named=bundle.named)))


def law_functions(bundle: Bundle) -> dict[str, Callable[..., Any]]:
    """The functions of a bundle's laws by name; they run with the rights of whoever grades.

    Raises UsageError where they cannot be run, BundleError where one is missing that an exercise names.
    """
    found = _run(bundle) if bundle.laws.strip() else {}
    named = [law.check for exercise in bundle.bank.assignment.exercises for law in exercise.properties]
    if missing := [name for name in named if name not in found]:
        raise BundleError(Path(NAME), f"lacks the law {missing[0]}, which its assignment names: {AGAIN}")
    return found


def _run(bundle: Bundle) -> dict[str, Callable[..., Any]]:
    module = ModuleType(f"_laws_{bundle.bank.assignment.id}")
    sys.modules[module.__name__] = module  # where a dataclass looks for it
    try:
        exec(compile(bundle.laws, "laws.py of the bundle", "exec"), module.__dict__)  # noqa: S102 - as the docstring says
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a law may do anything but end `grade` as if all were well
        raise UsageError(
            f"the laws in the bundle cannot be run here ({type(error).__name__}: {error}): install what they need, or "
            "get the bundle again from your course"
        ) from None
    return {name: value for name, value in vars(module).items() if callable(value)}
