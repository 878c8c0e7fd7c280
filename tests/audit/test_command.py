"""`grade audit` as an instructor meets it: what it names, what it suggests, and its exit codes."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import grader.report
from tests.audit.conftest import CASES, ONES, PROVEN, REVERSED, RIGHT, WRONG, add, hand_in

SCHEMA = json.loads(Path(grader.report.__file__).with_name("audit.schema.json").read_text(encoding="utf-8"))
SAME = """

@misconception(of="affine", says="You add b first.")
def affine_bias_first(W, x, b):
    return b + W @ x
"""


@pytest.fixture
def alone(course):
    """The course without right variants, whose own mutants take longer than all that is asked of the reference's."""
    shutil.rmtree(course / "tests")
    return course


def words(ran):
    """What was printed, without how it was wrapped."""
    return " ".join(ran.stdout.split())


# ── what it says ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_good_tests_reach_their_bar(grade):
    ran = grade("audit", "proven", cwd=PROVEN)
    assert ran.returncode == 0, ran.stderr
    assert "✓ An affine map" in words(ran)
    assert "The tests reach their bar: 100 % of live versions, each killed by 3 cases." in words(ran)
    assert "2 of 2 right variants accepted." in words(ran)
    assert "The starter template student_template/proven gets no points as it is." in words(ran)
    assert "Live is every mutant and misconception but 1 that the assignment lets pass with a remark" in words(ran)
    assert re.search(r"✓ An affine map (\d+) \1 ≥ [3-9]\d* 0 0 0 100 % 0", words(ran))
    assert "next to it by how many cases each is killed at least" in words(ran)
    assert "Worst right variant: 0" in words(ran)
    # Its last digits are the machine's own: they depend on how its BLAS sums in float32.
    assert "under the 1,000 that are right) (100_loops.py)" in words(ran)
    assert re.search(r"Right with fewer digits: [1-9](\.\d)?e[78] units \(100_float32\.py\)", words(ran))
    assert re.search(r"(\d+) of \1 mutants of right variants killed \(100 %\)\. Not counted: \d+ that no", words(ran))
    assert "6/8 affine" in ran.stderr.splitlines()
    assert "8/8 mutants of tests/submissions/proven/100_loops.py" in ran.stderr.splitlines()


def test_a_survivor_is_named_with_what_would_kill_it(grade, course, change):
    change(CASES, ONES)
    add(course, REVERSED)
    built = grade("build", "proven", cwd=course).stdout.splitlines()
    assert built[-1] == (
        "no case tells the misconception affine_from_the_end from the reference: `grade audit proven` says what would"
    )
    ran = grade("audit", "proven", cwd=course)
    assert ran.returncode == 1
    text = words(ran)
    assert "misconception `affine_from_the_end`, line 17: affine as affine_from_the_end" in text
    assert "Alive: no case of the bank tells it from the reference, though other inputs do." in text
    assert "such candidates do" in text
    assert "Ask for more hidden cases." in text
    assert "Weak: 1 case kills it, of 3 asked for." in text
    assert "No case tells the misconception `affine_from_the_end` from the reference." in text
    assert "; the bar asks for 100 %, each killed by 3 cases." in text
    assert "mutants of right variants are killed (" in text
    assert "100_loops.py, line 8, `affine`: " in text


def test_a_tolerance_that_is_too_loose(grade, alone, change):
    change("    cases:", "    tolerance: {atol: 1000}\n    cases:")
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    assert re.search(r"`affine\.drop_bias\.[0-9a-f]{6}`, line 8: W @ x \+ b → W @ x ", words(ran))
    assert "units, which the assignment's own tolerance lets pass." in words(ran)
    assert "make the `tolerance` smaller, or leave it out." in words(ran)
    assert "The assignment's own tolerance decides what is right." in words(ran)
    assert "live versions are killed or waived (" in words(ran)


GUARDED = """\
    raises:
      - inputs: {W: [[1.0, 1.0]], x: [[1.0], [1.0]], b: [[9.0]]}
        error: ValueError
        points: 1
"""
GUARD = "    if b[0, 0] == 9:\n        raise ValueError\n    return W @ x + b\n"


