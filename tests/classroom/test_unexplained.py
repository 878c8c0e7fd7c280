"""A class with a mistake that nobody has foreseen: found, named, told in the next grading. And damaged files."""

from __future__ import annotations

import base64
import json
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from grader.classroom.unexplained import unexplained
from grader.course import named_mistakes as named_mistakes_module
from grader.course.find import LARGEST_MISTAKE, MOST_MISTAKES, find_course
from grader.course.load import load
from grader.course.named_mistakes import NamedMistakes, named_mistakes
from grader.grading.named_mistakes import NamedQuestions, usable_mistakes
from grader.records.answers import CaseAnswer, ExerciseAnswers, packed, sentence_problem
from grader.records.errors import UsageError
from grader.records.report import Report
from grader.records.run import Isolation, Returned
from grader.report.answers import as_file

TINY = Path(__file__).parents[1] / "courses" / "tiny"
RIGHT = (TINY / "reference" / "tiny.py").read_text(encoding="utf-8")
ODD = "np.cos(3 * b + x.sum()) + W @ x"
SENTENCE = 'You take the cosine of <b>b</b>: add "b" as it is.'


def with_affine(expression: str, more: str = "") -> str:
    """A solution with another affine map; it must differ from the reference in nothing else but ``more``."""
    assert RIGHT.count("    return W @ x + b\n") == 1
    return RIGHT.replace("    return W @ x + b\n", f"    return {expression}\n") + more


CLASS = {
    "ada": with_affine(ODD),
    "bob": with_affine("np.dot(W, x) + np.cos(np.sum(x) + b * 3)"),  # the same but for rounding
    "cyd": with_affine(f"np.array({ODD}).tolist()"),
    "dan": with_affine("W @ x + b + 5 / 0"),
    "eve": with_affine("W @ x + np.sin(7 * b + W.sum() + 1)"),
    "fay": RIGHT,
    **dict.fromkeys(("gil", "hal", "ivy"), with_affine("W @ x + b * np.cos(3 * b + x.sum())")),  # right where b is 0
}


