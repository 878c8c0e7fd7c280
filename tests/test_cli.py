"""The command as a user meets it: exit codes, what goes where, and that nothing is left behind."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import click
import jsonschema
import pytest

from grader.bank.build import bank_for
from grader.bank.cache import bank_folder
from grader.cli.call import grade as command_line
from grader.cli.output import harmless, problem
from grader.course.find import Course
from grader.records.errors import AssignmentError, Mistake, UsageError

ROOT = Path(__file__).parents[1]
TINY = ROOT / "tests" / "courses" / "tiny"
RIGHT = (TINY / "reference" / "tiny.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("return W @ x + b", "return W @ x - b")
BRIEF = ROOT / "tests" / "courses" / "brief"  # its bank is soon built
SQUARE_ROOT = (BRIEF / "reference" / "brief.py").read_text(encoding="utf-8")
NEGATIVE = SQUARE_ROOT.replace("return float(np.sqrt(number))", "return -float(np.sqrt(number))")
HIDDEN_ONLY = "right for the sizes of all public cases"
ENDLESS = "import os\nprint('pid', os.getpid(), flush=True)\nwhile True:\n    pass\n"


@pytest.fixture
def hidden_only(hidden_sizes):
    """A submission that is wrong for sizes alone which only hidden cases have."""
    return RIGHT.replace("return W @ x + b", f"return W @ x + b + ((len(x), len(b)) in {hidden_sizes})")


@pytest.fixture
def hand_in(tmp_path):
    def write(source, name="tiny.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        return path

    return write


@pytest.fixture
def course(tmp_path):
    """A copy of the tiny course that a test may change."""
    return shutil.copytree(TINY, tmp_path / "course")


@pytest.fixture
def brief(tmp_path):
    """A copy of the brief course, for tests in which banks are built."""
    return shutil.copytree(BRIEF, tmp_path / "course")


def test_what_fails_while_an_interruption_is_cleaned_up_after_is_told_as_the_interruption(grade):
    script = (
        "from grader.cli import call\n"
        "def main(**_):\n"
        "    try:\n        raise KeyboardInterrupt\n    finally:\n        1 / 0\n"
        "call.grade.main = main"
    )
    ran = grade(before=script)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "Interrupted.\n")


@pytest.fixture
def own_cache(cached, pool, tmp_path):
    """A cache of the test's own, and in it the brief course's bank, which was made once for all."""
    files = Course(BRIEF).assignment("brief")
    folders = [bank_folder(files.name, exercise, key) for exercise, key in bank_for(files, pool).keys.items()]
    cache = tmp_path / "cache"
    for folder in folders:
        shutil.copytree(folder, cache / "banks" / folder.name)
    (cache / "compiled").mkdir()
    for path in folders[0].parents[1].glob("compiled/brief-*"):  # of other versions of it as well
        shutil.copy(path, cache / "compiled")
    return str(cache)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# ── exit codes ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "options", "code"),
    [
        (RIGHT, (), 0),
        (WRONG, (), 1),
        (WRONG, ("--fail-under", "7"), 0),
        (WRONG, ("--fail-under", "7.01"), 1),
        (WRONG, ("--exit-zero",), 0),
        (RIGHT, ("--fail-under", "11"), 1),
    ],
)
def test_exit_code_of_a_score(source, options, code, grade, hand_in):
    assert grade("tiny", hand_in(source), *options).returncode == code


def test_run_may_be_left_out(grade, hand_in):
    path = hand_in(WRONG)
    short, long = grade("tiny", path), grade("run", "tiny", path)
    assert (short.returncode, short.stdout) == (long.returncode, long.stdout)
    assert re.match(f"Tiny: three small tasks +7 / 10\n{re.escape(str(path))}\n", short.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tinny", "reference"), "no assignment 'tinny' in "),
        (("tinny", "reference"), "did you mean tiny?"),
        (("--bogus",), "No such option '--bogus'"),
        (("tiny", "--fail-under", "much"), "'much' is not a valid float"),
        (("run",), "nothing says what to grade here: name an assignment"),
        (("check", "tinny"), "did you mean tiny?"),
        (("build", "tinny"), "did you mean tiny?"),
        (("biuld", "tiny"), "biuld is no command, and no assignment here: did you mean `grade build`?"),
        (("chek",), "did you mean `grade check`?"),
        (("class", "tiny", "nowhere"), "nowhere does not exist: expected a folder"),
        (("export", "tiny", "--results", "nowhere"), "No results in nowhere: grade a class first"),
    ],
)
def test_a_command_that_cannot_work_says_why_and_exits_with_2(arguments, said, grade):
    ran = grade(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


EVERY_COMMAND = (
    *("--version", "schema", "doctor", "check", "build brief", "run brief all/ada", "run brief all/bob --json --staff"),
    *("class brief all -o results --workers 1", "export brief --results results", "start brief mine"),
    *("release brief -o given",),
    *("audit brief --fresh", "explore brief all/ada --examples 40", "explore brief all/bob"),
    *("new brief", "template brief", "cases brief", "cases brief --json", "keys", "list"),
    *("report results -o pages", "unexplained results", "name 0000 it-is-wrong --results results"),
    *("verify results/ada.json", "figures brief"),
)


def test_every_command_does_the_same_in_a_python_that_starts_from_nothing(grade, brief, tmp_path):
    """As a user runs it; other tests run it in forks of a process that has imported all of it."""
    assert {words.split()[0] for words in EVERY_COMMAND} == {
        *command_line.list_commands(click.Context(command_line)),
        "--version",
    }
    assert grade("build", "brief", cwd=brief).returncode == 0
    found = []
    for fresh in (True, False):
        for student, text in (("ada", SQUARE_ROOT), ("bob", NEGATIVE)):
            path = tmp_path / str(fresh) / "all" / student / "brief.py"
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
        folder, course = tmp_path / str(fresh), {"GRADER_COURSE": str(brief)}
        ran = [grade(*words.split(), cwd=folder, fresh=fresh, **course) for words in EVERY_COMMAND]
        found.append([(each.returncode, timeless(each.stdout), each.stderr) for each in ran])
    assert found[0] == found[1]
    codes = [0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2]
    assert [code for code, _, _ in found[0]] == codes


def test_an_error_that_nobody_foresaw_exits_with_3(grade):
    ran = grade(before="from grader.cli import call; call.grade.main = lambda **_: 1 / 0")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "ZeroDivisionError: division by zero" in ran.stderr
    assert "The grader itself failed. Nothing was graded" in ran.stderr


@pytest.fixture
def failing(grade, hand_in):
    """``grade run tiny`` on a right submission, in a grader that raises ``fault`` where it would load it."""

    def run(fault, *options):
        script = (
            "from grader.sandbox.host import ProcessSandbox\n"
            "from grader.records.errors import *\n"
            f"def load(self): raise {fault}\n"
            "ProcessSandbox.load = load\n"
        )
        return grade("tiny", hand_in(RIGHT), *options, before=script)

    return run


@pytest.mark.parametrize(
    ("fault", "reason", "told"),
    [
        ("ValueError('b is 3.14')", "ValueError: b is 3.14", "The grader itself failed. Nothing was graded"),
        ("SandboxFault('no process: 3.14')", "no process: 3.14", "no process: 3.14"),
        ("GraderError('it is 3.14')", "it is 3.14", "it is 3.14"),
    ],
)
def test_a_grader_that_fails_at_a_submission_still_reports(fault, reason, told, grade, failing, tmp_path):
    assert grade("build", "tiny").returncode == 0  # which loads the reference, where the bank is not there yet
    files = {name: tmp_path / f"report.{name}" for name in ("json", "html", "xml")}
    options = ["--json-file", files["json"], "--html", files["html"], "--junit", files["xml"], "--exit-zero"]
    for view, more in (("student", ()), ("staff", ("--staff",))):
        ran = failing(fault, *options, *more)
        assert ran.returncode == 3
        assert told in ran.stderr
        assert ran.stdout.startswith("Tiny: three small tasks")
        document = json.loads(files["json"].read_text(encoding="utf-8"))
        jsonschema.validate(document, report_schema())
        assert (document["view"], document["score"], document["max_score"]) == (view, None, 10.0)
        assert [(each["status"], each["earned"]) for each in document["exercises"]] == [("ungraded", None)] * 3
        explained = [each["explanation"] for each in document["exercises"]]
        assert explained == ([[reason]] if view == "staff" else [[]]) * 3
        assert ET.parse(files["xml"]).getroot().tag == "testsuites"
        for text in (ran.stdout, *(path.read_text(encoding="utf-8") for path in files.values())):
            assert ("3.14" in text) is (view == "staff")
    assert json.loads(failing(fault, "--json").stdout)["score"] is None


def test_only_staff_are_told_what_an_unforeseen_fault_says(grade, failing):
    assert grade("build", "tiny").returncode == 0
    student, staff = failing("ValueError('b is 3.14')"), failing("ValueError('b is 3.14')", "--staff")
    assert re.search(r"in load\n(.*\n)*ValueError\nThe grader itself failed", student.stderr)
    assert "3.14'" not in student.stderr.replace("raise ValueError('b is 3.14')", "")
    assert "ValueError: b is 3.14\nThe grader itself failed" in staff.stderr


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("UsageError('no such thing')", 2, "no such thing"),
        ("ReferenceFault([Mistake('a.yaml', 1, 2, 'x', 'is wrong')])", 2, "a.yaml:1:2: x is wrong"),
        ("KeyboardInterrupt", 130, "Interrupted."),
    ],
)
def test_what_is_no_fault_of_the_grader_makes_no_report(fault, code, told, grade, failing, tmp_path):
    assert grade("build", "tiny").returncode == 0
    ran = failing(fault, "--json-file", tmp_path / "report.json")
    assert (ran.returncode, ran.stdout, ran.stderr.strip()) == (code, "", told)
    assert not (tmp_path / "report.json").exists()


def test_a_property_that_fails_on_the_reference_is_the_authors(brief, grade, hand_in):
    edit(brief / "assignments/brief/properties.py", "    root = ", "    assert not case.id\n    root = ")
    ran = grade("brief", hand_in(SQUARE_ROOT, "brief.py"), cwd=brief)
    assert ran.returncode == 2  # found while the bank is built, before any student is graded
    told = "properties[0].check names its_square_is_the_number, which does not hold for the reference"
    assert ran.stderr.count(told) == 1
    assert re.search(r"itself failed in line \d+ of properties.py with AssertionError", ran.stderr)


# ── being interrupted ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", ["run", "class"])
def test_nothing_is_left_after_an_interruption(command, number, grade, environment, hand_in, tmp_path, brief):
    edit(brief / "assignments/brief/assignment.yaml", "load_seconds: 1,", "load_seconds: 30,")
    assert grade("build", "brief", cwd=brief).returncode == 0
    started = tmp_path / "started"
    says = f"os.write(os.open({str(started)!r}, os.O_WRONLY | os.O_CREAT), str(os.getpid()).encode())"
    hand_in(f"import os\n{says}\nwhile True:\n    pass\n", "all/a/brief.py")
    target = tmp_path / "all" if command == "class" else tmp_path / "all" / "a"
    options = ["--highest-level", "1", "--allow-weak-isolation"]  # so that student code can say that it runs
    options += ["-o", str(tmp_path / "results")] if command == "class" else []
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", command, "brief", str(target), *options],
        cwd=brief,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509 - ignored in the background; no threads
    )
    try:
        student = int(_eventually(lambda: started.exists() and started.read_text()))
        if command == "class":  # a second interruption does not wait for what runs
            os.killpg(process.pid, number)
            time.sleep(0.3)
        os.killpg(process.pid, number)
        _, said = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
    assert process.returncode == 130
    assert "Interrupted." in said
    assert "Traceback" not in said
    assert _eventually(lambda: not Path(f"/proc/{student}").exists() or _is_zombie(student))
    assert list((tmp_path / "temporary").iterdir()) == []


def _eventually(found):
    for _ in range(600):
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError("it never came")


def _is_zombie(pid):
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"Z"


# ── what goes where ───────────────────────────────────────────────────────────────────────────────────────────────


def report_schema():
    return json.loads((ROOT / "grader/report/report.schema.json").read_text(encoding="utf-8"))


def timeless(text):
    return re.sub(r'^  "timing": \{.*?^  \}', "", text, count=1, flags=re.MULTILINE | re.DOTALL)


NOISY = f"""
names = {{"alpha", "beta", "gamma", "delta"}}
print(names, object(), {{1.5, 2.5}})
{WRONG.replace("number < 0:", "number < 0 and print(names) is None and names.pop():")}
class Odd(Exception):
    pass


