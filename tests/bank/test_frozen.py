"""The case bank that comes with a course: it fits or is not used, and never lies open if it was sealed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from grader.bank import frozen as frozen_banks
from grader.bank import store
from grader.bank.build import bank_for, frozen_bank
from grader.bank.cache import bank_folder, deciding_versions, digest
from grader.bank.frozen import pack, unpack
from grader.bank.shipped import Wanted, shipped
from grader.course.find import find_course
from grader.course.secret import secret_of
from grader.records.errors import BankError, UsageError
from grader.records.run import Isolation
from tests.conftest import SECRET, THOROUGH
from tests.repository.test_repository import ROOT

TINY = ROOT / "tests" / "courses" / "tiny"
KEY, OTHER = "1f" * 32, "2e" * 32
RIGHT = TINY / "reference" / "tiny.py"


@pytest.fixture(scope="module")
def packed(bank_cache, pool):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        return frozen_bank(find_course(TINY).assignment("tiny"), pool)


@pytest.fixture
def course(tmp_path):
    return shutil.copytree(TINY, tmp_path / "course")


@pytest.fixture
def files(course):
    return find_course(course).assignment("tiny")


@pytest.fixture
def work(tmp_path):
    return shutil.copy(RIGHT, tmp_path / "tiny.py")


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def hidden_arrays(bank):
    for case in (case for cases in bank.cases.values() for case in cases if not case.public):
        yield from (
            value.tobytes() for value in case.inputs.values() if isinstance(value, np.ndarray) and value.size > 3
        )


def test_what_is_packed_comes_back(packed, files):
    found = unpack(packed, files.frozen, "tiny")
    assert pack("tiny", found) == packed
    affine = found.banks["affine"]
    assert affine.cases
    assert affine.proof()
    assert affine.diagnostics().cases
    assert affine.sifted().tried


def test_where_it_comes_with_a_course_nothing_is_drawn(packed, files, course, work, grade, tmp_path, monkeypatch):
    """Whatever draws there: the versions of NumPy and Hypothesis are no part of what must fit."""
    files.frozen.write_bytes(packed)
    empty = {"GRADER_CACHE": str(tmp_path / "cache")}
    for _ in range(2):  # the second time from the cache
        ran = grade("tiny", work, "--json", cwd=course, **empty)
        assert (ran.returncode, ran.stderr) == (0, ""), "and nobody was told of cases that are made"
        drawn = grade("tiny", work, "--json", cwd=TINY)
        assert json.loads(ran.stdout)["bank"] == json.loads(drawn.stdout)["bank"]
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "other"))
    monkeypatch.setattr("grader.bank.cache.deciding_versions", lambda: {"numpy": "9.9", "hypothesis": "9.9"})
    monkeypatch.setattr("grader.bank.build._built", lambda *_: pytest.fail("cases are drawn"))
    assert bank_for(files, NoPool(), whole=True).cases["affine"]


class NoPool:
    """A pool that is not asked for a process."""

    isolation = Isolation(4, ())


def test_what_the_course_changed_is_drawn_and_said(packed, files, course, work, grade):
    files.frozen.write_bytes(packed)
    text = files.yaml.read_text(encoding="utf-8")
    files.yaml.write_text(text.replace("W @ x + b", "W @ x + b  # as ever"), encoding="utf-8")
    assert grade("tiny", work, cwd=course).stderr == "", "a comment decides no case"
    files.yaml.write_text(text.replace("hidden: ", "hidden: 1"), encoding="utf-8")
    assert files.yaml.read_text(encoding="utf-8") != text
    ran = grade("tiny", work, cwd=course)
    assert (ran.returncode, "bank.frozen does not fit the assignment as the course is now" in ran.stderr) == (0, True)
    assert "`grade build tiny --frozen` makes it anew" in ran.stderr


def test_another_secret_draws_other_cases(packed, files):
    decided = unpack(packed, files.frozen, "tiny").decided
    files.frozen.write_bytes(packed)
    assert shipped(files, Wanted(decided), SECRET, NoPool.isolation).banks
    others = dict.fromkeys(decided, "0" * 64)
    found = shipped(files, Wanted(others), SECRET, NoPool.isolation)
    assert (dict(found.banks), "does not fit" in found.remark) == ({}, True)


def test_a_later_draw_than_is_known_here_is_told_and_no_former_one_is_made(packed, files, course, work, grade):
    """As in a clone of what somebody committed without draws.txt."""
    files.frozen.write_bytes(changed(packed, draw=2))
    for words in (("tiny", work), ("build", "tiny", "--frozen"), ("build", "tiny", "--fresh")):
        ran = grade(*words, cwd=course)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
        assert "holds draw 2 of the hidden cases, and draws.txt beside it, which should say so, is" in ran.stderr
        assert "Commit it where `grade build tiny --fresh` ran, and get it" in ran.stderr
    assert not files.draws.exists()


def test_that_it_is_a_later_draw_is_known_without_a_key(course, files, work, grade):
    assert grade("release", "tiny", "--ci", cwd=course, GRADER_KEY=KEY).returncode == 0
    line, _, rest = files.sealed.read_bytes().partition(b"\n")
    assert json.loads(line)["draw"] == 0
    files.sealed.write_bytes(json.dumps({**json.loads(line), "draw": 3}).encode() + b"\n" + rest)
    for words in (("tiny", work), ("release", "tiny", "--ci"), ("build", "tiny", "--fresh")):
        key = {} if words[0] == "tiny" else {"GRADER_KEY": KEY}
        ran = grade(*words, cwd=course, **key)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "bank.sealed holds draw 3 of the hidden cases, and draws.txt beside it" in ran.stderr


def test_an_earlier_draw_is_not_graded_with(packed, files):
    files.frozen.write_bytes(packed)
    found = shipped(
        files,
        Wanted(dict.fromkeys(unpack(packed, files.frozen, "tiny").decided, "1" * 64), 1),
        SECRET,
        NoPool.isolation,
    )
    assert dict(found.banks) == {}
    assert "holds draw 0 of the hidden cases, and draw 1 is graded with: cases are drawn" in found.remark
    files.frozen.write_bytes(changed(packed, draw=None))  # as files were before they said it
    assert shipped(files, Wanted(unpack(packed, files.frozen, "tiny").decided), SECRET, NoPool.isolation).banks


def changed(packed, **fields):
    line, _, payload = packed.partition(b"\n")
    return json.dumps({**json.loads(line), **fields}).encode() + b"\n" + payload


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda data: data[:-1], "was changed, or is damaged"),
        (lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:], "was changed, or is damaged"),
        (lambda data: b"", "is no frozen case bank"),
        (lambda data: b"PK\x03\x04" + data, "is no frozen case bank"),
        (lambda data: changed(data, format=99), "has format 99, and grader"),
        (lambda data: changed(data, assignment="other"), "is of other, and tiny is graded"),
        (lambda data: changed(data, decided=3), "cannot be read (its first line"),
    ],
)
def test_what_is_damaged_is_told_and_no_other_cases_are_taken(damage, said, packed, files, course, work, grade):
    files.frozen.write_bytes(damage(packed))
    ran = grade("tiny", work, cwd=course)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
    assert said in ran.stderr
    assert "bank.frozen" in ran.stderr


def repacked(packed, change):
    """The file, with a payload that somebody changed who can count."""
    line, _, payload = packed.partition(b"\n")
    members = msgspec.msgpack.decode(zlib.decompress(payload))
    change(members)
    payload = zlib.compress(msgspec.msgpack.encode(members))
    return changed(line + b"\n" + payload, payload=hashlib.sha256(payload).hexdigest())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda members: members.update(more=members["affine"]), "more has another exercise's cases"),
        (lambda members: members["affine"].__setitem__(1, b"\x80"), "affine has another exercise's cases"),
        (lambda members: members["affine"][0].update(exercise="../../more"), "affine has another exercise's cases"),
        (lambda members: members["affine"].__setitem__(1, b"nothing"), "cannot be read"),
        (lambda members: members.pop("affine"), "its first line tells of other exercises"),
        (lambda members: members.update(affine=3), "cannot be read"),
    ],
)
def test_what_a_stranger_made_of_it_is_a_sentence(change, said, packed, files):
    files.frozen.write_bytes(repacked(packed, change))
    with pytest.raises(UsageError, match=said) as told:
        shipped(files, Wanted({"affine": ""}), SECRET, NoPool.isolation)
    assert str(told.value).endswith("or remove it (`grade build tiny --frozen` makes it)")


@pytest.mark.parametrize("member", [2, 3, 4])
def test_damage_of_what_is_read_later_is_told_before_anybody_is_graded(member, packed, files):
    files.frozen.write_bytes(repacked(packed, lambda members: members["affine"].__setitem__(member, b"nothing")))
    with pytest.raises(UsageError, match="cannot be read") as told:
        shipped(files, Wanted(unpack(packed, files.frozen, "tiny").decided), SECRET, NoPool.isolation)
    assert str(told.value).endswith("or remove it (`grade build tiny --frozen` makes it)")


def test_a_payload_that_would_fill_the_memory_is_not_unpacked(packed, files, monkeypatch):
    monkeypatch.setattr(frozen_banks, "UNPACKED", 1000)
    with pytest.raises(BankError, match="unpacks to more than"):
        unpack(packed, files.frozen, "tiny")


def test_another_graders_cases_are_not_taken(packed, files):
    assert unpack(changed(packed, bank=1), files.frozen, "tiny").banks == {}


# ── sealed ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sealed(bank_cache, run_command, tmp_path_factory):
    """The course with its bank sealed in it, as ``grade release --ci`` leaves it."""
    course = shutil.copytree(TINY, tmp_path_factory.mktemp("sealed") / "course")
    environment = {**os.environ, "GRADER_CACHE": str(bank_cache), "GRADER_KEY": f"{KEY} {OTHER}"}
    ran = run_command(["release", "tiny", "--ci"], course, environment)
    assert ran.returncode == 0, ran.stderr
    assert "Commit it to the course's repository" in ran.stdout
    assert KEY not in ran.stdout + ran.stderr
    return course


def test_it_is_opened_in_memory(sealed, work, grade, tmp_path, cached, pool):
    cache = tmp_path / "cache"
    ran = grade("tiny", work, "--json", cwd=sealed, GRADER_CACHE=str(cache), GRADER_KEY=f"{OTHER},{KEY}")
    assert (ran.returncode, ran.stderr) == (0, "")
    bank = bank_for(find_course(TINY).assignment("tiny"), pool)
    assert json.loads(ran.stdout)["bank"] == bank.inputs_sha256
    left = on_disk(cache) + on_disk(sealed)
    secrets = list(hidden_arrays(bank))
    assert secrets
    assert not [array for array in secrets if array in left]
    assert KEY.encode() not in left


def test_without_a_key_cases_are_drawn_and_it_is_said(sealed, work, grade):
    ran = grade("tiny", work, cwd=sealed)
    assert ran.returncode == 0
    assert (
        "bank.sealed is opened by a key in GRADER_KEY, and none is there: cases are drawn, which may take minutes"
        in ran.stderr
    )


@pytest.mark.parametrize(
    ("keys", "damage", "said"),
    [
        ("3d" * 32, None, "the sealed cases were sealed with key"),
        (KEY, lambda data: data[:-1] + bytes([data[-1] ^ 1]), "are damaged"),
        (
            KEY,
            lambda data: data.replace(b'"assignment":"tiny"', b'"assignment":"more"'),
            "made for the assignment more",
        ),
        (KEY, lambda data: b"nothing", "no file of sealed cases"),
    ],
)
def test_what_cannot_be_opened_is_told(keys, damage, said, sealed, course, work, grade):
    path = Path(shutil.copy(next(sealed.rglob("bank.sealed")), course / "assignments" / "tiny"))
    if damage:
        path.write_bytes(damage(path.read_bytes()))
    ran = grade("tiny", work, cwd=course, GRADER_KEY=keys)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
    assert said in ran.stderr
    assert "bank.sealed" in ran.stderr


def test_below_level_3_it_stays_sealed(sealed, monkeypatch):
    monkeypatch.setenv("GRADER_KEY", KEY)
    files = find_course(sealed).assignment("tiny")
    found = shipped(files, Wanted({"affine": ""}), secret_of(files.root), Isolation(2, ()))
    assert (dict(found.banks), "is opened from isolation level 3 on" in found.remark) == ({}, True)


def test_another_courses_is_refused(sealed, monkeypatch):
    monkeypatch.setenv("GRADER_KEY", KEY)
    files = find_course(sealed).assignment("tiny")
    other = msgspec.structs.replace(SECRET, bits=b"another secret..")
    with pytest.raises(
        UsageError,
        match=r"bank\.sealed: the sealed cases were made for the course .* let GRADER_SECRET hold the secret of",
    ):
        shipped(files, Wanted({"affine": ""}), other, Isolation(4, ()))


@pytest.mark.parametrize("words", [("-o", "out"), ("--sealed",)])
def test_it_is_made_by_itself(words, course, grade):
    ran = grade("release", "tiny", "--ci", *words, cwd=course, GRADER_KEY=KEY)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "leave out the other options" in ran.stderr
    assert not list(course.rglob("bank.sealed"))


# ── the repository's own ──────────────────────────────────────────────────────────────────────────────────────────


#: Exercises that are drawn anew within two seconds each, of every kind: numbers, arrays, tokens, steps, laws, samples.
SOON_DRAWN = {
    "assignment1": {"ngram_probability"},
    "assignment2": {"sigmoid"},
    "assignment3": {"decay_table", "rnn_forward"},
    "assignment4": {"gru_step"},
    "assignment5": {"encode"},
}


def test_every_assignments_bank_comes_with_it():
    course = find_course(ROOT)
    assert {name for name in course.assignments() if course.assignment(name).frozen.exists()} == SOON_DRAWN.keys()


@pytest.mark.parametrize("name", SOON_DRAWN)
def test_cases_that_come_along_fit_and_are_those_that_are_drawn(name, pool, tmp_path, monkeypatch):
    """If this fails and other cases are meant to be drawn now, run `make frozen`."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    files = find_course(ROOT).assignment(name)
    here = unpack(files.frozen.read_bytes(), files.frozen, name)
    assert SOON_DRAWN[name] <= here.banks.keys()
    for exercise, bank in here.banks.items():
        key = digest(here.decided[exercise])
        if exercise not in SOON_DRAWN[name] and not THOROUGH:  # from the cache, under the key that decides its cases
            store.save(replace(bank, manifest=replace(bank.manifest, key=key)), bank_folder(name, exercise, key))
    drawn = unpack(frozen_bank(files, pool), files.frozen, name)
    assert here.decided == drawn.decided
    assert shipped(files, Wanted(drawn.decided), secret_of(ROOT), NoPool.isolation).banks.keys() == here.decided.keys()
    made_with = next(iter(here.banks.values())).manifest.versions
    if all(made_with[what].startswith(version) for what, version in deciding_versions().items()):  # others draw others
        assert {each: bank.manifest.inputs_sha256 for each, bank in here.banks.items()} == {
            each: bank.manifest.inputs_sha256 for each, bank in drawn.banks.items()
        }
