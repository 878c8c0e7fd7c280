"""Gradescope's autograder: a zip archive with all it takes to grade one assignment there.

It holds the reference, the hidden cases and the secret of the course, because Gradescope has no place for secrets of
its own: it is for the instructor to upload, and for nobody else. On Gradescope its files belong to root, and student
code, from isolation level 3 on, can open none of them.
"""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions, version
from importlib.resources import files as resources
from typing import TYPE_CHECKING

from grader.bank.archive import zipped
from grader.classroom.wheelhouse import own_wheel, requirements
from grader.course.find import is_handed_out
from grader.course.secret import FILE, FOLDER, secret_text
from grader.records.errors import UsageError
from grader.report.services.gradescope import ungraded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from grader.course.find import AssignmentFiles
    from grader.course.secret import CourseSecret

#: Run by Gradescope: the first once, the second for each submission.
SCRIPTS = ("setup.sh", "run_autograder")
LARGEST = 100 << 20  # bytes of the course's own files


def autograder(files: AssignmentFiles, frozen: bytes, secret: CourseSecret, preload: Collection[str] = ()) -> bytes:
    """The archive; ``frozen`` is the whole bank, so that Gradescope draws nothing, ``preload`` what students import.

    The same course gives the same bytes. Raises UsageError for files that cannot be read.
    """
    scripts = resources("grader.classroom") / "autograder"
    contents = {name: (scripts / name).read_bytes().replace(b"@ASSIGNMENT@", files.name.encode()) for name in SCRIPTS}
    contents["results.sh"] = (scripts / "results.sh").read_bytes()
    contents["fallback.json"] = ungraded().encode()
    wheel, data = own_wheel()
    needed = "".join(f"{each}\n" for each in sorted({*requirements(windows=False), *_libraries(preload)}))
    contents |= {wheel: data, "requirements.txt": needed.encode()}
    course = dict(_course(files))
    course[_within(files.frozen, files)] = frozen
    course[f"{FOLDER}/{FILE}"] = secret_text(secret).encode()
    if sum(map(len, course.values())) > LARGEST:
        raise UsageError(f"the files of {files.name} have more than {LARGEST >> 20} MiB: move out what is not needed")
    contents |= {f"course/{name}": course[name] for name in sorted(course)}
    return zipped(contents, SCRIPTS, private=True)


def _course(files: AssignmentFiles) -> Iterator[tuple[str, bytes]]:
    """The files that this assignment is graded by, as they lie in the course."""
    left_out = {files.frozen, files.sealed}
    for folder in (files.yaml.parent, files.template):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path not in left_out and is_handed_out(path.relative_to(folder)):
                yield _within(path, files), _content(path)
    reference = files.read_reference()
    texts = {name: text.encode() for name, text in reference.files.items()}
    for name, data in {**texts, **reference.data}.items():
        yield _within(files.reference.parent / name, files), data


def _libraries(modules: Collection[str]) -> Iterator[str]:
    """All that brings these modules, in the versions of here. Raises UsageError where one is not installed.

    Several may bring parts of one module, of which nobody can tell here which is imported.
    """
    known = packages_distributions() if modules else {}
    for module in modules:
        name = module.partition(".")[0]
        if name in sys.stdlib_module_names:
            continue
        if name not in known:
            raise UsageError(
                f"preload names {module}, which is not installed here: install it, so that its version is known"
            )
        yield from (f"{each}=={version(each)}" for each in dict.fromkeys(known[name]))


def _within(path: Path, files: AssignmentFiles) -> str:
    return path.relative_to(files.root).as_posix()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None