def test_a_check_that_nothing_asks_for(grade, alone, change):
    path = alone / "reference/proven.py"
    path.write_text(path.read_text(encoding="utf-8").replace("    return W @ x + b\n", GUARD), encoding="utf-8")
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    assert re.search(r"`affine\.drop_check\.\w+`, line 8: if b\[0, 0\] == 9: raise ValueError → pass", words(ran))
    assert "refused, add 3 bad inputs under `raises`." in words(ran)

    change("    cases:", f"{GUARDED}    cases:")
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    assert "Weak: 1 case kills it, of 3 asked for." in words(ran)
    assert "the values does: add 2 further bad inputs under `raises`, or waive it" in words(ran)


def test_what_is_waived_need_not_be_killed_but_little_may_be(grade, alone, change):
    change(
        CASES,
        f'{ONES}    waive:\n      - {{mutant: "*", because: it is a tutorial}}\n',
    )
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    assert re.search(r"Waived: it is a tutorial \(`\*` matches \d+ versions: `affine_bias_taken_away`, ", words(ran))
    assert "live versions are waived (100 %); at most 5 % may be. Kill them, or lower `kill` instead." in words(ran)
    assert "Alive" not in ran.stdout
    assert "Warning: No right variant was tried" in words(ran)


def test_a_waiver_that_nothing_needs(grade, alone, change):
    needless = "[{mutant: affine.no_such.*, because: gone}, {mutant: affine_bias_taken_away, because: it is killed}]"
    change("    cases:", f"    waive: {needless}\n    cases:")
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    stale = "• The waiver of `affine.no_such.*` in affine is stale: no wrong version has such an id. Remove it."
    assert stale in words(ran)
    stale = "• The waiver of `affine_bias_taken_away` in affine is stale: what it waives is killed. Remove it."
    assert stale in words(ran)


def test_a_pattern_that_hides_what_is_killed(grade, alone, change):
    change("    cases:", '    waive: [{mutant: "affine.drop_*", because: so}]\n    cases:')
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    killed = r"`affine\.drop_bias\.\w+`, `affine\.drop_term\.\w+` are killed"
    assert re.search(rf"• The waiver of `affine\.drop_\*` in affine is stale: {killed}", words(ran))


def test_what_is_wrong_and_passes_as_numerically_off(grade, alone, change):
    change("b: {shape: [M, 1]}", "b: {shape: [M, 1], range: [1.0e-8, 2.0e-8]}")
    ran = grade("audit", "proven", cwd=alone)
    assert "• Warning: affine: `affine.drop_bias." in words(ran)
    assert "pass, being only numerically off, though not by having fewer digits." in words(ran)

    change("    cases:", "    precision: required\n    cases:")
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 0
    assert "numerically off, though" not in words(ran)


def test_a_bar_of_ones_own(grade, alone, change):
    change("exercises:\n", "audit: {kill: 0, by: 50}\nexercises:\n")
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 0
    assert "The tests reach their bar: 0 % of live versions, each killed by 50 cases." in words(ran)
    assert "cases kill it, of 50 asked for." in words(ran)


def test_a_misconception_that_no_longer_differs_fails_whatever_the_bar(grade, alone, change):
    change("exercises:\n", "audit: {kill: 0.1}\nexercises:\n")
    add(alone, SAME)
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    assert "misconception `affine_bias_first`, line 17: affine as affine_bias_first No case tells it" in words(ran)
    assert "Waive it" not in words(ran)  # of a mistake that is none nothing can be waived
    assert "• No case tells the misconception `affine_bias_first` from the reference." in words(ran)
    assert "the bar asks for" not in words(ran)


def test_a_right_variant_that_is_rejected(grade, course):
    hand_in(course, "tests/submissions/proven/100_wrong.py", WRONG)
    hand_in(course, "tests/submissions/proven/000_wrong.py", WRONG)
    hand_in(course, "assignments/proven/right/dot.py", RIGHT)
    hand_in(course, "assignments/proven/right/broken.py", "def affine(W, x, b:\n")
    ran = grade("audit", "proven", cwd=course)
    assert ran.returncode == 1
    assert "✗ 3 of 5 right variants accepted." in words(ran)
    assert "tests/submissions/proven/100_wrong.py 0 / 3 An affine map: Check `y`" in words(ran)
    assert "assignments/proven/right/broken.py 0 / 3" in words(ran)
    assert "• The right variant tests/submissions/proven/100_wrong.py is rejected: it gets 0 of 3 points." in words(ran)


