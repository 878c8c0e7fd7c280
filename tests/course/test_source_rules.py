"""Rules on how code is written, held against texts: what is seen, where, and what is left alone."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from grader.course.load import parse
from grader.course.source_rules import source_broken
from grader.records.errors import AssignmentError
from grader.records.run import CellFrame, Submission

ASSIGNMENT = """
title: Rules
module: week.py
dims: {{N: 1..3}}
preload: [msgspec]
exercises:
  - id: f
    points: 2
    inputs: {{A: {{shape: [N]}}}}
    source: {rules}
  - id: other
    points: 2
    inputs: {{A: {{shape: [N]}}}}
"""


NET = "class Net:\n    def go(self, A):\n        return np.linalg.inv(A)\n"


def assignment(rules):
    return parse(ASSIGNMENT.format(rules=rules), file="assignment.yaml", id="week")


def breaches(rules, text, *, cells=(), **beside):
    files = {"week.py": text, **{f"{name}.py": source for name, source in beside.items()}}
    found = source_broken(assignment(rules), Submission("week.py", files, cells=tuple(cells)))
    assert set(found) <= {"f"}
    told = found["f"].breaches if found else ()
    return [(each.kind, each.word, (each.place.file, each.place.line) if each.place else None) for each in told]


def at(line, word="np.linalg.inv", file="week.py"):
    return [("forbidden", word, (file, line))]


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import numpy as np\ndef f(A):\n    return np.linalg.inv(A)\n", 3),
        ("import numpy as xp\ndef f(A):\n    return xp.linalg.inv(A)\n", 3),
        ("import numpy.linalg\ndef f(A):\n    return numpy.linalg.inv(A)\n", 3),
        ("import numpy.linalg as la\ndef f(A):\n    return la.inv(A)\n", 3),
        ("import numpy as np\ndef f(A):\n    la, n = np.linalg, 1\n    return la.inv(A)\n", 4),
        ("import numpy as np\ndef f(A):\n    la: object = np.linalg\n    return la.inv(A)\n", 4),
        ("import numpy as np\ndef f(A):\n    print(la := np.linalg)\n    return la.inv(A)\n", 4),
        ("import numpy as np\ng, n = np.linalg.inv, 1\ndef f(A):\n    return g(A)\n", 4),
        ("from numpy.linalg import inv as g\ndef f(A):\n    return g(A)\n", 3),
        ("from numpy import linalg\ndef f(A):\n    return list(map(linalg.inv, A))\n", 3),
        ("from numpy.linalg import *\ndef f(A):\n    return inv(A)\n", 3),
        ("import numpy as np\ng = np.linalg.inv\nh = g\ndef f(A):\n    return h(A)\n", 5),
        ("import numpy as np\ndef f(A):\n    la = np.linalg\n    return la.inv(A)\n", 4),
        ("def f(A):\n    from numpy.linalg import inv\n    return inv(A)\n", 2),
        ("import numpy as np\ndef f(A, g=np.linalg.inv):\n    return g(A)\n", 2),
        ("import numpy as np\ndef f(A):\n    return getattr(np.linalg, 'inv')(A)\n", 3),
        ("import numpy as np\ndef help(A):\n    return np.linalg.inv(A)\ndef f(A):\n    return help(A)\n", 3),
        (f"import numpy as np\n{NET}def f(A):\n    return Net().go(A)\n", 4),
        ("import numpy as np\ntry:\n    f\nexcept NameError:\n    def f(A):\n        return np.linalg.inv(A)\n", 6),
        ("import numpy as np\nTABLE = []\nTABLE.append(np.linalg.inv)\ndef f(A):\n    return TABLE[0](A)\n", 3),
    ],
)  # fmt: skip
def test_a_name_is_seen_whatever_it_is_called(text, line):
    assert breaches("{forbid: [np.linalg.inv]}", text) == at(line)


def test_helpers_in_files_beside_the_module_are_followed():
    helper = "import numpy as np\n\ndef go(A):\n    return np.linalg.inv(A)\n"
    for text in (
        "from tools import go\ndef f(A):\n    return go(A)\n",
        "import tools as t\ndef f(A):\n    return t.go(A)\n",
    ):
        assert breaches("{forbid: [np.linalg.inv]}", text, tools=helper) == at(4, file="tools.py")


def test_the_function_itself_may_be_imported():
    helper = "import numpy as np\n\ndef f(A):\n    return np.linalg.inv(A)\n\ng = f\n"
    for text in ("from tools import f\n", "from tools import *\n", "from tools import g as f\n"):
        assert breaches("{forbid: [np.linalg.inv]}", text, tools=helper) == at(4, file="tools.py")
        assert breaches("{require: [np.einsum]}", text, tools=helper) == [("lacking", "np.einsum", None)]
    assert breaches("{forbid: [np.linalg.inv]}", "from numpy.linalg import inv as f\n") == at(1)


def test_a_file_named_like_numpy_hides_none_of_its_names():
    text = "import numpy as np\ndef f(A):\n    return np.linalg.inv(A)\n"
    assert breaches("{forbid: [np.linalg.inv]}", text, **{"numpy/linalg": "def inv(A): pass\n"}) == at(3)


def test_a_function_that_no_text_shows_was_looked_up():
    for text, word in (("exec('def f(A):\\n    return A')\n", "exec"), ("globals()['f'] = abs\n", "globals")):
        assert breaches("{forbid: [for]}", text) == [("looked_up", word, ("week.py", 1))]


def test_functions_within_functions_are_looked_at_once():
    depth = 60
    nested = "".join(f"{' ' * n}def f{n}(A):\n" for n in range(depth))
    text = nested + f"{' ' * depth}a(1, 2, 3);\n" * 2000 + "def f(A):\n    return f0(A)\n"
    assert breaches("{forbid: [recursion]}", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ndef old(A):\n    return np.linalg.inv(A)\ndef f(A):\n    return A\n",
        "import numpy as np\ndef f(A):\n    return np.linalg.inv(A)\ndef f(A):\n    return A\n",
        "import numpy as np\ndef other(A):\n    return np.linalg.inv(A)\ndef f(A):\n    return other(A)\n",
        "import scipy.linalg as la\ndef f(A):\n    return la.inv(A)\n",
        "def inv(A):\n    return A\ndef f(A):\n    return inv(A)\n",
        "import numpy as np\ndef f(A: np.linalg.inv) -> np.linalg.inv:\n    return A\n",
        "import numpy as np\ndef inv(x):\n    return np.linalg.inv(x)\ndef f(A):\n    inv = A\n    return inv\n",
        "from numpy.linalg import inv\ndef f(A):\n    return A  # not inv(A), and no 'np.linalg.inv'\n",
        "def f(A:\n",
        "",
    ],
)
def test_what_the_exercise_does_not_use_costs_nothing(text):
    assert breaches("{forbid: [np.linalg.inv]}", text) == []


def test_a_whole_module_and_what_python_has():
    text = "import numpy as np\ndef f(A):\n    return sorted(np.linalg.det(A))\n"
    assert breaches("{forbid: [np.linalg]}", text) == at(3, "np.linalg")
    assert breaches("{forbid: [numpy]}", text) == at(3, "numpy")
    assert breaches("{forbid: [sorted]}", text) == at(3, "sorted")
    own = "def sorted(A):\n    return A\ndef f(A):\n    return sorted(A)\n"
    assert breaches("{forbid: [sorted]}", own) == []
    of_numpy = "from numpy import *\ndef f(A):\n    return sum(A)\n"
    assert breaches("{forbid: [sum]}", of_numpy) == []
    assert breaches("{forbid: [np.sum]}", of_numpy) == at(3, "np.sum")


def test_what_follows_a_dot():
    text = "import numpy as np\ndef f(A):\n    A.sort()\n    return A\n"
    assert breaches("{forbid: [.sort]}", text) == at(3, ".sort")
    assert breaches("{forbid: [.sort]}", text.replace("A.sort()", "np.sort(A)")) == []


@pytest.mark.parametrize(
    ("does", "by"),
    [
        ("eval('1')", "eval"),
        ("exec('1')", "exec"),
        ("globals()['g'](A)", "globals"),
        ("getattr(np.linalg, 'in' + 'v')(A)", "getattr"),
    ],
)
def test_looking_names_up_is_a_breach_where_something_is_forbidden(does, by):
    text = f"import numpy as np\ndef f(A):\n    return {does}\n"
    assert breaches("{forbid: [for]}", text) == [("looked_up", by, ("week.py", 3))]
    assert breaches("{require: [def]}", text) == []
    own = "class Net:\n    def get(self, name):\n        return getattr(self, name)\ndef f(A):\n    return Net()\n"
    assert breaches("{forbid: [for]}", own) == []


# ── kinds of code ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "does"),
    [
        ("for", "for a in A: pass"),
        ("while", "while A: pass"),
        ("comprehension", "return [a for a in A]"),
        ("comprehension", "return sum(a for a in A)"),
        ("conditional", "return A if A else 1"),
        ("lambda", "return lambda: A"),
        ("try", "try: pass\n    finally: pass"),
        ("import", "import math"),
        ('"@"', "A = A @ A"),
        ('"@"', "A @= A"),
        ('"**"', "return A ** 2"),
        ("recursion", "return f(A)"),
    ],
)
def test_each_kind_of_code_is_seen_and_only_that(word, does):
    text = f"def f(A):\n    {does}\n    return A\n"
    words = ("for", "while", "comprehension", "conditional", "lambda", "try", "import", '"@"', '"**"', "recursion")
    for each in words:
        expected = at(1 if word == "recursion" else 2, each.strip('"')) if each == word else []
        assert breaches(f"{{forbid: [{each}]}}", text) == expected, each


def test_a_circle_of_helpers_is_recursion():
    text = "def g(A):\n    return f(A)\ndef f(A):\n    return g(A)\n"
    assert breaches("{require: [recursion]}", text) == []
    assert breaches("{require: [recursion]}", "def f(A):\n    return A\n") == [("lacking", "recursion", None)]


def test_what_is_asked_for_may_be_a_function_of_another_exercise():
    assert breaches("{require: [other]}", "def other(A): pass\ndef f(A):\n    return other(A)\n") == []
    assert breaches("{require: [other, np.einsum]}", "def f(A):\n    return A\n") == [
        ("lacking", "other", None),
        ("lacking", "np.einsum", None),
    ]


def test_lines_of_code_count_and_others_do_not():
    helper = 'def help(A):\n    """Text\n    of two lines."""\n\n    # a comment\n    return A\n'
    text = f"{helper}\n\ndef f(A):\n    return help(A)\n"
    assert breaches("{at_most: {lines: 4}}", text) == []
    assert breaches("{at_most: {lines: 3}}", text) == [("too_long", "", None)]


# ── notebooks, and texts that are hard to read ────────────────────────────────────────────────────────────────────


def test_places_in_notebooks_are_cells():
    cells = ["import numpy as np", "def f(A):\n    return A", "this is no Python", "def f(A):\n    for a in A: pass"]
    submission = Submission("week.py", {"week.py": "\n\n".join(cells)}, cells=tuple(cells))

    (breach,) = source_broken(assignment("{forbid: [for]}"), submission)["f"].breaches

    assert breach.place == CellFrame("cell 4", 2, "")


def test_a_part_of_a_file_in_cells_that_is_no_python_hides_no_other():
    text = "# %%\nthis is no Python\n# %%\ndef f(A):\n    for a in A: pass\n"
    assert breaches("{forbid: [for]}", text) == at(5, "for")


@pytest.mark.parametrize(
    "text",
    [
        "def f(A):\n    return " + "-" * 100_000 + "A\n",
        "def f(A):\n    return " + "A + " * 50_000 + "A\n",
        "def f(A):\n    return " + "(lambda: " * 180 + "A" + ")" * 180 + "\n",
        "".join(f"a{n} = a{n + 1}\n" for n in range(20_000)) + "def f(A):\n    return a0\n",
        "".join("x.append(f)\n" for _ in range(20_000)) + "def f(A):\n    return x\n" + "x\n" * 1000,
    ],
    ids=["signs", "sum", "lambdas", "aliases", "changes"],
)
def test_hostile_texts_end_soon_and_in_an_answer(text):
    assert [kind for kind, _, _ in breaches("{forbid: [for]}", text)] in ([], ["unreadable"])


EXERCISE = """
  - id: f{n}
    points: 2
    inputs: {{A: {{shape: [N]}}}}
    source: {{forbid: [for], require: [recursion], at_most: {{lines: 2}}}}
