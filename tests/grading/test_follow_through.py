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

#: True while a call of the reference's is put to the submission.
FOLLOWED = '"_arguments" in sys._getframe(1).f_globals'


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
def test_what_builds_on_a_wrong_function_earns_its_method(wrong, graded):
    results = graded(wrong)
    assert earned(results) == {**POINTS, "gate": 0.0}
    step = results["step"]
    assert followed(step) == {"new": ("gate",), "out": ("gate",)}
    assert step.status == "partly"
    assert step.headline == "Right but for `gate`, which it builds on: the method earns its points."
    assert step.explanation == ("With your `gate` the reference gives what you give. Mend that function first.",)
    assert all(not part.right and part.public_failed for part in step.parts)
    assert (step.counterexamples, step.diagnosis) == ((), ())
    assert results["gate"].counterexamples
    assert followed(results["walk"]) == {"cs": ("step",)}
    assert followed(results["gate"]) == {}


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
        "np.zeros((len(W), 1))",
        "np.arange(1.0, len(W) + 1)[:, None]",
        "b",
        "np.full((len(W), 1), np.nan)",
        "1e12 * (W @ x + b)",
        "(W @ x + b).ravel()",
        "[W @ x + b]",
        "None",
    ],
    ids=["constant", "zero", "size alone", "one argument alone", "NaN", "huge", "shape", "list of one", "None"],
)
def test_a_function_that_leaves_nothing_to_compute_earns_none(gate, graded):
    results = graded((GATE, f"    return {gate}\n"))
    assert (results["gate"].earned, results["mixed"].earned, results["step"].earned) == (0.0, 2.0, 0.0)
    assert followed(results["step"]) == {}


REMEMBERING = """\
    met = any(np.array_equal(each, old) for each in seen)
    seen.append(old)
    return 2 * old + met * (g + new)


seen = []
"""

HOSTILE = {
    "spares itself the gates": [
        (MIXED, "    return 2 * old\n"),
        (STEP, "    return 2 * c, np.tanh(2 * c)\n"),
    ],
    "heeds more when it is probed": [
        (MIXED, REMEMBERING),
        (STEP, "    return 2 * c, np.tanh(2 * c)\n"),
    ],
    "functions that talk to each other": [
        (GATE, "    g = W @ x + b\n    notes[g.tobytes()] = x\n    return g\n\n\nnotes = {}\n"),
        (MIXED, "    return g * old + notes.get(g.tobytes(), np.zeros((1, 1)))[0]\n"),
        (STEP, "    new = (W @ x + b) * c + x[0]\n    return new, np.tanh(new)\n"),
    ],
    "right where it is asked alone": [
        (GATE, f"    return 1.0 - {GATE.split('return ')[1].strip()} if {FOLLOWED} else {GATE.split('return ')[1]}"),
        (STEP, STEP.replace("gate(x, W, b)", "1.0 - gate(x, W, b)")),
    ],
    "depends on how often it was called": [
        (GATE, "    calls.append(x)\n    return W @ x + b + 0.25 * (len(calls) // 3)\n\n\ncalls = []\n"),
    ],
    "hangs": [(GATE, f"    while {FOLLOWED}:\n        pass\n    return W @ x + b\n")],
    "ends the process": [(GATE, f"    {FOLLOWED} and sys.modules['os']._exit(0)\n    return W @ x + b\n")],
    "an object": [(GATE, f"    return object() if {FOLLOWED} else W @ x + b\n")],
    "an enormous answer": [(GATE, f"    return np.zeros((1000, 1000)) if {FOLLOWED} else W @ x + b\n")],
    "infinite": [(GATE, f"    return np.inf * W @ x if {FOLLOWED} else W @ x + b\n")],
    "stops": [(GATE, f"    return 1 / 0 if {FOLLOWED} else W @ x + b\n")],
    "swallows what is missing": [
        (GATE, "    return 1e20 * (W @ x + b)\n"),
        (STEP, "    g = gate(x, W, b)\n    new = g * c - g * np.tanh(W @ x)\n    return new, np.tanh(new)\n"),
    ],
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_a_function_made_for_the_purpose_earns_nothing(changes, graded):
    step = graded(*changes)["step"]
    assert (step.status, step.earned, followed(step)) == ("wrong", 0.0, {})


def test_what_is_printed_while_the_reference_is_followed_is_not_shown(graded):
    results = graded((GATE, f"    {FOLLOWED} and print('seen', x)\n    return W @ x + b\n"))
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
    assert f"step method right 6 / 6 {sentence}" in said
    assert "◐ `new` 4 / 4" in said
    assert "11 / 15" in said
    assert sentence.replace("`gate`", "<code>gate</code>") in page.read_text(encoding="utf-8")

    document = json.loads(grade("chained", path, "--json", cwd=CHAINED).stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    _, _, step, walk = document["exercises"]
    assert (step["earned"], step["status"], step["headline"]) == (6.0, "partly", sentence)
    assert [part["followed"] for part in step["parts"] + walk["parts"]] == [["gate"], ["gate"], ["step"]]
