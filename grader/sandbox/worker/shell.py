"""What a notebook has without importing it: ``get_ipython``, ``display``, and ``@interact`` of its widgets.

And what it asks of grader itself, ``grader.check("rnn_step")``, which is no part of what is handed in.
"""

from __future__ import annotations

import builtins
import sys
from functools import cache
from typing import Any

from grader.sandbox.worker.inert import Inert, answers, inert

_IPYTHON = ("IPython", "google.colab", "ipywidgets")


class Lines(list[str]):
    """What a command of the system printed: none is run. In the forms that IPython offers."""

    n = nlstr = s = spstr = ""

    @property
    def l(self) -> Lines:  # noqa: E743 - IPython's name
        """As a list."""
        return self

    list = l

    @property
    def p(self) -> Lines:
        """As paths."""
        return self

    paths = p

    def grep(self, *_: object, **__: object) -> Lines:
        """Those that match."""
        return Lines()

    fields = grep


class Shell(Inert):
    """What magics and commands of the system are calls of, which do nothing."""

    _own = ("IPython", "get_ipython")

    def system(self, *_: object, **__: object) -> None:
        """``!command``."""

    def getoutput(self, *_: object, **__: object) -> Lines:
        """``lines = !command``."""
        return Lines()

    def run_line_magic(self, *_: object, **__: object) -> Any:
        """``%magic words``."""

    def run_cell_magic(self, *_: object, **__: object) -> Any:
        """``%%magic words`` over the lines of a cell."""

    magic = run_line_magic


@answers(_IPYTHON, "get_ipython")
@cache
def get_ipython() -> Shell:
    """The one shell."""
    return Shell()


@answers(_IPYTHON, "interact", "interact_manual")
def interact(function: Any = None, *_: object, **__: object) -> Any:
    """The function itself, which is not called; with no function, what decorates one."""
    return inert("ipywidgets", "interact") if function is None else function


answers({"grader"}, "right")(True)  # so that no assert on a card ends a cell


def install() -> None:
    """Have them known everywhere, as in a notebook."""
    vars(sys.modules["grader"])["check"] = inert("grader", "check")
    builtins.get_ipython = get_ipython  # type: ignore[attr-defined]  # it is new there
    builtins.display = inert("IPython", "display")  # type: ignore[attr-defined]  # as above
