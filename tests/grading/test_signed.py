"""Signatures over reports: every value counts, and how a document is laid out does not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from grader.bank.signing_keys import public_keys
from grader.grading.fingerprint import content_sha256
from grader.grading.signed import Proven, compared, proven, proven_file
from grader.records import canonical as the_one_way
from grader.records.errors import GraderError, UsageError
from grader.records.signature import Flaw, HandedIn, Unproven
from grader.submission import read
from tests.signing import key_of, signed

REPORT = json.loads((Path(__file__).parents[1] / "golden" / "report" / "mixed.json").read_text(encoding="utf-8"))
KEY, OTHER = key_of(1), key_of(2)
SIGNED = signed(REPORT, KEY)


def why(data):
    found = proven(data, [KEY.public])
    return found.why if isinstance(found, Flaw) else "valid"


def places(value, way=()):
    """The way to each value in a document that is none of objects and lists, and to each of these that is empty."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [found for step, each in steps for found in places(each, (*way, step))]
    return below or [way]


def other_than(value):
    """Something else, of the same type where there are two values of it."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
    return "x"


def test_a_signature_is_found_valid_by_its_key_among_others():
    found = proven(SIGNED, [OTHER.public, KEY.public])
    assert isinstance(found, Proven)
    assert (found.key, found.report.signature.graded.student, found.report.score) == (1, "course/ada", REPORT["score"])
    assert proven(SIGNED, [OTHER.public]) == Flaw(Unproven.UNKNOWN_KEY, KEY.id)
    assert why(json.dumps(REPORT).encode()) == Unproven.UNSIGNED
    assert proven(SIGNED, []) == Flaw(Unproven.NO_KEYS)
    assert KEY.bits.hex() not in repr(KEY) + SIGNED.decode()


def test_how_a_document_is_laid_out_makes_no_difference():
    document = json.loads(SIGNED)
    backwards = dict(reversed(document.items()))
    most = b'"max_score": %d' % document["max_score"]
    assert most + b"," in SIGNED
    numbers = SIGNED.replace(most, most + b".0")  # as a program writes it that knows one kind of number
    for same in (json.dumps(backwards, separators=(",", ":")), json.dumps(document, ensure_ascii=False, indent=7)):
        assert why(same.encode()) == "valid"
    assert why(numbers) == "valid"


def test_whatever_is_changed_it_is_not_valid_any_more():
    ways = places(json.loads(SIGNED))
    assert len(ways) > 300
    wanted = {("schema",): Unproven.NO_REPORT, ("signature", "schema"): Unproven.OTHER_FORM}
    wanted |= {("signature", "key"): Unproven.UNKNOWN_KEY}
    for way in ways:
        for change in ("changed", "removed", "added"):
            document = json.loads(SIGNED)
            home = document
            for step in way[:-1]:
                home = home[step]
            if change == "changed":
                home[way[-1]] = other_than(home[way[-1]])
            elif change == "removed":
                del home[way[-1]]
            else:
                home.update(more=1) if isinstance(home, dict) else home.append(1)
            expected = Unproven.TAMPERED if change == "added" else wanted.get(way, Unproven.TAMPERED)
            assert why(json.dumps(document).encode()) == expected, (way, change)


REFUSED = {
    "a key twice": (SIGNED.replace(b'"score":', b'"score": 100, "score":', 1), "a key stands twice"),
    "a key twice, deep": (SIGNED.replace(b'"points":', b'"points": 100, "points":', 1), "a key stands twice"),
    "NaN": (b'{"schema": NaN}', "NaN is no JSON"),
    "Infinity": (b'{"schema": -Infinity}', "-Infinity is no JSON"),
    "a number beyond floats": (b'{"schema": 1e999}', "too large"),
    "a number of many digits": (b'{"schema": ' + b"1" * 10_000 + b"}", "digits"),
    "lists in lists": (b"[" * 1_000_000, "nested deeper"),
    "objects in objects": (b'{"a":' * 1_000_000, "nested deeper"),
    "much": (b" " * (the_one_way.LARGEST + 1), "larger than 32 MiB"),
    "UTF-16": (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    "a signature of UTF-8": (b"\xef\xbb\xbf{}", "no JSON"),
    "cut short": (SIGNED[:-2], "no JSON"),
    "nothing": (b"", "no JSON"),
    "a list": (b"[]", "no report of grade"),
    "several schemas": (b'{"schema": ["grader/report/v2"]}', "no report of grade"),
    "a class": (b'{"schema": "grader/class/v1"}', "no report of grade"),
}


@pytest.mark.parametrize(("data", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_report_or_may_be_read_in_two_ways_is_refused(data, told):
    found = proven(data, [KEY.public])
    assert isinstance(found, Flaw)
    assert found.why == Unproven.NO_REPORT
    assert told in found.about


def test_a_file_that_cannot_be_read_proves_nothing(tmp_path):
    assert proven_file(tmp_path / "gone.json", [KEY.public]) == Flaw(Unproven.NOT_READ, "No such file or directory")
    assert proven_file(tmp_path, [KEY.public]).why == Unproven.NOT_READ


def test_what_another_form_of_signature_says_is_not_guessed():
    document = json.loads(SIGNED)
    document["signature"]["schema"] = "grader/signature/v9"
    assert proven(json.dumps(document).encode(), [KEY.public]) == Flaw(Unproven.OTHER_FORM, "grader/signature/v9")
    document["signature"] = "yes"
    assert why(json.dumps(document).encode()) == Unproven.UNSIGNED


def test_what_cannot_be_read_again_is_not_signed():
    with pytest.raises(GraderError, match="the report cannot be signed: NaN is no JSON"):
        signed({**REPORT, "score": float("nan")}, KEY)


# ── what was graded ───────────────────────────────────────────────────────────────────────────────────────────────


def content(path, module="work.py", **more):
    return content_sha256(read(path, module, **more))


def test_what_was_graded_is_known_again_wherever_it_lies_and_however_it_came(tmp_path):
    files = {
        "work.py": "from .helpers import one\nopen('numbers.txt')\n",
        "helpers.py": "one = 1\n",
        "numbers.txt": "1",
    }
    for folder in ("ada", "submission"):
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "submission" / "notes.txt").write_text("not read", encoding="utf-8")
    (tmp_path / "submission" / "helpers.py").write_bytes(b"one = 1\r\n")
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(f"deep/{name}", text)
    was = content(tmp_path / "ada")
    assert read(tmp_path / "ada", "work.py").module != read(tmp_path / "submission", "work.py").module
    assert {content(tmp_path / name) for name in ("submission", "ada.zip", "ada/work.py")} == {was}
    found = HandedIn(was, "work.py", ())
    assert compared(found, tmp_path / "submission") == "the same"
    for name in files:
        path = tmp_path / "submission" / name
        before = path.read_bytes()
        path.write_bytes(before + b"#")
        assert compared(found, tmp_path / "submission") == "another", name
        path.write_bytes(before)


def test_nothing_to_grade_is_compared_too(tmp_path):
    nothing = HandedIn("", "work.py", ())
    assert compared(nothing, tmp_path) == "the same"
    (tmp_path / "work.py").write_text("")
    assert compared(nothing, tmp_path) == "another"
    assert compared(HandedIn("ab" * 32, "work.py", ()), tmp_path / "gone") == "another"


# ── public keys ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_public_keys_are_read_as_they_stand_and_what_is_none_is_told(tmp_path):
    path = tmp_path / "signing-keys.txt"
    assert public_keys(tmp_path) == ()
    lines = [
        "# since the autumn",
        KEY.public.bits.hex(),
        "",
        f"  {OTHER.public.bits.hex().upper()}",
        KEY.public.bits.hex(),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert public_keys(tmp_path) == (KEY.public, OTHER.public)
    path.write_text(f"{KEY.public.bits.hex()}\n{OTHER.bits.hex()[:-1]}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"public keys of 64 hexadecimal digits, a line each, and number 2 is none"):
        public_keys(tmp_path)
