"""Where banks are kept, who may build there, and what is removed again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import filelock
import numpy as np
import pytest

from grader.bank import cache
from grader.bank.cache import bank_folder, build_lock, deciding_versions, digest, locked, prune
from grader.bank.store import FORMAT, PRIVATE, load, save
from grader.records.bank import Diagnostics, ExerciseBank, Manifest
from grader.records.errors import GraderError

SOURCES = {"assignment": "aa", "reference": "bb"}
KEY = "0123456789abcdef" * 4


def a_bank():
    manifest = Manifest(FORMAT, "first", KEY, 0, {"grader": "test"}, "cc")
    return ExerciseBank(manifest, (), tuple, lambda: Diagnostics((), (), np.zeros((0, 0))))


# ── where ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_folder_of_a_bank_is_named_after_what_decides_about_it(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    found = {
        bank_folder("week", "first", KEY),
        bank_folder("week", "second", KEY),
        bank_folder("week", "first", "0" * 64),
    }

    assert len(found) == 3
    assert {folder.parent for folder in found} == {tmp_path / "banks"}


def test_a_digest_knows_the_versions_that_decide(monkeypatch):
    one = digest(["week", 1])

    assert digest(["week", 1]) == one
    found = [one, digest(["week", 2])]
    for target, name, value in [
        (cache, "FORMAT", FORMAT + 1),
        (cache, "__version__", "0.0.0"),
        (cache.np, "__version__", "1.0.0"),
        (cache, "_installed", lambda package: f"{package} 1"),
        (cache.sys, "version_info", _Newer),
    ]:
        with monkeypatch.context() as patched:
            patched.setattr(target, name, value)
            found.append(digest(["week", 1]))
    assert len(set(found)) == len(found)


def test_who_builds_from_other_files_is_not_waited_for():
    one = build_lock("week", SOURCES)

    assert build_lock("week", dict(reversed(SOURCES.items()))) == one
    assert build_lock("week", {**SOURCES, "reference": "changed"}) != one


class _Newer:
    major, minor = 3, 99


def test_versions_are_those_that_are_installed():
    import hypothesis
    import numpy as np

    found = deciding_versions()

    assert (found["hypothesis"], found["numpy"]) == (hypothesis.__version__, np.__version__)
    assert sys.version.startswith(found["python"])


@pytest.mark.parametrize("beside", [(), ("hypothesis-1.dist-info", "hypothesis-2.dist-info")])
def test_a_version_whose_folder_does_not_tell_it_is_read_from_its_metadata(monkeypatch, tmp_path, beside):
    (tmp_path / "hypothesis").mkdir()
    (tmp_path / "hypothesis" / "__init__.py").write_text("")
    for name in beside:
        (tmp_path / name).mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(metadata, "version", lambda package: f"{package} of old")

    assert deciding_versions()["hypothesis"] == "hypothesis of old"


def test_a_package_without_any_version_costs_nothing(monkeypatch):
    def absent(package):
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(cache.PathFinder, "find_spec", lambda package: None)
    monkeypatch.setattr(metadata, "version", absent)

    assert deciding_versions()["hypothesis"] == "unknown"


def test_the_cache_is_the_users_own(monkeypatch, tmp_path):
    monkeypatch.delenv("GRADER_CACHE", raising=False)
    for name in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))

    folder = bank_folder("week", "first", KEY)

    assert "grader" in folder.parts
    assert folder.parent.name == "banks"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_bank_is_its_users_alone(tmp_path):
    before = os.umask(0o022)
    try:
        folder = tmp_path / "cache" / "banks" / "bank"
        with locked(folder):
            save(a_bank(), folder)
    finally:
        os.umask(before)
    made = [tmp_path / "cache", *(tmp_path / "cache").rglob("*")]
    assert {path.name: path.stat().st_mode & 0o777 for path in made if path.is_dir()} == dict.fromkeys(
        ("cache", "banks", "bank"), PRIVATE
    )
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}
    assert {"manifest.json", "public.msgpack", "hidden.msgpack"} <= {path.name for path in made}


# ── who builds ────────────────────────────────────────────────────────────────────────────────────────────────────

WAITING = """
import sys
from pathlib import Path
from grader.bank.cache import locked
from grader.records.errors import GraderError
try:
    with locked(Path(sys.argv[1]), seconds=float(sys.argv[2])):
        print("held", flush=True)
        sys.stdin.read()
except GraderError as error:
    print(error)
