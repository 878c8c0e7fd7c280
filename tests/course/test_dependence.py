"""Texts of which it is known what each exercise depends on, and texts of which it is not."""

from __future__ import annotations

import pytest

from grader.course.dependence import dependence
from grader.records.run import Submission

BEGIN = "import numpy as np\n\n"
TWO = """
def one(x):
    return helper(x)

def two(x):
    return x
"""
HELPER = "def helper(x):\n    return x + 1\n"
ROOTS = {"one": ["one"], "two": ["two"]}


def found(text: str, data: dict[str, bytes] | None = None, **others: str):
    files = {"m.py": text, **{f"{name}.py": other for name, other in others.items()}}
    return dependence(Submission("m.py", files, data=data or {}), ROOTS)


KEEP = "def keep(x, k={}):\n    return k.setdefault(0, x)\n" + TWO.replace("return x\n", "return keep(x)\n")
CLASS = "class C:\n    def __init__(self):\n        self.a = 1\n" + TWO.replace("helper(x)", "C().a")
LIST = "K = []\n" + TWO.replace("return x\n", "return len(K)\n")
SUM = "sum = max\n" + TWO.replace("return x\n", "return sum(x)\n")
CONSTANT = "N = 1\nM = N + 1\n" + TWO.replace("(x)\n", "(M)\n")


@pytest.mark.parametrize(
    ("text", "part", "other", "changed"),
    [
        (HELPER + TWO, "+ 1", "+ 2", {"one"}),
        (HELPER + TWO, "+ 1", "+ 1  # so", set()),
        (HELPER + TWO, "return x\n", "return -x\n", {"two"}),
        (HELPER + TWO, "def two", "def three():\n    return one(1)\n\ndef two", set()),
        (CONSTANT, "N = 1", "N = 2", {"one"}),
        (CLASS, "= 1", "= 2", {"one"}),
        (SUM, "max", "min", {"two"}),
        # What keeps something is shared: who changes it has a say in all who look at it.
        (LIST, "helper(x)", "K.append(x)", {"one", "two"}),
        (LIST, "helper(x)", "x", {"one"}),
        (KEEP, "helper(x)", "keep(x)", {"one", "two"}),
    ],
)
def test_what_changes_whom(text, part, other, changed):
    old, new = found(BEGIN + text), found(BEGIN + text.replace(part, other))
    assert {name for name in ROOTS if old.texts[name] != new.texts[name]} == changed


@pytest.mark.parametrize(
    "text",
    [
        "print(1)",
        "if __name__ == 'm':\n    one = two",
        "one(1)",
        "x = one(1)",
        "x = np.vectorize(one)",
        "x = sorted([1], key=one)",
        "x = sorted([1], key=lambda v: v)",
        "from numpy import *",
        "import os",
        "import matplotlib.pyplot as plt",
        "for i in range(3):\n    pass",
        "try:\n    import numpy\nexcept ImportError:\n    pass",
        "if True:\n    N = 1",
        "del np",
        "N = (M := 1)",
        "def f():\n    global N\n    N = 1",
        "def f():\n    np.seterr(all='raise')",
        "from numpy import seterr",
        "def f():\n    np.pi = 3",
        "def f():\n    f.calls = 1",
        "def f():\n    getattr(np, 'pi')",
        "def f():\n    setattr(np, 'pi', 3)",
        "def f():\n    globals()['two'] = one",
        "def f():\n    exec('N = 1')",
        "def f():\n    eval('one')",
        "def f():\n    import importlib",
        "def f():\n    np.__dict__['pi'] = 3",
        "def f():\n    one.__defaults__ = ()",
        "def f():\n    return __doc__",
        "def f():\n    np.save('a', 1)",
        "def f():\n    open('a', 'w')",
        "def f(x=one(1)):\n    pass",
        "@np.vectorize\ndef f(x):\n    return x",
        "from functools import lru_cache\n\n@lru_cache\ndef f(x):\n    return x",
        "def f():\n    from functools import cache",
        "class C:\n    count = 0\n\n    def f(self):\n        C.count += 1",
        "class C:\n    def f(self):\n        self = np\n        self.pi = 3",
        "class C:\n    def f(self):\n        self.a = 1\n\ndef g():\n    C.f(np)",
        "class C:\n    def f(self):\n        self.a = 1\n\nD = C",
        "class C:\n    @classmethod\n    def f(cls):\n        cls.a = 1",
        "class C:\n    n = 0\n\n    def up(self):\n        self.n += 1\n\ndef f():\n    type(C()).up(type(C()))",
        "class C:\n    n = 0\n\n    def up(self):\n        self.n += 1\n        self.__class__.up(np)",
        "class C:\n    @classmethod\n    def f(cls):\n        cls.up(cls)\n\n    def up(self):\n        self.n = 1",
        "import copy\n\ndef f():\n    copy._deepcopy_dispatch.setdefault('n', []).append(1)",
        "from copy import _deepcopy_dispatch",
        "import numpy._globals",
        "import copy\n\ndef f():\n    copy.dispatch_table.clear()",
        "class C:\n    def f(self):\n        self._inst = 1\n        np.random._inst.append(1)",
        "def f():\n    np.core.arrayprint._format_options.update(precision=2)",
        "def f():\n    np.polynomial.set_default_printstyle('ascii')",
        "import scipy.fft\n\ndef f(b):\n    scipy.fft.set_global_backend(b)",
        "from scipy.io import savemat",
        "import typing\n\ndef f():\n    typing.sys.setrecursionlimit(9)",
        "def f():\n    return '{0.__globals__[N]}'.format(f)",
        "def f(x):\n    return '{:{0[N].real}}'.format(x)",
        "def f(x, text):\n    return text.format(x)",
        "def f(x):\n    return '{x[N]}'.format_map(x)",
        "class C(metaclass=M):\n    pass",
        "class C:\n    def __init_subclass__(cls):\n        pass",
        "class C:\n    def __del__(self):\n        pass",
        "class C:\n    def __getattr__(self, name):\n        return one",
        "class C:\n    print(1)",
        "async def f():\n    pass",
        "def half(:",
    ],
)
def test_what_may_do_anything_is_not_plain(text):
    assert found(BEGIN + HELPER + TWO) is not None
    assert found(f"{BEGIN}{HELPER}{TWO}\n{text}\n") is None


