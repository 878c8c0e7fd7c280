from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.additions import literal, with_example
from grader.course.load import parse
from grader.course.positions import read
from grader.records.assignment import Example
from grader.records.errors import AssignmentError, UsageError

NEW = Example(inputs={"x": [1.0, -0.5]}, note="easily got wrong")
BLOCK = """\
- inputs:
    x: [1.0, -0.5]
  note: "easily got wrong"
"""
FLOW = '{inputs: {x: [1.0, -0.5]}, note: "easily got wrong"}'
HEAD = """\
# by me
title: Short   # yes
module: short.py
dims: {D: 1..6}

exercises:
"""


def indented(text: str, columns: int) -> str:
    return "".join(" " * columns + line for line in text.splitlines(keepends=True))


def added(text: str, exercise: str = "f") -> str:
    """The text with the example; it is read as the same assignment with one more."""
    found = with_example(text.encode(), exercise, NEW, file="a.yaml", id="short")
    before, after = (parse(each, file="a.yaml", id="short") for each in (text, found))
    assert [each.id for each in after.exercises] == [each.id for each in before.exercises]
    for old, new in zip(before.exercises, after.exercises, strict=True):
        assert new.examples == ((*old.examples, NEW) if old.id == exercise else old.examples)
    return found


def test_a_first_example_stands_below_the_exercise_and_its_comments():
    exercise = """\
  - id: f
    points: 2     # few
    inputs: {x: {shape: [D]}}   # one
  # below
"""
    rest = """\
  - id: g
    points: 1
    inputs: {x: {shape: [D]}}
"""
    expected = exercise.replace("  # below\n", "    examples:\n" + indented(BLOCK, 6) + "  # below\n")
    assert added(HEAD + exercise + rest) == HEAD + expected + rest


def test_another_example_stands_below_the_others_in_their_columns():
    exercise = """\
-      id: f
       points: 2
       inputs:
          x:   {shape: [D]}
       examples:
           # mine
           -   inputs: {x: [1]}   # first
               # of many

           # the end
       cases: {public: 3}
"""
    expected = exercise.replace("# first\n", "# first\n" + indented(BLOCK, 11))
    assert added(HEAD + exercise) == HEAD + expected


def test_a_list_in_brackets_stays_one():
    for old, new in (
        ("[{inputs: {x: [1]}}]", f"[{{inputs: {{x: [1]}}}}, {FLOW}]"),
        ("[{inputs: {x: [1]}},]", f"[{{inputs: {{x: [1]}}}}, {FLOW},]"),
        ("[ ]", f"[{FLOW} ]"),
        ("[\n      {inputs: {x: [1]}},  # one\n      ]", f"[\n      {{inputs: {{x: [1]}}}}, {FLOW},  # one\n      ]"),
    ):
        text = f"{HEAD}  - id: f\n    examples: {old}\n    points: 2\n    inputs: {{x: {{shape: [D]}}}}\n"
        assert added(text) == text.replace(old, new)


def test_an_exercise_in_braces_stays_in_them():
    text = HEAD + "  - {id: f, points: 2, inputs: {x: {shape: [D]}}}  # all\n"
    assert added(text) == text.replace("}}}  #", f"}}}}, examples: [{FLOW}]}}  #")


@pytest.mark.parametrize("style", ["|", ">", "|-"])
def test_below_a_text_of_several_lines(style):
    text = f"""{HEAD}  - id: f
    points: 2
    inputs: {{x: {{shape: [D]}}}}
    outputs: {{y: null}}
    run: {style}
      y = (x +
        x)

# the end
"""
    assert added(text) == text.replace("        x)\n", "        x)\n    examples:\n" + indented(BLOCK, 6))


def test_below_an_alias():
    text = f"""{HEAD}  - id: f
    points: 2
    outputs: &out {{y: null}}
    run: y = f(x)
    inputs: &in {{x: {{shape: [D]}}}}
  - id: g
    points: 2
    run: y = g(x)
    outputs: *out
    inputs: *in   # the same
"""
    assert added(text, "g") == text + "    examples:\n" + indented(BLOCK, 6)


def test_line_ends_and_marks_are_kept():
    text = HEAD + "  - id: f\n    points: 2\n    inputs: {x: {shape: [D]}}"
    block = "\n    examples:\n" + indented(BLOCK, 6)
    assert added(text) == text + block
    windows = "\ufeff" + text.replace("\n", "\r\n")
    assert added(windows) == windows + block.replace("\n", "\r\n")


def test_examples_that_two_exercises_share_are_not_changed():
    text = f"""{HEAD}  - id: f
    points: 2
    inputs: {{x: {{shape: [D]}}}}
    examples: &mine
      - inputs: {{x: [1]}}
  - id: g
    points: 2
    inputs: {{x: {{shape: [D]}}}}
    examples: *mine
"""
    with pytest.raises(UsageError, match="no place where an example can be inserted; add it by hand") as caught:
        added(text)
    assert str(caught.value).endswith(BLOCK.rstrip())


def test_what_is_no_assignment_any_more_is_said():
    with pytest.raises(AssignmentError, match="points"):
        added(HEAD + "  - id: f\n    inputs: {x: {shape: [D]}}\n")
    with pytest.raises(UsageError, match="has no exercise h any more"):
        with_example(
            (HEAD + "  - id: f\n    points: 2\n    inputs: {x: {shape: [D]}}\n").encode(),
            "h",
            NEW,
            file="a.yaml",
            id="short",
        )


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(plain)
def test_a_literal_is_read_as_what_it_was(value):
    found = read(f"x: {literal(value)}\n", file="a.yaml").tree["x"]
    assert found == value
    assert type(found) is type(value)