@pytest.fixture(scope="module")
def graded_class(tmp_path_factory, run_command, bank_cache):
    """A copy of the tiny course with a class beside it that has been graded, and how commands are run there."""
    folder = tmp_path_factory.mktemp("class")
    shutil.copytree(TINY, folder / "course")
    (folder / "all").mkdir()
    for student, text in CLASS.items():
        (folder / "all" / f"{student}.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "GRADER_CACHE": str(bank_cache), "COLUMNS": "100"}

    def command(root, *words):
        return run_command(list(map(str, words)), root, environment)

    ran = command(folder / "course", "class", "tiny", "../all", "--workers", 2)
    assert ran.returncode == 0, ran.stderr
    results = folder / "course" / "results" / "tiny"
    assert f"not every mistake has a sentence: grade unexplained {results}\n" in ran.stderr
    return folder, command


@pytest.fixture
def run(graded_class, tmp_path):
    """``run("name", …)``: the command in a copy of that course. It must end with the code that is ``expected``."""
    folder, command = graded_class
    shutil.copytree(folder, tmp_path / "copy")
    course = tmp_path / "copy" / "course"

    def run(*words, expected=0):
        ran = command(course, *words)
        assert ran.returncode == expected, ran.stderr
        assert "Traceback" not in ran.stderr
        return ran

    run.course = course
    run.results = course / "results" / "tiny"
    run.files = find_course(course).assignment("tiny")
    return run


def groups(run):
    return json.loads(run("unexplained", run.results, "--json").stdout)["groups"]


def findings(run, student):
    report = json.loads((run.results / f"{student}.json").read_text(encoding="utf-8"))
    return [(each["kind"], each["sentence"], each["evidence"]) for each in report["exercises"][0]["diagnosis"]]


def test_a_mistake_that_three_share_is_found_named_and_told(run):
    for student in CLASS:  # what students may read holds no answers
        for suffix in ("json", "html"):
            assert "answers" not in (run.results / f"{student}.{suffix}").read_text(encoding="utf-8")
    assert json.loads((run.results / "fay.answers").read_bytes())["exercises"] == []

    found = groups(run)
    assert {(*each["students"], *each["outputs"], each["ended"]) for each in found} == {
        ("ada", "bob", "cyd", "y", ""),
        ("gil", "hal", "ivy", "y", ""),
        ("dan", "y", "ZeroDivisionError"),
        ("eve", "y", ""),
    }
    others = {each["students"][0]: each for each in found}
    group = others.pop("ada")
    ((kind, told, _),) = findings(run, "gil")  # which says when it is right, and not what is wrong
    assert (kind, told) == ("circumstance", "It is right whenever `b` is 0.")
    assert group["id"].startswith("affine-")
    assert group["member"]["student"] == "ada"
    assert group["member"]["example"]["outputs"][0]["deviation"]["kind"] == "value"
    said = run("unexplained", run.results).stdout
    assert said.index(group["id"]) < said.index(others["eve"]["id"])
    assert "3 hand-ins of tiny, exercise affine: `y` wrong" in said
    assert "\nfrom tiny import affine\n" in said  # to be pasted

    refused = run("name", others["dan"]["id"], "You divide by 0.", expected=2).stderr
    assert "cannot be named" in refused
    told = run("name", group["id"], SENTENCE).stdout
    path = run.course / "assignments" / "tiny" / "mistakes" / f"{group['id']}.json"
    assert f"assignments/tiny/mistakes/{path.name}: commit it" in told
    text = path.read_text(encoding="utf-8")
    assert not [student for student in CLASS if student in text.lower().split('"cases"')[0]]
    assert "np." not in text
    run("check", "tiny")

    ran = run("class", "tiny", "../all", "--resume")
    assert "9 graded again: 9 because a named mistake was added, changed or removed" in ran.stderr
    stored = json.loads(text)
    ground = f"Gives what this mistake gives on all {len(stored['cases'])} inputs that are kept of it."
    for student in ("ada", "bob", "cyd"):
        assert findings(run, student)[0] == ("named", SENTENCE, ground)
        assert "&lt;b&gt;b&lt;/b&gt;" in (run.results / f"{student}.html").read_text(encoding="utf-8")
    for student in ("dan", "eve", "fay"):
        assert "named" not in [kind for kind, *_ in findings(run, student)]
    assert {tuple(each["students"]) for each in groups(run)} == {("dan",), ("eve",), ("gil", "hal", "ivy")}
    assert SENTENCE in run("tiny", "../all/ada.py", expected=1).stdout

    # once more it changes nothing, and otherwise only where that is asked for
    assert "nothing was changed" in run("name", group["id"], SENTENCE).stdout
    assert "--replace" in run("name", group["id"], "Another.", expected=2).stderr
    assert path.read_text(encoding="utf-8") == text
    run("name", group["id"], "Another.", "--replace")
    assert json.loads(path.read_text(encoding="utf-8")) == {**stored, "sentence": "Another."}


SENTENCES = {
    "two\nlines": "one line",
    "\u202eright to left": "cannot be seen",
    "x" * 301: "at most 300",
    " ": "nothing",
}


def test_a_sentence_is_one_line_of_plain_text(run):
    for sentence, problem in SENTENCES.items():
        assert problem in sentence_problem(sentence)
    assert not sentence_problem("x" * 300)
    assert "one line" in run("name", groups(run)[0]["id"], "two\nlines", expected=2).stderr


@pytest.fixture
def named(run):
    """The class graded, its mistake named: the path of the file."""
    found = next(each for each in groups(run) if "ada" in each["students"])
    assert "shows the groups" in run("name", "affine-00000000", "No.", expected=2).stderr
    run("name", found["id"], SENTENCE)
    return run.course / "assignments" / "tiny" / "mistakes" / f"{found['id']}.json"


def changed(**fields):
    return lambda text: json.dumps({**json.loads(text), **fields}, indent=1)


def in_case(number, **fields):
    def change(text):
        stored = json.loads(text)
        stored["cases"][number] |= fields
        return json.dumps(stored, indent=1)

    return change


def wire(**values):
    return base64.b64encode(packed(values)).decode()


#: What is wrong with a file, and what is said of it.
DAMAGED = {
    "cut off": (lambda text: text[: len(text) // 2], "is no JSON"),
    "empty": (lambda text: "", "is no JSON"),
    "another form": (lambda text: "[]", "is no named mistake"),
    "another assignment's": (changed(assignment="large"), "it lies in tiny"),
    "an exercise that is gone": (changed(exercise="linear"), "none of affine, mean_and_spread, square_root"),
    "an output that is gone": (changed(outputs=["z"]), "must be some of y"),
    "a sentence of two lines": (changed(sentence="a\nb"), "line breaks"),
    "too few cases": (changed(cases=[]), "must be 3 to 12"),
    "a field that nobody knows": (changed(code="import os"), "unknown field"),
    "renamed inputs": (in_case(1, inputs=wire(V=1.0)), "has the inputs V, and the exercise asks for W, x, b"),
    "another shape": (
        in_case(2, inputs=wire(W=np.zeros((1, 1)), x=np.zeros(3), b=np.zeros((1, 1))), sizes={"N": 1, "M": 1}),
        "expected the shape (N, 1) = (1, 1), got (3,)",
    ),
    "a size out of range": (in_case(0, sizes={"N": 99, "M": 1}), "has N = 99, and the exercise 1..4"),
    "no wire": (in_case(1, outputs=base64.b64encode(b"\xc1").decode()), "cannot be read"),
    "objects": (
        in_case(1, outputs=base64.b64encode(msgspec.msgpack.encode({"y": ["a", "|O", [1], b"12345678"]})).decode()),
        "not allowed",
    ),
    "no base64": (in_case(1, outputs="§"), "is no named mistake"),
    "an ending that is no exception": (in_case(0, ended="timed out"), "no exception"),
    "much": (lambda text: text + " " * (1 << 18), "more than 256 KiB"),
}


def test_a_file_that_is_damaged_or_fits_no_longer_is_told_with_its_place(run, named):
    text = named.read_text(encoding="utf-8")
    assignment = load(run.files.yaml)
    assert named_mistakes(run.files, assignment).problems == ()
    for kind, (change, problem) in DAMAGED.items():
        named.write_text(change(text), encoding="utf-8")
        mistakes, problems = named_mistakes(run.files, assignment)
        assert mistakes == (), kind
        assert len(problems) == 1, kind
        assert problem in str(problems[0]), kind
        assert problems[0].file == str(named), kind
        assert bool(problems[0].line) == (kind != "much"), kind


def test_a_file_that_cannot_be_used_costs_no_grade(run, named):
    text = named.read_text(encoding="utf-8")
    named.write_text(text.replace('{"sizes":', '{"sizes":3,"was":', 1), encoding="utf-8")
    assert f"{named}:8:" in run("check", "tiny", expected=2).stdout  # the line of that case
    ran = run("tiny", "../all/ada.py", expected=1)
    assert "7 / 10" in ran.stdout
    assert SENTENCE not in ran.stdout
    assert ran.stderr.count("that mistake is not told") == 1
    assert "cannot be used" in run("name", named.stem, SENTENCE, expected=2).stderr
    run("name", named.stem, SENTENCE, "--replace")
    assert named.read_text(encoding="utf-8") == text


class Bank(NamedTuple):
    """As much of a bank as is asked for."""

    assignment: str
    inputs_sha256: str


def test_files_are_read_once_for_a_class_and_only_so_many_of_them(run, named, monkeypatch):
    for number in range(MOST_MISTAKES):
        shutil.copy(named, named.with_name(f"b{number:03}.json"))  # behind the first
    last = named.with_name(f"b{MOST_MISTAKES - 1:03}.json")
    assignment, before = load(run.files.yaml), run.files.sources()
    mistakes, problems = named_mistakes(run.files, assignment)
    assert len(mistakes) == MOST_MISTAKES
    (problem,) = problems
    assert f"is one of {MOST_MISTAKES + 1} named mistakes, and no more than {MOST_MISTAKES} are read" in str(problem)
    last.write_text("what is not read makes no difference", encoding="utf-8")
    assert run.files.sources() == before
    with named.open("ab") as file:
        file.truncate(LARGEST_MISTAKE + 1)
    too_large = run.files.sources()
    assert too_large["mistakes"] != before["mistakes"]
    with named.open("ab") as file:
        file.truncate(1 << 34)  # which takes no room on a disk, and long to read
    assert run.files.sources() == too_large

    read = []
    monkeypatch.setattr(named_mistakes_module, "named_mistakes", lambda *asked: read.append(asked) or NamedMistakes())
    bank = Bank(assignment.id, "one")
    assert [usable_mistakes(run.files, bank) for _ in range(3)] == [()] * 3
    usable_mistakes(run.files, Bank(assignment.id, "another"))
    assert len(read) == 2


def test_what_the_reference_answers_is_no_mistake(run, named):
    (mistake,) = named_mistakes(run.files, load(run.files.yaml)).mistakes
    affine = next(each for each in load(run.files.yaml).exercises if each.id == "affine")
    given = [Returned(dict(case.answer.outputs)) for case in mistake.cases]
    for right, told in (
        (lambda cases: [{"y": case.inputs["W"] @ case.inputs["x"] + case.inputs["b"]} for case in cases], 1),
        (lambda cases: [case.expected for case in cases], 0),  # the course has come to mean just that
    ):
        asked = NamedQuestions(affine, [mistake], lambda _, cases, right=right: right(cases))
        assert len(asked.findings(given)) == told


def test_files_of_answers_that_are_damaged_cost_their_own_student_alone(run):
    whole = json.loads((run.results / "ada.answers").read_bytes())
    outputs = whole["exercises"][0]["cases"][0]
    outputs["outputs"] = base64.b64encode(b"\x81\xa1y\xc1").decode()
    (run.results / "ada.answers").write_text(json.dumps(whole), encoding="utf-8")
    (run.results / "eve.answers").unlink()
    (run.results / "dan.answers").write_bytes(b"\xff" * 100)
    found = json.loads(run("unexplained", run.results, "--json").stdout)
    assert found["without_answers"] == ["ada", "dan", "eve"]
    assert [each["students"] for each in found["groups"]] == [["gil", "hal", "ivy"], ["bob", "cyd"]]
    assert "Of 3 hand-ins no answers are kept" in run("unexplained", run.results).stdout
    with pytest.raises(UsageError, match="No results"):
        unexplained(run.course / "nowhere")


def results_of(folder, **answers):
    """A results folder of students, each with answers to four cases of one exercise."""
    for student, values in answers.items():
        (folder / f"{student}.json").write_text(
            '{"schema": "grader/report/v2", "score": 0, "max_score": 1, "exercises": []}', encoding="utf-8"
        )
        cases = {f"f/{number}": CaseAnswer({"y": value}) for number, value in enumerate(values)}
        report = Report("a", "A", "a.py", 0.0, 1.0, (), Isolation(5, ()))
        kept = replace(report, answers=(ExerciseAnswers("f", "key", ("y",), "", cases),))
        (folder / f"{student}.answers").write_bytes(as_file(kept))
    return [(each.id, each.students) for each in unexplained(folder).groups]


def test_groups_and_their_ids_hang_on_no_last_digit_and_on_nobody_else(tmp_path):
    written = [0.005, 1.2345, -2.5, 1e6]  # on the edges of every number of decimals
    other = [0.0, 1.0, 2.0, 3.0]
    (tmp_path / "one").mkdir()
    first = results_of(tmp_path / "one", bob=written)
    (tmp_path / "two").mkdir()
    second = results_of(
        tmp_path / "two",
        ada=[value * (1 - 1e-15) for value in written],
        bob=written,
        cyd=[value * (1 + 1e-15) for value in written],
        dan=other,
    )
    assert second == [(first[0][0], ("ada", "bob", "cyd")), (second[1][0], ("dan",))]
    assert second[1][0] != first[0][0]


def test_whoever_lies_between_two_joins_them(tmp_path):
    steps = ([each, 1.0, 2.0, 3.0] for each in (0.0, 1.6e-4, 0.8e-4))  # the first two are told apart
    ada, bob, cyd = steps
    assert len(results_of(tmp_path, ada=ada, bob=bob)) == 2
    assert [students for _, students in results_of(tmp_path, ada=ada, bob=bob, cyd=cyd)] == [("ada", "bob", "cyd")]
