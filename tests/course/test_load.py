from __future__ import annotations

import subprocess
import sys
from datetime import UTC
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.load import drafted, load, parse
from grader.course.positions import MAX_BYTES
from grader.records.assignment import (
    Assignment,
    Bar,
    Cases,
    Choices,
    Custom,
    Example,
    Exercise,
    Integers,
    Interval,
    Limits,
    ListOf,
    Output,
    PropertyCheck,
    Reals,
    SameAs,
    SizeOf,
    Text,
    Tokens,
    Tolerance,
)
from grader.records.errors import AssignmentError
from grader.records.raises_check import RaisesCheck

WHOLE = Path(__file__).with_name("whole.yaml").read_text(encoding="utf-8")

#: A short assignment; tests add their mistake to it.
SHORT = """\
title: Short
module: short.py
dims: {D: 1..6}
exercises:
  - id: f
    points: 2
    inputs: {x: {shape: [D]}}
"""


def printed(source: str) -> list[str]:
    with pytest.raises(AssignmentError) as caught:
        parse(source, file="a.yaml", id="short")
    return [str(mistake) for mistake in caught.value.mistakes]


def top(line: str) -> list[str]:
    """What is said about an assignment with one more line, which is line 8."""
    return printed(f"{SHORT}{line}\n")


def exercise(*lines: str, points: str = "2", inputs: str = "{x: {shape: [D]}}") -> list[str]:
    """What is said about an exercise (on line 4) with some more lines, from line 7 on."""
    return printed(with_exercise(*lines, points=points, inputs=inputs))


def with_exercise(*lines: str, points: str = "2", inputs: str = "{x: {shape: [D]}}") -> str:
    head = f"title: Short\nmodule: short.py\ndims: {{D: 1..6, H: 2..3}}\nexercises:\n- id: f\n  points: {points}\n"
    return head + f"  inputs: {inputs}\n" + "".join(f"  {line}\n" for line in lines)


def test_the_whole_surface_becomes_records():
    assignment = parse(WHOLE, file="a.yaml", id="assignment3")
    assert (assignment.id, assignment.title) == ("assignment3", "Week 3: teaching networks to remember")
    assert (assignment.module, assignment.seed) == ("memory.py", 7)
    assert assignment.preload == ("math", "collections.abc")
    assert assignment.stand_ins == ("public_tests", "course.checks")
    first = assignment.exercises[0]
    assert first.inputs == {
        "x": Reals(shape=("D", 1)),
        "h_prev": Reals(shape=("H", 1), range=(-1.0, 1.0)),
        "W_hh": Reals(shape=("H", "H"), scale=0.5),
        "n": Integers(range=(-5, "V - 1")),
        "ids": Tokens(vocabulary="V", shape=("T",)),
        "xs": first.inputs["xs"],
        "p": first.inputs["p"],
        "m": first.inputs["m"],
        "mode": Choices(of=("sum", 2, None, True)),
        "s": Text(alphabet="helo", length=Interval(0, 8)),
        "l": ListOf(of=Reals(shape=("D", 1)), length="T"),
        "l2": ListOf(of=SameAs(of="x"), length=Interval(0, 3)),
        "k": SizeOf(of="H + D"),
        "W2": SameAs(of="W_hh"),
        "W3": SameAs(of="W_hh"),
        "q": Custom(function="properties:name"),
        "r": Custom(function="properties:name"),
        "rate": Reals(),
    }
    assert first.outputs == {
        "h": Output(shape=("H", 1)),
        "c": Output(extra_keys="allowed"),
        "d": Output(shape=(), points=2.5, nonfinite="expected"),
    }
    assert first.cases == Cases(public=5, hidden=20)
    assert isinstance(first.raises[0], RaisesCheck)
    assert first.properties == (PropertyCheck("bounded", "every value lies between -1 and 1", 1.0, 3),)
    assert first.inputs_unchanged == "required"
    second = assignment.exercises[1]
    inputs = {"rate": 0.9, "steps": 20, "W": [[1, 2, 3]], "h": [1.5]}
    assert second.examples == (Example(inputs, {"result": 0.12}, places=2, note="part 3"),)


def test_what_is_absent_is_filled_in():
    first, second = parse(WHOLE, file="a.yaml", id="assignment3").exercises
    assert first.dims == {
        "D": Interval(1, 6),
        "H": Interval(2, 4),
        "T": Interval(1, 8),
        "V": Interval(2, 5),
        "B": Interval(3, 3),
    }
    assert first.tolerance == Tolerance(rtol=1e-4)
    assert first.limits == Limits(seconds=10.0, case_seconds=0.5, memory=1 << 30, output=64 << 10)
    assert second.title == "decay"
    assert second.run == "result = decay(rate, steps, W, h)"
    assert second.outputs == {"result": Output()}
    assert second.dims["H"] == Interval(1, 5)
    assert second.tolerance == Tolerance(rtol=1e-6, atol=1e-9)
    assert second.limits == Limits(seconds=10.0, memory=1 << 30)
    assert second.cases == Cases()


def test_records_survive_their_own_encoding():
    assignment = parse(WHOLE, file="a.yaml", id="assignment3")
    assert msgspec.json.decode(msgspec.json.encode(assignment), type=Assignment) == assignment


def test_the_id_is_the_name_of_the_folder(tmp_path, monkeypatch):
    folder = tmp_path / "week-3"
    folder.mkdir()
    (folder / "assignment.yaml").write_text(SHORT, encoding="utf-8")
    assert load(folder / "assignment.yaml").id == "week-3"
    monkeypatch.chdir(folder)
    assert load(Path("assignment.yaml")).id == "week-3"


