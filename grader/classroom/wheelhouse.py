"""A folder of wheels from which grader is installed in a room without internet, on other systems than this one.

What is fetched has the versions that are installed here, so that the room grades as this machine does. Requirements are
found here and handed to pip one by one: pip follows those that hold on *this* system, and would leave out what Windows
alone needs. The wheel of grader itself is made from what is installed: no index has to have it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from grader.bank.archive import zipped
from grader.files import beside
from grader.records.byte_counts import about
from grader.records.errors import GraderError, UsageError
from grader.records.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DISTRIBUTION = "numerical-grader"
SECONDS = 900.0  # that pip may take for one system and one Python
LONGEST = 400  # characters of what pip says

_GLIBC = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")
#: What pip calls the systems that go by short names here: what the wheels of most packages are made for.
SYSTEMS = {
    "win_amd64": ("win_amd64",),
    "win_arm64": ("win_arm64",),
    "macosx_arm64": ("macosx_11_0_arm64",),
    "macosx_x86_64": ("macosx_11_0_x86_64",),
    "manylinux_x86_64": tuple(f"{glibc}_x86_64" for glibc in _GLIBC),
    "manylinux_aarch64": tuple(f"{glibc}_aarch64" for glibc in _GLIBC),
}

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_SYSTEM = re.compile(r"[a-z]+[a-z0-9_]*")
_PYTHON = re.compile(r"3\.\d{1,2}")
_WINDOWS = re.compile(r"""['"](win32|Windows|nt)['"]""")  # in a marker
_NO_NETWORK = re.compile(r"NewConnectionError|ConnectTimeout|NameResolution|ProxyError|Max retries exceeded")


class Wheelhouse(Record, frozen=True):
    """``folder`` holds these ``wheels``, grader's own among them."""

    folder: Path
    wheels: tuple[str, ...]

    def __str__(self) -> str:
        size = about(sum((self.folder / name).stat().st_size for name in self.wheels))
        return (
            f"{self.folder}: {len(self.wheels)} wheels, {size}. In the room:\n"
            f"  python -m pip install --no-index --find-links {self.folder.name} {DISTRIBUTION}"
        )


def fetch(folder: Path, systems: Sequence[str], pythons: Sequence[str]) -> Wheelhouse:
    """Put into ``folder`` what each of the ``systems`` (``win_amd64``) needs with each of the ``pythons`` (``3.12``).

    Raises UsageError for names that stand for none, and for a folder that cannot be written; GraderError where pip is
    missing or fails.
    """
    check(systems, pythons)
    try:
        metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise UsageError(f"{DISTRIBUTION} is not installed, and what it needs is not known: pip install it") from None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_own_wheel(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written ({error.strerror}): name another folder") from None
    for system in systems:
        wanted = list(requirements(windows=system.startswith("win")))
        for python in pythons:
            _download(folder, system, python, wanted)
    return Wheelhouse(folder, tuple(sorted(path.name for path in folder.glob("*.whl"))))


def requirements(*, windows: bool) -> Iterator[str]:
    """What grader needs to run, and what that needs, in the versions of here: ``numpy==2.2.1``.

    What is not installed here and Windows asks for comes in any version.
    """
    waiting, known = [DISTRIBUTION], {DISTRIBUTION}
    while waiting:
        for asked in metadata.requires(waiting.pop()) or ():
            needed, _, marker = asked.partition(";")
            found = _NAME.match(needed)
            name = _normal(found[0]) if found else ""
            if not name or name in known or "extra" in marker:
                continue
            try:
                version = metadata.version(name)
            except metadata.PackageNotFoundError:
                if windows and _WINDOWS.search(marker):
                    known.add(name)
                    yield name
                continue
            known.add(name)
            waiting.append(name)
            yield f"{name}=={version}"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def check(systems: Sequence[str], pythons: Sequence[str]) -> None:
    """Raise UsageError for words that name no system or no version of Python."""
    for system in systems:
        if not _SYSTEM.fullmatch(system):
            raise UsageError(f"{system!r} is no system: name {', '.join(SYSTEMS)}, or a platform as pip calls it")
    for python in pythons:
        if not _PYTHON.fullmatch(python):
            raise UsageError(f"{python!r} is no version of Python: name some such as 3.11,3.12")
    if not systems or not pythons:
        raise UsageError("a wheelhouse is for at least one system and one version of Python: win_amd64, 3.12")


def _download(folder: Path, system: str, python: str, wanted: Sequence[str]) -> None:
    """Raises GraderError where pip cannot be run, or cannot fetch them all."""
    platforms = [word for tag in SYSTEMS.get(system, (system,)) for word in ("--platform", tag)]
    command = [
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "download"),
        *("--no-deps", "--only-binary=:all:", "--dest", str(folder)),
        *("--implementation", "cp", "--python-version", python, *platforms, *wanted),
    ]
    try:
        ran = subprocess.run(  # noqa: S603 - this Python, and words that were looked at
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GraderError(f"pip took more than {SECONDS:.0f} s for {system}: is the network there?") from None
    except OSError as error:
        raise GraderError(f"{sys.executable} cannot be started for pip ({error.strerror})") from None
    if ran.returncode:
        raise GraderError(_failed(system, python, ran.stderr))


def _failed(system: str, python: str, said: str) -> str:
    if "No module named pip" in said:
        return f"{sys.executable} has no pip, which fetches wheels: python -m ensurepip"
    if _NO_NETWORK.search(said):
        return f"pip could not reach what it fetches from, for {system}: is there a network, or a proxy to be named?"
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
    last = (errors or said.strip().splitlines() or ["it says nothing"])[-1]
    shown = last if len(last) <= LONGEST else f"{last[:LONGEST]}…"
    return f"pip could not fetch what {system} needs with Python {python}: {shown}. What came before it is kept"


# ── grader's own wheel ────────────────────────────────────────────────────────────────────────────────────────────


def _write_own_wheel(folder: Path) -> None:
    """Beside its place, then renamed: a room that installs from here meets no half of one. Raises OSError."""
    name, data = own_wheel()
    part = beside(folder / name)
    try:
        part.write_bytes(data)
        part.replace(folder / name)
    finally:
        part.unlink(missing_ok=True)


def own_wheel() -> tuple[str, bytes]:
    """The name and the bytes of a wheel of what is installed, or lies in a clone that is. The same gives the same."""
    import base64
    import hashlib

    import grader

    found = metadata.distribution(DISTRIBUTION)
    stem = f"{DISTRIBUTION.replace('-', '_')}-{found.version}"
    package = Path(grader.__file__).parent
    contents = {
        f"grader/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name in ("METADATA", "entry_points.txt"):
        contents[f"{stem}.dist-info/{name}"] = (found.read_text(name) or "").encode()
    contents[f"{stem}.dist-info/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = f"{stem}.dist-info/RECORD"
    lines = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip('=')},{len(content)}"
        for name, content in contents.items()
    ]
    contents[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return f"{stem}-py3-none-any.whl", zipped(contents)
