"""What is wrong with one assignment file, gathered while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from grader.course.cuts import comment_behind
from grader.course.wording import described, path_text, shortened
from grader.records.errors import Mistake

if TYPE_CHECKING:
    from grader.course.positions import YamlDocument
    from grader.course.wording import Path


@dataclass(slots=True)
class DocumentFindings:
    """The mistakes of a document so far.

    A value that was refused is read on as a stand-in, so that every other mistake is found in the same go. A rule asks
    :meth:`refused` first where a stand-in would make it see what is not there. ``doubts`` are mistakes with which work
    can be graded all the same: `grade check` tells them, and nothing else is held up by them.
    """

    document: YamlDocument
    mistakes: list[Mistake] = field(default_factory=list)
    doubts: list[Mistake] = field(default_factory=list)
    paths: set[Path] = field(default_factory=set)

    def add(self, path: Path, message: str, *, key: bool = False, at: tuple[int, int] | None = None) -> None:
        """Note a mistake at the value of ``path``, at its ``key``, or at the line and column ``at``.

        ``message`` goes on from the path: "must be > 0 (got -1)".
        """
        if path in self.document.spoilt:
            return
        message = message if path else f"the file {message}"
        self.mistakes.append(self._mistake(path, message, at or self.document.place(path, key=key)))
        self.paths.add(path)

    def doubt(self, path: Path, message: str, at: tuple[int, int]) -> None:
        """Note a mistake that keeps nobody from grading."""
        if path not in self.document.spoilt:
            self.doubts.append(self._mistake(path, message, at))

    def _mistake(self, path: Path, message: str, at: tuple[int, int]) -> Mistake:
        return Mistake(self.document.file, *at, path_text(path, self.document.tree), message)

    def excuse(self, path: Path) -> None:
        """Say nothing of what follows from this value: what is wrong with it is told elsewhere."""
        self.paths.add(path)

    def refused(self, *paths: Path) -> bool:
        """Whether a mistake was found at one of these very values."""
        return not (self.paths.isdisjoint(paths) and self.document.spoilt.isdisjoint(paths))

    def written(self, path: Path) -> bool:
        """Whether the file has this value, as opposed to a default."""
        return path in self.document.values


@dataclass(frozen=True, slots=True)
class Cursor:
    """One value of the file, where it stands, and where mistakes about it go."""

    value: Any
    path: Path
    findings: DocumentFindings

    def enter(self, step: str | int) -> Cursor:
        """The value at a key or position below this one."""
        return Cursor(self.value[step], (*self.path, step), self.findings)

    def without(self, keys: set[str]) -> Cursor:
        """The same mapping as if it lacked some keys."""
        return replace(self, value={key: value for key, value in self.value.items() if key not in keys})

    def refuse(self, wanted: str, hint: str = "") -> None:
        """Note that the value is not what is wanted: ``must be a number (got text '10': write 10)``."""
        got = described(self.value)
        if self.value is None and (comment := comment_behind(self.findings.document, self.path)):
            hint = f"{shortened(comment)} is a comment in YAML, put text in quotes"
        self.findings.add(self.path, f"{wanted} (got {got}: {hint})" if hint else f"{wanted} (got {got})")