def test_a_folder_whose_name_is_no_id(tmp_path):
    folder = tmp_path / "week 3"
    folder.mkdir()
    (folder / "assignment.yaml").write_text(SHORT, encoding="utf-8")
    with pytest.raises(AssignmentError, match=r"assignment.yaml:1:1: the file lies in the folder 'week 3', whose name"):
        load(folder / "assignment.yaml")


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(AssignmentError, match=r"nowhere.yaml: the file cannot be read: No such file or directory"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(AssignmentError, match="the file cannot be read: Is a directory"):
        load(tmp_path)


def test_a_file_that_is_too_large(tmp_path):
    (tmp_path / "assignment.yaml").write_bytes(b"#" * (MAX_BYTES + 5))
    with pytest.raises(AssignmentError, match="the file is larger than 1 MiB"):
        load(tmp_path / "assignment.yaml")


def test_every_mistake_is_found_at_once():
    source = """\
titel: Short
module: short.py
dims: {D: 1..6, D: 2}
exercises:
  - id: f
    points: ten
    tolerence: {rtol: 1e-6}
    inputs: {x: {shape: [D], scale: -1}}
  - id: f
    points: -2
    inputs: {x: {shape: [E]}}
    run: h = f(
    outputs: {h: null}
"""
    assert printed(source) == [
        "a.yaml:1:1: titel is an unknown key, did you mean `title`?",
        "a.yaml:3:17: dims.D is a duplicate key: it already stands at line 3, column 8",
        "a.yaml:6:13: exercise f: points must be a number (got text 'ten')",
        "a.yaml:7:5: exercise f: tolerence is an unknown key, did you mean `tolerance`?",
        "a.yaml:8:37: exercise f: inputs.x.scale must be > 0 (got -1)",
        "a.yaml:9:9: exercise f: id is used twice: the exercise at line 5 is f as well",
        "a.yaml:10:13: exercise f: points must be > 0 (got -2)",
        "a.yaml:11:26: exercise f: inputs.x.shape[0] mentions E, which is no dim (dims here: D)",
        "a.yaml:12:15: exercise f: run is no valid Python: '(' was never closed",
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("3", "a.yaml:1:1: the file must be a mapping with title, module and exercises (got 3)"),
        (
            "title:memory",
            (
                "a.yaml:1:1: the file must be a mapping with title, module and exercises "
                "(got text 'title:memory': a colon needs a space after it)"
            ),
        ),
    ],
)
def test_files_that_hold_something_else(source, expected):
    assert printed(source) == [expected]


def test_missing_keys_say_what_they_are_for():
    assert printed("seed: 1") == [
        "a.yaml:1:1: title is missing: the assignment's title",
        "a.yaml:1:1: module is missing: the Python file that students hand in",
        "a.yaml:1:1: exercises is missing: the tasks",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("seed: -1", "8:7: seed must be >= 0 (got -1)"),
        ("seed: 1.5", "8:7: seed must be a whole number (got 1.5)"),
        ("seed: '7'", "8:7: seed must be a whole number (got text '7': write 7)"),
        ("seed: 1_000", "8:7: seed must be a whole number (got text '1_000': write 1000)"),
        ("seed: 5_000_000_000", "8:7: seed must be a whole number (got text '5_000_000_000': write 5000000000)"),
        ("seed: 5000000000", "8:7: seed must be <= 4294967295 (got 5000000000)"),
        ("seed: inf", "8:7: seed must be a whole number (got text 'inf')"),
        ("seed: true", "8:7: seed must be a whole number (got true)"),
        ("seed:", "8:6: seed must be a whole number (got nothing)"),
        ("preload: math", "8:10: preload must be a list (got text 'math': write [math])"),
        ("preload: [a b]", "8:11: preload[0] must be a module's name such as math (got text 'a b')"),
        ("preload: [maths]", "8:11: preload[0] names maths, which is not installed here: did you mean math?"),
        (
            "preload: [os.path, numpy.linal]",
            "8:20: preload[1] names numpy.linal, which is not installed here: did you mean numpy.linalg?",
        ),
        (
            "preload: [qqqqq.zz]",
            "8:11: preload[0] names qqqqq, which is not installed here: install it, or take it out",
        ),
        ("stand_ins: [a-b]", "8:13: stand_ins[0] must be a module's name such as math (got text 'a-b')"),
        ("stand_ins: [short]", "8:13: stand_ins[0] is the module that students hand in: take short out"),
        (
            "stand_ins: [numpy.linalg]",
            "8:13: stand_ins[0] is a part of NumPy, which student code computes with: take numpy.linalg out",
        ),
        (
            "stand_ins: [tests, random]",
            "8:20: stand_ins[1] is a part of Python, which student code computes with: take random out",
        ),
        (
            "preload: [msgspec.json]\nstand_ins: [msgspec]",
            "9:13: stand_ins[0] is loaded by preload as well: take msgspec out",
        ),
        ("tolerance: {}", "8:12: tolerance must have rtol or atol above 0"),
        ("tolerance: {rtol: -1}", "8:19: tolerance.rtol must be >= 0 (got -1)"),
        ("tolerance: {rtol: 2}", "8:19: tolerance.rtol must be <= 1 (got 2)"),
        ("tolerance: {atol: .nan}", "8:19: tolerance.atol must be a finite number (got nan)"),
        ("tolerance: 1e-6", "8:12: tolerance must be a mapping such as {rtol: 1e-6, atol: 1e-9} (got 1e-06)"),
        (
            "due: 2026-12-01",
            "8:6: due must be a day and a time with its zone, such as 2026-12-01 23:59+01:00 (got text '2026-12-01')",
        ),
        ("due: 5", "8:6: due must be a day and a time with its zone, such as 2026-12-01 23:59+01:00 (got 5)"),
        ("limits: {seconds: 0}", "8:19: limits.seconds must be > 0 (got 0)"),
        ("limits: {seconds: 5000}", "8:19: limits.seconds must be <= 3600 (got 5000)"),
        (
            "limits: {memory: 1 GB}",
            "8:18: limits.memory must be a number of bytes such as 64 KiB, 512 MiB or 1 GiB (got text '1 GB')",
        ),
        ("limits: {memory: 1 KiB}", "8:18: limits.memory must lie between 16 MiB and 64 GiB (got text '1 KiB')"),
        ("limits: {output: 12}", "8:18: limits.output must lie between 1 KiB and 1 GiB (got 12)"),
        (
            "answers: 1",
            "8:1: answers is an unknown key (free here: tolerance, limits, shared, audit, hidden, seed, preload, sta…)",
        ),
    ],
)
def test_mistakes_at_the_top(line, expected):
    assert top(line) == [f"a.yaml:{expected}"]


