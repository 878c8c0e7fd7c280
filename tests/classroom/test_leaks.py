"""The search for what must not be told: nothing in what is released, and whatever is planted there is found."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest

from grader.bank.build import bank_for
from grader.bank.reference import Reference
from grader.classroom.leaks import Secrets, leaks_in, secrets_of
from grader.classroom.release import release_of
from grader.course.disclosed import secret_statements
from grader.course.find import find_course

ROOT = Path(__file__).parents[2]


class Searched:
    """A course's release, and what must not be in it."""

    def __init__(self, root, name, pool):
        files = find_course(root).assignment(name)
        self.bank = bank_for(files, pool)
        with Reference(files, pool, self.bank.assignment.preload) as reference:
            self.files = release_of(files, self.bank, reference).files
        self.secrets = secrets_of(self.bank, secret_statements(files, self.bank.assignment))
        self.array = next(
            value
            for case in self.bank.cases["affine" if name == "tiny" else "rnn_step"]
            for value in case.inputs.values()
            if not case.public and value.size >= 4 and len(np.unique(value)) >= 4
        )

    def with_planted(self, data):
        """What is found with ``data`` as one more member of the bundle."""
        file = io.BytesIO(self.files["practice.bundle"])
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("more", data)
        return leaks_in({**self.files, "practice.bundle": file.getvalue()}, self.secrets)


@pytest.fixture(scope="module")
def searched(bank_cache, pool):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        return Searched(ROOT / "tests/courses/tiny", "tiny", pool)


def npz(array):
    file = io.BytesIO()
    np.savez_compressed(file, array)
    return file.getvalue()