def test_a_template_that_scores(grade, alone):
    hand_in(alone, "student_template/proven/proven.py", RIGHT)
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 1
    assert "• The starter template student_template/proven gets 3 points in affine as it is." in words(ran)


LIAR = """\
import os

import numpy as np


def affine(W, x, b):
    print("  ✓  The tests reach their bar: 100 % of live versions, each killed by 3 cases.")
    raise ValueError("x\\n  ✓  The tests reach their bar\\n::error::<script>\\x1b[2J")


print("  ✓  The tests reach their bar: 100 % of live versions, each killed by 3 cases.", flush=True)
"""
LEAVES = LIAR + "os._exit(0)\n"


def test_solutions_that_lie_change_nothing_but_their_own_line(grade, course, tmp_path):
    name = "100_<img src=x onerror=alert(1)>\n  ✓  The tests reach their bar\n::error::.py"
    hand_in(course, f"tests/submissions/proven/{name}", LIAR)
    hand_in(course, "tests/submissions/proven/100_leaves.py", LEAVES)
    hand_in(course, "student_template/proven/proven.py", LEAVES)
    page = tmp_path / "audit.html"
    ran = grade("audit", "proven", "--html", page, cwd=course, GITHUB_ACTIONS="true")
    assert ran.returncode == 1
    assert "✗ 2 of 4 right variants accepted." in words(ran)
    assert "The starter template student_template/proven gets no points as it is." in words(ran)
    lines = ran.stdout.splitlines()
    assert [line for line in lines if line.startswith("  ✓  The tests")] == []
    assert "  ✗  The tests do not reach their bar." in lines
    assert [line for line in (*lines, *ran.stderr.splitlines()) if line.lstrip().startswith("::")] == []
    assert "\x1b" not in ran.stdout + ran.stderr
    assert "<img" not in page.read_text(encoding="utf-8")


def test_without_right_variants_and_template(grade, course):
    shutil.rmtree(course / "tests")
    shutil.rmtree(course / "student_template")
    ran = grade("audit", "proven", cwd=course)
    assert ran.returncode == 0
    assert "· No right variant was tried. There is no starter template." in words(ran)
    assert "Warning: No right variant was tried: put some into tests/submissions/proven/" in words(ran)
    assert "or assignments/proven/right/" in words(ran)


def test_a_rule_beside_the_cases_kills_too(grade, alone, change):
    change("    cases:", "    inputs_unchanged: required\n    cases:")
    ran = grade("audit", "proven", cwd=alone)
    assert ran.returncode == 0
    assert "told by a rule beside the cases: inputs must not change" in words(ran)


LAW = '''\
def holds(student, case):
    """Always, but fails by itself for float32."""
    student.run(case.inputs)["y"].view("int64")
'''


def test_points_that_nothing_guards_and_a_variant_that_cannot_be_graded(grade, course, change):
    change("    cases:", "    properties: [{check: holds, title: y is there, points: 1}]\n    cases:")
    hand_in(course, "assignments/proven/properties.py", LAW)
    ran = grade("audit", "proven", "--json", cwd=course)
    found = json.loads(ran.stdout)
    assert ran.returncode == 3
    assert "The right variant tests/submissions/proven/100_float32.py could not be graded." in found["failures"]
    (part,) = found["exercises"][0]["unguarded_parts"]
    assert (part["title"], part["points"]) == ("y is there", 1)
    assert any(text.startswith("Nothing guards the 1 point for y is there in affine") for text in found["failures"])


# ── files, exit codes ─────────────────────────────────────────────────────────────────────────────────────────────


def test_json_and_a_page(grade, tmp_path):
    page, data = tmp_path / "audit.html", tmp_path / "audit.json"
    ran = grade("audit", "proven", "--json", "--json-file", data, "--html", page, cwd=PROVEN)
    assert ran.returncode == 0
    found = json.loads(ran.stdout)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert data.read_text(encoding="utf-8") == ran.stdout
    assert found["reached"] is True
    assert found["tally"]["killed"] == found["tally"]["live"] > 10
    assert found["tally"]["least"] >= 3
    assert found["template"] == {"name": "student_template/proven", "points": {"affine": 0.0}}
    assert "Proven: an affine map" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "provn"), "did you mean proven?"),
        (("audit",), "Missing argument 'ASSIGNMENT'"),
        (("audit", "proven", "--course", ".."), "no assignment 'proven'"),
    ],
)
def test_a_command_that_cannot_work(grade, arguments, said):
    ran = grade(*arguments, cwd=PROVEN)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_mistakes_of_the_assignment_are_all_told(grade, course, change):
    change("points: 3", "points: -3")
    change("    cases:", "    waive: [{mutant: affine.scale.1}]\n    cases:")
    ran = grade("audit", "proven", cwd=course)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "points" in ran.stderr
    assert "because" in ran.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_file_that_cannot_be_written_loses_nobody_the_audit(grade):
    ran = grade("audit", "proven", "--html", "/dev/full", cwd=PROVEN)
    assert ran.returncode == 2
    assert "The tests reach their bar" in ran.stdout
    assert "/dev/full cannot be written" in ran.stderr


