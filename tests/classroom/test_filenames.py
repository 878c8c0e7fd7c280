"""File names from names that students, or learning platforms, made."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.classroom.filenames import file_names

HOSTILE = ["../../x", "/etc/passwd", "CON", "con.txt", "a:b", "x\0y", "..", ".", "", " ", "-rf", "class", "Scores", "~"]
NAMES = (
    st.text(max_size=40) | st.text(st.characters(), max_size=5) | st.sampled_from([*HOSTILE, "é", "e\u0301", "A", "a"])
)


@settings(deadline=None)
@given(st.sets(NAMES, max_size=20))
@example({"Anna", "anna", "ANNA"})
@example({"\u0345", "\u03b9"})
@example({"\ud800", "?"})
def test_names_are_safe_and_never_the_same(students: set[str]) -> None:
    names = file_names(students)
    folded = {unicodedata.normalize("NFD", name.casefold()) for name in names.values()}
    assert len(folded) == len(students)
    for name in names.values():
        assert 0 < len(name.encode()) <= 100
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert name.strip(" .") == name
        assert not name.startswith("-")
        assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", name)
        assert name.lower() not in {"class", "scores"}


@pytest.mark.parametrize("student", ["anna", "Anna Müller", "s1234567", "李雷", "🙂", "o'neil, p. (late)", "a.b"])
def test_ordinary_names_stay(student: str) -> None:
    assert file_names([student]) == {student: student}


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("../../x", r"_.._x~\w{12}"),
        ("CON", r"_CON~\w{12}"),
        ("a~b", r"a_b~\w{12}"),
        ("", r"student~\w{12}"),
        ("x" * 300, r"x{80}~\w{12}"),
    ],
)
def test_altered_names_end_in_a_hash(student: str, name: str) -> None:
    assert re.fullmatch(name, file_names([student])[student])


def test_a_name_does_not_depend_on_the_order() -> None:
    assert file_names(["Anna", "anna", "bob"]) == file_names(["bob", "anna", "Anna"])
