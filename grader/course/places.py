"""Places in an assignment file that is right as far as it goes, for what is found when it meets the reference."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from grader.course.positions import read as read_yaml
from grader.course.shared import with_shared
from grader.course.snippet import parse_snippet
from grader.course.wording import path_text
from grader.records.errors import Mistake

if TYPE_CHECKING:
    from grader.course.find import AssignmentFiles
    from grader.course.positions import YamlDocument
    from grader.course.wording import Path
    from grader.records.assignment import Exercise


class YamlPlaces:
    """Lines and columns of an assignment's file, which is read again only where a mistake asks for one."""

    def __init__(self, files: AssignmentFiles) -> None:
        self._files = files

    @cached_property
    def _document(self) -> YamlDocument:
        path = self._files.yaml
        return with_shared(read_yaml(path.read_bytes(), file=str(path))).document

    def mistake(self, path: Path, message: str) -> Mistake:
        """A mistake at a value; at the exercise's id where the file leaves out what it is about."""
        place = path if path[:1] != ("exercises",) or path[:3] in self._document.values else (*path[:2], "id")
        return Mistake(self._document.file, *self._document.place(place), self._text(path), message)

    def in_run(self, index: int, exercise: Exercise, name: str, message: str) -> Mistake:
        """A mistake at the first use of a name in ``run``; at the exercise's id where the file leaves ``run`` out."""
        path: Path = ("exercises", index, "run")
        if path not in self._document.values:
            return self.mistake(("exercises", index, "id"), message)
        place = self._document.place_in_text(path, *parse_snippet(exercise.run).used[name])
        return Mistake(self._document.file, *place, self._text(path), message)

    def _text(self, path: Path) -> str:
        return path_text(path, self._document.tree)
