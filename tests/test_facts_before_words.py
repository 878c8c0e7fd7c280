"""No decision reads a sentence: everything that puts facts in words is replaced, and nothing but words changes.

Every function of ``grader/report/words`` that gives text gives a key instead, its own name and what it was asked about.
Submissions that are wrong in different ways are graded with and without; points, statuses, counts, who sees what,
findings and examples must be equal. That it would be seen otherwise is shown by planting decisions that read.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import sys
from pathlib import Path
from textwrap import dedent

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

import grader.report.words
from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.diagnose import diagnose
from grader.grading import result, students
from grader.grading.grade import Demands, grade_path
from grader.records.finding import Finding
from grader.report import view
from grader.report.json import render
from grader.report.words import problems, reasons
from grader.report.words.written import written

COURSES = Path(__file__).parent / "courses"
CHAINED = (COURSES / "chained/reference/chained.py").read_text(encoding="utf-8")

#: Fields of what is written that hold words made of facts. All others are facts, or text of authors and students.
SENTENCES = {
    "headline", "explanation", "problem", "error", "remarks", "sentence", "evidence", "summary", "detail", "tolerance",
    "origin",
}  # fmt: skip

#: What a function is replaced by, by the kind of text that it gives.
KEYS = {
    "str": lambda key: key,
    "tuple[str, ...]": lambda key: (key,),
    "list[str]": lambda key: [key],
    "Iterator[str]": lambda key: iter((key,)),
}

#: How each submission is wrong. ``{N}`` and ``{M}`` are sizes that only hidden cases of ``affine`` have.
TINY = {
    "wrong values, no number, no exception": """
        import numpy as np

        def affine(W, x, b):
            return W @ x

        def mean_and_spread(values):
            print("here")
            values *= 2
            return values.mean() / 2, np.nan

        def square_root(number):
            return float(np.sqrt(abs(number)))
    """,
    "another shape, an item too many, a law that fails": """
        import numpy as np

        def affine(W, x, b):
            return (W @ x + b).T

        def mean_and_spread(values):
            return values.mean(), 0.0, 1.0

        def square_root(number):
            if number < 0:
                raise ValueError
            return float(np.sqrt(number)) if number <= 9 else number
    """,
    "a hidden case that is wrong, another exception": """
        import numpy as np

        def affine(W, x, b):
            return W @ x + b + (W.shape == ({M}, {N}))

        def mean_and_spread(values):
            mean = values.mean()
            return mean, np.abs(values - mean).mean()

        def square_root(number):
            if number < 0:
                raise KeyError("negative")
            return float(np.sqrt(number))
    """,
    "a hidden case that raises": """
        def affine(W, x, b):
            if W.shape == ({M}, {N}):
                raise IndexError(f"shape {{W.shape}}")
            return W @ x + b
    """,
    "a hidden case that does not end": """
        def affine(W, x, b):
            while W.shape == ({M}, {N}):
                pass
            return W @ x + b
    """,
    "a crash, a loop without end, an exception": """
        import os

        def affine(W, x, b):
            os._exit(3)

        def mean_and_spread(values):
            while True:
                pass

        def square_root(number):
            return {{}}[number]
    """,
    "not done, other parameters, a name that is not there": """
        def affine(W, x, b):
            raise NotImplementedError

        def mean_and_spread():
            return 1.0, 2.0

        def square_roots(number):
            return number ** 0.5
    """,
    "stopped while it is imported": """
        def affine(W, x, b):
            return W @ x + b

        raise OSError("no such file")
    """,
    "stopped with a definition below": """
        raise OSError("no such file")

        def affine(W, x, b):
            return W @ x + b
    """,
    "no Python": """
        def affine(W, x, b)
            return W @ x + b
    """,
}
FOLLOWED = {
    "a wrong function that others build on": [("-(W @ x + b)", "-(W @ x)")],
    "and a mistake beside it": [("-(W @ x + b)", "-(W @ x)"), ("return new, np.tanh(new)", "return new, 2 * new")],
}

#: Why each exercise has its result, in its order: what the submissions are for.
REASONS = {
    "wrong values, no number, no exception": "Deviates Deviates DoesNotRaise",
    "another shape, an item too many, a law that fails": "Deviates CallFails LawsFail",
    "a hidden case that is wrong, another exception": "HiddenFails AllRight DoesNotRaise",
    "a hidden case that raises": "HiddenFails Undefined Undefined",
    "a hidden case that does not end": "HiddenFails Undefined Undefined",
    "a crash, a loop without end, an exception": "Ends Ends Ends",
    "not done, other parameters, a name that is not there": "NotDone CallFails Undefined",
    "stopped while it is imported": "AllRight NotReached NotReached",
    "stopped with a definition below": "AllRight Undefined Undefined",
    "no Python": "NotReached NotReached NotReached",
    "a wrong function that others build on": "Deviates AllRight OnlyEarlier OnlyEarlier",
    "and a mistake beside it": "Deviates AllRight Deviates OnlyEarlier",
}


def hand_in(folder, course, text):
    path = folder / f"{course}.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def prepare(cached, pool, hidden_sizes, tmp_path):
    """``prepare(name)`` gives what grades this submission: a function that gives its reports, of staff and student."""

    def prepared(name):
        if name in TINY:
            rows, columns = max((m, n) for n, m in hidden_sizes)
            path = hand_in(tmp_path, "tiny", dedent(TINY[name]).format(M=rows, N=columns))
        else:
            text = CHAINED
            for old, new in FOLLOWED[name]:
                assert text.count(old) == 1
                text = text.replace(old, new)
            path = hand_in(tmp_path, "chained", text)
        files = find_course(COURSES / path.stem).assignment(path.stem)
        bank = bank_for(files, pool)

        def grade():
            staff = grade_path(files, bank, path, pool, demands=Demands(weak=True))
            return {"staff": staff, "student": view.student(staff)}

        return grade

    return prepared


def facts(reports):
    """All that is known of a submission, but no sentence: of what was found out, and of what is written."""
    return {name: [known(report), unworded(json.loads(render(written(report))))] for name, report in reports.items()}


def known(value):
    """A record as plain data that can be compared, without what is said of a finding and without times."""
    if isinstance(value, Finding):
        return {"kind": value.kind, "name": value.name, "outputs": list(value.outputs)}
    if isinstance(value, msgspec.Struct):
        fields = {
            name: getattr(value, name) for name in value.__struct_fields__ if name not in {"timing", "public_timing"}
        }
        return {"record": type(value).__name__} | {name: known(field) for name, field in fields.items()}
    if isinstance(value, dict):
        return {name: known(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [known(item) for item in value]
    if isinstance(value, np.ndarray):
        return [str(value.dtype), value.shape, value.tobytes()]
    return repr(value)


def unworded(document):
    """What is written, without the sentences and without times."""
    if isinstance(document, dict):
        facts = {name: unworded(item) for name, item in document.items() if name not in SENTENCES | {"timing"}}
        if {"kind", "right"} <= document.keys():
            del facts["title"]  # a part's, which is made of its name, or is its author's in the record of the part
        return facts
    if isinstance(document, list):
        return [unworded(item) for item in document]
    return document


def sentences():
    """Every function of the room of words that gives text."""
    for found in pkgutil.iter_modules(grader.report.words.__path__, "grader.report.words."):
        module = importlib.import_module(found.name)
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and function.__annotations__.get("return") in KEYS:
                yield function


def keyed(function):
    kind = KEYS[function.__annotations__["return"]]
    return lambda *found, **more: kind(f"<{function.__name__} {', '.join(type(each).__name__ for each in found)}>")


@pytest.fixture
def replace_words(monkeypatch):
    """Replaces every sentence by its key, wherever the function that makes it was imported to."""

    def replace_all():
        for function in list(sentences()):
            instead = keyed(function)
            homes = [module for name, module in sys.modules.items() if name.split(".")[0] == "grader"]
            for module in homes:
                for name in [name for name, value in vars(module).items() if value is function]:
                    monkeypatch.setattr(module, name, instead)

    return replace_all


def differences(first, second, path=""):
    """Where two such reports differ: the paths, with what stands there."""
    if type(first) is not type(second):
        return [f"{path}: {first} is not {second}"]
    if isinstance(first, dict):
        names = sorted(first.keys() | second.keys(), key=str)
        return [each for name in names for each in differences(first.get(name), second.get(name), f"{path}.{name}")]
    if isinstance(first, list) and len(first) == len(second):
        pairs = enumerate(zip(first, second, strict=True))
        return [each for at, pair in pairs for each in differences(*pair, f"{path}[{at}]")]
    return [] if first == second else [f"{path}: {first} is not {second}"]


@pytest.mark.parametrize("name", REASONS)
def test_points_statuses_visibility_findings_and_examples_need_no_sentence(name, prepare, replace_words):
    grade = prepare(name)
    reports = grade()
    assert " ".join(type(each.reason).__name__ for each in reports["staff"].exercises) == REASONS[name]
    worded = facts(reports)

    replace_words()
    reports = grade()

    assert differences(worded, facts(reports)) == []
    headlines = [each.headline for each in written(reports["staff"]).exercises]
    assert headlines == [f"<headline {reason}>" for reason in REASONS[name].split()]


# ── that it would be seen ─────────────────────────────────────────────────────────────────────────────────────────


def status_that_reads(monkeypatch):
    judged = result.verdict

    def planted(*found):
        status, reason = judged(*found)
        return ("partly" if "wrong" in reasons.headline(reason) else status), reason

    for module in (result, students):
        monkeypatch.setattr(module, "verdict", planted)


def view_that_reads(monkeypatch):
    seen = view.student

    def hidden(found):
        return replace(found, counterexamples=()) if "wrong" in reasons.headline(found.reason) else found

    def planted(report):
        found = seen(report)
        return replace(found, exercises=tuple(map(hidden, found.exercises)))

    monkeypatch.setattr(view, "student", planted)


def diagnosis_that_reads(monkeypatch):
    named = diagnose.diagnose

    def planted(asked, clues, outcomes, trials, *others):
        deviations = [found.deviation for trial in trials for found in trial.comparisons if found.deviation]
        known = named(asked, clues, outcomes, trials, *others)
        return known[:1] if any("wrong" in problems.fault(each.fault) for each in deviations) else known

    monkeypatch.setattr(diagnose, "diagnose", planted)


@pytest.mark.parametrize(
    ("plant", "field"),
    [(status_that_reads, "status"), (view_that_reads, "counterexamples"), (diagnosis_that_reads, "diagnosis")],
)
def test_a_decision_that_reads_a_sentence_is_seen(plant, field, prepare, replace_words, monkeypatch):
    plant(monkeypatch)
    grade = prepare("wrong values, no number, no exception")
    worded = facts(grade())

    replace_words()

    found = differences(worded, facts(grade()))
    assert found
    assert [each for each in found if not re.search(rf"\.(exercises|students)\[0\]\.{field}", each)] == []
