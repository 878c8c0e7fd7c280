"""Writers of reports: pure functions from a :class:`~grader.report.document.Document` to text.

Each lives in a module of its own that is imported when it is first used. Decide with :mod:`grader.report.view` what
the reader may see before calling any of them.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.report.document import Document


def _lazy(module: str, function: str = "render") -> Callable[[Document], str]:
    def write(report: Document) -> str:
        writer = getattr(import_module(f"{__name__}.{module}"), function)
        return cast("str", writer(report))

    return write


#: A writer for each format that is one text.
WRITERS: Final[Mapping[str, Callable[[Document], str]]] = MappingProxyType(
    {
        "terminal": _lazy("terminal"),
        "json": _lazy("json"),
        "html": _lazy("html"),
        "junit": _lazy("junit"),
        "github": _lazy("github", "summary"),
    }
)