"""


def test_a_text_is_looked_through_once_however_many_exercises_reach_it():
    head, _, _ = ASSIGNMENT.partition("  - id")
    many = parse(head.format() + "".join(EXERCISE.format(n=n) for n in range(12)), file="assignment.yaml", id="week")
    lines = "".join(f"    a{n} = np.sin(A) + g(A).T\n" for n in range(1200))
    functions = "".join(f"def f{n}(A):\n    return long(A)\n" for n in range(12))
    text = f"import numpy as np\ndef g(A):\n    return A\ndef long(A):\n{lines}    return A\n{functions}"

    def judged(count):
        began = time.process_time()
        found = source_broken(replace(many, exercises=many.exercises[:count]), Submission("week.py", {"week.py": text}))
        assert [[each.kind for each in broken.breaches] for broken in found.values()] == [
            ["lacking", "too_long"]
        ] * count
        return time.process_time() - began

    assert judged(12) < 4 * judged(1)


# ── words that mean nothing ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("{forbid: [fro]}", "exercise f: source.forbid[0] is fro, which means nothing here, did you mean `for`?"),
        (
            "{forbid: [for, np.linalg.invv]}",
            "source.forbid[1] names np.linalg.invv, which NumPy does not have, did you",
        ),
        ("{require: [pandas.merge]}", "names pandas.merge, and pandas is no module that student code may import"),
        ("{require: [for], forbid: [for]}", "source.require[0] is for, which forbid names as well"),
        ("{because: so}", "source asks for nothing"),
        ("{at_most: {lines: 0}}", "must be >= 1"),
        ("{forbid: [a b]}", "must be a word such as for"),
        ("{forbid: [for], points: 3}", "must be at least the sum of its parts' points, 3"),
    ],
)
def test_a_wrong_rule_is_a_mistake_of_the_file(rules, said):
    with pytest.raises(AssignmentError) as caught:
        assignment(rules)
    assert said in str(caught.value)
    assert all(mistake.line > 0 for mistake in caught.value.mistakes)


def test_every_documented_word_is_one():
    words = ["sorted", "np.linalg.inv", "math.prod", "np.linalg", ".sort", ".T", "msgspec.json", "other", "f", "numpy"]
    assert assignment(f"{{forbid: [{', '.join(words)}], require: [recursion, '%', '//', del, match]}}").exercises
