"""How long the cases of all assignments take to be made from nothing: ``python -m benchmarks.building``.

Each of this course is built by the command, one after the other, into a cache that is empty, and without the bank that
one of them brings along. The yardstick is ``import numpy`` in a new process, timed as often before as after.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from grader.course.find import find_course

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[1]
GRADE = Path(sys.executable).with_name("grade")
IMPORTS = 10  # before, and as many after
PROMISE = 1000


def main() -> None:
    """Build what is named, or all, and print how long each took."""
    names = sys.argv[1:] or find_course(ROOT).assignments()
    with tempfile.TemporaryDirectory() as folder:
        course = copied(Path(folder) / "course")
        imports = [_import_numpy() for _ in range(IMPORTS)]
        seconds = {name: _build(course, name, Path(folder) / "cache") for name in names}
        imports += [_import_numpy() for _ in range(IMPORTS)]
    print(as_lines(seconds, imports))


def copied(course: Path) -> Path:
    """A copy of this course, without banks that are made already."""
    for part in ("assignments", "reference", "student_template"):
        shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("bank.frozen", "__pycache__"))
    shutil.copy(ROOT / "published-secret.txt", course)
    return course


def as_lines(seconds: Mapping[str, float], imports: Sequence[float]) -> str:
    """Seconds of each assignment, and of all together how many times as long as an import they take."""
    whole, once = sum(seconds.values()), median(imports)
    found = [f"{name}: {taken:.1f} s" for name, taken in seconds.items()]
    ratio = f"{whole / once:.0f} times import numpy ({once * 1e3:.0f} ms); at most {PROMISE}"
    return "\n".join([*found, f"all from nothing: {whole:.1f} s, {ratio}"])


def _build(course: Path, name: str, cache: Path) -> float:
    return _seconds([GRADE, "build", name, "--course", course], cache)


def _import_numpy() -> float:
    return _seconds([sys.executable, "-c", "import numpy"])


def _seconds(command: Sequence[str | Path], cache: Path | None = None) -> float:
    environment = {**os.environ, **({} if cache is None else {"GRADER_CACHE": str(cache)})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as on any machine
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
