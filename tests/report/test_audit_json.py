import json
from pathlib import Path

import jsonschema
import pytest

import grader.report
from grader.records.schemas import AUDIT, REPORT
from grader.report.audit_json import render, schema
from tests.report.audit_samples import AUDITS, SHORT_OF_IT

SHIPPED = Path(grader.report.__file__).with_name("audit.schema.json")
SCHEMA = json.loads(SHIPPED.read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("name", AUDITS)
def test_what_is_written_is_json_that_the_schema_describes(name):
    VALIDATOR.validate(json.loads(render(AUDITS[name])))


def test_the_schema_that_is_shipped_is_made_from_what_is_written(golden):
    golden(SHIPPED, schema())


def test_the_schema_is_one_and_describes_every_field():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    fields = SCHEMA["properties"]
    assert fields["schema"]["enum"] == [AUDIT]
    assert all("description" in field or "$ref" in field for field in fields.values())


def test_nothing_but_what_it_names_is_in_any_object():
    records = [SCHEMA, *SCHEMA["$defs"].values()]
    assert len(records) > 10
    assert all(each["additionalProperties"] is False for each in records)
    assert all(each["required"] == list(each["properties"]) for each in records)


@pytest.mark.parametrize(
    "damage",
    [
        lambda audit: audit.pop("failures"),
        lambda audit: audit.update(extra=1),
        lambda audit: audit.update(schema=REPORT),
        lambda audit: audit["tally"].update(live=-1),
        lambda audit: audit["exercises"][1]["versions"][0].update(fate="dead"),
        lambda audit: audit["exercises"][1]["stale_waivers"][0].pop("because"),
        lambda audit: audit["variants"][0]["mutants"][1]["escaped"][0].pop("line"),
    ],
)
def test_the_schema_refuses_what_is_wrong(damage):
    audit = json.loads(render(SHORT_OF_IT))
    VALIDATOR.validate(audit)
    damage(audit)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(audit)


def test_numbers():
    audit = json.loads(render(SHORT_OF_IT))
    assert audit["reached"] is False
    tally = {"versions": 14, "live": 11, "killed": 5, "weak": 1, "survivors": 4, "alike": 1, "waived": 1, "least": 7}
    assert audit["tally"] == {**tally, "share": 6 / 11}  # what both exercises use is killed in one of them
    assert audit["variant_mutants"] == {"made": 100, "killed": 96, "killable": 97, "share": 96 / 97}
    assert audit["exercises"][0]["waivers"][0]["matches"] == ["rnn_step.clipping.1"]
    assert audit["exercises"][1]["stale_waivers"][3] == {
        "mutant": "bptt.*",
        "because": "killed",
        "killed": ["bptt.time_index.1", "bptt.aliasing.1"],
        "renamed": [],
    }
    assert audit["exercises"][1]["unguarded_parts"] == [{"title": "`dh0`", "points": 2, "tried": 40}]
    assert [variant["score"] for variant in audit["variants"]] == [100, 90, None]
    assert audit["template"]["points"] == {"rnn_step": 1.0, "bptt": 0.0}


def test_the_same_audit_gives_the_same_bytes():
    assert render(SHORT_OF_IT) == render(SHORT_OF_IT)
    assert "\u202e" not in render(AUDITS["hostile"])
