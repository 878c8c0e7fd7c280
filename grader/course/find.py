"""Where things are: the course root and the files of an assignment. Reads nothing but names and bytes."""

from __future__ import annotations

import sys
import threading
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

from grader.records.errors import AssignmentError, Mistake, SubmissionError, UsageError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from grader.records.run import Submission


DRAWS = "draws.txt"
MOST_MISTAKES = 100  # files of named mistakes that are read
LARGEST_MISTAKE = 1 << 18  # bytes that such a file may have


class Course(Record, frozen=True):
    """A folder that holds ``assignments/``."""

    root: Path

    def assignments(self) -> list[str]:
        """The ids of all assignments."""
        return sorted(path.parent.name for path in self.root.glob("assignments/*/assignment.yaml"))

    def folders(self) -> list[str]:
        """The names of all folders that should each hold an assignment."""
        return sorted(
            path.name
            for path in self.root.glob("assignments/*")
            if path.is_dir() and path.name != "__pycache__" and not path.name.startswith(".")
        )

    def assignment(self, name: str) -> AssignmentFiles:
        """The files of an assignment. Raises UsageError, with near names, when there is none of that name.

        Raises AssignmentError if there is no more than its folder.
        """
        known = self.assignments()
        if name not in known:
            if name in self.folders():
                message = "is missing: every folder of assignments/ is an assignment, and needs one"
                raise AssignmentError([Mistake(str(AssignmentFiles(self.root, name).yaml), 0, 0, "", message)])
            import difflib  # only a failure needs it

            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
            raise UsageError(f"no assignment {name!r} in {self.root / 'assignments'}; {hint}")
        return AssignmentFiles(self.root, name)


class AssignmentFiles(Record, frozen=True):
    """Paths of one assignment's files; only the assignment file must exist."""

    root: Path
    name: str

    @property
    def yaml(self) -> Path:
        """The assignment file."""
        return self.root / "assignments" / self.name / "assignment.yaml"

    @property
    def properties(self) -> Path:
        """The author's properties and input strategies."""
        return self.yaml.with_name("properties.py")

    @property
    def helpers(self) -> Path:
        """What ``run`` may call beside the module's own, on both sides."""
        return self.yaml.with_name("helpers.py")

    @property
    def handout(self) -> Path:
        """The text for students."""
        return self.yaml.with_name("handout.md")

    @property
    def figures(self) -> Path:
        """The folder of what the handout shows beside its text."""
        return self.yaml.with_name("figures")

    @property
    def figures_py(self) -> Path:
        """The author's functions that plot these."""
        return self.yaml.with_name("figures.py")

    @property
    def reference(self) -> Path:
        """The hidden solution."""
        return self.root / "reference" / f"{self.name}.py"

    @property
    def template(self) -> Path:
        """The folder that a student starts from."""
        return self.root / "student_template" / self.name

    @property
    def frozen(self) -> Path:
        """The case bank that comes with the course, if it does."""
        return self.yaml.with_name("bank.frozen")

    @property
    def sealed(self) -> Path:
        """The same, sealed."""
        return self.yaml.with_name("bank.sealed")

    @property
    def draws(self) -> Path:
        """Which draw of hidden cases is graded with, and which were shown."""
        return self.yaml.with_name(DRAWS)

    def mistakes(self) -> list[Path]:
        """Files of the mistakes that an instructor named, by name; the first MOST_MISTAKES are read."""
        found = self.yaml.with_name("mistakes").glob("*.json")
        return sorted(path for path in found if path.name[0] not in "._" and path.is_file())

    def right_variants(self) -> list[Path]:
        """Files and folders with right solutions, beside the course's tests (``100_*``) and beside the assignment."""
        beside, own = self.root / "tests" / "submissions" / self.name, self.yaml.with_name("right")
        return [*sorted(beside.glob("100_*")), *sorted(path for path in own.glob("*") if path.name[0] not in "._")]

    def sources(self) -> dict[str, str]:
        """SHA-256 of each file that a bank depends on, by role; the reference brings the files that it needs.

        Raises AssignmentError if there is no reference, or one that cannot be read.
        """
        if not self.reference.is_file():
            message = "is missing: every assignment needs a reference solution to be graded against"
            raise AssignmentError([Mistake(str(self.reference), 0, 0, "", message)])
        import hashlib  # 3 ms that a worker can use to come up

        roles = {"assignment": self.yaml, "reference": self.reference, "properties": self.properties}
        roles |= {"helpers": self.helpers, "draws": self.draws, "frozen": self.frozen, "sealed": self.sealed}
        contents = {role: path.read_bytes() for role, path in roles.items() if path.is_file()}
        contents |= {f"reference/{name}": content for name, content in self._beside_reference()}
        found = {role: hashlib.sha256(content).hexdigest() for role, content in contents.items()}
        if mistakes := self.mistakes():  # which decide no case, but what is said of hand-ins
            read = [(path.name, _start(path)) for path in mistakes[:MOST_MISTAKES]]
            found["mistakes"] = hashlib.sha256(repr(read).encode()).hexdigest()
        return found

    def _beside_reference(self) -> list[tuple[str, bytes]]:
        """Names and contents of the files and data that the reference takes along, in the order of their names."""
        taken = self.read_reference()
        texts = {name: text.encode() for name, text in taken.files.items() if name != taken.module}
        return sorted({**texts, **taken.data}.items())

    def read_reference(self) -> Submission:
        """The reference's text, with the files and data that it takes along. Raises AssignmentError."""
        from grader.submission import read

        try:
            return read(self.reference, self.reference.name)
        except SubmissionError as error:
            raise AssignmentError([Mistake(str(self.reference), 0, 0, "", str(error))]) from None

    def properties_text(self) -> str:
        """The text of ``properties.py``; empty if there is none. Raises AssignmentError if it is no text."""
        import tokenize

        if not self.properties.is_file():
            return ""
        try:
            with tokenize.open(self.properties) as file:
                return file.read()
        except (SyntaxError, UnicodeDecodeError) as error:  # of the first line, which may name an encoding
            message = f"is not text in UTF-8, or in the encoding that its first line names ({error})"
            raise AssignmentError([Mistake(str(self.properties), 0, 0, "", message)]) from None

    def load_properties(self) -> ModuleType | None:
        """The author's ``properties.py``, executed once for each content; None when there is none.

        Raises AssignmentError if it fails.
        """
        if not self.properties.is_file():
            return None
        with _LOADING:
            return _loaded(self, self.properties.read_bytes())


