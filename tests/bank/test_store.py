import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.bank import store
from grader.bank.archive import archive as pack_arrays
from grader.bank.archive import unarchive
from grader.bank.layout import restore
from grader.bank.plans import canonical, leaves
from grader.bank.store import FORMAT, cache_folder, fetch, load, locked, save
from grader.records.assignment import Assignment, Exercise, Interval, Output, RaisesCheck, Reals
from grader.records.bank import Case, CaseBank, Clue, Clues, Manifest, Suspect
from grader.records.errors import BankError, ProtocolError

SOURCES = {"assignment": "aa", "reference": "bb"}
EXERCISES = tuple(
    Exercise(
        id=name,
        title=name,
        points=1.5,
        inputs={"x": Reals(shape=("D", 1), range=(-1, 1))},
        run=f"y = {name}(x)",
        outputs={"y": Output(shape=("D",))},
        dims={"D": Interval(low=1, high=3)},
        raises=(RaisesCheck({"x": [[1.0]]}, "ValueError"),),
    )
    for name in ("first", "second")
)


def case(number, *, public, name="first", **more):
    inputs = {"x": np.full((2, 1), number / 4), "n": number, "l": [np.arange(number), "helo", None]}
    return Case(
        id=f"{name}/{number}",
        public=public,
        sizes={"D": 2},
        inputs=inputs,
        **{
            "origin": "sizes all distinct",
            "expected": {"y": np.array([-0.0, np.nan, number])},
            "units": {"y": np.full(3, 1e-16, np.float32)},
            **more,
        },
    )


def a_bank(**changes):
    manifest = Manifest(
        format=FORMAT,
        assignment=Assignment(id="week", title="Week", module="week.py", exercises=EXERCISES),
        sources=SOURCES,
        seed=0,
        versions={"grader": "test"},
        inputs_sha256="cc",
    )
    cases = {
        "first": (
            case(1, public=True),
            case(2, public=True, expected={}, raises="ValueError", because="no"),
            case(3, public=False),
        ),
        "second": (case(4, public=True, name="second"),),
    }
    suspect = Suspect("first.transpose.1", "transpose", "As if transposed.", 7, "W → W.T", ("first/1", "first/3"), None)
    return CaseBank(
        manifest=replace(manifest, **changes), cases=cases, proof={"first": (suspect,)}, clues={"first": a_clue()}
    )


def a_clue():
    cases = (case(5, public=True), case(6, public=True, origin="`x` is 0"))
    answers = np.array([[1, np.nan, 2.5]], np.float32)
    return Clues(cases, (Clue("first.transpose.1", "transpose", "As if transposed."),), answers)


def content(bank):
    """Bytes that are equal only for banks that are equal to the last bit."""
    fields = ("id", "origin", "public", "sizes", "inputs", "expected", "raises", "because", "units")
    return [
        canonical([exercise, [[getattr(one, name) for name in fields] for one in cases]])
        for exercise, cases in bank.cases.items()
    ]


@pytest.fixture
def folder(tmp_path):
    save(a_bank(), tmp_path / "bank")
    return tmp_path / "bank"


def rewrite(folder, name, data):
    """Put other bytes into an archive and describe them in the manifest, as somebody might who means harm."""
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["archives"][name] = hashlib.sha256(data).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


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
        ("cache", "banks", "bank"), 0o700
    )
    assert {path.stat().st_mode & 0o777 for path in made if path.is_file()} == {0o600}
    assert {"manifest.json", "public.npz", "hidden.npz"} <= {path.name for path in made}


# ── round trip ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stored_bank_comes_back_to_the_last_bit(folder):
    back = load(folder)

    assert back.manifest == a_bank().manifest
    assert content(back) == content(a_bank())


def test_proof_and_clues_come_back_when_they_are_asked_for(folder):
    back = load(folder)

    assert dict(back.proof) == {**a_bank().proof, "second": ()}
    assert list(back.clues) == ["first"]
    assert back.clues["first"].suspects == a_clue().suspects
    assert np.array_equal(back.clues["first"].answers, a_clue().answers, equal_nan=True)
    assert [one.origin for one in back.clues["first"].cases] == ["sizes all distinct", "`x` is 0"]


@pytest.mark.parametrize("file", ["proof.json", "clues-first.npz"])
def test_proof_and_clues_are_needed_only_then(folder, file):
    (folder / file).unlink()
    back = load(folder)

    with pytest.raises(BankError, match=rf"{file}: cannot be read .*grade build"):
        (dict(back.proof), dict(back.clues))


def test_answers_must_be_one_row_for_each_suspect(folder):
    arrays = unarchive((folder / "clues-first.npz").read_bytes())
    rewrite(folder, "clues-first.npz", pack_arrays({**arrays, "answers": np.zeros((2, 3), np.float32)}))

    with pytest.raises(BankError, match=r"answers of 1 suspects have the shape \(2, 3\): delete"):
        load(folder).clues["first"]