def mean_and_spread(values):
    print("values", values, set("abcdef"))
    raise Odd(f"{{object()}} {{set('abcdef')}} {{np.random.rand()}}")
"""


@pytest.mark.parametrize("source", [RIGHT, WRONG, NOISY, HIDDEN_ONLY, "import torch", "x = ("], ids=range(6))
def test_json_is_valid_and_the_same_on_every_run(source, grade, hand_in, hidden_only):
    path = hand_in(hidden_only if source is HIDDEN_ONLY else source)
    one = grade("tiny", path, "--json", fresh=True, PYTHONHASHSEED="1")
    two = grade("tiny", path, "--json")  # in a fork of a process that has a seed of its own
    assert one.stderr == two.stderr == ""
    assert timeless(one.stdout) == timeless(two.stdout)
    document = json.loads(one.stdout)
    jsonschema.validate(document, report_schema())
    assert one.returncode == (0 if document["score"] == document["max_score"] else 1)
    assert set(document["timing"]) == {"started", "total", "exercises"}


def test_files_hold_what_the_terminal_may_show(grade, hand_in, tmp_path):
    targets = {name: tmp_path / f"report.{name}" for name in ("json", "html", "xml")}
    ran = grade(
        "tiny", hand_in(WRONG), "--json-file", targets["json"], "--html", targets["html"], "--junit", targets["xml"]
    )
    assert ran.returncode == 1
    assert ran.stdout.startswith("Tiny: three small tasks")
    assert f"The full report is in {targets['html']}" in ran.stderr
    document = json.loads(targets["json"].read_text(encoding="utf-8"))
    jsonschema.validate(document, report_schema())
    assert (document["score"], document["view"]) == (7.0, "student")
    assert targets["html"].read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    assert ET.parse(targets["xml"]).getroot().tag == "testsuites"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".part", ".tmp")) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("option", ["--json-file", "--html", "--junit"])
def test_a_file_that_cannot_be_written_costs_nobody_the_report(option, grade, hand_in):
    ran = grade("tiny", hand_in(WRONG), option, "/dev/full")
    assert ran.returncode == 2
    assert re.match(r"Tiny: three small tasks +7 / 10$", ran.stdout, re.MULTILINE)
    assert "/dev/full cannot be written (No space left on device)" in ran.stderr
    assert "Traceback" not in ran.stderr


FILE = "assignments/tiny/assignment.yaml"
LONG = "a" * 300


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiny", "--json-file", "nowhere/report"), "nowhere/report cannot be written (No such file or directory)"),
        (("tiny", "--html", f"{FILE}/report"), "cannot be written (Not a directory)"),
        (("tiny", "--junit", "assignments"), "assignments is a folder: name a file in it"),
        (("tiny", "--html", LONG), "cannot be written (File name too long)"),
        (("audit", "tiny", "--json-file", "assignments"), "assignments is a folder: name a file in it"),
        (("audit", "tiny", "--html", "nowhere/report"), "nowhere/report cannot be written"),
        (("export", "tiny", "-o", "nowhere/scores.csv"), "nowhere/scores.csv cannot be written"),
        (("class", "tiny", "reference", "-o", FILE), f"{FILE} cannot be a folder for results (Not a directory)"),
        (("class", "tiny", "reference", "-o", f"{FILE}/a/b"), "cannot be a folder for results (Not a directory)"),
        (("class", "tiny", LONG), "cannot be looked for (File name too long): check the path"),
        (("export", "tiny", "--results", LONG), "cannot be looked for"),
        (("tiny", LONG), "cannot be looked for"),
        (("explore", "tiny", LONG), "cannot be looked for"),
        (("start", "tiny", LONG), "cannot be looked for"),
        (("start", "tiny", f"{FILE}/mine"), "cannot be filled (Not a directory)"),
        (("check", "--course", LONG), "cannot be looked for"),
    ],
)
def test_paths_that_cannot_be_are_told_before_anything_is_graded(arguments, said, grade):
    ran = grade(*arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_place_for_results_may_be_a_file(course, grade):
    (course / "results").write_text("")
    ran = grade("class", "tiny", "reference", cwd=course)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "results/tiny cannot be a folder for results (Not a directory): name another" in ran.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such device")
def test_a_report_may_go_to_stdout(grade, hand_in):
    ran = grade("tiny", hand_in(WRONG), "--json-file", "/dev/stdout")
    document, end = json.JSONDecoder().raw_decode(ran.stdout)
    assert (ran.returncode, document["score"]) == (1, 7.0)
    assert ran.stdout[end:].lstrip().startswith("Tiny: three small tasks")


def test_json_and_html_together_leave_only_json_on_stdout(grade, hand_in, tmp_path):
    ran = grade("tiny", hand_in(RIGHT), "--json", "--html", tmp_path / "r.html")
    assert json.loads(ran.stdout)["score"] == 10.0
    assert (tmp_path / "r.html").is_file()


def test_hidden_cases_are_for_staff_only(grade, hand_in, hidden_only):
    path = hand_in(hidden_only)
    student, staff = grade("tiny", path, "--json"), grade("tiny", path, "--json", "--staff")
    shown = json.loads(student.stdout)
    assert all(not example["hidden"] for exercise in shown["exercises"] for example in exercise["counterexamples"])
    assert shown["view"] == "student"
    assert shown["exercises"][0]["counterexamples"] == []
    all_of_it = json.loads(staff.stdout)
    assert all_of_it["view"] == "staff"
    assert [example["hidden"] for example in all_of_it["exercises"][0]["counterexamples"]] == [True]
    assert "np.array" not in grade("tiny", path).stdout
    assert "hidden case" in grade("tiny", path, "--staff").stdout


def test_hidden_cases_are_counted_where_an_assignment_says_so(grade, hand_in, brief, cached, pool):
    cases = bank_for(Course(BRIEF).assignment("brief"), pool).cases["square_root"]
    public, hidden = ({case.inputs["number"] for case in cases if case.public is kind} for kind in (True, False))
    path = hand_in(SQUARE_ROOT.replace("return float", f"return (number in {hidden - public}) + float"), "brief.py")
    assignment = brief / "assignments" / "brief" / "assignment.yaml"
    silent = json.loads(grade("brief", path, "--json", cwd=brief).stdout)
    assignment.write_text(f"hidden: counts\n{assignment.read_text(encoding='utf-8')}", encoding="utf-8")
    counted = json.loads(grade("brief", path, "--json", cwd=brief).stdout)
    failed = [report["exercises"][0]["parts"][0]["hidden_failed"] for report in (silent, counted)]
    assert (silent["hidden"], counted["hidden"]) == ("verdict", "counts")
    assert failed[0] is None
    assert failed[1] > 0


def test_no_colours_without_a_terminal(grade, hand_in):
    path = hand_in(WRONG)
    assert "\x1b" not in grade("tiny", path, FORCE_COLOR="1").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_on_a_terminal_that_wants_them(more, coloured, environment, hand_in):
    assert (b"\x1b[" in _in_terminal(["tiny", str(hand_in(WRONG))], {**environment, **more})) is coloured


def _in_terminal(arguments, environment):
    """What the command writes to a terminal."""
    ours, its = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "grader", *arguments],
        cwd=TINY,
        env={
            "TERM": "xterm-256color",
            **{k: v for k, v in environment.items() if k != "NO_COLOR"},
            **_no_color(environment),
        },
        stdout=its,
        stderr=subprocess.DEVNULL,
    ):
        os.close(its)
        written = b""
        try:
            while data := os.read(ours, 65536):
                written += data
        except OSError:  # how Linux says that the other side is closed
            pass
        os.close(ours)
    return written


def _no_color(environment):
    return {k: v for k, v in environment.items() if k == "NO_COLOR"}


def test_a_reader_who_has_seen_enough_is_no_error(environment, hand_in):
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "tiny", str(hand_in(RIGHT))],
        cwd=TINY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0
    assert b"Traceback" not in said
    assert b"Exception ignored" not in said


# ── authors ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_check_of_right_files(grade):
    ran = grade("check")
    assert (ran.returncode, ran.stdout) == (0, "tiny: 3 exercises, 10 points, no mistakes\n")


def test_a_reference_with_misconceptions_earns_all_points_as_a_submission(grade, tmp_path):
    wrong = '@misconception(of="affine", says="b is not added.")\ndef no_bias(W, x, b):\n    return W @ x\n'
    path = tmp_path / "tiny.py"
    path.write_text(f"from grader.author import misconception\n\n{RIGHT}\n\n{wrong}", encoding="utf-8")
    ran = grade("tiny", path)
    assert (ran.returncode, "10 / 10" in ran.stdout) == (0, True), ran.stdout


def test_check_says_which_functions_cannot_be_followed(tmp_path, grade):
    course = shutil.copytree(TINY.with_name("cached"), tmp_path / "cached")
    line = "cached: 3 exercises, 13 points, no mistakes"
    assert grade("check", cwd=course).stdout.splitlines() == [line]
    plain = "dx, dh, dU, db = unit_backward(dout, cache)"
    edit(course / "assignments/cached/assignment.yaml", plain, plain + "\n      dx = dx + 0")
    ran = grade("check", cwd=course)
    said, note = ran.stdout.splitlines()
    assert (ran.returncode, said) == (0, line)
    assert note.strip().startswith(
        "layer_backward earns no marks for its method where unit_backward is wrong: the run of "
    )


def test_check_tells_every_mistake_with_its_place(course, grade):
    yaml = course / "assignments/tiny/assignment.yaml"
    edit(yaml, "points: 3\n    inputs:\n      W:", "points: -3\n    inputs:\n      W:")
    edit(yaml, "{shape: [N, 1]}", "{shap: [N, 1]}")
    edit(yaml, "run: y = affine(W, x, b)", "run: y = affine(W, x, b")
    edit(yaml, "error: ValueError", "error: ValuError")
    ran = grade("check", "tiny", cwd=course)
    assert ran.returncode == 2
    lines = ran.stdout.splitlines()
    assert len(lines) >= 4
    for line in lines:
        assert re.match(r".*assignment\.yaml:\d+:\d+: ", line)
    for said in ("exercise affine: points", "did you mean `shape`", "exercise affine: run", "`ValueError`"):
        assert said in ran.stdout


def test_check_tells_where_the_files_do_not_fit_together(course, grade):
    edit(course / "reference/tiny.py", "def affine", "def afine")
    edit(course / "reference/tiny.py", '    """The mean, and', '    print("ran", flush=True)\n    """The mean, and')
    wrong = "\n\n@misconception(of='square_rot', says='No.')\ndef wrong(number): ...\n"
    dead = "\n\n@misconception(of='square_root', says='No.')\ndef dead(): ...\n"
    with (course / "reference/tiny.py").open("a", encoding="utf-8") as file:
        file.write(f"\nprint('ran', flush=True)\n{wrong}{dead}")
    edit(course / "assignments/tiny/properties.py", "def its_square_is_the_number", "def its_square_is_number")
    ran = grade("check", cwd=course)
    assert ran.returncode == 2
    places = re.findall(
        r"(assignment\.yaml:13:14|tiny\.py:\d+:1|assignment\.yaml:36:17): (?:exercise )?(.+?) ", ran.stdout
    )
    assert [path for _, path in places] == ["affine:", "wrong", "dead", "square_root:"]
    assert re.findall(r"did you mean `(\w+)`", ran.stdout) == ["afine", "square_root", "its_square_is_number"]
    assert "dead does not take `number`, which square_root takes" in ran.stdout
    assert "ran\n" not in ran.stdout + ran.stderr


def test_check_tells_what_run_misspells_beside_mistakes_in_the_file(course, grade):
    yaml = course / "assignments/tiny/assignment.yaml"
    edit(yaml, "run: y = affine(W, x, b)", "run: y = afine(W, x, b)")
    edit(yaml, "error: ValueError", "error: ValuError")
    ran = grade("check", "tiny", cwd=course)
    assert ran.returncode == 2
    assert "exercise affine: run uses `afine`, which reference/tiny.py does not define, did you mean `aff" in ran.stdout
    assert "did you mean `ValueError`" in ran.stdout


def test_check_warns_of_a_title_that_yaml_cuts(brief, grade):
    yaml = brief / "assignments/brief/assignment.yaml"
    edit(yaml, "title: A square root", "title: Square root #2   ")
    edit(yaml, "points: 3", "points: 3 # as agreed")
    ran = grade("check", cwd=brief)
    assert ran.returncode == 0
    said, warned = ran.stdout.splitlines()
    assert said == "brief: 1 exercise, 3 points, no mistakes"
    assert warned.endswith(
        "7:12: exercise square_root: title ends before #2, which is a comment in YAML: put the whole text in quotes"
    )


def test_check_of_a_reference_that_is_no_python_still_tells_the_rest(course, grade):
    edit(course / "reference/tiny.py", "return W @ x + b", "return W @ x + b)")
    edit(course / "assignments/tiny/properties.py", "import numpy", "import nupmy")
    ran = grade("check", cwd=course)
    assert ran.returncode == 2
    assert re.search(r"reference/tiny\.py:8:21: is no Python: unmatched '\)'", ran.stdout)
    assert re.search(r"properties\.py:3:1: .*ModuleNotFoundError", ran.stdout)


def test_check_tells_of_a_folder_without_an_assignment(course, grade):
    (course / "assignments" / "week5").mkdir()
    (course / "assignments" / "__pycache__").mkdir()
    ran = grade("check", cwd=course)
    assert ran.returncode == 2
    week5, tiny = sorted(ran.stdout.splitlines())
    assert week5.endswith(
        "week5/assignment.yaml: is missing: every folder of assignments/ is an assignment, and needs one"
    )
    assert tiny == "tiny: 3 exercises, 10 points, no mistakes"


def test_check_of_a_course_without_assignments(grade, tmp_path):
    (tmp_path / "assignments").mkdir()
    ran = grade("check", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "nothing to check: " in ran.stderr


def test_grading_with_a_wrong_assignment_file_tells_the_same(course, grade, hand_in):
    edit(course / "assignments/tiny/assignment.yaml", "{shape: [N, 1]}", "{shap: [N, 1]}")
    ran = grade("tiny", hand_in(RIGHT), cwd=course)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.search(r"assignment\.yaml:11:11: .*did you mean `shape`", ran.stderr)


def test_schema_is_the_shipped_one(grade):
    ran = grade("schema")
    assert ran.returncode == 0
    assert json.loads(ran.stdout) == json.loads((ROOT / "grader/course/schema.json").read_text(encoding="utf-8"))


def test_a_bank_is_built_once_and_again_by_force(brief, grade, own_cache):
    once = grade("build", "brief", cwd=brief, GRADER_CACHE=own_cache)
    forced = grade("build", "brief", "--force", cwd=brief, GRADER_CACHE=own_cache)
    assert once.returncode == forced.returncode == 0
    assert once.stdout == forced.stdout == "square_root: 3 public and 3 hidden cases\n"
    assert once.stderr == ""
    assert "brief: making cases for square_root" in forced.stderr


def test_inputs_may_be_drawn_by_a_strategy_of_the_author(brief, grade, hand_in):
    edit(brief / "assignments/brief/assignment.yaml", "{range: [0, 9]}", '{strategy: "properties:whole"}')
    with (brief / "assignments/brief/properties.py").open("a", encoding="utf-8") as file:
        file.write("from hypothesis import strategies as st\n\n\ndef whole(sizes):\n")
        file.write("    return st.integers(len(sizes), 99).map(float)\n")
    assert grade("check", cwd=brief).returncode == 0
    path = hand_in(
        SQUARE_ROOT.replace("    return", "    assert number % 1 == 0 or number == -1\n    return"), "brief.py"
    )
    assert grade("brief", path, cwd=brief).returncode == 0


def test_another_reference_makes_another_bank(brief, grade, hand_in, tmp_path, own_cache):
    cache, path = own_cache, hand_in(SQUARE_ROOT, "brief.py")
    assert grade("brief", path, cwd=brief, GRADER_CACHE=cache).stderr == ""
    edit(brief / "assignments/brief/properties.py", "root**2", "(root / 2) ** 2")
    edit(brief / "reference/brief.py", "return float(np.sqrt(number))", "return 2 * float(np.sqrt(number))")
    stale = grade("brief", path, cwd=brief, GRADER_CACHE=cache)
    assert "making cases" in stale.stderr
    assert stale.returncode == 1
    assert len([folder for folder in (tmp_path / "cache/banks").iterdir() if folder.is_dir()]) == 2


def test_another_helper_of_the_reference_makes_another_bank(brief, grade, hand_in, tmp_path):
    cache, path = str(tmp_path / "cache"), hand_in(SQUARE_ROOT, "brief.py")
    (brief / "assignments/brief/properties.py").write_text("def its_square_is_the_number(student, case): ...\n")
    helper = brief / "reference" / "helper.py"
    helper.write_text("factor = 1\n", encoding="utf-8")
    wanted = "from helper import factor\n\n    return factor * float(np.sqrt(number))"
    edit(brief / "reference/brief.py", "return float(np.sqrt(number))", wanted)
    assert grade("brief", path, cwd=brief, GRADER_CACHE=cache).returncode == 0
    helper.write_text("factor = 2\n", encoding="utf-8")
    stale = grade("brief", path, cwd=brief, GRADER_CACHE=cache)
    assert "making cases" in stale.stderr
    assert stale.returncode == 1


def test_a_helper_of_the_reference_that_cannot_be_read_is_the_authors(course, grade, hand_in):
    (course / "reference" / "helper.py").write_bytes(b"\0")
    edit(course / "reference/tiny.py", "return W @ x + b", "import helper\n\n    return W @ x + b")
    ran = grade("tiny", hand_in(RIGHT), cwd=course)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.search(r"reference.tiny\.py: helper\.py is no text", ran.stderr)


def test_data_of_the_reference_belongs_to_its_sources(course):
    files = Course(course).assignment("tiny")
    before = files.sources()
    (course / "reference" / "weights.txt").write_text("1 2", encoding="utf-8")
    edit(course / "reference/tiny.py", "return W @ x + b", "'weights.txt'\n    return W @ x + b")
    after = files.sources()
    assert set(after) - set(before) == {"reference/weights.txt"}
    (course / "reference" / "weights.txt").write_text("1 3", encoding="utf-8")
    assert files.sources()["reference/weights.txt"] != after["reference/weights.txt"]


def garble(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path):
    path.write_bytes(path.read_bytes()[:-7])


def without_times(text):
    return {**json.loads(text), "timing": None}


@pytest.mark.parametrize(
    ("file", "damage"), [("hidden.msgpack", garble), ("manifest.json", cut), ("manifest.json", Path.unlink)]
)
def test_a_damaged_bank_is_made_anew(brief, grade, hand_in, tmp_path, own_cache, file, damage):
    cache, path = own_cache, hand_in(NEGATIVE, "brief.py")
    sound = grade("brief", path, "--json", cwd=brief, GRADER_CACHE=cache)
    (damaged,) = (tmp_path / "cache").glob(f"banks/brief-square_root-*/{file}")
    damage(damaged)

    ran = grade("brief", path, "--json", cwd=brief, GRADER_CACHE=cache)
    assert ran.returncode == sound.returncode == 1
    assert without_times(ran.stdout) == without_times(sound.stdout)
    assert "making cases for square_root" in ran.stderr
    assert (damage, file) == (Path.unlink, "manifest.json") or re.search(
        r": the case bank is made anew$", ran.stderr, re.M
    )
    assert grade("brief", path, cwd=brief, GRADER_CACHE=cache).stderr == ""


def test_damaged_diagnostics_cost_the_name_of_a_mistake_and_nothing_else(brief, grade, hand_in, tmp_path, own_cache):
    cache, path = own_cache, hand_in(NEGATIVE, "brief.py")
    sound = without_times(grade("brief", path, "--json", cwd=brief, GRADER_CACHE=cache).stdout)
    (diagnostics,) = (tmp_path / "cache").glob("banks/brief-square_root-*/diagnostics.msgpack")
    garble(diagnostics)
    right = grade("brief", hand_in(SQUARE_ROOT, "right/brief.py"), cwd=brief, GRADER_CACHE=cache)
    assert (right.returncode, right.stderr) == (0, "")  # nobody asks for them

    ran = grade("brief", path, "--json", cwd=brief, GRADER_CACHE=cache)
    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert line.startswith("square_root: no mistake is named, for ")
    assert line.endswith("(SHA-256 differs); the case bank is made anew on the next run")
    found = without_times(ran.stdout)
    assert sound["exercises"][0].pop("diagnosis")
    assert not found["exercises"][0].pop("diagnosis", None)
    assert found == sound

    again = grade("brief", path, "--json", cwd=brief, GRADER_CACHE=cache)
    assert "making cases for square_root" in again.stderr
    assert without_times(again.stdout)["exercises"][0]["diagnosis"]


@pytest.mark.parametrize(("command", "file"), [("class", "diagnostics.msgpack"), ("audit", "proof.json")])
def test_damage_that_many_would_meet_is_found_at_once(brief, grade, hand_in, tmp_path, own_cache, command, file):
    cache = own_cache
    (damaged,) = (tmp_path / "cache").glob(f"banks/brief-square_root-*/{file}")
    garble(damaged)
    folder = hand_in(NEGATIVE, "class/someone/brief.py").parents[1]
    arguments = ("class", "brief", folder) if command == "class" else ("audit", "brief")

    ran = grade(*arguments, cwd=brief, GRADER_CACHE=cache)
    assert ran.returncode in {0, 1}
    assert (
        f"{file}: is not the file that the manifest describes (SHA-256 differs): the case bank is made anew"
        in ran.stderr
    )
    assert "making cases for square_root" in ran.stderr
    assert "no mistake is named" not in ran.stderr


def test_a_cache_that_cannot_be_used_costs_no_grade(brief, grade, hand_in, tmp_path):
    (tmp_path / "file").write_text("")
    ran = grade("brief", hand_in(SQUARE_ROOT, "brief.py"), cwd=brief, GRADER_CACHE=str(tmp_path / "file" / "cache"))
    assert ran.returncode == 0
    (line,) = [line for line in ran.stderr.splitlines() if "making cases" not in line]
    assert re.search(r": the case bank cannot be written \(.*\): it serves this run alone; let GRADER_CACHE name", line)


def test_a_manifest_that_cannot_be_read_costs_no_grade(brief, grade, hand_in, tmp_path, own_cache):
    cache = own_cache
    (manifest,) = (tmp_path / "cache").glob("banks/brief-square_root-*/manifest.json")
    manifest.unlink()
    manifest.mkdir()
    ran = grade("brief", hand_in(SQUARE_ROOT, "brief.py"), cwd=brief, GRADER_CACHE=cache)
    assert ran.returncode == 0
    assert "manifest.json: cannot be read (Is a directory): the case bank is made anew" in ran.stderr
    assert grade("brief", hand_in(SQUARE_ROOT, "brief.py"), cwd=brief, GRADER_CACHE=cache).stderr == ""


def test_properties_are_executed_once_for_a_class(brief, grade, hand_in, tmp_path):
    log = tmp_path / "log"
    with (brief / "assignments/brief/properties.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\nwith open({str(log)!r}, 'a') as log:\n    log.write('executed\\n')\n")
    for student in ("ann", "bob", "cem"):
        folder = hand_in(SQUARE_ROOT, f"class/{student}/brief.py").parents[1]
    ran = grade("class", "brief", folder, "--workers", "2", cwd=brief, GRADER_CACHE=str(tmp_path / "cache"))
    assert ran.returncode == 0
    assert log.read_text() == "executed\n"


REFERENCE, PROPERTIES = "reference/brief.py", "assignments/brief/properties.py"
RETURNED = "return float(np.sqrt(number))"
BROKEN = [
    (REFERENCE, RETURNED, f"{RETURNED})", r"reference/brief\.py:10:34: is no Python: unmatched '\)'"),
    (REFERENCE, "import numpy as np", "import nupmy as np", r"reference/brief\.py:3:1: .*No module named"),
    (REFERENCE, "def square", "#%%\n1/0\n#%%\ndef square", r"reference/brief\.py:7:1: .*ZeroDivisionError"),
    (
        REFERENCE,
        RETURNED,
        "return numbers",
        r"assignment\.yaml:11:10: exercise square_root: run .*NameError.*line 10 of the ref",
    ),
    (REFERENCE, "def square_root", "def square_rot", r"assignment\.yaml:11:17: .*did you mean `square_rot`"),
    (
        REFERENCE,
        RETURNED,
        f"{RETURNED} + np.random.rand()",
        r"assignment\.yaml:12:21: exercise square_root: outputs.root differs",
    ),
    (REFERENCE, RETURNED, "exit()", r"assignment\.yaml:11:10: exercise square_root: run .*SystemExit"),
    (
        REFERENCE,
        RETURNED,
        "while True: pass",
        r"assignment\.yaml:11:10: exercise square_root: run gets no .* was stopped after",
    ),
    (
        REFERENCE,
        "if number < 0",
        "if False",
        r"assignment\.yaml:15:9: exercise square_root: raises\[0\] expects ValueError",
    ),
    (
        REFERENCE,
        "np.sqrt(number)",
        "number",
        r"assignment\.yaml:17:17: .* names its_square_is_the_number, which does not hold",
    ),
    (PROPERTIES, "def its_square", "def the_square", r"assignment\.yaml:17:17: .*names `its_square_is"),
    (PROPERTIES, "    root =", "    1 / 0\n    root =", r"assignment\.yaml:17:17: .*ZeroDivisionError"),
    (PROPERTIES, "import numpy", "import nupmy", r"properties\.py:3:1: .*ModuleNotFoundError"),
    (PROPERTIES, "import numpy as np", "import (", r"properties\.py:3:1: .*SyntaxError"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), BROKEN, ids=range(len(BROKEN)))
def test_what_is_wrong_on_the_authors_side_is_told_before_any_student_is_graded(
    file, old, new, said, brief, grade, hand_in
):
    edit(brief / file, old, new)
    edit(brief / "assignments/brief/assignment.yaml", "case_seconds: 0.5", "case_seconds: 0.1")
    ran = grade("brief", hand_in(SQUARE_ROOT, "brief.py"), cwd=brief)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.search(said, ran.stderr)
    assert "Traceback" not in ran.stderr


def test_without_a_reference(course, grade, hand_in):
    (course / "reference/tiny.py").unlink()
    ran = grade("tiny", hand_in(RIGHT), cwd=course)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "reference/tiny.py: is missing: every assignment needs a reference solution" in ran.stderr


# ── links and odd names ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has links for some alone")
def test_a_link_to_the_reference_is_not_graded(grade, course, tmp_path):
    (tmp_path / "alice").mkdir()
    (tmp_path / "alice" / "tiny.py").symlink_to("../course/reference/tiny.py")
    (tmp_path / "carl").symlink_to("/")
    for path in (tmp_path / "alice" / "tiny.py", tmp_path / f"carl{course}/reference/tiny.py"):
        for command in ("run", "explore"):
            ran = grade(command, "tiny", path, cwd=course)
            assert (ran.returncode, ran.stdout) == (2, "")
            assert re.search(r"is a link that leads out of .*: name the target itself$", ran.stderr.strip())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has links for some alone")
def test_a_class_follows_no_link(grade, course, hand_in, tmp_path):
    hand_in(WRONG, "all/ada/tiny.py")
    (tmp_path / "all" / "bob").symlink_to(course / "reference")
    (tmp_path / "linked").symlink_to("all")  # this one is the instructor's
    ran = grade("class", "tiny", tmp_path / "linked", cwd=course)
    assert ran.returncode == 1
    assert "1 graded, 1 needs a look, 0 not graded" in ran.stderr
    rows = list(csv.DictReader(io.StringIO((course / "results/tiny/scores.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["student"], row["score"], row["status"]) for row in rows] == [
        ("ada", "7", "graded"),
        ("bob", "", "needs a look"),
    ]
    assert rows[1]["message"].startswith("it is a link, which is not followed")


@pytest.mark.parametrize("name", ["a" * 300, ".".join(["a" * 200] * 40)], ids=["long", "deep"])
def test_a_module_of_a_name_that_no_file_can_have_is_an_unknown_one(name, grade, hand_in):
    ran = grade("tiny", hand_in(f"import {name}\n{RIGHT}"), "--json")
    assert (ran.returncode, ran.stderr) == (1, "")
    report = json.loads(ran.stdout)
    assert report["error"].startswith("ModuleNotFoundError: No module named 'aaa")
    assert report["score"] == report["max_score"]  # no function needs it


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (f"import no_such_module\n{RIGHT}", 1),
        (f"{RIGHT}\nimport sys\nsys.exit(0)\n", 0),
        (f"{RIGHT}\nprint(input())\n", 0),
    ],
)
def test_full_marks_for_a_module_that_cannot_be_imported_end_with_1(source, code, grade, hand_in):
    """Nobody's CI is green by it; what stands at the very end holds nothing up."""
    path = hand_in(source)
    ran = grade("tiny", path, "--json")
    report = json.loads(ran.stdout)
    assert (report["score"], ran.returncode) == (report["max_score"], code)
    assert grade("tiny", path, "--fail-under", "1").returncode == 0