def _start(path: Path) -> str:
    """What stands for a file that need not be right, and may not even be one."""
    import hashlib

    try:
        with path.open("rb") as file:
            return hashlib.sha256(file.read(LARGEST_MISTAKE + 1)).hexdigest()
    except OSError as error:
        return type(error).__name__


_LOADING = threading.RLock()  # submissions of a class ask at once


@lru_cache(maxsize=8)
def _loaded(files: AssignmentFiles, _content: bytes) -> ModuleType:
    """``properties.py``, executed once for each content. Raises AssignmentError."""
    name = f"_properties_{files.name}"
    spec = spec_from_file_location(name, files.properties)
    if spec is None or spec.loader is None:
        raise AssignmentError([Mistake(str(files.properties), 0, 0, "", "cannot be imported")])
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # the latter would end `grade` as if all were well
        line = error.lineno or 0 if isinstance(error, SyntaxError) else line_within(error, files.properties)
        message = f"stops with {type(error).__name__}: {error}"
        raise AssignmentError([Mistake(str(files.properties), line, 1, "", message)]) from error
    return module


_LEFT_BEHIND = frozenset(
    {"__pycache__", "__MACOSX", ".git", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini"}
)


def is_handed_out(path: Path) -> bool:
    """Whether a file or folder of a template is its author's, and none that systems and tools leave there."""
    return path.name not in _LEFT_BEHIND and path.suffix != ".pyc"


def find_course(start: Path) -> Course:
    """The nearest folder upwards from ``start`` that holds ``assignments/``. Raises UsageError if there is none."""
    for course in courses_above(start):
        return course
    raise UsageError(
        f"no course here: neither {start.resolve()} nor a folder above it holds assignments/; change to your course's "
        "folder, or name it by --course FOLDER"
    )


def courses_above(start: Path) -> Iterator[Course]:
    """Every folder from ``start`` upwards that holds ``assignments/``, the nearest first."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "assignments").is_dir():
            yield Course(folder)


def line_within(error: BaseException, path: Path) -> int:
    """The last line of a traceback that lies in ``path``, 0 if none does."""
    line, traceback = 0, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(path):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
