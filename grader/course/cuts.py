"""Text that YAML cuts off: what stands behind `` #`` is a comment, also where an author means it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from grader.course.wording import path_text, shortened
from grader.records.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.course.positions import YamlDocument
    from grader.course.wording import Path

_READ_BY_PEOPLE = frozenset({"title", "note", "because"})
_COMMENT = re.compile(r"[ \t]+(#.*)")
_MEANT = re.compile(r"#[^\s#!-]")  # as in "step #2": a comment has a space behind its sign


def comment_behind(document: YamlDocument, path: Path) -> str:
    """The comment that ends a value without quotes, on its line; empty if there is none."""
    node = document.values.get(path)
    if not isinstance(node, yaml.ScalarNode) or node.style:
        return ""
    found = _COMMENT.match(document.text, node.end_mark.index)
    return found[1].rstrip() if found else ""


def cuts(document: YamlDocument) -> Iterator[Mistake]:
    """Texts for people that end before what looks like a part of them."""
    for path in document.values:
        comment = comment_behind(document, path) if path and path[-1] in _READ_BY_PEOPLE else ""
        if _MEANT.match(comment) and document.values[path].value:  # of one that is empty more is said
            message = f"ends before {shortened(comment)}, which is a comment in YAML: put the whole text in quotes"
            yield Mistake(document.file, *document.place(path), path_text(path, document.tree), message)
