"""Modules of a submission, imported from memory: packages, relative imports, and names that libraries have too."""

from __future__ import annotations

import sys

import pytest

from grader.records.assignment import Limits
from grader.records.run import Job, Outcome, Returned, Submission
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool.forked import ZygotePool
from grader.sandbox.portable.pool import PortablePool

pytestmark = pytest.mark.usefixtures("warm")

LIMITS = Limits(seconds=20, case_seconds=10, load_seconds=10)


@pytest.fixture(scope="module", params=["portable", "zygote"])
def pool(request):
    with PortablePool() if request.param == "portable" else ZygotePool() as made:
        yield made


@pytest.fixture
def outcome(pool):
    """The outcome of an expression in a submission whose module begins with ``source``."""

    def outcome(expression: str, source: str, files=None, module: str = "memory.py") -> Outcome:
        text = f"import numpy as np\n{source}\ndef f():\n    return {expression}"
        submission = Submission(module=module, files={module: text, **(files or {})})
        job = Job(run="y = f()", outputs=("y",), sizes=({},), inputs=({},), limits=LIMITS)
        with ProcessSandbox(submission, LIMITS, pool) as sandbox:
            problem = sandbox.load().problem
            return problem if problem is not None else sandbox.run(job).outcomes[0]

    return outcome


@pytest.fixture
def returned(outcome):
    def returned(*given, **named):
        found = outcome(*given, **named)
        assert isinstance(found, Returned), found
        return found.outputs["y"]

    return returned


# What the worker itself needs, what libraries need later, what nobody needs, and the grader's own names. Which of these
# are built into Python, and so come before any file, differs from one build of it to another.
NAMES = {"signal", "token", "select", "types", "random", "queue", "code", "test", "utils", "grader", "msgspec"}


@pytest.mark.parametrize("name", sorted(NAMES.difference(sys.builtin_module_names)))
def test_a_module_of_the_submission_wins_over_a_library_of_its_name(name, returned):
    files = {f"{name}.py": "mine = 5\nclass Mine: pass", "helper.py": f"from {name} import mine as theirs"}
    assert returned(f"{name}.mine", f"import {name}", files) == 5
    ways = f"[helper.theirs, mine, Mine.__name__, __import__('{name}').mine]"
    assert returned(ways, f"import helper\nfrom {name} import *", files) == [5, 5, "Mine", 5]


def test_an_import_in_a_function_or_a_snippet_finds_it_too(pool):
    files = {"memory.py": "def f():\n    from token import mine\n    return mine", "token.py": "mine = 5"}
    job = Job(run="import token\ny = [f(), token.mine]", outputs=("y",), sizes=({},), inputs=({},), limits=LIMITS)
    with ProcessSandbox(Submission(module="memory.py", files=files), LIMITS, pool) as sandbox:
        assert sandbox.run(job).outcomes == (Returned(outputs={"y": [5, 5]}),)


PACKAGE = {
    "json/__init__.py": "from .inner import two\nfrom json.deep.er import four\nfrom . import inner as same",
    "json/inner.py": "def two(): return 2",
    "json/deep/er.py": "from ..inner import two\nimport json.inner as again\ndef four(): return two() + again.two()",
}


def test_a_package_of_a_library_s_name_has_its_submodules_and_relative_imports(returned):
    assert returned("json.two() + json.four() + json.same.two()", "import json", PACKAGE) == 8
    assert returned("json.inner.two()", "import json.inner", PACKAGE) == 2
    assert returned("er.four()", "import json.deep.er as er", PACKAGE) == 4


@pytest.mark.parametrize("name", ["random", "types", "signal", "queue", "contextlib", "traceback"])
def test_libraries_keep_the_one_they_need(name, returned):
    """NumPy and the standard library import these themselves, some of them only when they are called."""
    files = {f"{name}.py": "mine = 5"}
    source = f"import {name}\nimport concurrent.futures, dataclasses, enum, tempfile"
    expression = f"[{name}.mine, float(np.median(np.ones(3))), str(np.ones(2)), len(concurrent.futures.ALL_COMPLETED)]"
    assert returned(expression, source, files) == [5, 1.0, "[1. 1.]", 13]


def test_chance_is_seeded_whatever_is_named_random(returned):
    drawn = [returned("float(np.random.rand())", "import random", {"random.py": "mine = 5"}) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_the_module_itself_may_have_a_library_s_name(returned):
    files = {"helper.py": "import statistics\ndef g(): return statistics.k"}
    assert returned("helper.g()", "import helper\nk = 3", files, module="statistics.py") == 3
    assert returned("sum(np.ones(2))", "k = 3", {}, module="os.py") == 2


@pytest.mark.parametrize("name", ["sys", "itertools", "os", "io", "numpy"])
def test_what_python_would_not_hide_is_not_hidden(name, returned):
    """What is built in or frozen in comes before any file; and the course's own NumPy is what is graded with."""
    assert returned(f"hasattr({name}, 'mine')", f"import {name}", {f"{name}.py": "mine = 5"}) is False


def test_classes_of_such_a_module_are_whole(returned):
    """What looks modules up by name finds the right one: pickles, and annotations of dataclasses."""
    source = "import pickle\nfrom token import Kind, Point"
    files = {
        "token.py": "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom enum import Enum\n"
        "from typing import ClassVar\nclass Kind(Enum):\n    A = 1\n"
        "@dataclass\nclass Point:\n    x: int\n    k: ClassVar[int] = 3"
    }
    assert returned("pickle.loads(pickle.dumps(Point(2))) == Point(2)", source, files) is True
    assert returned("pickle.loads(pickle.dumps(Kind.A)) is Kind.A", source, files) is True


@pytest.mark.parametrize("odd", ["\f", "\f\f", "# \u2028\u2029", "# \x85\x1c\v"])
def test_a_traceback_shows_the_line_that_failed(odd, outcome):
    """Whatever else than a line end of Python's stands before it."""
    found = outcome("1", f"{odd}\nhere = 5\n1 / 0")
    assert [(frame.line, frame.text) for frame in found.frames] == [(4, "1 / 0")]
    wrong = outcome("1", f"{odd}\nhere = 5\nthis is wrong")
    assert [(frame.line, frame.text) for frame in wrong.frames] == [(4, "this is wrong")]


def test_what_is_missing_in_it_is_said(outcome):
    found = outcome("1", "from signal import nothing", {"signal.py": "mine = 5"})
    assert found.message == "cannot import name 'nothing' from 'submission:signal' (signal.py)"
    failing = outcome("1", "import token", {"token.py": "1 / 0"})
    assert [(frame.file, frame.line) for frame in failing.frames] == [("memory.py", 2), ("token.py", 1)]


def test_without_such_names_student_code_has_pythons_own_import(returned):
    source = "import builtins, helper"
    assert returned("__import__ is builtins.__import__", source, {"helper.py": ""}) is True
    assert returned("__import__ is builtins.__import__", source, {"helper.py": "", "token.py": ""}) is False


def test_a_helper_may_be_named_like_a_stand_in(returned):
    assert returned("seaborn.mine", "import seaborn", {"seaborn.py": "mine = 5"}) == 5
