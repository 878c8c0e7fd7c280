from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import msgspec
import pytest

from grader.course.forms.containers import Keyed
from grader.course.forms.domains import KINDS
from grader.course.forms.surface import ASSIGNMENT
from grader.course.load import parse
from grader.course.positions import read
from grader.course.schema import schema, schema_text
from grader.records.assignment import Assignment, Exercise, Limits
from grader.records.record import Record

HERE = Path(__file__).parent
SHIPPED = sorted((HERE.parents[1] / "assignments").glob("*/assignment.yaml"))
VALIDATOR = jsonschema.Draft202012Validator(schema())

SHORT = """\
title: Short
module: short.py
dims: {D: 1..6}
exercises:
  - id: f
    points: 2
    inputs: {x: {shape: [D]}}
"""


def tree(text: str) -> object:
    return read(text, file="a.yaml").tree


def test_the_shipped_file_is_this_schema():
    shipped = files("grader.course").joinpath("schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(), "write schema_text() to grader/course/schema.json"
    assert json.loads(shipped) == schema()


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", [HERE / "whole.yaml", *SHIPPED], ids=lambda path: path.parent.name)
def test_right_assignments_are_right_for_both(path):
    text = path.read_text(encoding="utf-8")
    VALIDATOR.validate(tree(text))
    assert parse(text, file=path.name, id="some_id").exercises


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_shipped_assignments_point_editors_to_the_schema(path):
    assert "# yaml-language-server: $schema=../../grader/course/schema.json" in path.read_text(encoding="utf-8")


def test_the_short_text_is_right():
    VALIDATOR.validate(tree(SHORT))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Short\n", ""),
        ("title: Short", "titel: Short"),
        ("title: Short", "title: 3"),
        ("title: Short", "title: ''"),
        ("short.py", "short"),
        ("1..6", "1-6"),
        ("1..6", "[1, 6]"),
        ("{D: 1..6}", "{'a b': 1..6}"),
        ("points: 2", "points: ten"),
        ("points: 2", "points: 0"),
        ("points: 2", "points: 2\n    tolerence: {rtol: 1e-6}"),
        ("points: 2", "points: 2\n    tolerance: {rtol: -1}"),
        ("points: 2", "points: 2\n    limits: {memory: 1 GB}"),
        ("points: 2", "points: 2\n    cases: {public: 0}"),
        ("points: 2", "points: 2\n    raises: [{inputs: {x: 1}}]"),
        ("points: 2", "points: 2\n    inputs_unchanged: yes"),
        ("points: 2", "points: 2\n    outputs: {h: 3}"),
        ("[D]", "D"),
        ("[D]", "[-1]"),
        ("shape: [D]", "kind: onehot, shape: [D]"),
        ("shape: [D]", "kind: one_hot"),
        ("shape: [D]", "kind: integers, shape: [D]"),
        ("shape: [D]", "vocabulary: D, shape: [D]"),
        ("shape: [D]", "strategy: name"),
        ("shape: [D]", "kind: list, length: 1, of: {shpe: [D]}"),
    ],
)
def test_typical_mistakes_are_refused(old, new):
    assert old in SHORT
    assert not VALIDATOR.is_valid(tree(SHORT.replace(old, new)))


def forms_of(form: object) -> list[Keyed]:
    """The forms of records inside a form, itself included."""
    found = [form] if isinstance(form, Keyed) else []
    inner = [key.form for key in form.keys.values()] if isinstance(form, Keyed) else []
    inner += [getattr(form, name) for name in ("item", "full") if hasattr(form, name)]
    return [*found, *(below for each in inner for below in forms_of(each))]


RECORDS = [form for form in [*forms_of(ASSIGNMENT), *KINDS.values()] if form.make is not dict]


@pytest.mark.parametrize("form", RECORDS, ids=lambda form: form.make.__name__)
def test_every_field_of_a_record_can_be_written(form):
    assert issubclass(form.make, Record)
    fields = msgspec.structs.fields(form.make)
    assert set(form.keys) == {field.name for field in fields}
    assert {name for name, key in form.keys.items() if key.required} >= {
        field.name for field in fields if field.required
    }


def test_the_forms_that_inherit_have_the_fields_of_their_records():
    exercise = ASSIGNMENT.keys["exercises"].form.item
    assert set(exercise.keys) == {*Exercise.__struct_fields__} - {"helpers"}  # a file of its own
    assert set(exercise.keys["limits"].form.keys) == set(Limits.__struct_fields__)
    assert set(ASSIGNMENT.keys["limits"].form.keys) == {*Limits.__struct_fields__, "total"}
    written_once = {"tolerance", "limits", "dims", "shared"}
    assert set(ASSIGNMENT.keys) == {*Assignment.__struct_fields__} - {"id", "total", "draw"} | written_once


def test_every_key_is_described():
    undescribed = [
        name for form in [*forms_of(ASSIGNMENT), *KINDS.values()] for name, key in form.keys.items() if not key.about
    ]
    assert undescribed == []
