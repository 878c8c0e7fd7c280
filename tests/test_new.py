"""`grade new` and `grade template` as an author meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

PROVEN = Path(__file__).parent / "courses" / "proven"
MADE = {
    ".gitignore",
    "assignment.schema.json",
    "assignments/week1/assignment.yaml",
    "assignments/week1/handout.md",
    "reference/week1.py",
    "student_template/week1/week1.py",
    "tests/submissions/week1/040_divided_by_the_number.py",
    "tests/submissions/week1/100_in_loops.py",
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "course").mkdir()
    return tmp_path / "course"


def files_in(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_assignment_is_checked_built_graded_and_proven_as_it_stands(grade, folder):
    made = grade("new", "week1", cwd=folder)
    assert (made.returncode, made.stderr) == (0, "")
    assert set(files_in(folder)) == MADE
    assert all(f"  {name}\n" in made.stdout for name in MADE)

    assert "\n/results/\n" in (folder / ".gitignore").read_text(encoding="utf-8")
    assert grade("check", cwd=folder).stdout == "week1: 2 exercises, 100 points, no mistakes\n"
    assert grade("build", "week1", cwd=folder).returncode == 0
    work = folder / "tests" / "submissions" / "week1"
    assert grade("week1", work / "100_in_loops.py", cwd=folder).returncode == 0

    wrong = grade("week1", work / "040_divided_by_the_number.py", cwd=folder)
    said = " ".join(wrong.stdout.split())
    assert (wrong.returncode, "40 / 100" in said) == (1, True)
    assert "divided by how many rows there are, not by the weights. Explains all" in said

    proven = grade("audit", "week1", cwd=folder)
    assert proven.returncode == 0, proven.stdout
    assert grade("start", "week1", cwd=folder).returncode == 0
    assert json.loads(grade("week1", "week1", "--json", cwd=folder).stdout)["score"] == 0


def test_a_template_that_was_left_behind_is_told(grade, folder):
    grade("new", "week1", cwd=folder)
    template = folder / "student_template" / "week1" / "week1.py"
    template.write_text(template.read_text(encoding="utf-8").replace("def centered", "def shifted"), encoding="utf-8")

    checked = grade("check", cwd=folder)

    assert checked.returncode == 0
    assert (
        "  student_template/week1/week1.py, which students start from, lacks `centered`: add that, or" in checked.stdout
    )
    template.unlink()
    assert grade("template", "week1", "--write", cwd=folder).returncode == 0
    assert grade("check", cwd=folder).stdout == "week1: 2 exercises, 100 points, no mistakes\n"


def test_the_schema_that_is_named_is_the_one_beside_it(grade, folder):
    grade("new", "week1", cwd=folder)
    first = (folder / "assignments/week1/assignment.yaml").read_text(encoding="utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=../../assignment.schema.json"
    written = json.loads((folder / "assignment.schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(grade("schema", cwd=folder).stdout)


def test_a_second_one_goes_into_the_course_and_leaves_its_schema(grade, folder):
    grade("new", "week1", cwd=folder)
    (folder / "assignment.schema.json").write_text("{}", encoding="utf-8")

    made = grade("new", "week-2", cwd=folder / "reference")

    assert made.returncode == 0
    assert (folder / "student_template/week-2/week_2.py").is_file()
    assert (folder / "assignment.schema.json").read_text(encoding="utf-8") == "{}"
    assert grade("check", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("1st", "use letters, digits and _"),
        ("../week1", "use letters, digits and _"),
        ("random", "a module that Python code imports, which random.py would hide"),
        ("audit", "is a command of grade"),
        ("week1", "is there already"),
    ],
)
def test_an_id_that_cannot_be_is_refused_and_nothing_made(name, said, grade, folder):
    (folder / "assignments" / "week1").mkdir(parents=True)

    refused = grade("new", name, cwd=folder)

    assert refused.returncode == 2
    assert said in refused.stderr
    assert files_in(folder) == {}


def test_what_is_there_is_never_written_over(grade, folder):
    (folder / "reference").mkdir()
    (folder / "reference/week1.py").write_text("mine = 1\n", encoding="utf-8")

    refused = grade("new", "week1", cwd=folder)

    assert refused.returncode == 2
    assert "reference/week1.py is there already: nothing was changed" in refused.stderr
    assert files_in(folder) == {"reference/week1.py": b"mine = 1\n"}


def test_what_cannot_be_made_whole_is_not_made_at_all(grade, folder):
    (folder / "tests").write_text("no folder", encoding="utf-8")

    refused = grade("new", "week1", cwd=folder)

    assert refused.returncode == 2
    assert "cannot be made" in refused.stderr
    assert [path.name for path in folder.iterdir()] == ["tests"]


# ── the template ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_template_is_printed_and_written_where_none_is(grade, tmp_path):
    course = shutil.copytree(PROVEN, tmp_path / "course")
    shutil.rmtree(course / "student_template")

    printed = grade("template", "proven", cwd=course)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert "raise NotImplementedError" in printed.stdout
    assert "return" not in printed.stdout

    written = course / "student_template/proven/proven.py"
    assert grade("template", "proven", "--write", cwd=course).stdout == f"{written}\n"
    assert written.read_text(encoding="utf-8") == printed.stdout
    again = grade("template", "proven", "--write", cwd=course)
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_what_exercises_run_and_the_reference_takes_from_elsewhere_is_said_to_be_left_out(grade, tmp_path):
    course = shutil.copytree(PROVEN, tmp_path / "course")
    reference = course / "reference"
    (reference / "proven.py").rename(reference / "parts.py")
    (reference / "proven.py").write_text("from parts import affine\n", encoding="utf-8")

    printed = grade("template", "proven", cwd=course)

    assert "affine is left out: exercises run it, and reference/proven.py does not define it itself" in printed.stderr
    assert "parts" not in printed.stdout


def test_template_of_a_reference_that_is_no_python_says_where(grade, tmp_path):
    course = shutil.copytree(PROVEN, tmp_path / "course")
    (course / "reference/proven.py").write_text("import math\ndef affine(:\n", encoding="utf-8")

    refused = grade("template", "proven", cwd=course)

    assert refused.returncode == 2
    assert "reference/proven.py:2:" in refused.stderr
    assert "is no Python" in refused.stderr


def test_what_works_out_probabilities_is_no_part_of_a_template(grade):
    ran = grade("template", "assignment5", "--course", PROVEN.parents[2])
    assert ran.returncode == 0, ran.stderr
    assert "def generate(" in ran.stdout
    assert "chances_of_texts" not in ran.stdout
