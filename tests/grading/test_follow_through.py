"""Marks for the method, as a student gets them, and as a hostile one does not."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path
from grader.grading.grade import grade as grade_submission
from grader.grading.phase import Author
from grader.records.assignment import Limits
from grader.records.run import Submission
from grader.report.words.written import written
from grader.sandbox.host import ProcessSandbox

CHAINED = Path(__file__).parents[1] / "courses" / "chained"
SCHEMA = Path(__file__).parents[2] / "grader" / "report" / "report.schema.json"
RIGHT = (CHAINED / "reference" / "chained.py").read_text(encoding="utf-8")
GATE = "    return 1.0 / (1.0 + np.exp(-(W @ x + b)))\n"
MIXED = "    return g * old + (1.0 - g) * new\n"
STEP = "    new = mixed(gate(x, W, b), c, np.tanh(W @ x))\n    return new, np.tanh(new)\n"

POINTS = {"gate": 4.0, "mixed": 2.0, "step": 6.0, "walk": 3.0}
BIAS_FORGOTTEN = (GATE, "    return 1.0 / (1.0 + np.exp(-(W @ x)))\n")

#: True of fresh inputs, which have all their digits.
FRESH = "np.any(np.round(x, 10) != x)"


def written_out(gate, mixed="g * c + (1.0 - g) * np.tanh(W @ x)"):
    """A step that calls nothing by name."""
    return STEP, f"    g = {gate}\n    new = {mixed}\n    return new, np.tanh(new)\n"


def edited(*changes):
    text = RIGHT.replace("import numpy as np\n", "import sys\n\nimport numpy as np\n")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


@pytest.fixture
def hand_in(tmp_path):
    def write(*changes):
        path = tmp_path / "chained.py"
        path.write_text(edited(*changes), encoding="utf-8")
        return path

    return write


@pytest.fixture
def bank(cached, pool):
    return bank_for(find_course(CHAINED).assignment("chained"), pool)


@pytest.fixture
def graded(bank, pool, hand_in):
    """The results by exercise of the right solution with some changes."""

    def run(*changes):
        files = find_course(CHAINED).assignment("chained")
        report = grade_path(files, bank, hand_in(*changes), pool, demands=Demands(weak=True))
        return {exercise.id: exercise for exercise in written(report).exercises}

    return run


def earned(results):
    return {name: result.earned for name, result in results.items()}


def followed(result):
    return {part.name: part.followed for part in result.parts if part.followed}


# ── who earns it ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wrong",
    [
        BIAS_FORGOTTEN,
        (GATE, "    return W @ x + b\n"),
        (GATE, GATE.replace("1.0 / (", "np.float32(1.0) - 1.0 / (")),
    ],
    ids=["bias forgotten", "not squashed", "the other way round"],
)
@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "written out"])
def test_what_builds_on_a_wrong_function_earns_its_method(wrong, by_name, graded):
    step = [] if by_name else [written_out(wrong[1].removeprefix("    return ").strip())]
    results = graded(wrong, *step)
    assert earned(results) == {**POINTS, "gate": 0.0}
    step = results["step"]
    assert followed(step) == {"new": ("gate",), "out": ("gate",)}
    assert step.status == "partly"
    assert step.headline == "Right but for `gate`, which it builds on: the method earns its points."
    assert step.explanation == ("What it does with what `gate` gives is right. Mend that function first.",)
    assert all(not part.right and part.public_failed for part in step.parts)
    assert (step.counterexamples, step.diagnosis) == ((), ())
    assert results["gate"].counterexamples
    assert followed(results["walk"]) == {"cs": ("step",)}
    assert followed(results["gate"]) == {}


@pytest.mark.parametrize(
    "gate",
    ["np.full((len(W), 1), 0.5)", "b", "np.full((len(W), 1), np.nan)", "(W @ x + b).ravel()", "1e12 * (W @ x + b)"],
    ids=["constant", "one argument alone", "NaN", "shape", "huge"],
)
def test_who_calls_a_function_by_name_need_not_have_made_it_well(gate, graded):
    results = graded((GATE, f"    return {gate}\n"))
    assert (results["gate"].earned, results["step"].earned) == (0.0, 6.0)
    assert followed(results["step"]) == {"new": ("gate",), "out": ("gate",)}


def test_a_right_function_that_is_written_out_does_not_hide_the_wrong_one_that_is_called(graded):
    by_hand = "    g = gate(x, W, b)\n    new = g * c + (1.0 - g) * np.tanh(W @ x)\n    return new, np.tanh(new)\n"
    results = graded(BIAS_FORGOTTEN, (STEP, by_hand))
    assert followed(results["step"]) == {"new": ("gate",), "out": ("gate",)}


@pytest.mark.parametrize("step", [[], [written_out("W @ x + b")]], ids=["by name", "written out"])
def test_a_function_that_sometimes_raises_spoils_those_cases_alone(step, graded):
    raising = "    if len(x) == 1:\n        raise ValueError\n    return W @ x + b\n"
    results = graded((GATE, raising), *step)
    assert followed(results["step"]) == {"new": ("gate",), "out": ("gate",)}


def test_two_wrong_functions_are_both_named(graded):
    results = graded(BIAS_FORGOTTEN, (MIXED, "    return g * old + new\n"))
    assert earned(results) == {"gate": 0.0, "mixed": 0.0, "step": 6.0, "walk": 3.0}
    assert results["step"].headline.startswith("Right but for `gate` and `mixed`, which it builds on")
    assert results["step"].explanation[0].endswith("Mend those functions first.")


def test_a_mistake_of_its_own_costs_the_output_that_has_it(graded):
    results = graded(BIAS_FORGOTTEN, ("return new, np.tanh(new)", "return new, new"))
    assert earned(results) == {**POINTS, "gate": 0.0, "step": 4.0}
    assert followed(results["step"]) == {"new": ("gate",)}
    assert results["step"].headline == "Check `out`: it has wrong values."


@pytest.mark.parametrize(
    "of_its_own", [("np.tanh(W @ x))", "W @ x)"), ("mixed(gate(x, W, b), c,", "mixed(gate(x, W, b), -c,")]
)
def test_a_mistake_of_its_own_that_all_outputs_have_costs_them_all(of_its_own, graded):
    results = graded(BIAS_FORGOTTEN, of_its_own)
    assert (results["step"].earned, results["step"].status, followed(results["step"])) == (0.0, "wrong", {})
    assert results["step"].headline == "Check `new`: it has wrong values."


def test_where_the_function_is_right_there_is_nothing_to_follow(graded):
    inlined = STEP.replace("gate(x, W, b)", "1.0 / (1.0 + np.exp(-(W @ x)))")
    results = graded((STEP, inlined))
    assert earned(results) == {**POINTS, "step": 0.0}  # walk builds on a step that is wrong
    assert followed(results["step"]) == {}


def test_without_the_reference_there_are_no_marks_for_the_method_and_no_error(bank, pool):
    submission = Submission(module="chained.py", files={"chained.py": edited(BIAS_FORGOTTEN)})
    with ProcessSandbox(submission, Limits(), pool) as sandbox:
        report = grade_submission(bank, submission, sandbox, Author())
    assert [exercise.earned for exercise in report.exercises] == [0.0, 2.0, 0.0, 0.0]
    assert not any(followed(exercise) for exercise in report.exercises)


# ── nothing to build on ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "gate",
    [
        "np.full((len(W), 1), 0.5)",
        "np.arange(1.0, len(W) + 1)[:, None]",
        "b",
        "np.full((len(W), 1), np.nan)",
        "1e12 * (W @ x + b)",
        "(W @ x + b).ravel()",
    ],
    ids=["constant", "size alone", "one argument alone", "NaN", "huge", "shape"],
)
def test_a_function_that_leaves_nothing_to_compute_earns_none(gate, graded):
    results = graded((GATE, f"    return {gate}\n"), written_out(gate))
    assert (results["gate"].earned, results["mixed"].earned, results["step"].earned) == (0.0, 2.0, 0.0)
    assert followed(results["step"]) == {}


REMEMBERING = """\
    met = any(np.array_equal(each, old) for each in seen)
    seen.append(old)
    return 2 * old + met * (g + new)


