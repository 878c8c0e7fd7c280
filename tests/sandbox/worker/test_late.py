"""What libraries import when they are first used works where nothing can be read from disk any more."""

from __future__ import annotations

import pytest

from grader.records.assignment import Limits
from grader.records.run import Job, Raised, Returned, Submission
from grader.sandbox.environment import ENVIRONMENT
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool.forked import ZygotePool

LAZY = {
    "__init__.py": "import importlib\n\ndef __getattr__(name):\n    if name in ('plain', 'shown', 'deep'):\n"
    "        return importlib.import_module(f'{__name__}.{name}')\n    raise AttributeError(name)\n",
    "plain.py": "def add(xs):\n    return sum(xs)\n",
    "shown.py": "def text(xs):\n    from lazily import words\n    return words.text(xs)\n",
    "words.py": "def text(xs):\n    from . import deep\n    return deep.inner.JOIN.join(map(str, xs))\n",
    "public/__init__.py": "def late():\n    from lazily.public import part\n    return part.X\n",
    "public/part.py": "X = 1\n",
    "solutions.py": "SOLUTION = 1\n",
    "deep/__init__.py": "from . import inner\n",
    "deep/inner.py": "JOIN = ' '\n",
}


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    home = tmp_path_factory.mktemp("libraries")
    for name, text in LAZY.items():
        (home / "lazily" / name).parent.mkdir(exist_ok=True, parents=True)
        (home / "lazily" / name).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ENVIRONMENT, "PYTHONPATH", str(home))
        with ZygotePool() as made:
            yield made


@pytest.fixture
def outcome(pool):
    def outcome(source, preload=()):
        submission = Submission(module="memory.py", files={"memory.py": source})
        job = Job(run="y = f()", outputs=("y",), sizes=({},), inputs=({},))
        with ProcessSandbox(submission, Limits(case_seconds=5), pool, preload) as sandbox:
            problem = sandbox.load().problem
            return problem or sandbox.run(job).outcomes[0]

    return outcome


WORKS = {
    "the commonest of a Counter": "from collections import Counter\ndef f():\n"
    "    return Counter(['a', 'b', 'b']).most_common(1)[0][1] - 1",
    "how NumPy was built": "import numpy as np\nnp.show_config()\ndef f():\n    np.show_config()\n    return 1",
    "help": "def g(): 'about'\nhelp(g)\ndef f():\n    help(g)\n    help('if')\n    return 1",
    "np.info": "import numpy as np\ndef f():\n    np.info(np.sum)\n    return 1",
    "profiles": "import cProfile\ndef f():\n    cProfile.run('1 + 1')\n    return 1",
    "times": "import timeit\ndef f():\n    timeit.timeit('1 + 1', number=2)\n    return 1",
    "doctest": "import doctest\ndef f():\n    doctest.run_docstring_examples(f, {})\n    return 1",
    "unittest": "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.assertEqual([1], [1])\n"
    "def f():\n    unittest.main(argv=['x'], exit=False)\n    return 1",
    "a codec": "def f():\n    return len('x'.encode('cp500'))",
    "codecs of two kinds": "def f():\n    'ü'.encode('idna')\n    return len(str(b'x', 'euc_jp'))",
}
ALL_CODECS = """
import codecs
from encodings.aliases import aliases
def f():
    for name in set(aliases.values()) - {"mbcs", "oem"}:
        coded = codecs.lookup(name)
        if coded._is_text_encoding:
            assert "x".encode(name).decode(name) == "x", name
        else:
            codecs.encode("x" if name == "rot_13" else b"x", name)
    return 1
"""


@pytest.mark.parametrize("source", [*WORKS.values(), ALL_CODECS], ids=[*WORKS, "all codecs"])
def test_the_standard_library_works_to_its_last_import(source, outcome):
    assert outcome(source) == Returned(outputs={"y": 1})


USES = (
    "import lazily as lz\nprint(lz.shown.text([1]))\ndef f():\n    return lz.plain.add([1, 2]), lz.shown.text([1, 2])\n"
)


def test_a_library_that_loads_its_parts_when_they_are_used_works(outcome):
    assert outcome(USES, ["lazily"]) == Returned(outputs={"y": (3, "1 2")})


def test_a_library_that_was_not_preloaded_is_not_there(outcome):
    found = outcome(USES)
    assert isinstance(found, Raised)
    assert found.error == "ModuleNotFoundError"


def test_of_a_package_of_the_course_no_more_is_held_than_preload_names(outcome):
    assert outcome("from lazily import public\nf = public.late", ["lazily.public"]) == Returned(outputs={"y": 1})
    held = (
        "import sys, lazily.public\ndef f():\n    held = sys.meta_path[-1]._sources\n"
        "    return sorted(name for name in held if name.startswith('lazily'))"
    )
    assert outcome(held, ["lazily.public"]) == Returned(outputs={"y": ["lazily.public", "lazily.public.part"]})
    found = outcome("import lazily.public\ndef f():\n    import lazily.solutions", ["lazily.public"])
    assert found.error == "ModuleNotFoundError"


def test_no_programs_and_tests_are_held(outcome):
    found = outcome("import csv\ndef f():\n    import idlelib.idle")
    assert isinstance(found, Raised)
    assert found.error == "ModuleNotFoundError"


@pytest.mark.parametrize("value", ["'a\\ud83d'", "{'\\ud800': ['\\udfff', ('\\udc00',)]}"])
def test_half_a_character_crosses(value, outcome):
    assert outcome(f"def f(): return {value}") == Returned(outputs={"y": eval(value)})


def test_half_a_character_in_an_exception_is_written_by_its_number(outcome):
    found = outcome("globals()['n\\ud83d'] = 1\ndef f(): raise ValueError('a\\ud83d')")
    assert (found.error, found.message) == ("ValueError", "a\\ud83d")