def test_when_work_is_due_is_a_moment_wherever_it_is_read():
    moments = [
        parse(f"{SHORT}due: {written}\n", file="a.yaml", id="short").due
        for written in ("2026-12-01 23:59+01:00", "'2026-12-01T22:59:00Z'", "2026-12-01 17:59 -05:00")
    ]
    assert len({moment.astimezone(UTC).isoformat() for moment in moments}) == 1
    assert top("due: 2026-13-01 23:59Z")[0].startswith("a.yaml:8:6: due must be a day and a time that there are")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6..1", "must not end below its start (got text '6..1': write 1..6)"),
        ("1-6", "must be an interval such as 1..6 (got text '1-6': write 1..6)"),
        ("1 to 6", "must be an interval such as 1..6 (got text '1 to 6': write 1..6)"),
        ("[1, 6]", "must be an interval such as 1..6 (got a list: write 1..6)"),
        ("1.6", "must be an interval such as 1..6 (got 1.6: write two dots)"),
        ("some", "must be an interval such as 1..6 (got text 'some')"),
        ("1..20000", "must lie within 0..10000 (got text '1..20000')"),
        ("-1", "must lie within 0..10000 (got -1)"),
    ],
)
def test_mistakes_in_dims(text, expected):
    source = SHORT.replace("1..6", text)
    assert printed(source) == [f"a.yaml:3:11: dims.D {expected}"]


def test_dims_as_a_whole_are_refused_once():
    assert printed(SHORT.replace("{D: 1..6}", "1..6")) == [
        "a.yaml:3:7: dims must be a mapping such as {H: 1..5, T: 1..8} (got text '1..6')"
    ]


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("memory", "must be a plain file name such as memory.py, or a path such as cs/layers.py (got text 'memory')"),
        ("../b.py", "must be a plain file name such as memory.py, or a path such as cs/layers.py (got text '../b.py')"),
        ("a//b.py", "must be a plain file name such as memory.py, or a path such as cs/layers.py (got text 'a//b.py')"),
        ("random.py", "would hide the module random that Python code imports: choose another name"),
        ("numpy.py", "would hide the module numpy that Python code imports: choose another name"),
    ],
)
def test_mistakes_in_module(module, expected):
    assert printed(SHORT.replace("short.py", module)) == [f"a.yaml:2:9: module {expected}"]