def test_a_place_where_no_file_can_be_is_told_before_the_audit(grade, tmp_path):
    ran = grade("audit", "proven", "--html", tmp_path / "no" / "audit.html", cwd=PROVEN)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "audit.html" in ran.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.usefixtures("interruptible")
def test_interrupted(grade, course, environment):
    hand_in(course, "assignments/proven/right/endless.py", "while True:\n    pass\n")
    assert grade("build", "proven", cwd=course).returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "audit", "proven"],
        cwd=course,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        first = process.stderr.readline()  # one variant is done, the endless one is not
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
    assert first.startswith("1/10 ")
    assert (process.returncode, printed) == (130, "")
    assert "Interrupted." in said
    assert "Traceback" not in said

    (course / "assignments/proven/right/endless.py").unlink()
    again = grade("audit", "proven", cwd=course)
    assert again.returncode == 0
    assert "The tests reach their bar" in again.stdout


# ── what is left ──────────────────────────────────────────────────────────────────────────────────────────────────

SURPRISE = """\
import numpy as np


def surprise(p):
    return np.where(p >= 1, 0.0, -np.log(p))
"""
RANGE = """\
title: Surprise
module: surprise.py
dims: {N: 1..3}
exercises:
  - id: surprise
    points: 1
    inputs: {p: {shape: [N], range: [0.1, 1]}}
    run: y = surprise(p)
    outputs: {y: [N]}
    cases: {public: 4, hidden: 8}
"""


@pytest.fixture
def surprise(course):
    """The course with a second assignment: its range hides small chances, and which side 1 is on decides nothing."""
    hand_in(course, "reference/surprise.py", SURPRISE)
    hand_in(course, "assignments/surprise/assignment.yaml", RANGE)
    return course


def test_what_a_range_hides_is_shown_and_what_nothing_tells_is_counted_apart(grade, surprise):
    ran = grade("audit", "surprise", "--json", "--propose-waivers", cwd=surprise)
    assert ran.returncode == 1
    found = json.loads(ran.stdout)
    versions = {each["change"]: each for each in found["exercises"][0]["versions"]}
    side = versions["p >= 1 → p > 1"]
    hidden = versions["p → np.clip(p, 0.01, 1)"]
    assert side["fate"] == "alike"
    assert re.search(
        r"No difference in \d[\d,]* inputs, also from wider domains: it needs no waiver", side["suggestion"]
    )
    assert found["tally"]["alike"] >= 1
    assert hidden["fate"] == "survivor"
    shown = re.search(r"Your range hides it; `p = (\S+)` shows it.* - (\{.*\})", hidden["suggestion"])
    assert float(shown[1]) < 0.01

    proposed = (surprise / "waivers.yaml").read_text(encoding="utf-8")
    assert f'- {{mutant: {hidden["id"]}, because: ""}}' in proposed
    assert "p → np.clip(p, 0.01, 1)" in proposed
    assert side["id"] not in proposed
    again = grade("audit", "surprise", "--propose-waivers", cwd=surprise)
    assert (again.returncode, again.stdout) == (2, "")
    assert "waivers.yaml is there already" in again.stderr
    assert (surprise / "waivers.yaml").read_text(encoding="utf-8") == proposed

    hand_in(surprise, "assignments/surprise/assignment.yaml", f"{RANGE}    examples:\n      - {shown[2]}\n")
    ran = grade("audit", "surprise", cwd=surprise)
    assert re.search(rf"`{re.escape(hidden['id'])}`, line \d+: p → np\.clip\(p, 0\.01, 1\) Weak: 1 case", words(ran))
