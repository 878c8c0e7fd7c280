"""What code that runs in the user's own process may leave changed of it, put back: streams, chance, ``input``, figures.

For practice in a notebook, where student code runs beside the user's own names. What it prints is kept, as far as there
is room; what it draws is closed again, and nobody is asked for input.
"""

from __future__ import annotations

import builtins
import io
import random
import sys
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

_PYPLOT = "matplotlib.pyplot"


class KeptText(io.TextIOBase):
    """A stream that keeps so many characters, and knows whether there were more."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._parts: list[str] = []
        self.cut = False

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        self.cut = self.cut or len(text) > self._left
        if kept := text[: self._left]:
            self._parts.append(kept)
            self._left -= len(kept)
        return len(text)

    @property
    def text(self) -> str:
        """What was kept."""
        return "".join(self._parts)


@contextmanager
def left_as_it_was(limit: int, salt: int) -> Iterator[KeptText]:
    """Have code run that changes none of this for the user; chance is seeded by ``salt``, as in a worker.

    Gives what is printed, of which ``limit`` characters are kept.
    """
    printed, asked = KeptText(limit), builtins.input
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - what student code uses unseeded
    figures = _figures()
    try:
        builtins.input = _no_input
        random.seed(salt)
        np.random.seed(salt % 2**32)  # noqa: NPY002 - as above
        with (
            warnings.catch_warnings(),  # so that what warns once in a place warns there once more
            np.errstate(),
            redirect_stdout(printed),
            redirect_stderr(KeptText(limit)),
            _unshown(),
        ):
            yield printed
    finally:
        builtins.input = asked
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002 - as above
        for number in _figures() - figures:
            sys.modules[_PYPLOT].close(number)


@contextmanager
def _unshown() -> Iterator[None]:
    """Have pyplot show nothing meanwhile, where the user has it: an inline figure stands in the notebook at once."""
    pyplot: Any = sys.modules.get(_PYPLOT)
    if pyplot is None:
        yield
        return
    shown = pyplot.show
    pyplot.show = lambda *_, **__: None
    try:
        yield
    finally:
        pyplot.show = shown


def _figures() -> set[int]:
    """The numbers of pyplot's figures."""
    pyplot: Any = sys.modules.get(_PYPLOT)
    return set() if pyplot is None else set(pyplot.get_fignums())


def _no_input(*_: object) -> NoReturn:
    raise EOFError("input() is not available while grading")
