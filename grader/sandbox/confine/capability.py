"""What was found out about confining student code on this machine; see :mod:`grader.sandbox.confine.levels`."""

from __future__ import annotations

from typing import NamedTuple


class LayerTrial(NamedTuple):
    """One layer, tried by itself: whether it holds and what it refused; else what is wrong and what mends it."""

    layer: str
    works: bool
    refused: tuple[str, ...] = ()
    problem: str = ""
    remedy: str = ""


class Capability(NamedTuple):
    """The best that this machine can do, and every layer that was tried.

    The layers are ``user``, ``landlock``, ``seccomp``, ``bubblewrap``, and ``together``: all of the first three that
    hold, in one stack.
    """

    level: int
    trials: tuple[LayerTrial, ...]

    def works(self, layer: str) -> bool:
        """True if a layer holds on this machine."""
        return any(trial.works for trial in self.trials if trial.layer == layer)
