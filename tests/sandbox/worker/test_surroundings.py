"""What modules ask of their surroundings while they are imported, as they would find it on a student's machine."""

from __future__ import annotations

import pytest

from grader.records.assignment import Limits
from grader.records.run import Submission
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool.forked import ZygotePool
from grader.sandbox.portable.pool import PortablePool

ASKED = {
    "text in UTF-8": "sys.stdout.reconfigure(encoding='utf-8')",
    "lines at once": "sys.stderr.reconfigure(errors='replace', line_buffering=True)",
    "text of its own": "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('größer')",
    "half a character": "print('a\\ud83d')",
    "who works here": "assert getpass.getuser() == os.environ['USER'] == 'student'",
    "where": "assert pathlib.Path.home().is_absolute() and os.path.expanduser('~') == str(pathlib.Path.home())",
}


@pytest.fixture(scope="module", params=["forked", "portable"])
def pool(request):
    with ZygotePool() if request.param == "forked" else PortablePool() as made:
        yield made


def test_a_module_finds_what_it_asks_for(pool):
    for what, asked in ASKED.items():
        source = f"import getpass, io, os, pathlib, sys\n{asked}\nprint('done')\n"
        submission = Submission(module="memory.py", files={"memory.py": source})
        with ProcessSandbox(submission, Limits(load_seconds=10), pool) as sandbox:
            assert sandbox.load().problem is None, (what, sandbox.load().problem)
