"""Python 2, old NumPy and imports that are missing: what real exceptions of such code are told as."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from grader.records.assignment import Limits
from grader.records.run import CellFrame, Job, Raised, texts_of
from grader.report.words.endings import advice
from grader.sandbox.outcomes import answered
from grader.sandbox.room import GRADED, Room
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
        return advice(answered(failure(error, sources), JOB, frozenset(), texts_of(sources.files), Room(GRADED).read))
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
    "a list that may be meant as a vector": function("x = [1, 2]", "s = 10 / 5", "return x * s"),
    "a list of a length": function("n = 4 / 2", "return [0] * n"),
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


def needs(name: str, line: str, where: str = "at the top of m.py") -> str:
    return f"{name} is not defined where it is used: put `{line}` {where}."


OLD_EXCEPT = "try: pass\nexcept ValueError, e: pass"  # from Python 3.14 on, two exceptions
TOLD = [
    ("def f(): return np.sum([1])", needs("np", "import numpy as np")),
    ("def f(): print(f'{np.pi}')", needs("np", "import numpy as np")),
    ("x = np.pi\nimport numpy as np", needs("np", "import numpy as np")),
    ("def g():\n    import numpy as np\ndef f():\n    g()\n    np.pi", needs("np", "import numpy as np")),
    ("def f(): plt.plot([1])", needs("plt", "import matplotlib.pyplot as plt")),
    ("def f(): return math.pi", needs("math", "import math")),
    ("def f(): return time . time()", needs("time", "import time")),
    ("def f(): return [1, copy.deepcopy([1])]", needs("copy", "import copy")),
    ("def f(): return reduce(max, [1])", needs("reduce", "from functools import reduce")),
    ("def f(): return partial (max, 1)", needs("partial", "from functools import partial")),
    ("def f(): return xrange(3)", "xrange is Python 2: write range."),
    ("def f(): return {}.has_key(1)", ".has_key() is Python 2: write `key in d` for `d.has_key(key)`."),
    ("def f(): return {}.iteritems()", ".iteritems() is Python 2: write `.items()`."),
    (
        "from collections import defaultdict as d\ndef f(): return d(int).itervalues()",
        ".itervalues() is Python 2: write `.values()`.",
    ),
    *(
        (
            f"import io, itertools\ndef f(): return {iterator}.next()",
            ".next() is Python 2: write `next(it)` for `it.next()`.",
        )
        for iterator in (
            *(
                "iter([1])",
                "iter({})",
                "iter({}.items())",
                "reversed([])",
                "iter('é')",
                "iter(range(3))",
                "iter(int, 1)",
            ),
            *("(i for i in [])", "zip()", "map(abs, [])", "filter(None, [])", "enumerate([])", "itertools.count()"),
            "io.StringIO()",
        )
    ),
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
        else [
            (source, "This is Python 2: write `except ValueError as error:` with as.")
            for source in (OLD_EXCEPT, "try: pass\nexcept (KeyError, OSError), e: pass  # 'both'")
        ]
    ),
    ("def f():\n    raise ValueError, 'a'", 'This is Python 2: write `raise ValueError("...")` with parentheses.'),
    ("x = 1 <> 2", "This is Python 2: write != for <>."),
    ("if 'a#' <> \"b\": pass  # 'so'", "This is Python 2: write != for <>."),
    ("x = 10L", "This is Python 2: write whole numbers without L."),
    ("x = 010", "This is Python 2: write 0o in front of octal digits, or no zero in front."),
    ("def f():\n        a = 1\n\treturn 2", "Tabs and spaces are mixed: indent with spaces alone."),
]


@pytest.mark.parametrize(("source", "sentence"), TOLD, ids=[source for source, _ in TOLD])
def test_what_is_gone_is_told_with_what_there_is(source, sentence):
    assert told(source) == sentence


UNKNOWN = "is unknown where it is used: pass it as an argument, or define it in code of the file"
UNREADABLE = "Python cannot read what stands there."
NOT_OLD = [
    ("def f(): return [].appendd(1)", ""),
    ("import sys\ndef f(): return sys.nothing", ""),
    # types of a student's own, and what Python 2 did not have either
    ("class Node: pass\ndef f(): return Node().next", ""),
    ("class LinkedList: pass\ndef f(): return LinkedList().iteritems()", ""),
    ("class Bag(dict): pass\ndef f(): return Bag().has_key(1)", ""),
    ("class my_iterator: pass\ndef f(): return my_iterator().next()", ""),
    ("def f(): return {}.next()", ""),
    ("def f(): return [].next()", ""),
    ("def f(): return {}.keys().next()", ""),
    ("def f(): return range(3).shape", ""),
    ("def f(): return None.next", ""),
    (NUMPY + "def f(): return np.ones(3).next()", ""),
    # names that were never where they are sought
    ("from collections import deqeu", ""),
    ("from collections import izip", ""),
    ("from itertools import xrange", ""),
    ("from itertools import Mapping", ""),
    # what stands in a line but is no code of it, and what Python did not stumble over
    ("if a b: # <> here", UNREADABLE),
    ("x = foo('<>'", UNREADABLE),
    ("x = '<>' b", UNREADABLE),
    ("x = '''\n <> ''' 'a' b", UNREADABLE),
    ('x = """\n <> """ b # "', UNREADABLE),
    ("x = 'a\\\n<> ' b", UNREADABLE),
    ("if True:\nprint -x", UNREADABLE),
    ("  print -x", UNREADABLE),
    ("x = 3a + int('10L')", UNREADABLE),
    ("x = 08", UNREADABLE),
    ("x = 08 + 1.05 + 05.5", UNREADABLE),
    ("try: pass\nexcept ValueError, KeyError as e: pass", UNREADABLE),
    *([] if sys.version_info >= (3, 14) else [("try: pass\nexcept ValueError, KeyError: pass", UNREADABLE)]),
    # names that may well be variables
    *(
        (f"def f(): return {line}", f"{name} {UNKNOWN} (or of a cell) that runs to its end.")
        for name, line in (
            *(("time", "2 * time"), ("time", "time[0]"), ("time", "time.shape"), ("copy", "copy.T"), ("re", "re + 1j")),
            *(("random", "random(3)"), ("time", "time # time.time()"), ("time", "('time.time()', time)")),
            *(("np", "range(np)"), ("partial", "partial * 2"), ("sys", "sys")),
        )
    ),
]


@pytest.mark.parametrize(("source", "sentence"), NOT_OLD, ids=[source for source, _ in NOT_OLD])
def test_what_is_no_python_2_and_no_library_has_no_such_sentence(source, sentence):
    assert told(source) == sentence


def test_of_cells_none_is_named_for_an_import():
    used = CellFrame("cell 7", 3, "<module>", "x = np.pi")
    said = advice(Raised("NameError", "name 'np' is not defined", frames=(used,)))
    assert said == needs("np", "import numpy as np", "in a cell that runs first")