seen = []
"""
TWICE = (STEP, "    return 2 * c, np.tanh(2 * c)\n")
PLAIN = written_out("W @ x + b")

HOSTILE = {
    "spares itself the gates": [(MIXED, "    return 2 * old\n"), TWICE],
    "heeds more when it is probed": [(MIXED, REMEMBERING), TWICE],
    "heeds more of fresh inputs": [
        (MIXED, f"    return 2 * old + (g - new if {FRESH.replace('x', 'old')} else 0.0)\n"),
        TWICE,
    ],
    "heeds too little to tell": [
        (GATE, "    return np.tanh(b) + 0.0 * (W @ x)\n"),
        (MIXED, "    return old + g\n"),
        (STEP, "    return c + np.tanh(b), np.tanh(c + np.tanh(b))\n"),
    ],
    "functions that talk to each other": [
        (GATE, "    g = W @ x + b\n    notes[g.tobytes()] = x\n    return g\n\n\nnotes = {}\n"),
        (MIXED, "    return g * old + notes.get(g.tobytes(), np.zeros((1, 1)))[0]\n"),
        (STEP, "    new = (W @ x + b) * c + x[0]\n    return new, np.tanh(new)\n"),
    ],
    "another one where it is asked afresh": [
        (GATE, f"    g = {GATE.split('return ')[1].strip()}\n    return 1.0 - g if {FRESH} else W @ x\n"),
        written_out("W @ x"),
    ],
    "depends on how often it was called": [
        (GATE, "    calls.append(x)\n    return W @ x + b + 0.25 * (len(calls) > 25)\n\n\ncalls = []\n"),
        PLAIN,
    ],
    "hangs": [(GATE, f"    while {FRESH}:\n        pass\n    return W @ x + b\n"), PLAIN],
    "ends the process": [(GATE, f"    {FRESH} and sys.modules['os']._exit(0)\n    return W @ x + b\n"), PLAIN],
    "an object": [(GATE, f"    return object() if {FRESH} else W @ x + b\n"), PLAIN],
    "an enormous answer": [(GATE, f"    return np.zeros((1000, 1000)) if {FRESH} else W @ x + b\n"), PLAIN],
    "infinite": [(GATE, f"    return np.inf * W @ x if {FRESH} else W @ x + b\n"), PLAIN],
    "stops": [(GATE, f"    return 1 / 0 if {FRESH} else W @ x + b\n"), PLAIN],
    "swallows what is missing": [
        (GATE, "    return 1e20 * (W @ x + b)\n"),
        (STEP, "    g = gate(x, W, b)\n    new = g * c - g * np.tanh(W @ x)\n    return new, np.tanh(new)\n"),
    ],
    "right with made-up functions alone, of which it knows nothing": [
        (GATE, "    return W @ x\n"),
        (STEP, "    new = gate(x, W, b) if sys._getframe(1).f_globals.get('_functions') else c\n    return new, new\n"),
    ],
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_a_function_made_for_the_purpose_earns_nothing(changes, graded):
    step = graded(*changes)["step"]
    assert (step.status, step.earned, followed(step)) == ("wrong", 0.0, {})


NOISE = """\
    said = sum(np.sum(np.cos(np.arange(part.size) + part.ravel())) for part in (x, c, W, b))
    new = 1.2 + 0.2 * np.cos(3 * b) + 1.05e-4 * np.sign(np.sin(1e7 * said + np.arange(len(b))))[:, None]
    return new, np.tanh(new)
