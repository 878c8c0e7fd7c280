"""The report as JUnit XML, in the form that pytest writes: a test case for each exercise.

Anything below full points is a ``failure``. What could not be graded is an ``error``, never a failure: the fault is
not the student's. Only what every schema of this format admits is written, so properties stand at the suite alone.
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
    attributes = _suite(report)
    totals = {name: attributes[name] for name in ("errors", "failures", "tests", "time")}
    suites = ET.Element("testsuites", {"name": "grader", **totals})
    suite = ET.SubElement(suites, "testsuite", attributes)
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("score", page.score(report)),
        ("isolation", page.isolation(report)),
        ("view", report.view),
        ("version", report.version),
        *((f"points.{exercise.id}", page.earned(exercise)) for exercise in report.exercises),
    ):
        ET.SubElement(properties, "property", name=line(name), value=line(value))
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
        classname=line(f"{report.assignment}.{exercise.id}"),
        name=line(exercise.title or exercise.id),
        time=f"{report.timing.exercises.get(exercise.id, 0.0):.3f}",
    )
    if exercise.status != "right":
        kind = "error" if exercise.status == "ungraded" else "failure"
        said = page.STATUS[exercise.status]
        message = f"{line(exercise.headline) or said} ({page.earned(exercise)})"
        ET.SubElement(case, kind, type=said, message=message).text = terminal.details(exercise)
    if exercise.printed:
        ET.SubElement(case, "system-out").text = exercise.printed
