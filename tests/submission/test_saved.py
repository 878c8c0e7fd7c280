"""When a save is complete: editors that write in place, by renaming, in two goes, or take the file away for a while."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest

from grader.records.errors import SubmissionError
from grader.records.run import Submission
from grader.submission import read
from grader.submission.saved import MAX_FILES, state_of, taken, versions

GOOD, BETTER, HALF = "a = 1\n", "a = 2\n", "a = (\n"


class Over(Exception):
    """The time that a test gives is over."""


class Disk:
    """A file, and a clock: what happens to it at which second."""

    def __init__(self, events: dict[float, str | None], end: float = 8.0) -> None:
        self._events, self._end, self._now, self.looks = dict(events), end, 0.0, 0

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self._now += seconds
        if self._now > self._end:
            raise Over

    def look(self):
        self.looks += 1
        return frozenset({("f", max(when for when in self._events if when <= self._now), 0, 0)})

    def read(self) -> Submission:
        text = self._events[max(when for when in self._events if when <= self._now)]
        if text is None:
            raise SubmissionError("not there")
        return Submission("f.py", {"f.py": text})

    def versions(self) -> list[tuple[float, str | None]]:
        found: list[tuple[float, str | None]] = []
        told = versions(self.look, self.read, self)
        with suppress(Over):
            while True:
                each = next(told)  # which must not end by itself
                found.append((self._now, each.files["f.py"] if isinstance(each, Submission) else None))
        return found


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ({0: GOOD}, [GOOD]),
        ({0: GOOD, 2: BETTER}, [GOOD, BETTER]),
        ({0: GOOD, 2: GOOD, 3: GOOD}, [GOOD]),  # touched
        ({0: GOOD, 2: None, 2.1: BETTER}, [GOOD, BETTER]),  # taken away, then renamed into its place
        ({0: GOOD, 2: "", 2.5: BETTER}, [GOOD, BETTER]),  # emptied, then written
        ({0: GOOD, 2: HALF, 2.6: BETTER}, [GOOD, BETTER]),
        ({0: GOOD, 2: HALF, 4: BETTER}, [GOOD, HALF, BETTER]),  # meant so, as far as can be seen
        ({0: GOOD, 2: "", 4: GOOD}, [GOOD, "", GOOD]),
        ({0: GOOD, 2: None, 5: GOOD}, [GOOD, None, GOOD]),  # away for a while
        ({0: None, 3: None, 5: GOOD}, [None, GOOD]),
        ({0: HALF}, [HALF]),
    ],
)
def test_each_version_is_told_once_when_it_has_come_to_rest(events, told):
    assert [text for _, text in Disk(events).versions()] == told


def test_a_save_is_told_soon_and_one_that_looks_half_saved_a_second_later():
    (_, _), (plain, _) = Disk({0: GOOD, 2: BETTER}).versions()
    (_, _), (half, _) = Disk({0: GOOD, 2: HALF}).versions()
    assert 2 < plain < 2.6
    assert 3 < half < 4


def test_what_never_comes_to_rest_is_read_all_the_same():
    events = {0.0: GOOD} | {number / 20: f"a = {number}\n" for number in range(40, 800)}
    assert len(Disk(events, end=30).versions()) > 1


def test_nothing_is_done_in_between():
    idle = Disk({0: GOOD}, end=60)
    idle.versions()
    assert idle.looks < 60 * 6


def test_every_way_to_save_shows(tmp_path):
    module, data = tmp_path / "memory.py", tmp_path / "data" / "words.txt"
    data.parent.mkdir()
    module.write_text(GOOD)
    data.write_text("a b\n")
    states = [state_of(tmp_path), state_of(tmp_path), state_of(module)]
    assert states[0] == states[1]
    kept = module.stat()
    (tmp_path / ".new").write_text(BETTER)
    os.utime(tmp_path / ".new", ns=(kept.st_atime_ns, kept.st_mtime_ns))
    (tmp_path / ".new").replace(module)  # of the same size and time
    states.append(state_of(module))
    data.write_text("a b c\n")
    states.append(state_of(module))
    module.unlink()
    states.append(state_of(module))
    assert len({*states[1:]}) == 4
    data.unlink()
    data.parent.rmdir()
    tmp_path.rmdir()
    assert state_of(module) == frozenset()


@pytest.mark.parametrize("changed", ["zz/memory.py", "zz/zhelp.py", "zz/zwords.txt"])
def test_what_was_taken_is_looked_at_in_however_full_a_folder(changed, tmp_path):
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number}").touch()
    work = tmp_path / "zz"
    work.mkdir()
    (work / "memory.py").write_text("import zhelp\nname = 'zwords.txt'\n")
    (work / "zhelp.py").write_text(GOOD)
    (work / "zwords.txt").write_text("a\n")
    known = taken(tmp_path, "memory.py", read(tmp_path, "memory.py"))
    before, without = state_of(tmp_path, known), state_of(tmp_path)
    (tmp_path / changed).write_text("b = 100\n")
    assert state_of(tmp_path) == without  # which ends before it
    assert state_of(tmp_path, known) != before
    (tmp_path / changed).unlink()
    assert len(state_of(tmp_path, known)) == len(before) - 1


def test_where_there_is_no_module_nothing_was_taken(tmp_path):
    assert taken(tmp_path, "memory.py") == ()
    (tmp_path / "memory.py").write_text("a = (")
    assert taken(tmp_path, "memory.py") == (tmp_path / "memory.py",)