def test_an_assignment_without_exercises():
    source = "title: Short\nmodule: short.py\nexercises: []\n"
    assert printed(source) == ["a.yaml:3:12: exercises must be a list of at least one exercise (got an empty list)"]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (
            "[D]",
            (
                ":15: exercise f: inputs.x must be a mapping such as {shape: [D, 1]} or "
                "{kind: integers, range: [0, 9]} (got a list)"
            ),
        ),
        (
            "{kind: onehot, shape: [D]}",
            (
                ":22: exercise f: inputs.x.kind must be one of reals, integers, tokens, "
                "one_hot, simplex, booleans, choices, text, generator, list, dict, size, same_as, strategy "
                "(got text 'onehot': did you mean `one_hot`?)"
            ),
        ),
        ("{knd: reals}", ":16: exercise f: inputs.x.knd is an unknown key, did you mean `kind`?"),
        ("{vocabulary: D}", ":16: exercise f: inputs.x.vocabulary is no key of kind reals; it belongs to kind tokens"),
        (
            "{shape: D}",
            ":23: exercise f: inputs.x.shape must be a list of sizes such as [H, 1] (got text 'D': write [D])",
        ),
        ("{shape: [-1]}", ":24: exercise f: inputs.x.shape[0] must be >= 0 (got -1)"),
        ("{shape: [2000000000]}", ":24: exercise f: inputs.x.shape[0] must be <= 1000000000 (got 2000000000)"),
        ("{shape: [1.5]}", ":24: exercise f: inputs.x.shape[0] must be a size such as 3, D or H + D (got 1.5)"),
        ("{shape: [D D]}", ":24: exercise f: inputs.x.shape[0] must be a size such as 3, D or H + D (got text 'D D')"),
        ("{shape: [DD]}", ":24: exercise f: inputs.x.shape[0] mentions DD, which is no dim, did you mean `D`?"),
        (
            "{shape: [1, D - H]}",
            ":27: exercise f: inputs.x.shape[1] must be >= 0, but D - H can be -2 for D in 1..6, H in 2..3",
        ),
        (
            "{shape: [1000, 1000, D]}",
            ":23: exercise f: inputs.x.shape can have 6,000,000 elements, more than 1,000,000: lower a dim",
        ),
        ("{range: [1]}", ":23: exercise f: inputs.x.range must be two numbers such as [-1, 1] (got a list)"),
        ("{range: [2, 1]}", ":23: exercise f: inputs.x.range must not end below its start (got 2 to 1)"),
        ("{range: [0, a]}", ":27: exercise f: inputs.x.range[1] must be a number (got text 'a')"),
        (
            "{range: [0, 1], scale: 2}",
            ":31: exercise f: inputs.x.scale has no effect beside range: take one of the two out",
        ),
        ("{kind: integers}", ":15: exercise f: inputs.x.range is missing: lowest and highest value"),
        (
            "{kind: integers, range: [D, 2]}",
            ":39: exercise f: inputs.x.range is empty for some sizes: D can be more than 2",
        ),
        (
            "{kind: integers, range: [0, E]}",
            ":43: exercise f: inputs.x.range[1] mentions E, which is no dim (dims here: D, H)",
        ),
        (
            "{kind: tokens, vocabulary: D - 1}",
            ":42: exercise f: inputs.x.vocabulary must be >= 1, but D - 1 can be 0 for D in 1..6",
        ),
        ("{kind: tokens, vocabulary: 0}", ":42: exercise f: inputs.x.vocabulary must be >= 1, but 0 can be 0"),
        (
            "{kind: one_hot, shape: [D], axis: 1}",
            ":49: exercise f: inputs.x.axis must be an axis of the shape (D,) (got 1)",
        ),
        (
            "{kind: simplex, shape: [D - 1]}",
            ":39: exercise f: inputs.x.shape[0] must be >= 1, but D - 1 can be 0 for D in 1..6",
        ),
        ("{kind: simplex, shape: []}", ":15: exercise f: inputs.x.axis must be an axis of the shape () (got -1)"),
        (
            "{kind: choices, of: []}",
            ":35: exercise f: inputs.x.of must be a list of at least one value (got an empty list)",
        ),
        (
            "{kind: choices, of: [[1]]}",
            (":36: exercise f: inputs.x.of[0] must be a plain value: a number, text, true, false or null (got a list)"),
        ),
        (
            "{kind: text, alphabet: ''}",
            ":38: exercise f: inputs.x.alphabet must be text of at least one character (got text '')",
        ),
        (
            "{kind: list, length: E, of: {}}",
            ":36: exercise f: inputs.x.length mentions E, which is no dim (dims here: D, H)",
        ),
        (
            "{kind: list, length: 3..1, of: {}}",
            ":36: exercise f: inputs.x.length must not end below its start (got text '3..1': write 1..3)",
        ),
        (
            "{kind: list, length: 2, of: {shape: [E]}}",
            ":52: exercise f: inputs.x.of.shape[0] mentions E, which is no dim (dims here: D, H)",
        ),
        ("{kind: size, of: D - 2}", ":32: exercise f: inputs.x.of must be >= 0, but D - 2 can be -1 for D in 1..6"),
        ("{same_as: xx}", ":15: exercise f: inputs.x is the same as xx, which is no input, did you mean `x`?"),
        ("{same_as: x}", ":15: exercise f: inputs.x is the same as itself, by way of x"),
        ("{same_as: 1}", ":25: exercise f: inputs.x.same_as must be a Python name (got 1)"),
        ("{kind: list, length: 2, of: {same_as: x}}", ":15: exercise f: inputs.x is the same as itself, by way of x"),
        (
            "{strategy: name}",
            (
                ":26: exercise f: inputs.x.strategy must be properties: and a function's name, "
                "such as properties:sentences (got text 'name')"
            ),
        ),
        ("!r {shape: [D]}", ":15: exercise f: inputs.x has the tag !r: tags are refused, quotes make a value text"),
    ],
)
def test_mistakes_in_domains(domain, expected):
    assert exercise(inputs=f"{{x: {domain}}}") == [f"a.yaml:7{expected}"]


