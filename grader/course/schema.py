"""JSON Schema (2020-12) of an assignment file, so that editors complete and check it while it is written.

It takes whatever :func:`grader.course.load.parse` takes, and refuses what one value shows to be wrong; rules over
several values are left to ``grade check``. ``schema.json`` beside this file holds the same, for editors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from grader.course.forms.domains import input_schema
from grader.course.forms.surface import ASSIGNMENT

if TYPE_CHECKING:
    from grader.course.forms.form import Schema


def schema() -> Schema:
    """The schema as plain data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Assignment of grader",
        **ASSIGNMENT.schema(),
        "$defs": {"input": input_schema()},
    }


def schema_text() -> str:
    """The schema as it stands in ``schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=True) + "\n"
