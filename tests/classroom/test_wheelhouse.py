"""Wheels for a room without internet: what is fetched, for which systems, and what is said when it cannot be."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from importlib import metadata
from zipfile import ZipFile

import pytest

from grader.classroom import wheelhouse
from grader.classroom.wheelhouse import DISTRIBUTION, SYSTEMS, fetch, requirements
from grader.records.errors import GraderError, UsageError
from tests.written_course import write_course

COMPILED = ("numpy", "msgspec", "psutil", "pyyaml", "markupsafe")


def packed(folder, name, version, tag):
    stem = f"{name.replace('-', '_')}-{version}"
    with ZipFile(folder / f"{stem}-{tag}.whl", "w") as made:
        made.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        made.writestr(f"{stem}.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        made.writestr(f"{stem}.dist-info/RECORD", "")


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder in the place of an index, with what two systems need, of Python 3.12 and, on one of them, 3.11."""
    folder = tmp_path / "index"
    folder.mkdir()
    known = metadata.requires
    added = {"click": ["colour-of-consoles>=1; platform_system == 'Windows'", "tests-alone; extra == 'test'"]}
    monkeypatch.setattr(wheelhouse.metadata, "requires", lambda name: [*(known(name) or ()), *added.get(name, ())])
    for each in {*requirements(windows=True), *requirements(windows=False)}:
        name, _, version = each.partition("==")
        for python, platform in (("cp312", "win_amd64"), ("cp312", "manylinux_2_17_x86_64"), ("cp311", "win_amd64")):
            tag = f"{python}-{python}-{platform}" if name in COMPILED else "py3-none-any"
            packed(folder, name, version or "1.0", tag)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_each_system_gets_what_it_needs(index, tmp_path):
    made = fetch(tmp_path / "rooms" / "wheelhouse", ["win_amd64", "manylinux_x86_64"], ["3.12"])
    (numpy,) = [each for each in requirements(windows=False) if each.startswith("numpy==")]
    of_numpy = [name for name in made.wheels if name.startswith(numpy.replace("==", "-"))]
    assert [name.split("-", 2)[2] for name in of_numpy] == [
        "cp312-cp312-manylinux_2_17_x86_64.whl",
        "cp312-cp312-win_amd64.whl",
    ]
    assert "colour_of_consoles-1.0-py3-none-any.whl" in made.wheels, "click asks for it on Windows alone"
    assert any(name.startswith("numerical_grader-") for name in made.wheels)
    assert len(made.wheels) == len(list(requirements(windows=True))) + len(COMPILED) + 1
    assert str(made).endswith("python -m pip install --no-index --find-links wheelhouse numerical-grader")


def test_linux_needs_nothing_that_windows_alone_does(index, tmp_path):
    made = fetch(tmp_path / "wheelhouse", ["manylinux_x86_64"], ["3.12"])
    assert not any(name.startswith("colour_of_consoles") for name in made.wheels)


def test_what_cannot_be_fetched_is_named(index, tmp_path):
    with pytest.raises(GraderError, match=r"what manylinux_x86_64 needs with Python 3.11: No matching"):
        fetch(tmp_path / "made", ["win_amd64", "manylinux_x86_64"], ["3.11"])


@pytest.mark.parametrize(
    ("systems", "pythons", "said"),
    [
        (["--index-url=x"], ["3.12"], "'--index-url=x' is no system: name win_amd64, "),
        (["win_amd64"], ["3"], "'3' is no version of Python: name some such as 3.11,3.12"),
        (["win_amd64"], ["3.12", "-r"], "'-r' is no version of Python"),
        ([], ["3.12"], "at least one system"),
    ],
)
def test_words_that_name_nothing_are_refused(systems, pythons, said, tmp_path):
    with pytest.raises(UsageError, match=re.escape(said)):
        fetch(tmp_path / "made", systems, pythons)
    assert not (tmp_path / "made").exists()


