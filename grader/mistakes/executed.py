"""The module that a process has imported, executed anew from another text: as in a process of that text's own.

This runs in a process of the reference's (:mod:`grader.mistakes.kept`). What code does to NumPy itself stays.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from grader.mistakes.memory import forget_memory
from grader.sandbox.worker.sources import Sources

if TYPE_CHECKING:
    from types import CodeType

_TEXTS = 8  # that are kept compiled, which takes longer than all else


def execute(path: str, text: str, instead: str = "") -> None:
    """Have the module at that path be what ``text`` makes of it; its other files are imported anew when it asks.

    The definition in ``instead`` then takes the place of another one.
    """
    sources = next(finder for finder in sys.meta_path if isinstance(finder, Sources))
    module = sys.modules[sources.name(path)]
    for name, other in list(sys.modules.items()):
        if other is not module and getattr(getattr(other, "__spec__", None), "loader", None) is sources:
            del sys.modules[name]
    namespace = vars(module)
    for name in [name for name in namespace if not name.startswith("__")]:
        del namespace[name]
    forget_memory()
    sources.run(_compiled(path, text), module)
    exec(compile(instead, path, "exec", dont_inherit=True), namespace)  # noqa: S102 - the author's own, changed


@lru_cache(maxsize=_TEXTS)
def _compiled(path: str, text: str) -> CodeType:
    return compile(text, path, "exec", dont_inherit=True)
