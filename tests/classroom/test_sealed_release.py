"""``grade release --sealed``: hidden cases that travel with a bundle, and open for whoever has the key."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import zipfile

import pytest
from click.testing import CliRunner

from grader.bank import bundle
from grader.bank.keyring import parsed
from grader.bank.sealed_half import whole
from grader.cli.call import grade as command_line
from grader.records.errors import UsageError
from grader.records.run import Isolation
from tests.classroom.test_release import RIGHT, TINY

KEY, OTHER = "1f" * 32, "2e" * 32


@pytest.fixture(scope="module")
def released(run_command, bank_cache, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sealed") / "tiny"
    environment = {**os.environ, "GRADER_CACHE": str(bank_cache), "GRADER_KEY": f"{KEY} {OTHER}"}
    ran = run_command(["release", "tiny", "--sealed", "-o", str(folder)], TINY, environment)
    assert ran.returncode == 0, ran.stderr
    assert "The hidden cases are sealed: where GRADER_KEY holds key " in ran.stdout
    assert KEY not in ran.stdout + ran.stderr
    return folder


@pytest.fixture
def mine(released, tmp_path):
    folder = shutil.copytree(released, tmp_path / "somewhere" / "tiny")
    (folder / "tiny.py").write_text(RIGHT, encoding="utf-8")
    return folder


def alone(grade, folder, *words, **more):
    return grade(*words, cwd=folder, GRADER_CACHE=str(folder.parent / "no-cache"), GRADER_SECRET="", **more)


def refused(ran):
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
    return ran.stderr


def hidden_checks(ran):
    assert ran.returncode in (0, 1), ran.stderr
    return sum(part["hidden"] for exercise in json.loads(ran.stdout)["exercises"] for part in exercise["parts"])


def test_hidden_cases_are_graded_with_the_key_and_not_without(grade, mine):
    assert hidden_checks(alone(grade, mine, "--json")) == 0
    ran = alone(grade, mine, "--json", GRADER_KEY=f"{OTHER},{KEY}")
    assert hidden_checks(ran) > 10
    assert json.loads(ran.stdout)["score"] == 10
    assert KEY not in ran.stdout + ran.stderr
    said = " ".join(alone(grade, mine, GRADER_KEY=KEY).stdout.split())
    assert "This was graded without the course, on its public cases and its sealed ones." in said


def test_a_wrong_key_or_file_or_level_is_told_and_nothing_is_graded(grade, mine):
    assert "and GRADER_KEY holds " in refused(alone(grade, mine, GRADER_KEY=OTHER))
    weak = ("--highest-level", "2", "--allow-weak-isolation")
    assert "are opened from isolation level 3 on" in refused(alone(grade, mine, *weak, GRADER_KEY=KEY))
    sealed = mine / "hidden.sealed"
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-1])
    assert "are damaged" in refused(alone(grade, mine, GRADER_KEY=KEY))
    sealed.unlink()
    assert "hidden.sealed is missing" in refused(alone(grade, mine, GRADER_KEY=KEY))
    assert hidden_checks(alone(grade, mine, "--json")) == 0, "which is practice all the same"


@pytest.fixture
def ran(mine, tmp_path):
    """What the laws of the bundle leave behind where they are run."""
    bundle, ran = mine / "practice.bundle", tmp_path / "ran"
    with zipfile.ZipFile(bundle) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["laws.py"] += f"\nopen({str(ran)!r}, 'w').close()\n".encode()
    manifest = json.loads(members["bundle.json"])
    manifest["members"]["laws.py"] = hashlib.sha256(members["laws.py"]).hexdigest()
    members["bundle.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return ran


def test_laws_of_another_bundle_never_run_where_a_key_is(grade, mine, ran):
    assert "were made for the bundle " in refused(alone(grade, mine, GRADER_KEY=KEY))
    (mine / "hidden.sealed").unlink()
    assert "hidden.sealed is missing" in refused(alone(grade, mine, GRADER_KEY=KEY))
    assert not ran.exists()
    alone(grade, mine)
    assert ran.exists(), "it would have"


def test_laws_of_a_bundle_that_was_handed_in_never_run_where_its_assignment_is_named(grade, mine, ran, tmp_path):
    for words in (("tiny", mine), ("class", "tiny", mine.parent, "-o", tmp_path / "out")):
        assert grade(*words).returncode in {0, 1}
    assert grade("tiny", "--course", TINY, cwd=mine).returncode in {0, 1}
    assert grade("--course", TINY, cwd=mine).returncode in {0, 1}
    assert not ran.exists()


def test_a_bundle_is_read_once(mine, monkeypatch):
    """One with other laws is not opened for, although the file is that of the released one again by then."""
    path = mine / "practice.bundle"
    released, found = path.read_bytes(), bundle.read(path)
    path.write_bytes(b"exchanged")
    cases = whole(found, path, parsed(KEY, "here"), Isolation(3, ())).bank.cases
    assert any(not case.public for case in cases["affine"])
    path.write_bytes(released)
    with pytest.raises(UsageError, match="were made for the bundle"):
        whole(found._replace(sha256=hashlib.sha256(b"other laws").hexdigest()), path, parsed(KEY, ""), Isolation(3, ()))


def test_without_cryptography_it_is_said_before_cases_are_made(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_KEY", KEY)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    monkeypatch.setattr("grader.bank.build.bank_for", lambda *_, **__: pytest.fail("cases are made"))
    monkeypatch.setattr("grader.sandbox.open.open_pool", lambda *_, **__: pytest.fail("workers are started"))
    words = ["release", "tiny", "--sealed", "-o", str(tmp_path / "out"), "--course", str(TINY)]
    ran = CliRunner().invoke(command_line, words, standalone_mode=False)
    assert "need the package cryptography, which is not installed" in str(ran.exception) + ran.output


def test_without_a_key_nothing_is_sealed(grade, tmp_path):
    course = shutil.copytree(TINY, tmp_path / "course")
    said = refused(grade("release", "tiny", "--sealed", "-o", "out", cwd=course))
    assert said.startswith("there is no key to seal with: make one by `grade keys new --sealing`")
    assert not (course / "out").exists()
