"""Paths as arguments of commands: what cannot work is said at once, and not after minutes of grading."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.files import check_file, check_folder, check_unused
from grader.records.errors import UsageError

if TYPE_CHECKING:
    import os

    from click import Context, Parameter


#: What is said of work that is not there.
ABSENT = "does not exist: name a file, a folder, a notebook or a zip archive"


class ExistingPath(click.Path):
    """Any path that the system can look for, whether or not something is there."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: str | os.PathLike[str], param: Parameter | None, ctx: Context | None) -> Path:
        """The path. Raises UsageError for one that cannot be used."""
        path = Path(str(super().convert(value, param, ctx)))
        self.check(path)
        return path

    def check(self, path: Path) -> None:
        """Raise UsageError for what is, for example, too long for a path, or lies where nobody may look."""
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise UsageError(f"{path} cannot be looked for ({error.strerror}): check the path") from None


class Submitted(ExistingPath):
    """A submission, to which no link of a student's may lead."""

    def check(self, path: Path) -> None:
        """Raise UsageError for a path that holds a link that leads elsewhere."""
        from grader.submission.links import check_links

        check_links(path)
        super().check(path)


class NewFile(ExistingPath):
    """A file to write."""

    def check(self, path: Path) -> None:
        """Raise UsageError where it cannot be written."""
        check_file(path)


class UnusedFile(NewFile):
    """A file to write where none is yet."""

    def check(self, path: Path) -> None:
        """Raise UsageError where something is, or no file can be."""
        check_unused(path)
        super().check(path)


class NewFolder(ExistingPath):
    """A folder to write into."""

    def check(self, path: Path) -> None:
        """Raise UsageError where that cannot be."""
        check_folder(path)
