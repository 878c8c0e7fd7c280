"""What holds for every writer; the goldens."""

import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from base64 import b64encode
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from grader import report as report_package
from grader.report import WRITERS
from tests.report.samples import FOLLOWED, FOR_STUDENTS, SAMPLES, WRONG_VALUE, for_student, report
from tests.report.test_html import Page
from tests.report.test_json import VALIDATOR

TEMPLATES = Path(report_package.__file__).parent / "templates"
STYLE, SCRIPT = ((TEMPLATES / name).read_text(encoding="utf-8").strip() for name in ("report.css", "report.js"))
SUFFIX = {"terminal": "txt", "json": "json", "html": "html", "junit": "xml", "github": "md"}


def use(suffix, text):
    """Reads a golden the way its readers do."""
    if suffix == "json":
        VALIDATOR.validate(json.loads(text))
    elif suffix == "html":
        assert Page(text).text
    elif suffix == "xml":
        assert len(ET.fromstring(text.encode())) == 1
    else:
        assert text.endswith("\n")


def without_style(text):
    """A page without its style sheet and its script, which are files of their own and would stand in every golden."""
    return text.replace(STYLE, "(report.css)").replace(SCRIPT, "(report.js)").replace(script_hash(), "(its hash)")


def script_hash():
    return b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", SAMPLES)
def test_golden(golden, name, writer):
    text = WRITERS[writer](FOR_STUDENTS[name])
    use(SUFFIX[writer], text)
    golden(f"report/{name}.{SUFFIX[writer]}", without_style(text))


@pytest.mark.parametrize("writer", WRITERS)
def test_golden_for_staff(golden, writer):
    text = WRITERS[writer](SAMPLES["hidden_fails"])
    use(SUFFIX[writer], text)
    golden(f"report/hidden_fails_staff.{SUFFIX[writer]}", without_style(text))


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_control_characters_and_no_addresses(name, writer):
    text = WRITERS[writer](SAMPLES[name])
    assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cs")} - {"\n"}
    assert "\u202e" not in text
    assert not re.search(r" at 0x[0-9a-f]{6}", text)


def test_a_page_holds_the_style_sheet_once():
    assert WRITERS["html"](FOR_STUDENTS["mixed"]).count(STYLE) == 1


def test_of_scripts_a_page_admits_its_own_alone():
    text = WRITERS["html"](FOR_STUDENTS["hostile"])
    assert text.count(f"<script>{SCRIPT}</script>") == text.count("<script") == 1
    assert f"script-src 'sha256-{script_hash()}';" in text


@pytest.mark.parametrize("writer", ["terminal", "html", "github"])
def test_full_points_are_never_called_partly_right(writer):
    text = WRITERS[writer](for_student(report([FOLLOWED])))
    assert "method right" in text
    assert "partly right" not in text


@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_known_of_a_mistake_stands_below_the_headline_surest_first(writer):
    text = WRITERS[writer](for_student(report([WRONG_VALUE])))
    told = [finding.sentence.partition(" `")[0] for finding in WRONG_VALUE.diagnosis]
    rests = [finding.evidence[:24] for finding in WRONG_VALUE.diagnosis]
    headline, explanation = WRONG_VALUE.headline.partition(":")[0], WRONG_VALUE.explanation[0][:30]
    places = [text.index(words) for words in (headline, told[0], rests[0], told[1], rests[1], explanation)]
    assert places == sorted(places)


@pytest.mark.parametrize("writer", sorted(set(WRITERS) - {"json"}))
@pytest.mark.parametrize("status", ["right", "unfinished"])
def test_nothing_is_said_of_the_mistakes_of_what_is_right_or_not_written(writer, status):
    text = WRITERS[writer](report([replace(WRONG_VALUE, status=status)]))
    assert WRONG_VALUE.diagnosis[0].sentence not in text


@pytest.mark.parametrize("writer", WRITERS)
def test_a_report_stays_small_whatever_was_printed(writer):
    assert len(WRITERS[writer](SAMPLES["hostile"])) < 300_000


def test_libraries_are_loaded_by_the_writers_that_need_them():
    code = (
        "import sys; import grader.report; print(sorted({'numpy', 'jinja2', 'rich'} & set(sys.modules)));"
        "from grader.report import WRITERS, terminal; from tests.report.samples import SAMPLES;"
        "[WRITERS[name](SAMPLES['mixed']) for name in ('terminal', 'json', 'junit', 'github')];"
        "print(sorted({'jinja2', 'rich'} & set(sys.modules)));"
        "terminal.render(SAMPLES['mixed'], color=True); WRITERS['html'](SAMPLES['mixed']);"
        "print(sorted({'jinja2', 'rich'} & set(sys.modules)), 'rich.console' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "[]", "['jinja2', 'rich'] False"]