def test_a_python_without_pip(index, tmp_path, monkeypatch):
    venv.create(tmp_path / "bare", with_pip=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bare" / "bin" / "python"))
    with pytest.raises(GraderError, match=r"has no pip, which fetches wheels: python -m ensurepip"):
        fetch(tmp_path / "made", ["win_amd64"], ["3.12"])


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        fetch(tmp_path / "file" / "made", ["win_amd64"], ["3.12"])


def test_a_network_that_is_not_there(tmp_path, monkeypatch):
    for name, value in (("INDEX_URL", "http://127.0.0.1:9/simple"), ("RETRIES", "1"), ("CONFIG_FILE", os.devnull)):
        monkeypatch.setenv(f"PIP_{name}", value)
    with pytest.raises(GraderError, match="could not reach what it fetches from, for win_amd64: is there a network"):
        fetch(tmp_path / "made", ["win_amd64"], ["3.12"])


def test_a_network_that_does_not_answer(index, tmp_path, monkeypatch):
    monkeypatch.setattr(wheelhouse, "SECONDS", 0.01)
    with pytest.raises(GraderError, match="is the network there"):
        fetch(tmp_path / "made", ["win_amd64"], ["3.12"])


def test_the_own_wheel_installs_the_command(index, tmp_path):
    made = fetch(tmp_path / "wheelhouse", ["win_amd64"], ["3.12"])
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps", "--no-index"]
    command += ["--find-links", str(made.folder), "--target", str(tmp_path / "there"), DISTRIBUTION]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "there" / "bin" / "grade").is_file()
    assert (tmp_path / "there" / "grader" / "course" / "schema.json").is_file()
    assert not list((tmp_path / "there" / "grader").rglob("reference"))
    assert wheelhouse.own_wheel()[1] == next(made.folder.glob("numerical_grader-*")).read_bytes(), "at any time"


def test_a_wheel_that_cannot_be_written_whole_leaves_the_one_that_is_there(tmp_path, monkeypatch):
    wheelhouse._write_own_wheel(tmp_path)
    (made,) = tmp_path.iterdir()
    before = made.read_bytes()

    def write_bytes(self, data):
        with self.open("wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wheelhouse.Path, "write_bytes", write_bytes)
    with pytest.raises(OSError, match="No space left"):
        wheelhouse._write_own_wheel(tmp_path)
    assert list(tmp_path.iterdir()) == [made]
    assert made.read_bytes() == before


@pytest.fixture
def course(tmp_path):
    return write_course(
        tmp_path / "course",
        {
            "assignments/week1/assignment.yaml": "title: Week 1\nmodule: week1.py\nexercises:\n"
            "  - {id: twice, points: 1, inputs: {x: {shape: []}}, cases: {public: 2, hidden: 2}}\n",
            "reference/week1.py": "def twice(x):\n    return 2.0 * x\n",
            "student_template/week1/week1.py": "def twice(x):\n    raise NotImplementedError\n",
        },
    )


def test_a_release_brings_it_along_and_leaves_nothing_where_it_cannot(index, course, grade, tmp_path):
    pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
    asked = ("release", "week1", "-o", tmp_path / "out" / "week1", "--wheelhouse")
    without = grade("release", "week1", "-o", tmp_path / "out", "--python", "3.12", cwd=course)
    assert (without.returncode, "name its systems by --wheelhouse" in without.stderr) == (2, True)
    refused = grade(*asked, "win amd64", "--python", "3.12", cwd=course, **pip)
    assert (refused.returncode, "'win amd64' is no system" in refused.stderr) == (2, True)
    failed = grade(*asked, "macosx_arm64", "--python", "3.12", cwd=course, **pip)
    assert failed.returncode == 3
    assert "pip could not fetch what macosx_arm64 needs with Python 3.12" in failed.stderr
    assert not (tmp_path / "out" / "week1").exists()
    made = grade(*asked, "win_amd64,manylinux_x86_64", "--python", "3.12", cwd=course, **pip)
    assert made.returncode == 0, made.stderr
    assert "python -m pip install --no-index --find-links wheelhouse numerical-grader" in made.stdout
    assert (tmp_path / "out" / "week1" / "week1.py").is_file()
    assert list((tmp_path / "out" / "wheelhouse").glob("numpy-*-win_amd64.whl"))


def test_requirements_differ_between_systems_by_what_is_known_here():
    """pip evaluates markers on the system that it runs on: what others need has to be told by us."""
    every = {each.partition("==")[0] for each in requirements(windows=True)}
    marked = {}
    for name in every & {dist.metadata["Name"].lower() for dist in metadata.distributions()}:
        for asked in metadata.requires(name) or ():
            requirement, _, marker = asked.partition(";")
            if marker and "extra" not in marker:
                marked[re.match(r"[\w.-]+", requirement)[0].lower()] = marker
    others = {name: marker for name, marker in marked.items() if name not in every}
    old = re.compile(r"""\s*\(?python_(full_)?version\s*<=?\s*["']3\.(\d|10|11)(\.\d+)?["']\)?.*""")
    assert all(old.fullmatch(marker) for marker in others.values()), others
    assert "numpy" in every
    assert set(SYSTEMS) >= {"win_amd64", "macosx_arm64", "manylinux_x86_64"}