def test_without_hidden_cases_their_file_is_not_needed(folder):
    (folder / "hidden.npz").unlink()
    back = load(folder, hidden=False)

    assert [one.id for one in back.cases["first"]] == ["first/1", "first/2"]
    with pytest.raises(BankError, match=r"hidden\.npz: cannot be read .*grade build"):
        load(folder)


def test_loaded_arrays_are_read_only(folder):
    arrays = [leaf for one in load(folder).cases["first"] for leaf in leaves([one.inputs, one.expected])]

    assert all(not leaf.flags.writeable for leaf in arrays if isinstance(leaf, np.ndarray))


def test_equal_banks_give_equal_bytes(tmp_path, folder):
    save(a_bank(), tmp_path / "again")

    for file in ("manifest.json", "public.npz", "hidden.npz", "proof.json", "clues-first.npz"):
        assert (folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def test_archives_hold_few_plain_arrays_without_dates_or_compression(folder):
    with zipfile.ZipFile(folder / "public.npz") as archive:
        entries = archive.infolist()
    with np.load(folder / "public.npz", allow_pickle=False) as arrays:
        names = set(arrays)

    assert names == {"index", "float32", "float64", "int64"}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


def test_hidden_cases_are_in_their_own_file_only(folder):
    assert b"first/3" not in (folder / "public.npz").read_bytes()
    assert b"first/3" in (folder / "hidden.npz").read_bytes()


def test_the_manifest_can_be_read_by_a_person(folder):
    text = (folder / "manifest.json").read_text()

    assert len(text.splitlines()) > 50
    assert json.loads(text)["manifest"]["sources"] == SOURCES


def test_an_exercise_without_cases_is_there(tmp_path):
    save(CaseBank(manifest=a_bank().manifest, cases={}), tmp_path / "bank")

    assert load(tmp_path / "bank").cases == {"first": (), "second": ()}


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_saving_replaces_what_was_there_and_leaves_nothing_else(tmp_path, folder):
    save(a_bank(inputs_sha256="dd"), folder)

    assert load(folder).manifest.inputs_sha256 == "dd"
    assert [path.name for path in tmp_path.iterdir()] == ["bank"]
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json",
        "public.npz",
        "hidden.npz",
        "proof.json",
        "clues-first.npz",
    }


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

    found = fetch(folder, SOURCES)
    assert found is None or found.manifest.inputs_sha256 == "cc"
    assert {path.name for path in tmp_path.iterdir()} <= {"bank"}
    save(a_bank(inputs_sha256="dd"), folder)
    assert load(folder).manifest.inputs_sha256 == "dd"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(BankError, match="the case bank cannot be written: "):
        save(a_bank(), tmp_path / "file" / "bank")


# ── damage ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file", ["manifest.json", "public.npz", "hidden.npz"])
def test_a_file_that_is_missing_is_told(folder, file):
    (folder / file).unlink()

    with pytest.raises(BankError, match=r"cannot be read .*delete the folder, then run `grade build`") as caught:
        load(folder)
    assert caught.value.path == folder / file


@pytest.mark.parametrize("file", ["public.npz", "hidden.npz"])
@pytest.mark.parametrize("damage", [lambda data: data[:-7], lambda data: b"", lambda data: data + b"\0"])
def test_an_archive_that_was_cut_or_grew_is_told(folder, file, damage):
    (folder / file).write_bytes(damage((folder / file).read_bytes()))

    with pytest.raises(BankError, match=rf"{file}: is not the file that the manifest describes .*grade build"):
        load(folder)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"\xff\xfe", b'{"manifest": {"format": "1"}}', b'{"manifest": ' * 5000, b"\x80"]
)
def test_what_is_no_manifest_is_told(folder, text):
    (folder / "manifest.json").write_bytes(text)

    with pytest.raises(BankError, match=r"manifest\.json: this is no manifest of a case bank: .*grade build"):
        load(folder)


def test_a_manifest_with_other_fields_is_told(folder):
    (folder / "manifest.json").write_text(json.dumps({"manifest": {"format": FORMAT}, "archives": {}}))

    with pytest.raises(BankError, match=r"the manifest cannot be read \(.*`assignment`.*grade build"):
        load(folder)


def test_another_format_is_told(folder):
    (folder / "manifest.json").write_text(json.dumps({"manifest": {"format": 99}, "anything": 1}))

    with pytest.raises(BankError, match=rf"the case bank has format 99, this grader reads {FORMAT}: .*grade build"):
        load(folder)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_an_archive_that_the_manifest_describes_may_still_be_none(folder, data):
    rewrite(folder, "public.npz", data)

    with pytest.raises(BankError, match=r"public\.npz: .*grade build"):
        load(folder)


def test_nothing_is_ever_unpickled(folder, tmp_path):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "made"),))

    np.savez(tmp_path / "evil.npz", index=np.array([Evil()], dtype=object))
    rewrite(folder, "public.npz", (tmp_path / "evil.npz").read_bytes())

    with pytest.raises(BankError, match="is no archive of arrays"):
        load(folder)
    assert not (tmp_path / "made").exists()


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz") / "bank"
    save(a_bank(), folder)
    return (folder / "public.npz").read_bytes()


