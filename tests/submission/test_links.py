"""Links in the path of a submission: which a student may have placed, and which are the user's own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.records.errors import UsageError
from grader.submission.links import check_links

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has links for some alone")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A course with a reference, and a folder of what was handed in, which is the current one."""
    for name in ("course/reference/memory.py", "all/alice/memory.py", "all/bob/memory.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def link(at: str, to: str) -> None:
    Path(at).unlink(missing_ok=True)
    Path(at).symlink_to(to)


def refused(path: str | Path, name: str) -> None:
    with pytest.raises(UsageError, match=rf"{name} is a link that leads out of .*: name the target itself$"):
        check_links(Path(path))


@pytest.mark.parametrize("to", ["../../course/reference/memory.py", "../bob/memory.py", "/etc/passwd", "..", "/"])
def test_a_link_that_leads_out_is_refused(place, to) -> None:
    link("all/alice/work", to)
    for path in ("all/alice/work", "./all/alice/work", place / "all/alice/work", "all/bob/../alice/work"):
        refused(path, "alice/work")


def test_so_is_one_in_the_middle_or_one_that_leads_nowhere_or_by_another(place) -> None:
    link("all/carl", "../course/reference")
    refused("all/carl/memory.py", "all/carl")
    refused(place / "all/carl/memory.py", "all/carl")
    link("all/dora", "../gone")
    refused("all/dora", "all/dora")
    link("all/bob/first", "second")
    link("all/bob/second", "../alice")
    refused("all/bob/first/memory.py", "bob/first")


def test_a_link_to_what_lies_beside_or_below_is_fine(place) -> None:
    link("all/alice/latest.py", "memory.py")
    link("all/newest", "bob")
    link("all/deep", "alice/latest.py")
    link("all/alice/here", ".")
    for path in ("all/alice/latest.py", "all/newest/memory.py", "all/deep", "all/alice/here/memory.py", ".", "gone/x"):
        check_links(Path(path))
        check_links(place / path)


def test_links_that_no_student_placed_are_fine(place, monkeypatch) -> None:
    """A home folder that is a link, the current folder reached by one, and what stands at the top of a file system."""
    link("teacher", "/")  # stands for a home folder on another disk
    refused(place / f"teacher{place}/all", "teacher")
    monkeypatch.setenv("HOME", str(place / "teacher"))
    check_links(place / f"teacher{place}/all")
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("PWD", str(place / f"teacher{place}"))
    check_links(place / f"teacher{place}/all")
    link("all/alice/work", "../../course/reference")
    refused(place / f"teacher{place}/all/alice/work", "alice/work")  # below it all is as before


def test_a_link_at_the_top_of_a_file_system_is_fine(place, monkeypatch) -> None:
    link("tmp", "/")  # stands for /tmp, which macOS has in /private
    monkeypatch.setattr(Path, "anchor", property(lambda self: f"{place}/" if self.is_absolute() else ""))
    check_links(place / "tmp/etc")
    refused(Path("tmp/etc"), "tmp")


def test_an_odd_environment_trusts_nothing(place, monkeypatch) -> None:
    link("all/carl", "../course/reference")
    for folder in ("", ".", "all/carl", f"{place}/x/../all/carl"):
        monkeypatch.setenv("HOME", folder)
        monkeypatch.setenv("PWD", folder)
        refused("all/carl", "all/carl")
        refused(place / "all/carl", "all/carl")
