"""The report as JUnit XML, in the form that pytest writes: a test case for each exercise.

Anything below full points is a ``failure``. What could not be graded is an ``error``, never a failure: the fault is
not the student's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from grader.report import terminal
from grader.report.clean import cleaned, line
from grader.report.words import page

if TYPE_CHECKING:
    from grader.report.document import Document, WrittenExercise


def render(report: Document) -> str:
    """The report as an XML document; well-formed whatever the submission printed or raised."""
    report = cleaned(report)
    suites = ET.Element("testsuites", name="grader")
    suite = ET.SubElement(suites, "testsuite", _suite(report))
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("score", page.score(report)),
        ("isolation", page.isolation(report)),
        ("view", report.view),
        ("version", report.version),
    ):
        ET.SubElement(properties, "property", name=name, value=line(value))
    for exercise in report.exercises:
        _testcase(suite, report, exercise)
    if report.problem:
        ET.SubElement(suite, "system-err").text = f"{report.problem}\n{report.error}".strip()
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _suite(report: Document) -> dict[str, str]:
    ungraded = sum(exercise.status == "ungraded" for exercise in report.exercises)
    failed = sum(exercise.status not in ("right", "ungraded") for exercise in report.exercises)
    attributes = {
        "name": line(report.assignment),
        "errors": str(ungraded),
        "failures": str(failed),
        "skipped": "0",
        "tests": str(len(report.exercises)),
        "time": f"{report.timing.total or 0.0:.3f}",
    }
    return attributes | ({"timestamp": report.timing.started} if report.timing.started else {})


def _testcase(suite: ET.Element, report: Document, exercise: WrittenExercise) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=line(report.assignment),
        name=line(exercise.title or exercise.id),
        time=f"{report.timing.exercises.get(exercise.id, 0.0):.3f}",
    )
    properties = ET.SubElement(case, "properties")
    ET.SubElement(properties, "property", name="id", value=line(exercise.id))
    ET.SubElement(properties, "property", name="points", value=page.earned(exercise))
    if exercise.status != "right":
        kind = "error" if exercise.status == "ungraded" else "failure"
        message = line(exercise.headline) or page.STATUS[exercise.status]
        ET.SubElement(case, kind, message=f"{message} ({page.earned(exercise)})").text = terminal.details(exercise)
    if exercise.printed:
        ET.SubElement(case, "system-out").text = exercise.printed