@pytest.mark.parametrize(
    "text",
    [
        '"""Text."""',
        "if __name__ == '__main__':\n    print(one(1))",
        "from math import sqrt, tau",
        "import scipy.special as special",
        "N: int = 3",
        "A, B = 1, np.eye(2)",
        "EPS = np.finfo(float).eps",
        "relu = lambda x: np.maximum(x, 0)",
        "TABLE = {'one': one}",
        "def f(x: np.ndarray = None, *, dtype=np.float64) -> float:\n    x[0] = 1\n    return float(x)",
        "def f():\n    rng = np.random.default_rng()\n    return rng.normal()",
        "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n    g()\n    return n",
        "from dataclasses import dataclass\n\n@dataclass\nclass C:\n    a: int = 1",
        "class C:\n    def _up(self):\n        self._n = 1\n\n    def f(self):\n        return self._n",
        "def f(x):\n    return '{:.3f} of {0}'.format(x)",
        "class E(Exception):\n    pass\n\ndef f():\n    try:\n        raise E('no')\n    except E:\n        return",
        "class C:\n    @property\n    def a(self):\n        return 1\n\n    @staticmethod\n    def b():\n        pass",
    ],
)
def test_what_students_write_is_plain(text):
    assert found(f"{BEGIN}{HELPER}{TWO}\n{text}\n") is not None


def test_other_modules_change_who_imports_them():
    text = "import other\n" + HELPER + TWO.replace("return x\n", "return other.f(x)\n")
    before, after = (found(text, other=f"def f(x):\n    return {number}\n") for number in (1, 2))
    assert before.texts["one"] == after.texts["one"]
    assert before.texts["two"] != after.texts["two"]
    assert found(text, other="KEPT = []\n") is None
    assert found(text, other="print(1)\n") is None


#: What stands in a line with others, of which one begins within a text: alone, the line means something else.
WITHIN = (
    '"""Notes.\n# constants:"""; K = 1\n',
    's = """\n#"""; K = 1\n',
    "s = 'a\\\n#'; K = 1\n",
    "s = f'''\n#{1}'''; K = 1\n",
    "J = 2; K = 1\n",
    "J = (2,\n  3); K = 1\n",
    "J = 2; \\\nK = 1\n",
    "J = 'ä'; K = 1\n",
    "K = 1; J = 'ä'\n",
)
LOOKS_AT_K = "def one(x):\n    return x + K\n\ndef two(x):\n    return x\n"


@pytest.mark.parametrize("text", WITHIN)
def test_whatever_stands_beside_a_value_it_decides_alone(text):
    before, after = (found(BEGIN + text.replace("K = 1", f"K = {value}") + LOOKS_AT_K) for value in (1, 2))
    assert before.texts["one"] != after.texts["one"]
    assert before.texts["two"] == after.texts["two"]


def test_a_backslash_before_a_letter_is_another_one_in_a_raw_text():
    raw, plain = (found(f"{BEGIN}'''a\n'''; K = {text}; t = '''\n'''\n{LOOKS_AT_K}") for text in (r"r'\x41'", "r'A'"))
    assert raw.texts["one"] != plain.texts["one"]


def test_a_decorator_is_part_of_what_it_decorates():
    text = "from dataclasses import dataclass\n\n@dataclass\nclass C:\n    a: int = 1\n\n" + LOOKS_AT_K.replace(
        "K", "C().a"
    )
    before, after = found(BEGIN + text), found(BEGIN + text.replace("@dataclass", ""))
    assert before.texts["one"] != after.texts["one"]


def test_lines_that_move_are_told():
    before, after = found(HELPER + TWO), found("\n" + HELPER + TWO)
    assert before.texts == after.texts
    assert before.places != after.places


READ = HELPER + TWO + "\ndef f(n):\n    return "


@pytest.mark.parametrize("call", ["np.load('off.npy')", "np.loadtxt('off.npy', dtype=int)"])
def test_what_reads_files_is_plain_where_they_were_handed_in(call):
    assert found(f"{BEGIN}{READ}{call}\n", {"off.npy": b""}) is not None
    assert found(f"{BEGIN}{READ}{call}\n", {"on.npy": b""}) is None


def test_a_reader_may_be_imported_by_its_name():
    assert found(f"from scipy.io import loadmat\n{READ}loadmat('off.mat')\n", {"off.mat": b""}) is not None
    assert found(f"from scipy.io import loadmat as lo\n{READ}lo('off.mat')\n", {"off.mat": b""}) is None


@pytest.mark.parametrize(
    "call",
    [
        "np.load('./data/' + 'off.npy')",
        "np.load(n)",
        "np.load(f'off.npy')",
        "np.load(file='off.npy')",
        "np.load('off.npy', 'r+')",
        "np.load('off.npy', mmap_mode='r+')",
        "np.load('off.npy', allow_pickle=True)",
        "np.load('off.npy', **n)",
        "np.load('off.npy') + np.fromfile('other')",
        "map(np.load, ['off.npy'])",
        "np.load",
    ],
)
def test_what_may_read_other_files_or_do_more_is_not(call):
    assert found(f"{BEGIN}{READ}{call}\n", {"off.npy": b""}) is None
