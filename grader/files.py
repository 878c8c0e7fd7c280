"""Writing files whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from grader.records.errors import GraderError

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """``text`` in UTF-8 at ``path``: written beside it, then renamed. Raises GraderError if the system refuses."""
    temporary = path.with_name(f".{os.getpid()}-{path.name}.part")
    try:
        try:
            temporary.write_text(text, encoding="utf-8", newline="")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise GraderError(f"{path} cannot be written ({error.strerror}); check that its folder is there") from None
