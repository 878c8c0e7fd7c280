"""Reports as services read them: their shapes, what could not be graded, and sums that come out."""

import json
import unicodedata

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from grader.records.report import Timing
from grader.report.services import SERVICES, Delivery
from tests.report.samples import FOR_STUDENTS, MARKER, report, right
from tests.services.shapes import CLASSROOM50, DODONA, GRADESCOPE, PRAIRIELEARN, SUBMITTY

SHAPES = {
    "classroom50": CLASSROOM50,
    "prairielearn": PRAIRIELEARN,
    "submitty": SUBMITTY,
    "dodona": DODONA,
    "gradescope": GRADESCOPE,
}
ADA = Delivery(
    "numerics",
    "tiny",
    "individual",
    "ada",
    "submit/2026",
    "https://x.example/c",
    "https://x.example/r",
    "https://x.example/d",
    now="2026-06-01T14:33:11+00:00",
)


def written(service, document):
    return SERVICES[service](document, ADA)


def read(service, document):
    text = written(service, document)
    found = [json.loads(line) for line in text.splitlines()] if service == "dodona" else [json.loads(text)]
    for each in found:
        Draft202012Validator(SHAPES[service]).validate(each)
    return found if service == "dodona" else found[0]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("name", FOR_STUDENTS)
def test_every_report_has_the_shape_and_no_control_characters(service, name):
    read(service, FOR_STUDENTS[name])
    text = written(service, FOR_STUDENTS[name])
    assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cs")} - {"\n"}
    assert MARKER not in text


def worth(*exercises):
    """A report on exercises of (points, earned)."""
    return report(
        [
            replace(right(f"e{number}", "", points), earned=earned, status="right" if earned == points else "partly")
            for number, (points, earned) in enumerate(exercises)
        ]
    )


def test_hundredths_sum_up_to_the_rounded_total():
    thirds = worth((10 / 3, 10 / 3), (10 / 3, 10 / 3), (10 / 3, 10 / 3))
    found = read("classroom50", thirds)
    assert [test["score"] for test in found["tests"]] == [334, 333, 333]
    assert (found["score"], found["max-score"]) == (1000, 1000)
    found = read("classroom50", worth((5, 1.234), (5, 0.005), (0, 0)))
    assert [test["score"] for test in found["tests"]] == [123, 1, 0]
    assert [test["passed"] for test in found["tests"]] == [False, False, True]


def test_full_marks_are_full_everywhere():
    full = worth((0.1, 0.1), (0.2, 0.2))
    assert read("prairielearn", full)["score"] == 1
    told = read("submitty", full)["data"]
    assert (told["score"], told["status"]) == (1, "success")
    assert read("dodona", full)[-1]["accepted"] is True
    found = read("classroom50", full)
    assert found["score"] == found["max-score"] == 30


def test_what_could_not_be_graded_is_no_score():
    one = worth((3, 3), (3, 3))
    ungraded = replace(
        one, score=None, exercises=(one.exercises[0], replace(one.exercises[1], earned=None, status="ungraded"))
    )
    found = read("classroom50", ungraded)
    assert (found["score"], found["max-score"]) == (0, 0)
    assert read("prairielearn", ungraded)["gradable"] is False
    assert read("submitty", ungraded)["status"] == "failure"
    lines = read("dodona", ungraded)
    assert lines[-1]["status"]["enum"] == "internal error"
    assert sum(line["command"] == "escalate-status" for line in lines) == 1
    for service in SERVICES:
        assert "costs no points" in written(service, ungraded)


def test_a_results_file_for_prairielearn_stays_below_its_limit():
    long = "\x1b\U00020000" * 20_000
    many = [
        replace(each, id=f"e{number}", headline=long, status="wrong", earned=0.0, explanation=(long,) * 9)
        for number, each in enumerate([right("e", "", 1.0)] * 150)
    ]
    text = written("prairielearn", report(many))
    assert len(text.encode()) <= 1_000_000
    assert len(json.loads(text)["tests"]) == 150


def test_a_report_on_nothing_has_the_time_of_the_job():
    nothing = replace(worth((1, 0)), timing=Timing())
    assert read("classroom50", nothing)["datetime"] == "2026-06-01T14:33:11Z"