def test_a_cycle_of_two_inputs_is_told_at_both():
    assert exercise(inputs="{x: {same_as: y}, y: {same_as: x}}") == [
        "a.yaml:7:15: exercise f: inputs.x is the same as itself, by way of y",
        "a.yaml:7:32: exercise f: inputs.y is the same as itself, by way of x",
    ]


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ("{D: {}}", ":12: exercise f: inputs.D is also a dim, which run can use as it is: take it out, or rename one"),
        (
            "{f: {}}",
            (
                ":12: exercise f: inputs.f has the exercise's own id, so it hides the function that run calls: "
                "choose another name"
            ),
        ),
        ("{np: {}}", ":12: exercise f: inputs.np is no name that Python code can use: np is NumPy in run"),
        (
            "{lambda: {}}",
            ":12: exercise f: inputs.lambda is no name that Python code can use: lambda is a word of Python's own",
        ),
        ("{a-b: {}}", ":12: exercise f: inputs['a-b'] is no name that Python code can use: use letters, digits and _"),
        ("[x]", ":11: exercise f: inputs must be a mapping such as {x: {shape: [D, 1]}} (got a list)"),
    ],
)
def test_mistakes_in_names_of_inputs(inputs, expected):
    assert exercise(inputs=inputs) == [f"a.yaml:7{expected}"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["run: h = f(x)"], "5:3: exercise f: outputs is missing: name what run leaves behind, such as {h: [H, 1]}"),
        (["run: h = f(x", "outputs: {h: null}"], "8:13: exercise f: run is no valid Python: '(' was never closed"),
        (
            ["run: |", "  h = f(x)", "  if h:", "  g = 1", "outputs: {h: null}"],
            "11:5: exercise f: run is no valid Python: expected an indented block after 'if' statement on line 2",
        ),
        (
            ["run: return f(x)", "outputs: {h: null}"],
            "8:8: exercise f: run is no valid Python: 'return' outside function",
        ),
        (
            [f"run: h = {'(' * 500}x", "outputs: {h: null}"],
            "8:212: exercise f: run is no valid Python: too many nested parentheses",
        ),
        (["run: h = f(x)", "outputs: {g: null}"], "9:13: exercise f: outputs.g is never set by run (run sets h)"),
        (
            ["run: hs = f(x)", "outputs: {h: null}"],
            "9:13: exercise f: outputs.h is never set by run, did you mean `hs`?",
        ),
        (
            ["run: g = h = x; del h", "outputs: {h: null}"],
            "9:13: exercise f: outputs.h is never set by run (run sets g)",
        ),
        (
            ["outputs: {h: null}"],
            "8:13: exercise f: outputs.h is never set by run (run sets result); run is result = f(x) by default",
        ),
        (
            ["run: h = [x for x in f()]", "outputs: {h: null}"],
            "7:12: exercise f: inputs.x is never used by run: use it there, or take it out",
        ),
        (
            ["run: h = f()", "outputs: {h: null}"],
            "7:12: exercise f: inputs.x is never used by run: use it there, or take it out",
        ),
        (
            ["run: h = f(xx)", "outputs: {h: null}"],
            "7:12: exercise f: inputs.x is never used by run, did you mean it where run says `xx`?",
        ),
        (
            ["run: 3", "outputs: {h: null}"],
            "8:8: exercise f: run must be Python text of at most 20,000 characters (got 3: put it in quotes)",
        ),
        (
            ["outputs: {result: 3}"],
            (
                "8:21: exercise f: outputs.result must be a shape such as [H, 1], null, "
                "or a mapping such as {shape: [H, 1], points: 2} (got 3)"
            ),
        ),
        (
            ["outputs: {result: [E]}"],
            "8:22: exercise f: outputs.result[0] mentions E, which is no dim (dims here: D, H)",
        ),
        (
            ["outputs: {result: {shape: [E]}}"],
            "8:30: exercise f: outputs.result.shape[0] mentions E, which is no dim (dims here: D, H)",
        ),
        (
            ["run: D = f(x)", "outputs: {D: null}"],
            "9:13: exercise f: outputs.D is also a dim, which run can use as it is: take it out, or rename one",
        ),
        (["outputs: {}"], "5:3: exercise f has nothing to grade: give it outputs, raises or properties"),
    ],
)
def test_mistakes_in_run_and_outputs(lines, expected):
    assert exercise(*lines) == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["run: f = f(x)", "outputs: {f: null}"],
            (
                "8:12: exercise f: run takes `f` from the module, then sets the output `f`: name the output "
                "otherwise, or set it before it is used"
            ),
        ),
        (
            ["run: |", "  σ = 'ä'; h = a(x)", "  for t in x: a = σ + step(h)", "outputs: {h: null}"],
            (
                "9:18: exercise f: run takes `a` from the module, then sets it: name what it sets otherwise, "
                "or set it before it is used"
            ),
        ),
    ],
)
def test_a_name_that_run_takes_and_sets_is_told_and_holds_up_no_grading(lines, expected, tmp_path):
    assert parse(with_exercise(*lines), file="a.yaml", id="a").exercises[0].id == "f"
    (tmp_path / "a.yaml").write_text(with_exercise(*lines), encoding="utf-8")
    assert list(map(str, drafted(tmp_path / "a.yaml").mistakes)) == [f"{tmp_path / 'a.yaml'}:{expected}"]


