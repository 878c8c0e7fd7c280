import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.report.junit import render
from tests.report.samples import ALL_RIGHT, HOSTILE_ONE, MIXED, SAMPLES, SYNTAX_ERROR, UNGRADED_ONE, WRONG_VALUE, report


def suite(sample):
    root = ET.fromstring(render(sample))
    assert root.tag == "testsuites"
    (only,) = root
    return only


@pytest.mark.parametrize("name", SAMPLES)
def test_counts_match_the_cases(name):
    found = suite(SAMPLES[name])
    cases = found.findall("testcase")
    assert len(cases) == int(found.get("tests")) == len(SAMPLES[name].exercises)
    assert len(found.findall("testcase/failure")) == int(found.get("failures"))
    assert len(found.findall("testcase/error")) == int(found.get("errors"))
    assert found.get("skipped") == "0"
    assert all(float(case.get("time")) >= 0 for case in cases)


def test_right_is_neither_failure_nor_error():
    assert not suite(ALL_RIGHT).findall("testcase/failure") + suite(ALL_RIGHT).findall("testcase/error")


def test_below_full_points_is_a_failure():
    failures = suite(MIXED).findall("testcase/failure")
    assert len(failures) == 10
    assert failures[0].get("message").endswith("wrong otherwise. (7.5 / 15)")
    assert "Worst at [0, 0]: expected 0.291313, got 0.53705" in failures[0].text


def test_ungraded_is_an_error():
    (error,) = suite(UNGRADED_ONE).findall("testcase/error")
    assert error.get("message").endswith("(– / 3)")


def test_printed_text_and_problems_are_kept():
    assert suite(report([WRONG_VALUE])).find("testcase/system-out").text == WRONG_VALUE.printed
    assert "line 12" in suite(SYNTAX_ERROR).find("system-err").text
    assert suite(SYNTAX_ERROR).get("timestamp") == "2026-03-02T09:30:00Z"
    assert suite(replace(MIXED, timing=replace(MIXED.timing, started=""))).get("timestamp") is None


def test_hostile_text_comes_back_as_text():
    assert "]]>" in suite(HOSTILE_ONE).find("testcase/system-out").text


@given(st.text())
@settings(deadline=None)
def test_any_text_gives_a_well_formed_document(text):
    exercise = replace(WRONG_VALUE, headline=text, printed=text, title=text, error=text)
    assert suite(report([exercise], problem=text, title=text)).find("testcase") is not None


NUMBER, SECONDS = re.compile(r"\d+"), re.compile(r"\d+\.\d{3}")
ANY = re.compile(r"[^\n]*")
#: What the schemas of this format agree upon: of each element its attributes, those that it must have first, and the
#: elements within it, in their order.
SCHEMA = {
    "testsuites": (
        {},
        {"name": ANY, "tests": NUMBER, "failures": NUMBER, "errors": NUMBER, "time": SECONDS},
        ["testsuite"],
    ),
    "testsuite": (
        {"name": ANY, "tests": NUMBER, "failures": NUMBER, "errors": NUMBER, "skipped": NUMBER, "time": SECONDS},
        {"timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")},
        ["properties", "testcase", "system-out", "system-err"],
    ),
    "properties": ({}, {}, ["property"]),
    "property": ({"name": ANY, "value": ANY}, {}, []),
    "testcase": (
        {"name": ANY, "classname": ANY, "time": SECONDS},
        {},
        ["error", "failure", "system-out", "system-err"],
    ),
    "failure": ({"type": ANY, "message": ANY}, {}, []),
    "error": ({"type": ANY, "message": ANY}, {}, []),
    "system-out": ({}, {}, []),
    "system-err": ({}, {}, []),
}
ONE_AT_MOST = {"properties", "error", "failure", "system-out", "system-err"}


def breaches(element):
    """How an element, or one within it, is not as the schemas have it."""
    required, optional, order = SCHEMA[element.tag]
    yield from (f"{element.tag} lacks {name}" for name in required.keys() - element.keys())
    for name, value in element.items():
        if name not in required | optional or not (required | optional)[name].fullmatch(value):
            yield f"{element.tag}: {name}={value!r}"
    tags = [child.tag for child in element]
    if not set(tags) <= set(order) or tags != sorted(tags, key=order.index):
        yield f"{element.tag} holds {tags}"
    yield from (f"{element.tag} holds more than one {tag}" for tag in ONE_AT_MOST if tags.count(tag) > 1)
    if order and (element.text or "").strip():
        yield f"{element.tag} holds text"
    for child in element:
        yield from breaches(child)


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_what_schemas_of_this_format_admit(name):
    assert list(breaches(ET.fromstring(render(SAMPLES[name])))) == []


def test_what_no_schema_admits_is_found():
    root = ET.fromstring(render(MIXED))
    case = root.find("testsuite/testcase")
    ET.SubElement(case, "properties")
    case.set("time", "soon")
    del root[0].attrib["tests"]
    assert len(list(breaches(root))) == 3


def test_points_and_ids_are_kept():
    found = suite(MIXED)
    points = {each.get("name"): each.get("value") for each in found.find("properties")}
    assert points["points.rnn_step"] == "7.5 / 15"
    assert [case.get("classname") for case in found.findall("testcase")] == [
        f"assignment3.{exercise.id}" for exercise in MIXED.exercises
    ]
