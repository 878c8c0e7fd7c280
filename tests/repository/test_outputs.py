"""docs/outputs.md has every output in its table, and the samples that it leads to are what grader writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.classroom.export import row_of, scores_csv
from grader.cli.targets import KINDS
from grader.records import schemas
from grader.report import WRITERS, audit_html, audit_json, audit_terminal, github
from grader.report.services import SERVICES
from tests.report.audit_samples import REACHED
from tests.report.samples import WRONG_VALUE, for_student, report, right
from tests.report.test_services import ADA

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "outputs.md").read_text(encoding="utf-8")

REPORT = for_student(report([right("forget_gate", "The forget gate", 4.0), WRONG_VALUE]))
ROWS = (
    row_of(REPORT, "ada", "ada"),
    replace(
        row_of(REPORT, "bob", ""), status="ungraded", score=None, points={}, message="it could not be graded", file=""
    ),
)
EXERCISES = [exercise.id for exercise in REPORT.exercises]
SAMPLES = {
    "report.txt": WRITERS["terminal"](REPORT),
    "report.json": WRITERS["json"](REPORT),
    "report.html": WRITERS["html"](REPORT),
    "junit.xml": WRITERS["junit"](REPORT),
    "summary.md.txt": WRITERS["github"](REPORT),
    "annotations.txt": "".join(f"{line}\n" for line in github.annotations(REPORT, "week3/memory.py")),
    "classroom50.json": SERVICES["classroom50"](REPORT, ADA),
    "prairielearn.json": SERVICES["prairielearn"](REPORT, ADA),
    "submitty.json": SERVICES["submitty"](REPORT, ADA),
    "dodona.jsonl": SERVICES["dodona"](REPORT, ADA),
    "gradescope.json": SERVICES["gradescope"](REPORT, ADA),
    "scores.csv": scores_csv(ROWS, EXERCISES),
    "audit.txt": audit_terminal.render(REACHED),
    "audit.json": audit_json.render(REACHED),
    "audit.html": audit_html.render(REACHED),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_what_is_written(name, golden):
    golden(DOCS / "samples" / name, SAMPLES[name])
    assert f"(samples/{name})" in PAGE


def test_no_sample_is_left_that_nothing_writes():
    assert {path.name for path in (DOCS / "samples").iterdir()} == set(SAMPLES)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_can_be_asked_for_is_in_the_table(kind):
    assert re.search(rf"^\|.*`--write {kind} FILE`", PAGE, re.MULTILINE)


def test_every_schema_is_in_the_table():
    names = [value for name, value in vars(schemas).items() if name.isupper() and isinstance(value, str)]
    assert [name for name in names if f"`{name}`" not in PAGE] == []