@pytest.mark.parametrize(
    ("points", "lines", "expected"),
    [
        ("0", [], "6:11: exercise f: points must be > 0 (got 0)"),
        ("1.005", [], "6:11: exercise f: points must have at most 2 decimals (got 1.005)"),
        (".inf", [], "6:11: exercise f: points must be a finite number (got inf)"),
        ("'10'", [], "6:11: exercise f: points must be a number (got text '10': write 10)"),
        (
            "0.3",
            ["outputs: {result: {points: 0.1}}"],
            "6:11: exercise f: points must be the sum of its parts' points, 0.1 (got 0.3)",
        ),
        (
            "2",
            ["outputs: {result: {points: 1}}", "properties: [{check: p, title: a, points: 2}, {check: q, title: b}]"],
            "6:11: exercise f: points must be at least the sum of its parts' points, 3 (got 2)",
        ),
        ("1", ["outputs: {result: {points: -1}}"], "8:30: exercise f: outputs.result.points must be >= 0 (got -1)"),
    ],
)
def test_mistakes_in_points(points, lines, expected):
    assert exercise(*lines, points=points) == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["cases: {public: 0}"], "8:19: exercise f: cases.public must be >= 1 (got 0)"),
        (["cases: {hidden: -1}"], "8:19: exercise f: cases.hidden must be >= 0 (got -1)"),
        (["cases: {hidden: 501}"], "8:19: exercise f: cases.hidden must be <= 500 (got 501)"),
        (
            ["inputs_unchanged: requird"],
            (
                "8:21: exercise f: inputs_unchanged must be one of remark, required "
                "(got text 'requird': did you mean `required`?)"
            ),
        ),
        (
            ["inputs_unchanged: yes"],
            "8:21: exercise f: inputs_unchanged must be one of remark, required (got text 'yes')",
        ),
        (["title: ''"], "8:10: exercise f: title must be a line of text (got text '')"),
        (["title: 3"], "8:10: exercise f: title must be a line of text (got 3: put it in quotes)"),
        (["tolerance: {rtol: 0, atol: 0}"], "8:14: exercise f: tolerance must have rtol or atol above 0"),
        (
            ["properties: [{check: 'a b', title: a}]"],
            ("8:24: exercise f: properties[0].check must be a Python name (got text 'a b': use letters, digits and _)"),
        ),
        (
            ["properties: [{check: a, title: ' '}]"],
            "8:34: exercise f: properties[0].title must be a line of text (got text ' ')",
        ),
        (
            ["properties: [{check: a, title: a}, {check: a, title: b}]"],
            "8:46: exercise f: properties[1].check is listed twice: properties[0] is a as well",
        ),
        (
            ["properties: {check: a}"],
            "8:15: exercise f: properties must be a list such as [{check: name, title: a sentence}] (got a mapping)",
        ),
        (
            ["raises: [{inputs: {x: [1]}, error: ValueErorr}]"],
            (
                "8:38: exercise f: raises[0].error must name a particular builtin "
                "exception such as ValueError (got text 'ValueErorr': did you mean `ValueError`?)"
            ),
        ),
        (
            ["raises: [{inputs: {x: [1]}, error: SystemExit}]"],
            (
                "8:38: exercise f: raises[0].error must name a particular builtin "
                "exception such as ValueError (got text 'SystemExit')"
            ),
        ),
        *(
            (
                [f"raises: [{{inputs: {{x: [1]}}, error: {error}}}]"],
                (
                    "8:38: exercise f: raises[0].error must name a particular builtin "
                    f"exception such as ValueError (got text '{error}')"
                ),
            )
            for error in ("Exception", "BaseException")
        ),
        (
            ["raises: [{inputs: {x: [1]}, error: 1}]"],
            "8:38: exercise f: raises[0].error must name a particular builtin exception such as ValueError (got 1)",
        ),
        (
            ["raises: [{inputs: {}, error: ValueError}]"],
            "8:21: exercise f: raises[0].inputs must have a value for every input (missing: x)",
        ),
        (
            ["raises: [{inputs: [{x: [1]}, {}], error: ValueError}]"],
            "8:32: exercise f: raises[0].inputs[1] must have a value for every input (missing: x)",
        ),
        (
            ["raises: [{inputs: [{x: [1]}, 3], error: ValueError}]"],
            "8:32: exercise f: raises[0].inputs[1] must be a mapping from each input to its value (got 3)",
        ),
        (
            ["raises: [{inputs: [], error: ValueError}]"],
            (
                "8:21: exercise f: raises[0].inputs must be a list of at least one, or one without a list "
                "(got an empty list)"
            ),
        ),
        (
            ["raises: [{inputs: 3, error: ValueError}]"],
            (
                "8:21: exercise f: raises[0].inputs must be a mapping from each input to its value, or a list of such "
                "(got 3)"
            ),
        ),
        (
            ["examples: [{inputs: {x: [1], y: 2}}]"],
            "8:32: exercise f: examples[0].inputs.y is no input of this exercise (inputs here: x)",
        ),
        (
            ["examples: [{inputs: {x: [1]}, expect: {reslt: 1}}]"],
            "8:42: exercise f: examples[0].expect.reslt is no output, did you mean `result`?",
        ),
        (
            ["examples: [{inputs: [1]}]"],
            "8:23: exercise f: examples[0].inputs must be a mapping from each input to its value (got a list)",
        ),
        (
            ["examples: [{inputs: {x: [1, a]}}]"],
            "8:31: exercise f: examples[0].inputs.x[1] must be a number (got text 'a')",
        ),
        (
            ["examples: [{inputs: {x: [[1], [1, 2]]}}]"],
            "8:27: exercise f: examples[0].inputs.x must be an array: lists of one level must have the same length",
        ),
        (
            ["examples: [{inputs: {x: [[1]]}}]"],
            "8:27: exercise f: examples[0].inputs.x must have the shape (D,) (got (1, 1))",
        ),
    ],
)
def test_mistakes_in_the_rest_of_an_exercise(lines, expected):
    assert exercise(*lines) == [f"a.yaml:{expected}"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (
            "[gaet]",
            ["59: exercise step: follow_through[0] names gaet, which no earlier exercise runs, did you mean `gate`?"],
        ),
        ("[end]", ["59: exercise step: follow_through[0] names end, which no earlier exercise runs (those run gate)"]),
        (
            "[step, 1]",
            [
                "59: exercise step: follow_through[0] names step, which run uses itself: take it out",
                "65: exercise step: follow_through[1] must be a Python name (got 1)",
            ],
        ),
    ],
)
def test_only_functions_of_earlier_exercises_can_be_followed(names, expected):
    keys = {"gate": "", "step": f", follow_through: {names}", "end": ", follow_through: [gate, step]"}
    exercises = "".join(f"- {{id: {name}, points: 1, inputs: {{x: {{}}}}{more}}}\n" for name, more in keys.items())
    assert printed(f"title: a\nmodule: m.py\nexercises:\n{exercises}") == [f"a.yaml:5:{line}" for line in expected]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            "{x: [1, 2], w: [1], y: [1, 2, 3], ids: [0]}",
            ":38: exercise f: examples[0].inputs.w must have the shape (D,) (got (1,), but D is 2 in x)",
        ),
        (
            "{x: [1, 2], w: [1, 2], y: [1], ids: [0]}",
            ":49: exercise f: examples[0].inputs.y must have an axis of D + 1, which is 3 here (got the shape (1,))",
        ),
        (
            "{x: [1, 2], w: [1, 2], y: [1, 2, 3], ids: [0.5]}",
            ":66: exercise f: examples[0].inputs.ids[0] must be a whole number (got 0.5)",
        ),
        (
            "{x: [1, 2], w: [1, 2], y: [1, 2, 3], ids: [0, 1]}",
            ":65: exercise f: examples[0].inputs.ids must have an axis of 1 (got the shape (2,))",
        ),
    ],
)
def test_arrays_of_examples_fit_the_declared_shapes(values, expected):
    inputs = "{x: {shape: [D]}, w: {same_as: x}, y: {shape: [D + 1]}, ids: {kind: tokens, vocabulary: 3, shape: [1]}}"
    assert exercise(f"examples: [{{inputs: {values}}}]", inputs=inputs) == [f"a.yaml:8{expected}"]


