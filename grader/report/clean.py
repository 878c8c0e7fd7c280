"""Text and records made fit to be shown, whatever student code put into them.

Names, messages, source lines and printed output all come from the submission. Each writer passes the whole report
through :func:`cleaned` first, so that no field can be forgotten; what a format needs beyond that (escaping HTML,
Markdown, XML or workflow commands) is the writer's own affair.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

#: Characters that one text may have: room for a long counterexample, not for a flood.
LIMIT = 10_000

_T = TypeVar("_T")

_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"  # window titles, links, device strings
    r"|\x9b[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]"
)
#: Control characters except tab and newline; line and paragraph separators; marks and overrides of writing direction;
#: characters without width (but not U+200D, which joins emoji), tags, and what XML does not allow.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
#: ``<object at 0x7f…>``: differs from run to run.
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]{4,16}\b")


def clean(text: str, limit: int = LIMIT) -> str:
    """``text`` without escape sequences, control characters, direction overrides, lone surrogates and addresses.

    Tabs become spaces and every kind of line end becomes a newline. At most ``limit`` characters stay; a note says how
    many were left out. Clean text passes through unchanged.
    """
    if len(text) <= limit and " at 0x" not in text and text.replace("\n", "").isprintable():  # as most texts are
        return text
    kept = text if len(text) <= 2 * limit else text[: 2 * limit]  # bounds the work; cleaning only ever shortens
    kept = kept.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    kept = _ESCAPE_SEQUENCE.sub("", kept)
    kept = _INVISIBLE.sub("", kept)
    kept = _SURROGATE.sub("\ufffd", kept)
    kept = _ADDRESS.sub("", kept)
    if len(kept) <= limit and len(text) <= 2 * limit:
        return kept
    note = f" … ({len(text) - limit} more characters)"
    return kept[: limit - len(note)] + note if limit > len(note) else kept[:limit]


def line(text: str, limit: int = 500) -> str:
    """Clean text on a single line: every run of white space becomes one space."""
    return clean(" ".join(clean(text, 4 * limit).split()), limit)


def cleaned(value: _T) -> _T:
    """A report with every text in it cleaned, also inside values; arrays and numbers stay as they are."""
    made: Any = value
    if isinstance(value, str):
        made = clean(value)
    elif isinstance(value, Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: cleaned(old) for name, old in fields.items()}
        changed = {name: item for name, item in new.items() if item is not fields[name]}
        made = replace(value, **changed) if changed else value
    elif isinstance(value, tuple | list):
        new_items = [cleaned(item) for item in value]
        if any(new is not old for new, old in zip(new_items, value, strict=True)):
            made = type(value)(new_items)
    elif isinstance(value, dict) and value:
        made = {cleaned(key): cleaned(item) for key, item in value.items()}
    return made  # type: ignore[no-any-return]  # cleaning keeps the type