def in_zip(data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", data)
    return file.getvalue()


FORMS = {
    "float64": lambda array: b"abc" + array.tobytes(),
    "float64, the other order": lambda array: array.astype(">f8").tobytes(),
    "float32": lambda array: array.astype("<f4").tobytes() + b"x",
    "float32, the other order": lambda array: array.astype(">f4").tobytes(),
    "long double": lambda array: b"head" + array.astype(np.longdouble).tobytes(),
    "by columns": lambda array: np.asfortranarray(array).tobytes("A"),
    "npz": npz,
    "a zip in a zip": lambda array: in_zip(in_zip(array.tobytes())),
    "msgpack bytes": lambda array: msgspec.msgpack.encode({"x": [1, array.tobytes()]}),
    "msgpack lists": lambda array: msgspec.msgpack.encode({"x": array.tolist()}),
    "JSON": lambda array: json.dumps({"x": array.tolist()}).encode(),
    "text": lambda array: f"x = np.{array!r}".encode(),
    "text of float32": lambda array: f"W = {array.astype('f4').tolist()}".encode(),
    "as NumPy prints it": lambda array: f"W = {array}".encode(),
    "to six digits": lambda array: np.array2string(array, precision=6, separator=", ").encode(),
    "with powers of ten": lambda array: f"{np.array2string(array, formatter={'float': '{:.8e}'.format})}".encode(),
    "with powers of ten, to four digits": lambda array: f"{[f'{each:.4e}' for each in array.ravel()]}".encode(),
    "to four digits": lambda array: f"{np.round(array, 4).tolist()}".encode(),
    "base64 in lines": lambda array: b"x = (\n" + base64.encodebytes(npz(array)) + b")",
    "base64 in indented lines": lambda array: base64.encodebytes(npz(array)).replace(b"\n", b"\r\n  "),
    "hex": lambda array: f"x = bytes.fromhex('{array.tobytes().hex()}')".encode(),
    "a notebook's lines": lambda array: json.dumps(
        {"cells": [{"source": ["x = [\n", *(f"    {each!r},\n" for each in array.ravel().tolist()), "]"]}]}
    ).encode(),
    "base64 in a notebook's lines": lambda array: json.dumps(
        {"source": base64.encodebytes(npz(array)).decode().splitlines(keepends=True)}
    ).encode(),
    "base64 in JSON": lambda array: json.dumps([base64.b64encode(array.tobytes()).decode()]).encode(),
    "base64 of an npz in msgpack": lambda array: msgspec.msgpack.encode([base64.b64encode(npz(array)).decode()]),
}


def test_nothing_is_told_as_it_is(searched):
    assert leaks_in(searched.files, searched.secrets, frozenset({"tiny.py", "handout.md"})) == []
    assert searched.secrets.arrays
    assert "return W @ x + b" in searched.secrets.statements


@pytest.mark.parametrize("form", FORMS)
def test_a_hidden_array_is_found(form, searched):
    found = searched.with_planted(FORMS[form](searched.array))
    assert any("holds an array of the hidden case affine/" in each for each in found)


@pytest.mark.parametrize("dtype", ["<i8", ">i8", "<i4", ">i4", "<i2", ">u2", "<u4", "<f2", ">f2"])
def test_whole_numbers_are_found_as_such(dtype):
    """Also those too few to tell, where they are all there is."""
    tokens = np.array([17, 3, 250, 42, 8, 99, 101, 64, 5, 77.0])
    one_hot = np.array([0.0, 0, 1, 0])
    secrets = Secrets({each.tobytes(): ("read/7", each) for each in (tokens, one_hot)}, frozenset())
    assert leaks_in({"x": b"head" + tokens.astype(dtype).tobytes()}, secrets)
    assert leaks_in({"x": msgspec.msgpack.encode([one_hot.tobytes()])}, secrets)
    assert leaks_in({"x": b"[[0, 0, 1, 0]]"}, secrets)
    assert not leaks_in({"x": b"head" + bytes(100) + b"\x01" + bytes(100)}, secrets), "by chance"


@pytest.mark.parametrize("dtype", ["i1", "u1", "<i2", ">u2"])
def test_whole_numbers_in_few_bytes_are_found_where_they_are_all_there_is(dtype):
    tokens = np.array([17, 3, 120, 42, 8, 99, 101, 64.0])
    index = np.array([17, 0, 0, 0, 0, 0, 0, 0.0])
    secrets = Secrets({each.tobytes(): ("read/7", each) for each in (tokens, index)}, frozenset())
    assert leaks_in({"x": npz(tokens.astype(dtype))}, secrets)
    assert leaks_in({"x": msgspec.msgpack.encode([tokens.astype(dtype).tobytes()])}, secrets)
    assert not leaks_in({"x": msgspec.msgpack.encode([np.array([17]).tobytes()])}, secrets), "another number"
    many = np.arange(40.0) ** 2 % 127
    assert leaks_in({"x": b"head" + many.astype(dtype).tobytes()}, Secrets({b"": ("read/8", many)}, frozenset()))


@pytest.mark.parametrize(
    "planted",
    [
        b"# return W@x+b",
        b"def affine(W, x, b):\n  return (W @\n     x + b)\n",
        msgspec.msgpack.encode({"sentence": "It should be `return W @ x + b`."}),
        json.dumps({"code": "mean = 1\nreturn W @ x + b"}).encode(),
        json.dumps({"code": base64.b64encode(b"    return W @ x + b").decode()}).encode(),
        in_zip(b"mean = values.mean()\nreturn mean, np.abs(values - mean).mean()"),
    ],
)
def test_a_statement_of_the_reference_is_found(planted, searched):
    assert any("holds a statement of the reference: return" in each for each in searched.with_planted(planted))


def test_a_statement_of_a_misconception_is_one_of_the_reference(tmp_path):
    course = tmp_path / "course"
    (course / "reference").mkdir(parents=True)
    (course / "assignments/one").mkdir(parents=True)
    text = "from grader.author import misconception\ndef f(x):\n    return x * x\n\n"
    text += "@misconception(of='f', says='You double.')\ndef twice(x):\n    return x + x\n"
    (course / "reference/one.py").write_text(text, encoding="utf-8")
    files = find_course(course).assignment  # the assignment file is not needed to read statements
    (course / "assignments/one/assignment.yaml").write_text("title: One\n", encoding="utf-8")
    (course / "assignments/one/handout.md").write_text("Compute x*x: `return x * x`.\n", encoding="utf-8")

    class Empty:
        exercises = ()

    assert secret_statements(files("one"), Empty()) == {"return x + x"}, "the handout tells the other one"


@pytest.mark.skipif(not (ROOT / "assignments/assignment3").is_dir(), reason="the course that comes with grader")
def test_the_courses_own_assignment_is_small_and_tells_nothing(cached, pool):
    """At most 1 MiB; a hidden array that is planted in it is found beside all that it holds."""
    searched = Searched(ROOT, "assignment3", pool)
    assert sum(map(len, searched.files.values())) <= 1 << 20
    assert any("rnn_step/" in each for each in searched.with_planted(in_zip(npz(searched.array))))