def test_an_axis_that_would_be_negative():
    inputs = "{x: {shape: [D]}, y: {shape: [D + D - 2]}, z: {shape: [1 + D]}}"
    [told] = exercise("dims: {D: 1..3}", "examples: [{inputs: {x: [], y: [1], z: [1]}}]", inputs=inputs)
    assert told.startswith("a.yaml:9:34: exercise f: examples[0].inputs.y has an impossible axis: 'D + D - 2' is -2")


def test_arrays_of_inputs_that_lead_nowhere_are_not_looked_at():
    inputs = "{x: {same_as: y}, y: {same_as: x}}"
    told = exercise("examples: [{inputs: {x: [], y: [[1], 2]}}]", inputs=inputs)
    assert ["is the same as itself" in line for line in told] == [True, True]


def test_raises_may_have_arrays_of_the_wrong_shape():
    source = SHORT + "    raises: [{inputs: {x: [[1, 2]]}, error: ValueError}]\n"
    assert parse(source, file="a.yaml", id="short").exercises[0].raises[0].inputs == {"x": [[1, 2]]}


def test_a_check_may_have_several_inputs_and_each_is_one_of_its_own_in_the_end():
    last = "{inputs: {x: [3]}, error: KeyError}"
    together = f"{{inputs: [{{x: [1]}}, {{x: [2]}}], error: ValueError, points: 1}}, {last}"
    apart = f"{{inputs: {{x: [1]}}, error: ValueError}}, {{inputs: {{x: [2]}}, error: ValueError}}, {last}"
    (short,), (other,) = (
        parse(f"{SHORT}    raises: [{checks}]\n", file="a.yaml", id="short").exercises for checks in (together, apart)
    )
    assert short.raises[0].each == ({"x": [1]}, {"x": [2]})
    assert [(*check.each, check.error) for check in short.refusals] == [
        ({"x": [1]}, "ValueError"),
        ({"x": [2]}, "ValueError"),
        ({"x": [3]}, "KeyError"),
    ]
    assert [check.each for check in short.refusals] == [check.each for check in other.refusals]


@pytest.mark.parametrize(
    "run",
    [
        "h = [f(x) for _ in range(3)]",
        "(h := f(x))",
        "h, *rest = f(x)",
        "for h in f(x): pass",
        "with f(x) as h: pass",
        "import math as h; f(x)",
        "def h(): return x",
        "[h := value for value in x]",
        "h = 0; h += x",
    ],
)
def test_each_way_to_set_an_output(run):
    source = f"{SHORT}    run: '{run}'\n    outputs: {{h: null}}\n"
    assert parse(source, file="a.yaml", id="short").exercises[0].run == run


@pytest.mark.parametrize("run", ["def g():\n        h = x", "[h for h in x]", "lambda h: x", "h[0] = x", "h.a = x"])
def test_names_that_are_not_left_behind(run):
    [mistake] = printed(f"{SHORT}    run: |\n      {run}\n    outputs: {{h: null}}\n")
    assert "exercise f: outputs.h is never set by run" in mistake


@pytest.mark.parametrize(
    "run", ["x = x + 1\n      h = f(x)", "h = x\n      h = f(h)", "if x: h = f(x)\n      h = h + 1", "h = max = max(x)"]
)
def test_names_that_are_set_and_read_rightly(run):
    assert parse(f"{SHORT}    run: |\n      {run}\n    outputs: {{h: null}}\n", file="a.yaml", id="short")


def test_an_exercise_that_is_called_like_its_output():
    said = "is also the output: run is result = result(x) by default, so give it another, or write run"
    assert printed(SHORT.replace("id: f", "id: result")) == [f"a.yaml:5:9: exercise result: id {said}"]


def test_a_spoilt_value_is_told_once():
    assert exercise(points="!much ten") == [
        "a.yaml:6:11: exercise f: points has the tag !much: tags are refused, quotes make a value text"
    ]
    assert exercise(points="1e999") == ["a.yaml:6:11: exercise f: points is a number beyond float64 (got 1e999)"]


