"""Python 2, old NumPy and imports that are missing: what real exceptions of such code are told as."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from grader.records.assignment import Limits
from grader.records.run import Job
from grader.report.words.endings import advice
from grader.sandbox.outcomes import answered
from grader.sandbox.worker.failures import failure
from grader.sandbox.worker.sources import Sources
from grader.submission.divisions import Place, divided

JOB = Job(run="y = f()", outputs=("y",), sizes=({},), inputs=({},), limits=Limits())
NUMPY = "import numpy as np\n"


def told(source: str) -> str:
    sources, module = Sources({"m.py": source}), ModuleType("m")
    try:
        sources.execute("m.py", module)
        module.f()
    except (TypeError, IndexError, NameError, AttributeError, ImportError, SyntaxError, ValueError) as error:
        return advice(answered(failure(error, sources), JOB, frozenset(), sources.files))
    return "nothing happened"


def function(*lines: str) -> str:
    return NUMPY + "def f():\n" + "".join(f"    {line}\n" for line in lines)


WHERE = {
    "a part of a shape": (function("b = np.ones(8)", "H = b.shape[0] / 4", "return b[:H]"), 4),
    "among others": (function("N, H = 3, 8 / 2  # the half", "return np.zeros((N, H))"), 3),
    "in the index itself": (function("a = np.ones(8)", "return a[len(a) / 2]"), 4),
    "in a size itself": (function("return np.zeros((3, 8 / 2))"), 3),
    "in a range itself": (function("for i in range(8 / 2): pass"), 3),
    "made of one that is made so": (function("half = 4 / 2", "end = half - 1", "return [1, 2][end:]"), 3),
    "changed in place": (function("n = 4", "n /= 2", "return [0, 1, 2][n]"), 4),
    "of a sequence": (function("n = 4 / 2", "return [0] * n"), 3),
    "given to a function": (NUMPY + "def g(n):\n    return np.zeros(n)\ndef f():\n    k = 8 / 2\n    return g(k)\n", 5),
    "of the module": (NUMPY + "H = 8 / 4\ndef g():\n    H = 3\ndef f():\n    return np.zeros(H)\n", 2),
    "of an object": (
        NUMPY
        + "class N:\n    def __init__(self):\n        self.h = 8 / 2\n    def run(self):\n        return [1][self.h]\n"
        "def f():\n    return N().run()\n",
        4,
    ),
}


@pytest.mark.parametrize(("source", "line"), WHERE.values(), ids=WHERE)
def test_the_line_that_divides_is_named(source, line):
    expected = f"In line {line} `/` makes a float, which no index and no size may be in Python 3: write `//` there."
    assert told(source) == expected


UNCLEAR = {
    "a float that nobody divided": function("n = 2.0", "return [0, 1, 2][n]"),
    "of no whole number": function("n = 7 / 2", "return [0, 1, 2][:n]"),
    "of a float": function("T = 10.0", "n = T / 5", "return np.zeros(n)"),
    "of NumPy's float": function("n = np.ones(4).sum() / 2", "return [0, 1, 2][n]"),
    "of a root": function("import math", "n = math.sqrt(16) / 2", "return [0, 1, 2][n]"),
    "one of two": function("s = 8 / 2", "n = 2.0", "return [0, 1, 2][n:s]"),
    "not the index": function("s = 8 / 2", "return [0, 1][float('1')] * s"),
    "divided further down": function("n = 2.0", "[0, 1, 2][n]", "n = 4 / 2"),
    "in a text": function("n = float('1'); p = 'a/b'", "return [0, 1][n]"),
}


@pytest.mark.parametrize("source", UNCLEAR.values(), ids=UNCLEAR)
def test_where_no_line_is_plain_none_is_named(source):
    assert told(source) == ""


@pytest.mark.parametrize("floats", [{"H": True}, {"f": True, "(": True}, {}])
def test_what_a_worker_claims_is_held_against_the_text(floats):
    message = "slice indices must be integers or None or have an __index__ method"
    files = {"m.py": "def f(b):\n    H = 4 // 2\n    return b[:H]\n"}
    for line in (-1, 0, 1, 2, 3, 4, 10**9):
        assert divided(message, [Place("m.py", line, floats)], files) is None
    assert divided(message, [Place("other.py", 1, floats)], files) is None


OLD_EXCEPT = "try: pass\nexcept ValueError, e: pass"  # from Python 3.14 on, two exceptions
TOLD = [
    ("def f(): return np.sum([1])", "Add `import numpy as np` at the top of m.py: that line is missing."),
    ("def f(): return math.pi", "Add `import math` at the top of m.py: that line is missing."),
    (
        "def f(): return reduce(max, [1])",
        "Add `from functools import reduce` at the top of m.py: that line is missing.",
    ),
    ("def f(): return xrange(3)", "xrange is Python 2: write range."),
    ("def f(): return {}.has_key(1)", ".has_key() is Python 2: write `key in d` for `d.has_key(key)`."),
    ("def f(): return {}.iteritems()", ".iteritems() is Python 2: write `.items()`."),
    ("def f(): return iter([1]).next()", ".next() is Python 2: write `next(it)` for `it.next()`."),
    ("def f(): return map(abs, [1])[0]", "map(...) gives no list in Python 3: write list(map(...))."),
    ("def f(): return len(zip([1]))", "zip(...) gives no list in Python 3: write list(zip(...))."),
    ("def f(): return {1: 2}.keys()[0]", "d.keys() gives no list in Python 3: write list(d.keys())."),
    ("def f(): return {1: 2}.keys().sort()", "d.keys() gives no list in Python 3: write list(d.keys())."),
    ("def f(): return range(3) + [1]", "range(...) gives no list in Python 3: write list(range(...))."),
    ("def f(): range(3)[0] = 1", "range(...) gives no list in Python 3: write list(range(...))."),
    ("def f(): return float(map(abs, [1]))", "map(...) gives no list in Python 3: write list(map(...))."),
    (NUMPY + "def f(): return np.int(3)", "NumPy no longer has np.int: write int."),
    (NUMPY + "def f(): return np.float_(3)", "NumPy no longer has np.float_: write np.float64."),
    (NUMPY + "def f(): return np.product([3])", "NumPy no longer has np.product: write np.prod."),
    ("import cPickle", "cPickle is Python 2: import pickle."),
    (
        "from past.builtins import xrange",
        "Python 3 needs nothing of past: take the line out, and write range for xrange.",
    ),
    ("from itertools import izip", "zip, map and filter need no import in Python 3: write zip."),
    ("from collections import Mapping", "In Python 3 write `from collections.abc import Mapping`."),
    ("import time\ndef f(): return time.clock()", "Python no longer has time.clock: write time.perf_counter()."),
    ("def f():\n    print 3", "This is Python 2: write print(...) with parentheses."),
    ("exec 'a'", "This is Python 2: write exec(...) with parentheses."),
    *(
        []
        if sys.version_info >= (3, 14)
        else [(OLD_EXCEPT, "This is Python 2: write `except ValueError as error:` with as.")]
    ),
    ("def f():\n    raise ValueError, 'a'", 'This is Python 2: write `raise ValueError("...")` with parentheses.'),
    ("x = 1 <> 2", "This is Python 2: write != for <>."),
    ("x = 10L", "This is Python 2: write whole numbers without L."),
    ("x = 010", "This is Python 2: write 0o in front of octal digits, or no zero in front."),
    ("def f():\n        a = 1\n\treturn 2", "Tabs and spaces are mixed: indent with spaces alone."),
]


@pytest.mark.parametrize(("source", "sentence"), TOLD, ids=[source for source, _ in TOLD])
def test_what_is_gone_is_told_with_what_there_is(source, sentence):
    assert told(source) == sentence


@pytest.mark.parametrize("source", ["def f(): return [].appendd(1)", "import sys\ndef f(): return sys.nothing"])
def test_what_was_never_there_has_no_such_sentence(source):
    assert told(source) == ""