@settings(deadline=None, max_examples=400)
@given(data=st.data())
def test_flipped_bytes_of_an_archive_are_refused_or_harmless(archive, data):
    broken = bytearray(archive)
    for _ in range(data.draw(st.integers(1, 3))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        cases = restore(unarchive(bytes(broken)))
    except ProtocolError:
        return
    for one in (one for those in cases.values() for one in those):
        for leaf in leaves([one.inputs, one.expected]):
            assert not isinstance(leaf, np.ndarray) or not leaf.flags.writeable


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_archive(data):
    with pytest.raises(ProtocolError):
        restore(unarchive(data))


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_flipped_bytes_of_any_file_give_a_bank_error_or_the_bank(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("flip") / "bank"
    save(a_bank(), folder)
    file = folder / data.draw(st.sampled_from(["manifest.json", "public.npz", "hidden.npz"]))
    content_of_file = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(content_of_file) - 1))
    content_of_file[place] = data.draw(st.integers(0, 255))
    file.write_bytes(content_of_file)
    try:
        back = load(folder)
    except BankError:
        pass
    else:
        assert file.name == "manifest.json" or content(back) == content(a_bank())
    shutil.rmtree(folder.parent)


# ── the cache ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_fresh_bank_is_fetched(folder):
    assert content(fetch(folder, SOURCES)) == content(a_bank())
    assert len(fetch(folder, SOURCES, hidden=False).cases["first"]) == 2


def test_an_absent_stale_or_foreign_bank_is_none(folder):
    assert fetch(folder.parent / "absent", SOURCES) is None
    assert fetch(folder, {**SOURCES, "reference": "changed"}) is None
    (folder / "manifest.json").write_text('{"manifest": {"format": 1}}')
    assert fetch(folder, SOURCES) is None


def test_a_damaged_bank_is_told_when_fetched(folder):
    (folder / "public.npz").write_bytes(b"")
    with pytest.raises(BankError, match="SHA-256"):
        fetch(folder, SOURCES)

    (folder / "manifest.json").write_bytes(b"")
    with pytest.raises(BankError, match="no manifest"):
        fetch(folder, SOURCES)


def test_the_cache_folder_depends_on_content(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path))
    one = cache_folder("week", SOURCES)

    assert one.parent == tmp_path / "banks"
    assert one.name.startswith("week-")
    assert cache_folder("week", dict(reversed(SOURCES.items()))) == one
    others = {cache_folder("other", SOURCES), cache_folder("week", {**SOURCES, "reference": "changed"}), one}
    monkeypatch.setattr(store, "FORMAT", FORMAT + 1)
    others.add(cache_folder("week", SOURCES))
    monkeypatch.setattr(store, "__version__", "0.0.0")
    assert len(others | {cache_folder("week", SOURCES)}) == 5


def test_the_cache_is_the_users_own(monkeypatch, tmp_path):
    monkeypatch.delenv("GRADER_CACHE", raising=False)
    for name in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))

    folder = cache_folder("week", SOURCES)

    assert "grader" in folder.parts
    assert folder.parent.name == "banks"


WAITING = """
import sys
from pathlib import Path
from grader.bank.archive import archive as pack_arrays
from grader.bank.archive import unarchive
from grader.bank.layout import restore
from grader.bank.store import locked
from grader.errors import BankError
try:
    with locked(Path(sys.argv[1]), seconds=float(sys.argv[2])):
        print("held")
except BankError as error:
    print(error)
"""


def ask_elsewhere(folder, seconds):
    command = [sys.executable, "-c", WAITING, str(folder), str(seconds)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_one_process_builds_while_others_wait(tmp_path):
    folder = tmp_path / "banks" / "week"
    with locked(folder):
        refused = ask_elsewhere(folder, 0.05)
        save(a_bank(), folder)

    assert "another process has been building this case bank for 0.05 s: wait for it, or end it" in refused
    assert ask_elsewhere(folder, 5) == "held"
    assert load(folder).manifest.sources == SOURCES


def test_a_cache_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    problem = r"week\.lock: the case bank cannot be locked \(.*GRADER_CACHE"
    with pytest.raises(BankError, match=problem), locked(tmp_path / "file" / "week"):
        pytest.fail("there is nothing to hold")


def test_the_lock_is_released_when_building_fails(tmp_path):
    with pytest.raises(RuntimeError, match="no reference"), locked(tmp_path / "week"):
        raise RuntimeError("no reference")

    with locked(tmp_path / "week", seconds=1):
        assert (tmp_path / "week.lock").exists()


def test_reading_a_bank_loads_nothing_that_makes_one(folder):
    program = (
        "import sys; from pathlib import Path; from grader.bank.store import load, fetch; load(Path(sys.argv[1])); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())

    assert {"numpy", "msgspec"} <= loaded
    assert not loaded & {"hypothesis", "yaml", "sqlalchemy", "sqlite3", "filelock", "platformdirs", "jinja2", "click"}
