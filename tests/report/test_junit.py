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
