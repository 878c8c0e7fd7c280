"""Bundles: what goes in comes out, and what is none, damaged, or somebody else's idea of one ends in a sentence."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from grader.bank import bundle
from grader.bank.build import bank_for
from grader.bank.bundle import Bundle
from grader.bank.shared_answers import SharedAnswers, shared, unshared
from grader.classroom.release import public_half
from grader.course.find import find_course
from grader.records.answers import CaseAnswer, NamedCase, NamedMistake
from grader.records.bank import CaseBank, Practice
from grader.records.errors import BundleError, ProtocolError

TINY = Path(__file__).parents[1] / "courses" / "tiny"
MISTAKE = NamedMistake(
    "a1", "affine", "You forget b.", ("y",), (NamedCase({"N": 1}, {"x": np.ones(2)}, CaseAnswer(ended="ValueError")),)
)


@pytest.fixture(scope="module")
def half(bank_cache, pool):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        bank = bank_for(find_course(TINY).assignment("tiny"), pool)
        return public_half(replace(bank, diagnostics=dict(bank.diagnostics)))


@pytest.fixture
def path(half, tmp_path):
    path = tmp_path / "practice.bundle"
    path.write_bytes(bundle.pack(Bundle(half, "def law(student, case): ...\n", (MISTAKE,))))
    return path


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def rewrite(path, contents, **manifest):
    """A bundle with other members, whose manifest says that they are right."""
    told = json.loads(contents["bundle.json"])
    told["members"] = {k: hashlib.sha256(v).hexdigest() for k, v in contents.items() if k != "bundle.json"}
    contents = {**contents, "bundle.json": json.dumps({**told, **manifest}).encode()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)


def test_what_goes_in_comes_out(half, path):
    found = bundle.read(path)
    assert found.bank.assignment == half.assignment
    assert found.bank.inputs_sha256 == half.inputs_sha256
    assert (found.laws, found.bank.practice.older) == ("def law(student, case): ...\n", False)
    (named,) = found.named
    assert (named.id, named.sentence, named.cases[0].key()) == ("a1", "You forget b.", MISTAKE.cases[0].key())
    for name, cases in half.cases.items():
        assert repr(found.bank.cases[name]) == repr(cases)
        clues, meant = found.bank.diagnostics[name], half.diagnostics[name]
        assert repr((clues.cases, clues.witnesses, clues.mistakes)) == repr(
            (meant.cases, meant.witnesses, meant.mistakes)
        )
        assert clues.answers.shape == meant.answers.shape
        np.testing.assert_allclose(clues.answers, meant.answers, rtol=0, atol=2.0**-20)


def test_a_hidden_case_never_goes_in(half):
    (case, *_), name = half.cases["affine"], "affine"
    hidden = CaseBank(half.assignment, {**half.cases, name: (replace(case, public=False),)})
    with pytest.raises(ValueError, match=r"affine/1 is a hidden case, and a bundle has none"):
        bundle.pack(Bundle(hidden, "", ()))


def test_the_assignment_goes_without_what_is_its_authors(half):
    assert half.assignment.seed == 0
    for exercise in half.assignment.exercises:
        assert (exercise.cases.hidden, exercise.examples, exercise.waive) == (0, (), ())


@pytest.mark.parametrize("made_by", ["0.0.1", "99.0"])
def test_a_bundle_of_another_version_is_read_with_a_remark(made_by, path):
    rewrite(path, members(path), grader=made_by)
    found = bundle.read(path)
    assert found.bank.practice == Practice(made_by, older=True)


# ── what is not to be read ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damage", [lambda d: b"", lambda d: b"PK\x03\x04", lambda d: d[:-40], lambda d: d[:1000]])
def test_what_is_no_archive(damage, path):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BundleError, match=r"practice\.bundle is no bundle, or a damaged one: get it again"):
        bundle.read(path)


def test_every_flipped_bit_is_a_sentence_or_costs_nothing(half, path):
    data = path.read_bytes()
    for place in np.random.default_rng(0).integers(0, len(data), 150):
        path.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with suppress(BundleError):
            found = bundle.read(path)
            clues = [found.bank.diagnostics[name] for name in half.cases]
            assert [len(each.answers) for each in clues] == [len(each.mistakes) for each in half.diagnostics.values()]
            assert found.bank.assignment == half.assignment


@pytest.mark.parametrize(
    ("number", "said"), [(2, "has format 2, and grader .* reads 1: update grader"), (0, "ask your course for a newer")]
)
def test_an_unknown_format_is_refused(number, said, path):
    rewrite(path, members(path), format=number)
    with pytest.raises(BundleError, match=said):
        bundle.read(path)


@pytest.mark.parametrize(
    ("name", "said"),
    [("../../evil.py", "holds '../../evil.py', which no bundle does"), ("hidden.msgpack", "holds 'hidden.msgpack'")],
)
def test_other_names_are_refused(name, said, path):
    rewrite(path, {**members(path), name: b"x"})
    with pytest.raises(BundleError, match=said):
        bundle.read(path)


@pytest.mark.parametrize("name", ["bundle.json", "assignment.msgpack", "public.msgpack", "laws.py", "mistakes.msgpack"])
def test_a_member_that_is_missing_or_changed(name, path):
    whole = members(path)
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in whole.items():
            if each != name:
                archive.writestr(each, data)
    with pytest.raises(BundleError, match=r"lacks|does not hold what it lists"):
        bundle.read(path)
    if name != "bundle.json":
        with zipfile.ZipFile(path, "w") as archive:
            for each, data in whole.items():
                archive.writestr(each, data + b"\n" * (each == name))
        with pytest.raises(BundleError, match=f"was changed, or is damaged \\({name}\\)"):
            bundle.read(path)


@pytest.mark.parametrize("name", ["assignment.msgpack", "public.msgpack", "laws.py", "mistakes.msgpack"])
@pytest.mark.parametrize("data", [b"\xff\xfe\xff", b"\x80" * 3, b"\x93\x01"])
def test_a_member_that_is_something_else(name, data, path):
    rewrite(path, {**members(path), name: data})
    with pytest.raises(BundleError, match=r"cannot be read \("):
        bundle.read(path)


def test_parts_that_do_not_belong_together(path):
    rewrite(path, members(path), assignment="other")
    with pytest.raises(BundleError, match=r"public\.msgpack: does not belong to its assignment"):
        bundle.read(path)


def test_diagnostics_are_checked_when_they_are_asked_for(path):
    rewrite(path, {**members(path), "diagnostics/affine.msgpack": b"\x93\x01\x02\x03"})
    found = bundle.read(path)
    with pytest.raises(BundleError, match=r"diagnostics/affine\.msgpack"):
        found.bank.diagnostics["affine"]


def test_a_bundle_that_unpacks_to_much_is_not_unpacked(path, monkeypatch):
    monkeypatch.setattr(bundle, "UNPACKED", 1 << 20)
    rewrite(path, {**members(path), "laws.py": b"#" * (2 << 20)})
    with pytest.raises(BundleError, match="unpacks to more than 1 MiB"):
        bundle.read(path)
    monkeypatch.setattr(bundle, "LARGEST", 100)
    with pytest.raises(BundleError, match="which no bundle has"):
        bundle.read(path)


def test_nothing_is_unpacked_before_the_list_is_looked_at(path, monkeypatch):
    whole = members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**whole, "bundle.json": whole["bundle.json"] + b" " * (1 << 20)}.items():
            archive.writestr(name, data)
    with pytest.raises(BundleError, match="unpacks to more than 1 MiB"):
        bundle.read(path)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: pytest.fail("something is unpacked"))
    monkeypatch.setattr(bundle, "UNPACKED", 1 << 20)
    with pytest.raises(BundleError, match="unpacks to more than 1 MiB"):
        bundle.read(path)


def test_an_archive_of_very_many_files_is_not_listed(path):
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(2001):
            archive.writestr(str(number), b"")
    with pytest.raises(BundleError, match="holds more files than any bundle"):
        bundle.read(path)


# ── answers of known mistakes ─────────────────────────────────────────────────────────────────────────────────────


def test_answers_in_little_room_come_back_as_close_as_a_diagnosis_needs():
    rng = np.random.default_rng(1)
    answers = rng.normal(size=(300, 40)) * 10.0 ** rng.integers(-9, 12, (300, 40))
    answers[rng.random(answers.shape) < 0.7] = 0.25
    answers[3, :6] = np.nan, np.inf, -np.inf, -0.0, 5e300, -2048.0
    found = unshared(shared(answers))
    np.testing.assert_array_equal(np.isnan(found), np.isnan(answers))
    off = np.abs(np.nan_to_num(found) - np.nan_to_num(answers))
    assert off[np.abs(np.nan_to_num(answers)) < 2000].max() <= 2.0**-21
    assert (off[np.abs(np.nan_to_num(answers)) > 2048] == 0).all()


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (4, 0), (1, 1)])
def test_few_answers(shape):
    assert unshared(shared(np.ones(shape))).shape == shape


def test_answers_that_do_not_belong_together_are_refused():
    good = shared(np.arange(12.0).reshape(3, 4))
    for changes in (
        {"mistakes": 5},
        {"columns": -1},
        {"same_as": b"x"},
        {"steps": b""},
        {"others": bytes(8)},
        {"others": b"x"},
    ):
        fields = {name: getattr(good, name) for name in SharedAnswers.__struct_fields__}
        with pytest.raises(ProtocolError):
            unshared(SharedAnswers(**{**fields, **changes}))
    with pytest.raises(ValueError, match="at most 65536"):
        shared(np.zeros((65_537, 1)))


def test_an_archive_has_no_trace_of_when_and_where_it_was_made(half):
    first, second = (bundle.pack(Bundle(half, "", ())) for _ in range(2))
    assert first == second
    assert {info.date_time for info in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
