"""Where the secret of a course comes from, and what is said of one that is no good; nothing said ever shows it."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.course import environment
from grader.course.secret import (
    BYTES,
    FLEETING,
    PUBLISHED,
    VARIABLE,
    CourseSecret,
    file_of,
    known_secret,
    make,
    secret_of,
    secret_text,
)
from grader.records.assignment import Assignment
from grader.records.errors import UsageError
from tests.conftest import SECRET

ROOT = Path(__file__).parents[2]

DIGITS = "00112233445566778899aabbccddeeff"


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    """Nor continuous integration, in which the suite itself may run."""
    monkeypatch.delenv(VARIABLE)
    for name in FLEETING:
        monkeypatch.delenv(name, raising=False)


def write(path, text, mode=0o600):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_the_first_who_asks_makes_one_that_nobody_else_can_read_and_git_ignores(tmp_path, caplog):
    made = secret_of(tmp_path)
    path = file_of(tmp_path)
    (said,) = caplog.messages
    assert said.startswith(f"{path}: made a secret")
    assert made.bits.hex() in path.read_text()
    assert made.bits.hex() not in said + repr(made) + repr(
        made.draws(Assignment(id="a", title="", module="a.py", exercises=()))
    )
    assert (path.parent / ".gitignore").read_text() == "*\n"
    if os.name == "posix":
        assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]
    assert sorted(each.name for each in path.parent.iterdir()) == [".gitignore", "secret"]
    caplog.clear()
    assert secret_of(tmp_path) == made
    assert caplog.messages == []
    assert len(made.bits) == BYTES


def test_those_who_make_one_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: secret_of(tmp_path), range(32)))
    assert len(set(found)) == 1
    assert sorted(each.name for each in file_of(tmp_path).parent.iterdir()) == [".gitignore", "secret"]


def test_the_environment_comes_first_then_the_own_file_then_a_published_one(tmp_path, monkeypatch):
    assert known_secret(tmp_path) is None
    (tmp_path / PUBLISHED).write_text(f"# The hidden cases are no secret.\n{'3' * 32}\n")
    published = known_secret(tmp_path)
    assert (published.bits.hex(), published.published) == ("3" * 32, True)
    write(file_of(tmp_path), f"# a comment\n\n  {DIGITS.upper()}  \n")
    own = known_secret(tmp_path)
    assert (own.bits.hex(), own.published, own.source) == (DIGITS, False, str(file_of(tmp_path)))
    monkeypatch.setenv(VARIABLE, f" {'4' * 32}\n")
    assert known_secret(tmp_path) == CourseSecret(bytes.fromhex("4" * 32), VARIABLE)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("", "is empty"),
        (DIGITS[1:], "holds 31 characters"),
        (f"{DIGITS}{DIGITS}", "holds 64 characters"),
        (f"{DIGITS[:-1]}g", "holds another character"),
        (f"{DIGITS[:-1]}\u0664", "holds another character"),
    ],
)
def test_what_is_no_secret_is_told_and_not_shown(text, met, tmp_path, monkeypatch):
    write(file_of(tmp_path), f"# comment\n{text}\n")
    with pytest.raises(UsageError) as of_file:
        secret_of(tmp_path)
    monkeypatch.setenv(VARIABLE, text or "g")
    with pytest.raises(UsageError) as of_variable:
        secret_of(tmp_path)
    for error, where in ((of_file, file_of(tmp_path)), (of_variable, VARIABLE)):
        met = met if text or error is of_file else "holds 1 characters"
        assert str(error.value) == (
            f"{where} should hold 32 hexadecimal digits (128 bits), and {met}: copy the course's secret anew, or make "
            "one by `grade keys new`"
        )


def test_the_variable_may_hold_the_file_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, secret_text(CourseSecret(bytes.fromhex(DIGITS), "")))
    assert secret_of(tmp_path).bits.hex() == DIGITS


def test_an_empty_variable_is_none_but_makes_none(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    with pytest.raises(UsageError, match=f"{VARIABLE} is empty, and .* has no secret of its own"):
        secret_of(tmp_path)
    assert not file_of(tmp_path).exists()
    write(file_of(tmp_path), DIGITS)
    assert secret_of(tmp_path).bits.hex() == DIGITS


@pytest.mark.parametrize("name", FLEETING)
def test_a_job_that_has_none_makes_none_and_uses_the_one_it_checked_out(name, tmp_path, monkeypatch):
    monkeypatch.setenv(name, "true")
    with pytest.raises(UsageError, match=f"{VARIABLE} is not set, and .* has no secret of its own: set it to that of"):
        secret_of(tmp_path)
    assert not file_of(tmp_path).exists()
    write(file_of(tmp_path), DIGITS)
    assert secret_of(tmp_path).bits.hex() == DIGITS
    monkeypatch.setenv(VARIABLE, "4" * 32)
    assert secret_of(tmp_path).source == VARIABLE


def test_a_published_one_must_say_so(tmp_path):
    (tmp_path / PUBLISHED).write_text(f"{DIGITS}\n")
    with pytest.raises(UsageError, match="must say, in a line that starts with #, that the hidden cases"):
        secret_of(tmp_path)


def test_what_is_no_file_or_cannot_be_read_is_told(tmp_path):
    file_of(tmp_path).mkdir(parents=True)
    with pytest.raises(UsageError, match="is no file, and should be one: move it away"):
        secret_of(tmp_path)


def test_a_link_to_nothing_is_told_and_not_replaced(tmp_path):
    path = file_of(tmp_path)
    path.parent.mkdir()
    path.symlink_to(tmp_path / "not mounted" / "secret")
    for ask in (secret_of, make):
        with pytest.raises(UsageError, match=f"{path} leads to a file that is not there: mount the disk"):
            ask(tmp_path)
    assert path.is_symlink()


def test_without_hard_links_one_that_another_process_makes_just_then_is_kept(tmp_path, monkeypatch):
    def no_links(path, _):
        if path == file_of(tmp_path):
            write(path, DIGITS)
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    assert secret_of(tmp_path).bits.hex() == DIGITS
    assert sorted(each.name for each in file_of(tmp_path).parent.iterdir()) == [".gitignore", "secret"]
    assert (file_of(tmp_path).parent / ".gitignore").read_text() == "*\n"


def test_one_that_others_may_read_is_remarked_on(tmp_path, caplog):
    write(file_of(tmp_path), DIGITS, mode=0o644)
    assert secret_of(tmp_path).bits.hex() == DIGITS
    if os.name == "posix":
        (said,) = caplog.messages
        assert said.startswith(f"{file_of(tmp_path)} can be read by other users of this machine, and so can the hidden")


def test_where_none_can_be_written_nothing_is_drawn_without_one(tmp_path):
    (tmp_path / ".grader").write_text("a file in the way")
    with pytest.raises(UsageError, match=f"hidden cases are drawn from a secret alone: set {VARIABLE}"):
        secret_of(tmp_path)


def test_what_is_derived_differs_by_assignment_seed_and_side():
    def draws(secret, **fields):
        return secret.draws(Assignment(**{"id": "a", "title": "", "module": "a.py", "exercises": (), **fields}))

    one = CourseSecret(bytes.fromhex(DIGITS), "here")
    found = [draws(one), draws(one, seed=1), draws(one, id="b"), draws(CourseSecret(bytes(16), "here"))]
    values = [value for each in found for value in (each.public, each.hidden)]
    assert len(set(values)) == len(values) == 8
    assert all(len(value) == 64 for value in values)
    assert draws(one, title="Another", module="b.py") == draws(one)
    assert not {one.fingerprint()} & {value[:16] for value in values}


def test_the_repository_publishes_its_own(monkeypatch):
    monkeypatch.setattr(environment, "_taken", {})
    monkeypatch.delenv(VARIABLE, raising=False)
    assert known_secret(ROOT) == CourseSecret(SECRET.bits, str(ROOT / PUBLISHED), published=True)


def test_the_command_takes_it_out_of_its_environment(monkeypatch):
    monkeypatch.setattr(environment, "_taken", {})
    monkeypatch.setenv(VARIABLE, DIGITS)
    environment.take()
    assert VARIABLE not in os.environ
    assert environment.held(VARIABLE) == DIGITS
    monkeypatch.setenv(VARIABLE, "newer")
    assert environment.held(VARIABLE) == "newer"
