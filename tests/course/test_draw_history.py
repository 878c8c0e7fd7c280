"""The file that says which draw of hidden cases is graded with, and which were shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.course.draw_history import DrawHistory, ShownDraw, history_at, read_history, write_history
from grader.records.assignment import Assignment
from grader.records.errors import AssignmentError
from tests.conftest import SECRET

BANK, OTHER = "0123456789abcdef" * 4, "fedcba9876543210" * 4
AT = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)


def test_it_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "draws.txt"
    assert history_at(path) == DrawHistory()
    history = DrawHistory().after_showing(0, BANK, AT).after_drawing().after_showing(1, OTHER, AT)
    write_history(path, history)
    assert history_at(path) == history
    assert history == DrawHistory(1, (ShownDraw(0, "2026-11-30", BANK[:16]), ShownDraw(1, "2026-11-30", OTHER[:16])))
    assert BANK not in path.read_text()


def test_known_is_what_is_graded_with_until_it_is_drawn_anew():
    assert DrawHistory().known is None
    shown = DrawHistory().after_showing(0, BANK, AT)
    assert shown.known == ShownDraw(0, "2026-11-30", BANK[:16])
    assert shown.after_showing(0, BANK, AT) == shown
    assert len(shown.after_showing(0, OTHER, AT).shown) == 2
    assert shown.after_drawing().known is None
    assert DrawHistory(0, (ShownDraw(4, "2026-11-30", BANK[:16]),)).after_drawing().draw == 5, "as on another branch"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("draw one\n", ":1:1", "is no line that grade wrote"),
        ("draw 1\ndraw 2\n", ":2:1", "one `draw` in all"),
        ("draw 99999\n", ":1:1", "is no line"),
        ("# fine\n\nshown 0 yesterday 0123456789abcdef\n", ":3:1", "is no line"),
        ("#" * 70_000, "", "has more than 64 KiB"),
    ],
)
def test_what_is_wrong_with_it_is_told_with_its_place(tmp_path, text, place, says):
    path = tmp_path / "draws.txt"
    path.write_text(text)
    assert len(read_history(path)[1]) == 1
    with pytest.raises(AssignmentError) as refused:
        history_at(path)
    assert str(refused.value).startswith(f"{path}{place}: ")
    assert says in str(refused.value)


def test_a_folder_in_its_place_is_told(tmp_path):
    with pytest.raises(AssignmentError, match="cannot be read"):
        history_at(tmp_path)


def test_only_what_is_hidden_is_drawn_from_its_number():
    def draws(number):
        return SECRET.draws(Assignment(id="a", title="", module="a.py", exercises=(), draw=number))

    found = [draws(number) for number in range(20)]
    assert len({each.public for each in found}) == 1
    assert len({each.hidden for each in found}) == 20