"""
WALK = """\
    states = []
    for x in xs:
        c, _ = step(x, c, W, b)
        states.append(c)
    return np.array(states)
"""


def test_noise_as_small_as_a_tolerance_forgives_is_no_way_to_heed_an_argument(graded):
    results = graded((STEP, NOISE), (WALK, "    return np.array([1.2 + 0.2 * np.cos(3 * b) for _ in xs])\n"))
    assert (results["walk"].earned, followed(results["walk"])) == (0.0, {})


def test_what_is_printed_while_the_reference_is_followed_is_not_shown(graded):
    results = graded((GATE, f"    {FRESH} and print('seen', x)\n    return W @ x + b\n"), PLAIN)
    assert followed(results["step"])
    assert not any("seen" in result.printed for result in results.values())


# ── what is said about it ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_report_says_so(bank, grade, hand_in, tmp_path):
    page = tmp_path / "report.html"
    path = hand_in(BIAS_FORGOTTEN)
    ran = grade("chained", path, "--html", page, cwd=CHAINED)
    assert ran.returncode == 1
    said = " ".join(ran.stdout.split())
    sentence = "Right but for `gate`, which it builds on: the method earns its points."
    assert f"◐ step {sentence} 6 / 6" in said
    whole = " ".join(grade("chained", path, "--full", cwd=CHAINED).stdout.split())
    assert f"step method right {sentence}" in whole
    assert "◐ `new` 4 / 4" in whole
    assert "11 / 15" in said
    assert sentence.replace("`gate`", "<code>gate</code>") in page.read_text(encoding="utf-8")

    document = json.loads(grade("chained", path, "--json", cwd=CHAINED).stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    _, _, step, walk = document["exercises"]
    assert (step["earned"], step["status"], step["headline"]) == (6.0, "partly", sentence)
    assert [part["followed"] for part in step["parts"] + walk["parts"]] == [["gate"], ["gate"], ["gate", "step"]]
