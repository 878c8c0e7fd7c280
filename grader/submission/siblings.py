"""Which files beside a module it imports. What its source only seems to import costs nothing: it must exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.submission.statements import imported_modules

if TYPE_CHECKING:
    from collections.abc import Callable


def imported_files(importer: str, text: str, is_file: Callable[[str], bool]) -> tuple[str, ...]:
    """Relative posix paths of the files that ``text``, stored as ``importer``, would import, in order of mention.

    ``is_file`` says which candidates exist. ``import a.b`` stands for ``a/__init__.py`` and ``a/b.py`` or
    ``a/b/__init__.py``; folders without ``__init__.py`` are packages too.
    """
    found: dict[str, None] = {}
    for name in imported_modules(importer, text):
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            stem = "/".join(parts[:count])
            for candidate in (f"{stem}/__init__.py", f"{stem}.py"):
                if candidate not in found and is_file(candidate):
                    found[candidate] = None
                    break
    return tuple(found)
