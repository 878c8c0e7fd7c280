"""A course at a glance as JSON: the facts, for whoever makes a page or a check of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.report.clean import cleaned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.overview import ListedAssignment


def render(assignments: Sequence[ListedAssignment]) -> str:
    """The assignments as JSON text, indented by two spaces, ending in a newline."""
    document = {"assignments": [cleaned(each) for each in assignments]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
