import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.bank.plans import canonical
from grader.bank.store import FORMAT, LATER, fetch, load, save
from grader.records.bank import (
    Case,
    Condition,
    Diagnostics,
    ExerciseBank,
    Kill,
    KnownMistake,
    LeftOut,
    Manifest,
    MistakeKind,
    Origin,
    Sifted,
    Unfit,
    WrongVersion,
)
from grader.records.errors import BankError
from grader.records.values import leaves

KEY = "0123456789abcdef" * 4


FILES = (
    "manifest.json",
    "manifest.sha256",
    "public.msgpack",
    "hidden.msgpack",
    "proof.json",
    "diagnostics.msgpack",
    "sifted.msgpack",
)


def case(number, *, public, name="first", **more):
    inputs = {"x": np.full((2, 1), number / 4), "n": number, "l": [np.arange(number), "helo", None]}
    return Case(
        id=f"{name}/{number}",
        public=public,
        sizes={"D": 2},
        inputs=inputs,
        **{
            "origin": Origin("distinct"),
            "expected": {"y": np.array([-0.0, np.nan, number])},
            "units": {"y": np.full(3, 1e-16, np.float32)},
            **more,
        },
    )


def a_bank(**changes):
    manifest = Manifest(
        format=FORMAT, exercise="first", key=KEY, seed=0, versions={"grader": "test"}, inputs_sha256="cc"
    )
    cases = (
        case(1, public=True, written=0),
        case(2, public=True, expected={}, raises="ValueError", because="no"),
        case(3, public=False),
    )
    return ExerciseBank(replace(manifest, **changes), cases, lambda: PROOF, some_diagnostics, lambda: SIFTED)


KILLS = (Kill("first/1"), Kill("first/3", "linear"))
PROOF = (WrongVersion("first.transpose.1", "transpose", "As if transposed.", 7, "W → W.T", KILLS, None),)


SIFTED = Sifted(9, (LeftOut(Unfit.REFUSED, "ValueError", "no", 4, {"D": 1}, {"x": np.array([[np.inf]])}),))


def some_diagnostics():
    cases = (
        case(5, public=True),
        replace(case(6, public=True, origin=Origin("any")), condition=Condition("zero", "x")),
    )
    answers = np.array([[1, np.nan, 2.5]])
    return Diagnostics(cases, (KnownMistake(MistakeKind.MUTANT, "transpose", "As if transposed."),), answers)


def content(bank):
    """Bytes that are equal only for banks that are equal to the last bit."""
    fields = ("id", "public", "sizes", "inputs", "expected", "raises", "because", "units", "written", "condition")
    return [canonical([str(one.origin), *(getattr(one, name) for name in fields)]) for one in bank.cases]


@pytest.fixture
def folder(tmp_path):
    save(a_bank(), tmp_path / "bank")
    return tmp_path / "bank"


def rewrite(folder, name, data):
    """Put other bytes into a file and describe them in the manifest, as somebody might who means harm."""
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["archives"][name] = hashlib.sha256(data).hexdigest()
    write_manifest(folder, json.dumps(manifest).encode())


def write_manifest(folder, data):
    """Another manifest, with the checksum that it should have."""
    (folder / "manifest.json").write_bytes(data)
    (folder / "manifest.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}  manifest.json\n")


