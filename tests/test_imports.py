"""What a grading run loads: start-up is most of its time, and the process of student code must know no answer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.records.assignment import Limits
from grader.records.run import Job, Submission
from grader.sandbox.host import ProcessSandbox

ROOT = Path(__file__).parents[1]
#: What runs student code and confines it, and what serves where that is not done.
OTHER_SIDE = (
    *("grader.sandbox.worker", "grader.sandbox.pool.zygote", "grader.sandbox.portable", "psutil"),
    *(f"grader.sandbox.confine.{name}" for name in ("guard", "seccomp", "landlock", "levels", "canary")),
)
SHAPES = (
    "assignment",
    "bar",
    "chance",
    "credit",
    "errors",
    "lines",
    "raises_check",
    "record",
    "run",
    "shapes",
    "source_rules",
    "stand_ins",
    "values",
)  # what values and limits are made of
WORDS = ("written", "page", "reasons", "problems", "endings", "findings", "language", "old_python", "submission")
WORDS += ("cases", "source", "relations", "practice", "checks", "rules", "shares")
RIGHT = ROOT / "tests" / "submissions" / "assignment3" / "100_plain_loops.py"


def test_grading_from_a_frozen_bank_loads_nothing_that_makes_banks_or_pages(cached, environment, pool):
    bank_for(find_course(ROOT).assignment("assignment3"), pool)
    command = [sys.executable, "-X", "importtime", "-m", "grader", "assignment3", str(RIGHT)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert "Public checks passed" in done.stdout
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in lines}
    assert {"numpy", "msgspec", "click", "grader.bank.store", "grader.judge.compare"} <= loaded
    heavy = {"hypothesis", "yaml", "sqlalchemy", "sqlite3", "jinja2", "filelock", "rich", "asyncio", "numpy.testing"}
    heavy |= {"importlib.metadata", "zipfile", "logging", "matplotlib", "dataclasses", "difflib", "tempfile"}
    heavy |= {"grader.cli.audit", "grader.cli.classes", "grader.cli.check"}  # of other commands
    heavy |= {"grader.diagnose.diagnose", "grader.report.words.old_python"}  # of what is wrong
    assert not heavy & loaded
    assert not {name for name in loaded if name.startswith(("grader.classroom.", "grader.mistakes."))}
    assert {name for name in loaded if name.startswith("grader.course.")} <= {
        f"grader.course.{name}" for name in ("environment", "find", "note", "sampled", "scopes", "secret", "snippet")
    }
    assert not {name for name in loaded if name.startswith(OTHER_SIDE)}
    assert {name for name in loaded if name.startswith("grader.bank.")} == {
        f"grader.bank.{name}"
        for name in ("author_functions", "build", "cache", "compiled", "drawn", "join", "layout", "reference", "store")
    }
    assert {name for name in loaded if name.startswith("grader.report.")} <= {
        *(
            f"grader.report.{name}"
            for name in ("view", "document", "schemas", "terminal", "lines", "clean", "format", "words", "causes")
        ),
        "grader.report.exercise_lines",
        "grader.report.services",  # the names of what can be written, and no writer
        *(f"grader.report.words.{name}" for name in WORDS),
    }


def test_the_process_of_student_code_loads_its_own_side_alone(pool):
    run = "import sys; names = sorted(sys.modules)"
    job = Job(run=run, outputs=("names",), sizes=({},), inputs=({},))
    with ProcessSandbox(Submission(module="memory.py", files={"memory.py": ""}), Limits(), pool) as sandbox:
        (outcome,) = sandbox.run(job).outcomes
    loaded = set(outcome.outputs["names"])
    confining = ("levels", "canary", "capability", "guard", "kernel", "landlock", "limits", "seccomp", "slots")
    working = ("serve", "student", "inputs", "frames", "sources", "cells", "stand_ins", "data_files")
    working += (
        "failures",
        "memory_files",
        "ordinary",
        "late",
        "inert",
        "unpacking",
        "plots",
        "progress",
        "shell",
        "expectations",
        "made_up",
        "snippet",
        "aliases",
    )
    sandbox_side = {f"grader.sandbox.confine.{name}" for name in confining}
    sandbox_side |= {f"grader.sandbox.worker.{name}" for name in working}
    sandbox_side |= {f"grader.sandbox.{name}" for name in ("pool.zygote", "pool.messages", "protocol")}
    rooms = {"grader", "grader.sandbox", *(f"grader.sandbox.{name}" for name in ("pool", "worker", "confine"))}
    shared = {"grader.records", *(f"grader.records.{name}" for name in SHAPES)}
    assert {name for name in loaded if name.partition(".")[0] == "grader"} == sandbox_side | rooms | shared
    assert not loaded & {
        "hypothesis",
        "yaml",
        "sqlalchemy",
        "sqlite3",
        "jinja2",
        "click",
        "rich",
        "psutil",
        "matplotlib",
    }