def test_neither_numpy_nor_hypothesis_is_imported():
    imports = "import sys, grader.course.load, grader.course.schema"
    code = f"{imports}; print({{'numpy', 'hypothesis'}} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def parses_or_says_why(source: str | bytes) -> None:
    try:
        result = parse(source, file="a.yaml", id="short")
    except AssignmentError as error:
        mistakes = error.mistakes
    else:
        assert all(isinstance(each, Exercise) for each in result.exercises)
        return
    assert mistakes
    assert all(mistake.message for mistake in mistakes)


@given(st.text() | st.binary())
@settings(deadline=None)
def test_any_text_is_parsed_or_refused(source):
    parses_or_says_why(source)


FRAGMENTS = [":", "-", "[", "]", "{", "}", "{}", "[]", "null", "1", "-1", ".nan", "1e999", "x", "D", "'", "|", "&a "]
FRAGMENTS += ["*a", "!t ", "<<: ", "..", " D - 9", "run", "kind", "same_as", "0", "é", "\ufeff", "\n", "  ", "\t"]


@given(st.randoms(use_true_random=False), st.integers(1, 6))
@settings(deadline=None, max_examples=100)
def test_any_damaged_assignment_is_parsed_or_refused(rng, cuts):
    source = WHOLE
    for _ in range(cuts):
        start = rng.randrange(len(source))
        source = source[:start] + rng.choice(FRAGMENTS) + source[start + rng.choice([0, 0, 1, 2, 5, 20]) :]
    parses_or_says_why(source)


TOKENS = sorted({word for word in WHOLE.replace("\n", " ").split(" ") if word})


@given(st.randoms(use_true_random=False), st.integers(1, 4))
@settings(deadline=None, max_examples=100)
def test_any_exchange_of_words_is_parsed_or_refused(rng, exchanges):
    source = WHOLE
    for _ in range(exchanges):
        source = source.replace(rng.choice(TOKENS), rng.choice([*TOKENS, "null", "[]", "{}", "3", "'w'"]), 1)
    parses_or_says_why(source)


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("seed: 7", "seed", 7),
        ("preload: [json]", "preload", ("json",)),
        ("stand_ins: [public_tests]", "stand_ins", ("public_tests",)),
        ("audit: {kill: 0.5, by: 2, know_nothing: 3}", "audit", Bar(0.5, 2, 3.0)),
        ("hidden: counts", "hidden", "counts"),
        ("limits: {total: 60}", "total", 60),
    ],
)
def test_every_key_at_the_top_arrives(line, field, value):
    assert getattr(parse(f"{SHORT}{line}\n", file="a.yaml", id="short"), field) == value


def test_what_a_submission_may_take_in_all_is_given_or_what_the_limits_add_up_to():
    limited = SHORT.replace("    points: 2", "    points: 2\n    limits: {seconds: 3, load_seconds: 4}")
    assert parse(limited, file="a.yaml", id="short").total_seconds == 7
    given = parse(f"{limited}limits: {{total: 60, seconds: 2}}\n", file="a.yaml", id="short")
    assert (given.total_seconds, given.exercises[0].limits.seconds) == (60, 3)
    refused = printed(SHORT.replace("    points: 2", "    points: 2\n    limits: {total: 3}"))
    assert len(refused) == 1
    assert "limits.total is an unknown key" in refused[0]


# ── what is read otherwise than it was meant ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "meant"), [("point: 10", "points"), ("input: {x: {shape: [D]}}", "inputs"), ("output: {h: [D]}", "outputs")]
)
def test_a_misspelt_key_is_told_and_not_what_follows_from_it(key, meant):
    whole = {
        "points": "points: 2",
        "inputs": "inputs: {x: {shape: [D]}}",
        "outputs": "outputs: {h: {shape: [D], points: 2}}",
    }
    written = [key, *(line for name, line in whole.items() if name != meant), "run: h = f(x)", "id: f"]
    source = SHORT.partition("exercises:")[0] + "exercises:\n- " + "\n  ".join(written) + "\n"
    name = key.partition(":")[0]
    assert printed(source) == [f"a.yaml:5:3: exercise f: {name} is an unknown key, did you mean `{meant}`?"]


def test_sizes_are_in_any_letters_that_python_takes_for_names():
    source = SHORT.replace("D: 1..6", "λ: 1..6, größe: 2..3").replace("[D]", "[λ, 2*größe + 1]")
    (task,) = parse(source, file="a.yaml", id="short").exercises
    assert task.inputs["x"] == Reals(shape=("λ", "2*größe + 1"))
    sign = printed(SHORT.replace("D: 1..6", "\u00b5: 1..6").replace("[D]", "[\u00b5]"))
    refused = "is no name that Python code can use: Python reads it as \u03bc, so write it with U+03BC"
    assert sign == [f"a.yaml:3:8: dims.\u00b5 {refused}"]


def test_a_list_of_arrays_has_a_limit_as_an_array_has():
    found = exercise(inputs="{x: {kind: list, length: 0..5000, of: {shape: [100, D]}}}")
    assert found == ["a.yaml:7:15: exercise f: inputs.x can have 3,000,000 elements, more than 1,000,000: lower a dim"]


def test_text_that_yaml_takes_for_a_comment_is_told_where_it_is_missed():
    (title,) = exercise("title: #2 step")
    assert title.endswith("must be a line of text (got nothing: #2 step is a comment in YAML, put text in quotes)")
    (run,) = exercise("run: h = f(x, 'a #2')", "outputs: {h: [D]}")
    assert "(YAML takes #2') for a comment: write run as a block after |)" in run
    (text,) = exercise("title: [1] step")
    assert "text that begins with [, { or a quote needs quotes as a whole" in text