def flip(path):
    """Damage a file by a single bit."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


# ── round trip ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stored_bank_comes_back_to_the_last_bit(folder):
    back = load(folder)

    assert back.manifest == a_bank().manifest
    assert content(back) == content(a_bank())


def test_what_is_read_later_comes_back_when_it_is_asked_for(folder):
    back = load(folder)

    assert back.proof() == PROOF
    assert back.diagnostics().mistakes == some_diagnostics().mistakes
    assert np.array_equal(back.diagnostics().answers, some_diagnostics().answers, equal_nan=True)
    assert [one.condition for one in back.diagnostics().cases] == [None, Condition("zero", "x")]
    (left_out,) = back.sifted().left_out
    assert (back.sifted().tried, left_out.why, left_out.about, left_out.message, left_out.count, left_out.sizes) == (
        9,
        Unfit.REFUSED,
        "ValueError",
        "no",
        4,
        {"D": 1},
    )
    assert np.array_equal(left_out.inputs["x"], [[np.inf]])


@pytest.mark.parametrize("file", LATER)
def test_damage_to_what_is_read_later_is_told_when_it_is_asked_for(folder, file):
    flip(folder / file)
    back = load(folder)

    with pytest.raises(BankError, match=rf"{file}: is not the file that the manifest describes"):
        getattr(back, file.partition(".")[0])()
    assert fetch(folder, KEY) is None  # so that it is made anew
    assert content(back) == content(a_bank())


@pytest.mark.parametrize("file", LATER)
def test_damage_to_what_is_read_later_is_told_at_once_to_who_wants_the_bank_whole(folder, file):
    assert load(folder, whole=True).manifest == a_bank().manifest
    flip(folder / file)

    with pytest.raises(BankError, match=rf"{file}: is not the file that the manifest describes"):
        load(folder, whole=True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes nothing that is open")
@pytest.mark.parametrize("change", [shutil.rmtree, lambda folder: save(replace(a_bank(), proof=tuple), folder)])
def test_a_bank_that_is_open_is_read_to_its_end_whatever_becomes_of_its_folder(folder, change):
    back = load(folder)
    change(folder)

    assert back.proof() == PROOF
    assert back.diagnostics().mistakes == some_diagnostics().mistakes


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere open files are listed nowhere")
def test_no_file_stays_open_longer_than_its_bank(folder):
    before = set(Path("/proc/self/fd").iterdir())
    back = load(folder)
    back.diagnostics()
    assert set(Path("/proc/self/fd").iterdir()) > before
    del back

    assert set(Path("/proc/self/fd").iterdir()) <= before


def test_without_hidden_cases_their_file_is_not_needed(folder):
    (folder / "hidden.msgpack").unlink()
    back = load(folder, hidden=False)

    assert [one.id for one in back.cases] == ["first/1", "first/2"]
    with pytest.raises(BankError, match=r"hidden\.msgpack: cannot be read \(No such file"):
        load(folder)


def test_loaded_arrays_are_read_only(folder):
    arrays = [leaf for one in load(folder).cases for leaf in leaves([one.inputs, one.expected])]

    assert all(not leaf.flags.writeable for leaf in arrays if isinstance(leaf, np.ndarray))


def test_equal_banks_give_equal_bytes(tmp_path, folder):
    save(a_bank(), tmp_path / "again")

    for file in FILES:
        assert (folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def test_hidden_cases_are_in_their_own_file_only(folder):
    assert b"first/3" not in (folder / "public.msgpack").read_bytes()
    assert b"first/3" in (folder / "hidden.msgpack").read_bytes()


def test_the_manifest_can_be_read_by_a_person(folder):
    text = (folder / "manifest.json").read_text()

    assert len(text.splitlines()) > 10
    assert json.loads(text)["manifest"]["exercise"] == "first"


def test_an_exercise_without_cases_is_there(tmp_path):
    save(replace(a_bank(), cases=()), tmp_path / "bank")

    assert load(tmp_path / "bank").cases == ()


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_saving_replaces_what_was_there_and_leaves_nothing_else(tmp_path, folder):
    save(a_bank(inputs_sha256="dd"), folder)

    assert load(folder).manifest.inputs_sha256 == "dd"
    assert [path.name for path in tmp_path.iterdir()] == ["bank"]
    assert {path.name for path in folder.iterdir()} == set(FILES)


def test_folders_above_are_made(tmp_path):
    save(a_bank(), tmp_path / "cache" / "banks" / "bank")

    assert load(tmp_path / "cache" / "banks" / "bank").manifest == a_bank().manifest


@pytest.mark.parametrize("existing", [False, True])
@pytest.mark.parametrize("step", ["write_bytes", "rename"])
def test_a_crash_midway_leaves_no_half_bank(tmp_path, monkeypatch, step, existing):
    folder = tmp_path / "bank"
    if existing:
        save(a_bank(), folder)
    original, calls = getattr(Path, step), []

    def crash(self, *arguments):
        calls.append(self)
        if len(calls) == 2 or (step == "rename" and not existing):
            raise KeyboardInterrupt
        return original(self, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(Path, step, crash)
        with pytest.raises(KeyboardInterrupt):
            save(a_bank(inputs_sha256="dd"), folder)

    found = fetch(folder, KEY)
    assert found is None or found.manifest.inputs_sha256 == "cc"
    assert {path.name for path in tmp_path.iterdir()} <= {"bank"}
    save(a_bank(inputs_sha256="dd"), folder)
    assert load(folder).manifest.inputs_sha256 == "dd"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(BankError, match="the case bank cannot be written "):
        save(a_bank(), tmp_path / "file" / "bank")


# ── damage ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file", ["manifest.json", "public.msgpack", "hidden.msgpack"])
def test_a_file_that_is_missing_is_told(folder, file):
    (folder / file).unlink()

    with pytest.raises(BankError, match=r"cannot be read \(No such file") as caught:
        load(folder)
    assert caught.value.path == folder / file


@pytest.mark.parametrize("file", ["public.msgpack", "hidden.msgpack"])
@pytest.mark.parametrize("damage", [lambda data: data[:-7], lambda data: b"", lambda data: data + b"\0"])
def test_an_archive_that_was_cut_or_grew_is_told(folder, file, damage):
    (folder / file).write_bytes(damage((folder / file).read_bytes()))

    with pytest.raises(BankError, match=rf"{file}: is not the file that the manifest describes"):
        load(folder)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"\xff\xfe", b'{"manifest": {"format": "1"}}', b'{"manifest": ' * 5000, b"\x80"]
)
def test_what_is_no_manifest_is_told(folder, text):
    (folder / "manifest.json").write_bytes(text)

    with pytest.raises(BankError, match=r"manifest\.json: is no manifest of a case bank"):
        load(folder)


def test_a_manifest_with_other_fields_is_told(folder):
    write_manifest(folder, json.dumps({"manifest": {"format": FORMAT}, "archives": {}}).encode())

    with pytest.raises(BankError, match=r"manifest\.json: cannot be read \(.*`exercise`"):
        load(folder)


def test_another_format_is_told(folder):
    (folder / "manifest.json").write_text(json.dumps({"manifest": {"format": 99}, "anything": 1}))

    with pytest.raises(BankError, match=rf"has format 99, and this grader reads {FORMAT}"):
        load(folder)


@pytest.mark.parametrize("data", [b"", b"no cases", pickle.dumps({"a": []})])
def test_a_file_that_the_manifest_describes_may_still_hold_no_cases(folder, data):
    rewrite(folder, "public.msgpack", data)

    with pytest.raises(BankError, match=r"public\.msgpack: cannot be read"):
        load(folder)


def test_a_manifest_that_can_still_be_read_is_no_other(folder):
    """One digit, and it would stand for what other files decide."""
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"key": "0', '"key": "7', 1))

    with pytest.raises(BankError, match=r"manifest\.json: is not the file that manifest\.sha256 describes"):
        load(folder)


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_flipped_bytes_of_any_file_give_a_bank_error_or_the_bank(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("flip") / "bank"
    save(a_bank(), folder)
    file = folder / data.draw(st.sampled_from(FILES))
    content_of_file = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(content_of_file) - 1))
    content_of_file[place] = data.draw(st.integers(0, 255))
    file.write_bytes(content_of_file)
    try:
        back = load(folder, whole=True)
    except BankError:
        pass
    else:
        assert content(back) == content(a_bank())
        assert back.manifest == a_bank().manifest
    shutil.rmtree(folder.parent)


# ── the cache ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_fresh_bank_is_fetched(folder):
    assert content(fetch(folder, KEY)) == content(a_bank())
    assert len(fetch(folder, KEY, hidden=False).cases) == 2


def test_an_absent_stale_or_foreign_bank_is_none(folder):
    assert fetch(folder.parent / "absent", KEY) is None
    assert fetch(folder, KEY[::-1]) is None
    (folder / "manifest.json").write_text('{"manifest": {"format": 1}}')
    assert fetch(folder, KEY) is None


def test_a_damaged_bank_is_told_when_fetched(folder):
    (folder / "public.msgpack").write_bytes(b"")
    with pytest.raises(BankError, match="SHA-256"):
        fetch(folder, KEY)

    (folder / "manifest.json").write_bytes(b"")
    with pytest.raises(BankError, match="no manifest"):
        fetch(folder, KEY)

    (folder / "manifest.json").unlink()
    (folder / "manifest.json").mkdir()
    with pytest.raises(BankError, match="cannot be read"):
        fetch(folder, KEY)


def test_what_is_fetched_counts_as_used(folder):
    os.utime(folder / "manifest.json", (1e9, 1e9))
    load(folder)
    assert (folder / "manifest.json").stat().st_mtime == 1e9

    fetch(folder, KEY)
    assert abs((folder / "manifest.json").stat().st_mtime - time.time()) < 60


def test_reading_a_bank_loads_nothing_that_makes_one(folder):
    program = (
        "import sys; from pathlib import Path; from grader.bank.store import load, fetch; load(Path(sys.argv[1])); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())

    assert {"numpy", "msgspec"} <= loaded
    assert not loaded & {"hypothesis", "yaml", "sqlalchemy", "sqlite3", "filelock", "platformdirs", "jinja2", "click"}
