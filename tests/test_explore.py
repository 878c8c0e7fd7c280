"""`grade explore` as an instructor meets it: what it finds, what it leaves alone, and what --add makes of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROVEN = Path(__file__).parent / "courses" / "proven"

RIGHT = "import numpy as np\n\n\ndef affine(W, x, b):\n    return b + np.dot(W, x)\n"
RARE = "W.shape[0] == 1 and b[0, 0] == 1.0"  # no case of the bank is that, and one of the first 20 inputs
ANOTHER = """\
  - id: halved
    title: One half
    points: 1
    inputs: {x: {shape: [N]}}
    run: y = halved(x)
    outputs: {y: [N]}
    cases: {public: 2, hidden: 2}
"""
HALVED = "\n\ndef halved(x):\n    return x / 2\n"


def rarely(does):
    return f"import os\nimport time\n\n\ndef affine(W, x, b):\n    if {RARE}:\n        {does}\n    return W @ x + b\n"


WRONG = rarely("return W @ x - b")


@pytest.fixture
def course(tmp_path):
    """A copy of the course that a test may change."""
    copied = shutil.copytree(PROVEN, tmp_path / "course")
    (copied / "work").mkdir()  # a course beside what is graded may have been handed in with it
    return copied


@pytest.fixture
def explore(grade, course):
    """``explore(text, "--add")``: the command on a submission, with enough inputs for what is rare to turn up."""

    def run(text, *options, examples=120):
        path = course / "work" / "proven.py"
        path.write_text(text, encoding="utf-8")
        return grade("explore", "proven", path, "--examples", examples, *options, cwd=course)

    return run


@pytest.fixture
def assignment(course):
    return course / "assignments" / "proven" / "assignment.yaml"


def add_exercise(course, assignment):
    with assignment.open("a", encoding="utf-8") as file:
        file.write(ANOTHER)
    with (course / "reference" / "proven.py").open("a", encoding="utf-8") as file:
        file.write(HALVED)


# ── what it finds ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_false_pass_is_found_and_made_small(grade, explore, course):
    ran = explore(WRONG)
    assert grade("proven", course / "work" / "proven.py", cwd=course).returncode == 0
    assert ran.returncode == 1, ran.stderr
    assert "It passes every case, and is wrong for this input:" in ran.stdout
    assert "W = np.zeros((1, 2))\n" in ran.stdout
    assert "x = np.zeros((2, 1))\n" in ran.stdout
    assert "b = np.array([[1.0]])\n" in ran.stdout
    assert "Expected 1, got -1." in ran.stdout
    assert ": a false pass" in ran.stderr
    assert "fresh process" not in ran.stdout


def test_nothing_is_found_of_right_ones(explore):
    single = "import numpy as np\n\n\ndef affine(W, x, b):\n    return (W.astype(np.float32) @ x + b).tolist()\n"
    for text in (RIGHT, single):
        ran = explore(text)
        assert (ran.returncode, ran.stdout) == (0, "")
        assert "affine: 120 inputs tried: nothing found" in ran.stderr


def test_where_rounding_decides_nothing_is_found(explore, course, assignment):
    add_exercise(course, assignment)
    reference = course / "reference" / "proven.py"
    tie = "\n\ndef halved(x):\n    return x * (x.sum() >= 1.0)\n"
    reference.write_text(reference.read_text(encoding="utf-8").replace(HALVED, tie), encoding="utf-8")
    ran = explore(RIGHT + tie.replace(">=", ">"), "--exercise", "halved")
    assert ran.returncode == 0, ran.stdout
    assert "differed, rounding decides" in ran.stderr


def test_it_is_the_same_on_every_run(explore):
    once, again, other = explore(WRONG), explore(WRONG), explore(WRONG, "--seed", 3)
    assert (once.stdout, once.stderr) == (again.stdout, again.stderr)
    assert once.stderr != other.stderr


def test_time_that_is_over_ends_it(explore):
    ran = explore(RIGHT, "--minutes", "1e-9", examples=10**9)
    assert ran.returncode == 0
    assert "affine: 40 inputs tried: nothing found" in ran.stderr


def test_results_that_hang_on_earlier_calls_are_told_apart(explore, assignment):
    text = RIGHT.replace("\n\ndef", "calls = []\n\n\ndef").replace(
        "    return", "    calls.append(0)\n    b = b + (len(calls) % 33 == 0)\n    return"
    )
    before = assignment.read_bytes()
    ran = explore(text, "--add")
    assert ran.returncode == 1
    assert "and not when the same was asked again in a fresh process" in " ".join(ran.stdout.split())
    assert "Traceback" not in ran.stderr
    assert assignment.read_bytes() == before  # no case can show it


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("while True: pass", "It was stopped after 0.1 s of computing, the limit for one case."),
        ("time.sleep(1e9)", "It was stopped after 0.5 s of waiting, the limit for one case."),
        ("os._exit(0)", "It ended Python itself with exit code 0."),
        ("[print('x' * 9999) for _ in iter(int, 1)]", "It was stopped after"),
        ("raise SystemError('\\x1b[31m::error::' + 'x' * 10**6)", "It raised SystemError: ::error::xxx"),
        ("return 'x' * 2**31", "It asked for more memory than the limit of"),
        ("return None", "Expected an array of shape (1, 1), got None."),
    ],
)
def test_hostile_code_comes_to_an_end(explore, assignment, does, said):
    text = assignment.read_text(encoding="utf-8")
    assignment.write_text(text.replace("case_seconds: 0.2", "case_seconds: 0.1"), encoding="utf-8")
    ran = explore(rarely(does))
    assert ran.returncode == 1, ran.stderr
    assert " ".join(said.split()) in " ".join(ran.stdout.split())
    assert "b = np.array([[1.0]])\n" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert len(ran.stdout) < 10_000


# ── what it hunts through ─────────────────────────────────────────────────────────────────────────────────────────


def test_each_exercise_that_is_passed_or_the_ones_that_are_named(explore, course, assignment):
    add_exercise(course, assignment)
    both = explore(WRONG + HALVED)
    assert both.returncode == 1
    assert "affine: hunting" in both.stderr
    assert "halved: 120 inputs tried: nothing found" in both.stderr
    named = explore(WRONG + HALVED, "--exercise", "halved")
    assert (named.returncode, named.stdout) == (0, "")
    assert "affine: hunting" not in named.stderr
    other = explore(WRONG)
    assert other.returncode == 1
    assert "halved: hunting" not in other.stderr


def test_domains_that_come_to_an_end(explore, course, assignment):
    add_exercise(course, assignment)
    text = assignment.read_text(encoding="utf-8")
    text = text.replace("{x: {shape: [N]}}", "{x: {kind: choices, of: [1, 2, 3]}}").replace("{y: [N]}", "{y: []}")
    assignment.write_text(text, encoding="utf-8")
    ran = explore(RIGHT + HALVED, "--exercise", "halved")
    assert ran.returncode == 0, ran.stderr
    assert "halved: 3 inputs tried, all that its domains hold: nothing found" in ran.stderr


def test_what_cannot_be_hunted_is_said(explore, grade, course):
    failing = explore(RIGHT.replace("b +", "-b +"))
    assert failing.returncode == 2
    assert "it passes no exercise, so that none is a false pass: `grade run` says what is wrong" in failing.stderr
    unknown = explore(RIGHT, "--exercise", "afine")
    assert unknown.returncode == 2
    assert "no exercise 'afine' in proven; there are: affine" in unknown.stderr
    absent = grade("explore", "proven", course / "nobody.py", cwd=course)
    assert absent.returncode == 2
    assert "does not exist: name a file, a folder, a notebook or a zip archive" in absent.stderr
    nothing = grade("explore", "proven", course / "assignments", cwd=course)
    assert nothing.returncode == 2
    assert "it passes no exercise, so that none is a false pass: " in nothing.stderr
    assert "proven.py" in nothing.stderr


def test_an_exercise_that_is_not_passed_cannot_be_named(explore, course, assignment):
    add_exercise(course, assignment)
    ran = explore(RIGHT, "--exercise", "halved")
    assert ran.returncode == 2
    assert "it does not pass halved, so that this is no false pass" in ran.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
@pytest.mark.usefixtures("interruptible")
def test_an_interruption_ends_it_with_what_was_found(environment, course, assignment):
    add_exercise(course, assignment)
    (course / "work" / "proven.py").write_text(WRONG + HALVED, encoding="utf-8")
    command = [sys.executable, "-m", "grader", "explore", "proven", "work/proven.py", "--minutes", "600"]
    with subprocess.Popen(
        command,
        cwd=course,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as running:
        try:
            said = next(line for line in running.stderr if line.startswith("halved: hunting"))
            running.send_signal(signal.SIGINT)
            stdout, stderr = running.communicate(timeout=100)
        finally:
            running.kill()
    assert said
    assert running.returncode == 1
    assert "It passes every case, and is wrong for this input:" in stdout
    assert stderr.endswith("Interrupted.\n")
    assert "Traceback" not in stderr


# ── what --add does ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_added_fails_the_submission_from_then_on(explore, grade, course, assignment):
    before = assignment.read_text(encoding="utf-8")
    odd = "# mine\n" + before.replace("points: 3", "points:   3   # three").replace("\n", "\r\n")
    assignment.write_bytes(odd.encode())
    ran = explore(WRONG, "--add")
    assert ran.returncode == 1
    assert "`grade build proven` makes it a case" in ran.stderr
    after = assignment.read_bytes().decode()
    assert after.startswith(odd)
    assert after[len(odd) :].splitlines() == [
        "    examples:",
        "      - inputs:",
        "          W: [[0.0, 0.0]]",
        "          x: [[0.0], [0.0]]",
        "          b: [[1.0]]",
        '        note: "an input that is easily got wrong"',
    ]
    assert grade("check", "proven", cwd=course).returncode == 0
    assert "affine: 4 public and 12 hidden cases" in grade("build", "proven", cwd=course).stdout
    graded = grade("proven", course / "work" / "proven.py", cwd=course)
    assert graded.returncode == 1
    assert "1 of 4 public cases fails." in graded.stdout
    assert grade("proven", "tests/submissions/proven/100_loops.py", cwd=course).returncode == 0
    assert explore(WRONG).returncode == 2  # it passes no more


def test_a_file_that_may_not_be_written_is_said_before_the_hunt(explore, assignment):
    assignment.chmod(0o444)
    ran = explore(WRONG, "--add")
    assert ran.returncode == 2
    assert "assignment.yaml may not be written, so that --add cannot add to it: make it writable" in ran.stderr
    assert "hunting" not in ran.stderr
    assert explore(WRONG).returncode == 1  # which changes no file


def test_an_input_that_no_example_can_hold_is_said(explore, course, assignment):
    add_exercise(course, assignment)
    text = assignment.read_text(encoding="utf-8")
    text = text.replace("halved(x)", "halved(x) + M - 1").replace("{x: {shape: [N]}}", "{x: {shape: [2]}}")
    assignment.write_text(text.replace("{y: [N]}", "{y: [2]}"), encoding="utf-8")
    wrong = f"import sys\n{RIGHT}\n\ndef halved(x):\n    M = sys._getframe(1).f_globals['M']\n"
    wrong += "    return x / 2 + (M == 4 and x[0] == 1.0)\n"
    before = assignment.read_bytes()
    ran = explore(wrong, "--add", "--exercise", "halved", examples=2000)
    assert ran.returncode == 1, ran.stderr
    assert "It passes every case, and is wrong for this input:" in ran.stdout
    assert "this input of halved cannot be written as an example" in ran.stderr
    assert assignment.read_bytes() == before
