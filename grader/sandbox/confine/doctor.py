"""What ``grade doctor`` says: each layer of isolation, whether it holds here, and what would mend it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.sandbox.confine.capability import Capability, LayerTrial

MEANINGS = {
    5: "Student code can reach neither files nor network nor other processes: two layers of the kernel's forbid it, "
    "inside namespaces that show it little. Fit for marks on a shared server.",
    4: "Student code can reach neither files nor network nor other processes: two layers of the kernel's forbid it. "
    "Fit for marks.",
    3: "Student code can reach neither files nor network nor other processes. Fit for marks.",
    2: "Student code runs as another user, but can read what everybody may. Hidden cases need --allow-weak-isolation.",
    1: "Student code has the rights of whoever grades. Its time, its memory and what it starts are watched and ended "
    "from outside, and nothing else holds it. A score is advice; hidden cases need --allow-weak-isolation.",
}

NAMES = {
    "user": "a user of its own",
    "landlock": "Landlock: no files, no network",
    "seccomp": "seccomp: few system calls",
    "together": "these together",
    "bubblewrap": "bubblewrap: namespaces of its own",
}


def describe(found: Capability) -> str:
    """Lines of text, the last of which end with a newline."""
    lines = [f"Isolation level {found.level} of 5. {MEANINGS[found.level]}", ""]
    for trial in found.trials:
        lines.extend(_trial(trial))
    return "\n".join(lines) + "\n"


def _trial(trial: LayerTrial) -> Iterator[str]:
    yield f"  {'✓' if trial.works else '✗'} {NAMES[trial.layer]}"
    for text in (trial.problem, trial.remedy):
        if text:
            yield from textwrap.wrap(text, 90, initial_indent="    ", subsequent_indent="    ")
