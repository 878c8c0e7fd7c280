"""``grade keys``, and what becomes of the variables that hold secrets, as whoever grades meets both."""

from __future__ import annotations

import os
import re
import shutil

import pytest

from grader.course.secret import PUBLISHED
from tests.repository.test_repository import ROOT

BRIEF = ROOT / "tests" / "courses" / "brief"
SPY = '''
import os

def parents():
    """What the system shows of the environments of this process and of those above it."""
    process, found = os.getpid(), [repr(dict(os.environ))]
    while process > 1:
        try:
            with open(f"/proc/{process}/environ", "rb") as file:
                found.append(file.read().decode())
            with open(f"/proc/{process}/stat") as file:
                state = file.read().rpartition(")")[2].split()
        except OSError:
            break
        process = int(state[1])
    return found

def square_root(number):
    raise ValueError(" ".join(word for text in parents() for word in text.split("\\0") if "GRADER_" in word))
'''


@pytest.fixture
def course(tmp_path):
    return shutil.copytree(BRIEF, tmp_path / "course")


def own(**more):
    """An environment without the secret of all tests."""
    return {"GRADER_SECRET": "", **more}


def test_a_secret_is_made_once_and_never_shown(grade, course):
    assert "none so far" in grade("keys", cwd=course, **own()).stdout
    made = grade("keys", "new", cwd=course, **own())
    digits = (course / ".grader" / "secret").read_text().split()[-1]
    again = grade("keys", "new", cwd=course, **own())
    told = grade("keys", cwd=course, **own())
    assert (made.returncode, again.returncode, told.returncode) == (0, 2, 0)
    assert re.search(r"secret is there, and is kept: with another secret all hidden cases are others", again.stderr)
    (fingerprint,) = re.findall(r"made the secret (\w{16});", made.stdout)
    assert f"secret: {fingerprint} from {course}" in told.stdout
    assert digits == (course / ".grader" / "secret").read_text().split()[-1]
    for ran in (made, again, told):
        assert digits not in ran.stdout + ran.stderr
    assert "published: the hidden cases are no secret" in grade("keys", cwd=ROOT, **own()).stdout


def test_whoever_makes_or_uses_hidden_cases_that_are_no_secret_is_told(grade, course, tmp_path):
    shutil.copy(ROOT / PUBLISHED, course)
    assert grade("template", "brief", "--write", cwd=course).returncode == 0
    work = tmp_path / "all" / "anna" / "brief.py"
    work.parent.mkdir(parents=True)
    shutil.copy(course / "reference" / "brief.py", work)
    told = "hidden cases of this course can be drawn by everybody: its secret is published in "
    out = ("-o", tmp_path / "out")
    for words in (("build", "brief"), ("class", "brief", tmp_path / "all", *out), ("release", "brief", *out)):
        ran = grade(*words, cwd=course, **own())
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr.count(told) == 1
        assert told not in ran.stdout
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
    refused = grade("release", "brief", "--sealed", *out, cwd=course, GRADER_KEY="ab" * 32, **own())
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("sealing would hide nothing: hidden cases of this course can be drawn by everyb")
    assert told not in grade("brief", work, cwd=course, **own()).stderr
    assert told not in grade("build", "brief", cwd=course).stderr, "GRADER_SECRET comes before it"


def test_a_secret_that_would_not_be_used_is_not_made(grade, course):
    refused = grade("keys", "new", cwd=course)  # the variable holds that of all tests
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("GRADER_SECRET is set, and comes before a secret in ")
    assert not (course / ".grader").exists()


def test_keys_are_listed_by_their_ids_the_newest_first(grade, course):
    ids = [re.findall(r"made key (\w{12}),", grade("keys", "new", "--sealing", cwd=course).stdout)[0] for _ in range(2)]
    told = grade("keys", cwd=course).stdout
    assert re.findall(r"key (\w{12}) in .*/\.grader/keys: (.*)", told) == [
        (ids[1], "seals and opens"),
        (ids[0], "opens"),
    ]
    keys = [line for line in (course / ".grader" / "keys").read_text().splitlines() if not line.startswith("#")]
    assert not any(key in told for key in keys)
    told = grade("keys", cwd=course, GRADER_KEY=keys[1]).stdout
    assert f"key {ids[0]} in GRADER_KEY: seals and opens" in told
    refused = grade("keys", cwd=course, GRADER_KEY="abc")
    assert (refused.returncode, refused.stdout.count("\n")) == (2, 1)
    assert refused.stderr.startswith("GRADER_KEY should hold keys of 64 hexadecimal digits each")


@pytest.mark.skipif(os.name != "posix", reason="processes show no environment elsewhere")
def test_no_process_shows_the_secrets_that_the_command_was_given(grade, tmp_path):
    path = tmp_path / "brief.py"
    path.write_text(SPY, encoding="utf-8")
    weak = ("--highest-level", "1", "--allow-weak-isolation", "--full")
    secret = os.urandom(16).hex()  # which no process was given that runs meanwhile
    keys = {"GRADER_KEY": "ab" * 32, "GRADER_SIGNING_KEY": "cd" * 32}
    assert grade("build", "brief", cwd=BRIEF, GRADER_SECRET=secret).returncode == 0  # which takes long at level 1
    ran = grade("brief", path, *weak, cwd=BRIEF, fresh=True, GRADER_SECRET=secret, **keys)
    assert "ValueError" in ran.stdout
    assert "GRADER_CACHE" in ran.stdout, "it does see the environment of the command"
    assert secret[:8] not in ran.stdout
    assert "abab" not in ran.stdout
    assert "cdcd" not in ran.stdout


def test_a_damaged_secret_is_told_and_nothing_is_graded(grade, course):
    ran = grade("build", "brief", cwd=course, GRADER_SECRET="12" * 15)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(
        "GRADER_SECRET should hold 32 hexadecimal digits (128 bits), and holds 30 characters: "
    )
    ran = grade("build", "brief", cwd=course, **own())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("GRADER_SECRET is empty, and ")
