"""The files of an assignment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.course.find import Course
from grader.records.errors import AssignmentError

PROPERTIES = """import time
from pathlib import Path

with Path(__file__).with_name("log").open("a") as log:
    log.write("executed\\n")
time.sleep(0.05)


def answer():
    return 1
"""


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "assignments" / "week"
    folder.mkdir(parents=True)
    (folder / "assignment.yaml").write_text("")
    (folder / "properties.py").write_text(PROPERTIES)
    return Course(tmp_path).assignment("week")


def log(files):
    return files.properties.with_name("log").read_text().splitlines()


def test_threads_execute_properties_once_and_share_them(files):
    with ThreadPoolExecutor(4) as pool:
        modules = list(pool.map(lambda _: files.load_properties(), range(8)))

    assert log(files) == ["executed"]
    assert all(module is modules[0] for module in modules)
    assert modules[0].answer() == 1


def test_other_content_is_executed_anew(files):
    first = files.load_properties()
    files.properties.write_text(PROPERTIES.replace("return 1", "return 12"))

    assert (files.load_properties().answer(), first.answer()) == (12, 1)
    assert log(files) == ["executed"] * 2


def test_properties_that_fail_are_told_each_time(files):
    files.properties.write_text("import nothing_of_this_name\n")

    for _ in range(2):
        with pytest.raises(AssignmentError, match=r"properties\.py:1:1: stops with ModuleNotFoundError"):
            files.load_properties()


def test_properties_that_end_the_process_are_told(files):
    files.properties.write_text("\nraise SystemExit(0)\n")

    with pytest.raises(AssignmentError, match=r"properties\.py:2:1: stops with SystemExit: 0"):
        files.load_properties()


def test_without_properties_there_are_none(files):
    files.properties.unlink()

    assert files.load_properties() is None