"""


def elsewhere(folder, seconds):
    command = [sys.executable, "-c", WAITING, str(folder), str(seconds)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8")


def test_who_waits_says_for_whom_and_goes_on_when_the_bank_is_there(tmp_path):
    folder = tmp_path / "banks" / "week"
    with locked(folder):
        waiting = elsewhere(folder, 100)
        line = waiting.stderr.readline()
        assert waiting.poll() is None
        save(a_bank(), folder)
    out, rest = waiting.communicate()

    assert line == f"process {os.getpid()} is making this case bank: waiting for it, 100 s at most\n"
    assert (out, rest) == ("held\n", "")
    assert load(folder).manifest.key == KEY


def test_waiting_has_an_end(tmp_path):
    folder = tmp_path / "banks" / "week"
    with locked(folder):
        out, _ = elsewhere(folder, 0.05).communicate()

    problem = f"process {os.getpid()} has been making this case bank for 0.05 s: wait for it, or end it"
    assert out == f"{folder}: {problem}\n"


def test_nobody_waits_for_a_process_that_was_killed(tmp_path):
    folder = tmp_path / "banks" / "week"
    holder = elsewhere(folder, 1)
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()

    began = time.monotonic()
    with locked(folder, seconds=100):
        assert (tmp_path / "banks" / "week.pid").read_text() == str(os.getpid())
    assert time.monotonic() - began < 30
    assert not (tmp_path / "banks" / "week.pid").exists()


def test_a_holder_that_does_not_say_who_it_is(tmp_path, caplog):
    held = filelock.FileLock(tmp_path / "week.lock")
    problem = r"another process has been making this case bank for 0\.01 s"
    with held, pytest.raises(GraderError, match=problem), locked(tmp_path / "week", seconds=0.01):
        pytest.fail("it is held")
    assert caplog.messages == ["another process is making this case bank: waiting for it, 0.01 s at most"]


def test_half_an_hour_is_told_in_minutes():
    assert cache._span(cache.PATIENCE) == "30 minutes"


def test_the_lock_is_released_when_building_fails(tmp_path):
    with pytest.raises(RuntimeError, match="no reference"), locked(tmp_path / "week"):
        raise RuntimeError("no reference")

    with locked(tmp_path / "week", seconds=1):
        assert (tmp_path / "week.lock").exists()


@pytest.mark.parametrize("problem", [PermissionError(13, "Permission denied"), NotImplementedError("no flock here")])
def test_where_there_can_be_no_lock_nobody_waits(tmp_path, monkeypatch, problem):
    def refuse(*_, **__):
        raise problem

    monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
    done = []
    with locked(tmp_path / "week"):
        done.append(True)

    assert done == [True]


def test_where_there_can_be_no_folder_nobody_waits(tmp_path):
    (tmp_path / "file").write_text("")
    done = []
    with locked(tmp_path / "file" / "banks" / "week"):
        done.append(True)

    assert done == [True]


# ── what is removed ───────────────────────────────────────────────────────────────────────────────────────────────

DAY = 86400


def kept(folder: Path, days: float, size: int = 0) -> Path:
    """A bank that was last used so many days ago, with what an audit of that size left in it."""
    save(a_bank(), folder)
    (folder / "audit").mkdir()
    (folder / "audit" / "found.json").write_bytes(bytes(size))
    with locked(folder):
        pass
    then = time.time() - days * DAY
    os.utime(folder / "manifest.json", (then, then))
    return folder


def left(parent):
    return {path.name for path in parent.iterdir() if path.is_dir()}


def test_banks_that_nobody_uses_are_removed_with_their_locks(tmp_path):
    newest = kept(tmp_path / "new", 0)
    kept(tmp_path / "used", 29)
    kept(tmp_path / "unused", 31)

    prune(newest)

    assert left(tmp_path) == {"new", "used"}
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"new.lock", "used.lock"}


def test_beyond_a_total_size_the_longest_unused_go(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "ROOM", 350_000)
    newest = kept(tmp_path / "new", 40, 100_000)
    for days in (1, 2, 3, 4):
        kept(tmp_path / f"used {days} days ago", days, 100_000)

    prune(newest)

    assert left(tmp_path) == {"new", "used 1 days ago", "used 2 days ago"}


def test_a_bank_alone_may_be_larger_than_all_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "ROOM", 10)
    prune(kept(tmp_path / "new", 0, 100))

    assert load(tmp_path / "new").manifest.key == KEY


def test_a_bank_that_is_being_built_anew_stays(tmp_path):
    newest, unused = kept(tmp_path / "new", 0), kept(tmp_path / "unused", 31)
    holder = elsewhere(unused, 1)
    assert holder.stdout.readline() == "held\n"
    prune(newest)
    holder.communicate()
    assert left(tmp_path) == {"new", "unused"}

    prune(newest)
    assert left(tmp_path) == {"new"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes nothing that is open, so the bank stays")
def test_a_bank_that_is_open_can_be_read_after_it_was_removed(tmp_path):
    newest, unused = kept(tmp_path / "new", 0), kept(tmp_path / "unused", 31)
    opened = load(unused)
    prune(newest)

    assert not unused.exists()
    assert opened.proof() == ()


def test_a_bank_that_cannot_be_removed_stays_whole(tmp_path, monkeypatch):
    """As on Windows while a file in it is open."""
    newest = kept(tmp_path / "new", 0)
    kept(tmp_path / "unused", 31)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    prune(newest)

    assert load(tmp_path / "unused").manifest.key == KEY


@pytest.mark.parametrize(("days", "stays"), [(0, True), (31, False)])
def test_what_a_process_left_that_was_killed_goes_when_it_is_old(tmp_path, monkeypatch, days, stays):
    monkeypatch.setattr(cache, "ROOM", 10)  # nothing that is being written is removed to make room
    newest = kept(tmp_path / "new", 0)
    half = tmp_path / ".week.abc"
    (half / "new").mkdir(parents=True)
    (half / "new" / "public.msgpack").write_bytes(bytes(100))
    then = time.time() - days * DAY
    os.utime(half, (then, then))

    prune(newest)

    assert half.exists() == stays