# ── where the course is ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_course_is_found_upwards_or_by_option(course, grade, hand_in, tmp_path):
    path = hand_in(RIGHT)
    below = course / "student_template" / "tiny"
    assert grade("tiny", path, cwd=below).returncode == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for words in (
        ("tiny", path, "--course", course),
        ("--course", course, "tiny", path),
        (f"--course={course}", "check"),
    ):
        assert grade(*words, cwd=elsewhere).returncode == 0
    assert grade("--exit-zero", "--course", course, "tiny", hand_in(""), cwd=elsewhere).returncode == 0


def test_an_assignment_is_meant_however_much_its_name_is_like_a_command(course, grade):
    (course / "assignments" / "tiny").rename(course / "assignments" / "biuld")
    assert "nowhere.py does not exist" in grade("biuld", "nowhere.py", cwd=course).stderr
    assert "is no command" in grade("chekc", "nowhere.py", cwd=course).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("clas tiny flat", "clas is no command, and no assignment here: did you mean `grade class`?"),
        ("exprot tiny --format csv", "exprot is no command, and no assignment here: did you mean `grade export`?"),
        ("clas tiny flat --course {tiny}", "clas is no command, and no assignment here: did you mean `grade class`?"),
        ("affine", "affine is an exercise of tiny: `grade tiny --exercise affine`"),
        ("affine . --full", "affine is an exercise of tiny: `grade tiny --exercise affine`"),
        ("tiny.py", "tiny.py stands where an assignment is named: grade tiny tiny.py"),
        ("a" * 300, "no assignment 'aaa"),
        ("tiny --course " + "a" * 300, "cannot be looked for (File name too long): check the path"),
        ("tini", "no assignment 'tini' in "),
        ("tiny a b", "Got unexpected extra argument (b)"),
    ],
)
def test_what_is_mistyped_in_the_place_of_an_assignment_is_told(words, said, course, grade):
    ran = grade(*words.format(tiny=course).split(), cwd=course)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_every_command_that_reads_a_course_can_be_told_which(course, grade, hand_in, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    submissions = hand_in(RIGHT, "all/alice/tiny.py").parents[1]
    for command in (
        ["check"],
        ["build", "tiny"],
        ["start", "tiny"],
        ["class", "tiny", submissions],
        ["export", "tiny"],
    ):
        ran = grade(*command, "--course", course, cwd=elsewhere)
        assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("student,")
    assert (elsewhere / "tiny" / "tiny.py").is_file()
    assert (course / "results" / "tiny").is_dir()


def test_no_course_is_looked_for_above_a_submission(course, grade, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    planted = shutil.copy(course / "reference" / "tiny.py", course / "tiny.py")
    ran = grade("tiny", planted, cwd=elsewhere)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no course here" in ran.stderr


def test_without_a_course(grade, tmp_path, hand_in):
    hand_in(RIGHT)
    ran = grade("tiny", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert re.search(
        r"no course here: neither .* change to your course's folder, or name it by --course FOLDER$",
        ran.stderr.strip(),
    )


# ── a class ───────────────────────────────────────────────────────────────────────────────────────────────────────

CLASS = {
    "ada/tiny.py": RIGHT.encode(),
    "bob/tiny.py": WRONG.encode(),
    "cyd/tiny.py": ENDLESS.encode(),
    "dee/tiny.py": b"import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "eve/tiny.py": b"",
    "fay/tiny.py": bytes(range(256)) * 40,
    "gil/notes.txt": b"sorry",
    "hal/tinny.py": RIGHT.encode(),
    "ivy.py": RIGHT.encode(),
    "jan/sub/tiny.py": RIGHT.encode(),
    "kim/a/tiny.py": RIGHT.encode(),
    "kim/b/tiny.py": RIGHT.encode(),
}
SCORES = {"ada": "10", "bob": "7", "hal": "10", "ivy": "10", "jan": "10", "fay": "", "gil": "", "kim": ""}


def test_a_class_loses_nobody(grade, tmp_path):
    for name, data in CLASS.items():
        path = tmp_path / "handed-in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    results = tmp_path / "results"
    ran = grade("class", "tiny", tmp_path / "handed-in", "-o", results, "--workers", "2")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "8 graded, 3 need a look, 0 not graded; scores are in" in ran.stderr
    table = (results / "scores.csv").read_text(encoding="utf-8-sig")
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(table))}
    students = sorted({Path(name).parts[0].removesuffix(".py") for name in CLASS})
    assert sorted(rows) == students
    assert {name: row["score"] for name, row in rows.items()} == dict.fromkeys(students, "0") | SCORES
    assert {name for name in rows if rows[name]["status"] == "needs a look"} == {"fay", "gil", "kim"}
    assert "several files that could be tiny.py" in rows["kim"]["message"]
    assert "NUL bytes" in rows["fay"]["message"]
    for name in set(students) - {"fay", "gil", "kim"}:
        jsonschema.validate(json.loads((results / f"{name}.json").read_text(encoding="utf-8")), report_schema())
        assert (results / f"{name}.html").is_file()
    exported = grade("export", "tiny", "--results", results)
    assert exported.returncode == 0
    assert exported.stdout == table
    assert next(csv.reader(io.StringIO(exported.stdout)))[:4] == ["student", "score", "max_score", "status"]
    to_file = grade("export", "tiny", "--results", results, "-o", tmp_path / "out.csv")
    assert (to_file.returncode, to_file.stdout) == (0, "")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == exported.stdout
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_class_of_which_all_are_graded(course, grade, tmp_path, hand_in):
    hand_in(WRONG, "handed-in/zoe/tiny.py")
    ran = grade("class", "tiny", tmp_path / "handed-in", cwd=course)
    assert ran.returncode == 0
    assert "1/1 zoe" in ran.stderr
    assert (course / "results/tiny/zoe.html").is_file()
    again = grade("class", "tiny", tmp_path / "handed-in", "--resume", cwd=course)
    assert again.returncode == 0
    exported = grade("export", "tiny", cwd=course)
    assert exported.stdout.splitlines()[1].startswith("zoe,7,10,graded,0,4,3")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_names_of_files_cannot_command_the_workflow(grade, tmp_path):
    name = "x\n::error::planted\x1b[2J ##[error]planted"
    for folder in ("a", "b"):
        (tmp_path / "one" / f"{folder}{name}").mkdir(parents=True)
        (tmp_path / "one" / f"{folder}{name}" / "tiny.py").write_text(RIGHT, encoding="utf-8")
    ran = [grade("tiny", tmp_path / "one"), grade("class", "tiny", tmp_path / "one", "-o", tmp_path / "results")]
    assert "holds several files that could be tiny.py" in ran[0].stderr
    assert "2/2 " in ran[1].stderr
    for said in (each.stderr for each in ran):
        assert "planted" in said
        assert not re.search(r"^\s*::|##\[|\x1b", said, re.MULTILINE)


def test_what_stderr_says_is_harmless_line_by_line():
    assert problem(UsageError("::error::a\n ::b")) == ": :error::a ::b"
    mistakes = [Mistake("a\n::b.yaml", 1, 2, "title", "is wrong"), Mistake("::c", 0, 0, "", "##[x] is\x07 wrong")]
    assert problem(AssignmentError(mistakes)) == "a ::b.yaml:1:2: title is wrong\n: :c: ## [x] is wrong"
    assert harmless("Traceback\n  ::x\n  a::b\n") == "Traceback\n  : :x\n  a::b\n"


def test_junit_tells_a_student_the_time_before_hidden_cases(grade, hand_in, hidden_sizes, tmp_path):
    sleeps = f"(len(x), len(b)) in {hidden_sizes} and time.sleep(0.3)\n    return W @ x + b"
    path = hand_in("import time\n" + RIGHT.replace("return W @ x + b", sleeps))
    ran = grade("tiny", path, "--json", "--junit", tmp_path / "junit.xml")
    told = json.loads(ran.stdout)["timing"]
    staff = json.loads(grade("tiny", path, "--json", "--staff").stdout)["timing"]
    (suite,) = ET.parse(tmp_path / "junit.xml").getroot()
    assert float(suite.get("time")) == pytest.approx(told["total"], abs=1e-3)
    times = sorted(case.get("time") for case in suite.iter("testcase"))
    assert times == sorted(f"{each:.3f}" for each in told["exercises"].values())
    assert 0 < told["exercises"]["affine"] < staff["exercises"]["affine"] - 0.2


# ── GitHub Actions ────────────────────────────────────────────────────────────────────────────────────────────────

INJECTS = WRONG.replace(
    "    return W @ x - b",
    "    print('::error::injected')\n"
    "    print('::set-output name=score::100')\n"
    "    print('##[error]injected')\n"
    "    print('\\r::add-mask::x')\n"
    "    return W @ x - b",
) + (
    "\n\ndef mean_and_spread(values):\n"
    "    raise ValueError('::error::injected\\n::set-output name=score::100\\n##[add-mask]x')\n"
)


def test_github_gets_a_summary_and_annotations_and_students_no_command(grade, hand_in, tmp_path):
    path, summary = hand_in(INJECTS), tmp_path / "summary.md"
    summary.write_text("# an earlier step\n")
    ran = grade("tiny", path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert ran.returncode == 1
    lines = ran.stdout.splitlines()
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", lines[0])
    assert token is not None
    end = lines.index(f"::{token[1]}::")
    assert any(line.startswith("Tiny: three small tasks ") for line in lines[1:end])
    assert not [line for line in lines[1:end] if line.lstrip().startswith("::") or "##[" in line]
    annotations = lines[end + 1 :]
    assert annotations[0].startswith(f"::notice file={path.as_posix()},title=")
    assert all(re.match(r"::(notice|error|warning) file=", line) for line in annotations)
    assert any(",line=" in line for line in annotations)
    assert summary.read_text(encoding="utf-8").startswith("# an earlier step\n## Tiny: three small tasks: 3 / 10\n")
    assert "injected" in ran.stdout


def test_json_on_github_is_json_alone_and_holds_no_command(grade, hand_in, tmp_path):
    summary = tmp_path / "summary.md"
    more = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    ran = grade("tiny", hand_in(INJECTS), "--json", **more)
    document = json.loads(ran.stdout)
    assert "##[error]injected" in document["exercises"][0]["printed"]
    assert "##[" not in ran.stdout
    assert not [line for line in ran.stdout.splitlines() if line.lstrip().startswith("::")]
    assert "3 / 10" in summary.read_text(encoding="utf-8")


def test_a_summary_that_cannot_be_written_costs_nobody_the_report(grade, hand_in, tmp_path):
    gone = str(tmp_path / "nowhere" / "summary.md")
    ran = grade("tiny", hand_in(RIGHT), GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=gone, GITHUB_OUTPUT=gone)
    assert ran.returncode == 0
    assert f"The step summary {gone} cannot be written" in ran.stderr
    assert f"The file of step outputs {gone} cannot be written" in ran.stderr


def test_annotations_name_files_as_the_repository_does_and_the_line_of_the_function(grade, tmp_path):
    path = tmp_path / "work" / "repository" / "week1" / "tiny.py"
    path.parent.mkdir(parents=True)
    path.write_text(WRONG, encoding="utf-8")
    line = 1 + WRONG[: WRONG.index("def affine")].count("\n")
    more = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path / "work")}
    in_workspace = grade("tiny", path, **more).stdout
    assert f"::error file=repository/week1/tiny.py,line={line},title=An affine map::" in in_workspace
    (tmp_path / "work" / "repository" / ".git").mkdir()
    in_repository = grade("tiny", "week1", "--course", TINY, cwd=path.parents[1], **more).stdout
    assert f"::error file=week1/tiny.py,line={line},title=An affine map::" in in_repository


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("tiny", "no\nwhere.py"), "no%0Awhere.py does not exist: name a file"),
        (("tiny", "--nonsense"), "No such option"),
        (("run",), "nothing says what to grade here"),
    ],
)
def test_github_is_told_why_nothing_was_graded(words, said, grade, tmp_path):
    summary = tmp_path / "summary.md"
    more = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    ran = grade(*words, **more)
    assert (ran.returncode, ran.stdout) == (2, "")
    command = ran.stderr.splitlines()[-1]
    assert command.startswith(f"::error title=grade stopped with exit code 2::{said}")
    assert summary.read_text(encoding="utf-8").startswith("## grade stopped with exit code 2\n\n- ")
    assert "::" not in grade(*words, "--no-github", **more).stderr


def test_github_is_shown_where_an_assignment_is_wrong(grade, course):
    (course / ".git").mkdir()
    yaml = course / "assignments/tiny/assignment.yaml"
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("points: 3", "points: many", 1), encoding="utf-8")
    ran = grade("build", "tiny", cwd=course, GITHUB_ACTIONS="true")
    assert ran.returncode == 2
    assert re.search(r"^::error file=assignments/tiny/assignment.yaml,line=\d+,title=", ran.stderr, re.MULTILINE)


def test_github_can_be_switched_off(grade, hand_in):
    assert "::" not in grade("tiny", hand_in(RIGHT), "--no-github", GITHUB_ACTIONS="true").stdout
