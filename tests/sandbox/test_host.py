"""The real sandbox: every outcome, met by a program that causes it, and nothing left behind afterwards."""

from __future__ import annotations

import os
import platform
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from grader.records.assignment import Limits
from grader.records.errors import SandboxFault
from grader.records.record import Foreign
from grader.records.run import (
    BadReply,
    Crashed,
    Definition,
    Frame,
    Job,
    Loaded,
    NotRun,
    Outcome,
    OutOfMemory,
    Raised,
    Returned,
    Run,
    Submission,
    TimedOut,
)
from grader.sandbox import clocks, protocol
from grader.sandbox import host as host_module
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool import forked
from grader.sandbox.pool.forked import ZygotePool
from grader.sandbox.portable import process as process_module
from grader.sandbox.portable.pool import PortablePool
from grader.sandbox.room import GRADED, Room

pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture(scope="module", params=["portable", "zygote that confines nothing", "zygote at its best"])
def pool(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forked, "CONFINED", 1)
        made = {"portable": PortablePool, "zygote at its best": ZygotePool}.get(request.param, lambda: ZygotePool(1))()
        yield made
        made.close()


@pytest.fixture
def sandbox(pool):
    """Opens a sandbox on a submission's source, and closes it."""
    opened = []

    def make(source, limits=None):
        found = source if isinstance(source, Submission) else submission(source)
        opened.append(ProcessSandbox(found, limits or LIMITS, pool))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


LIMITS = Limits(seconds=20, case_seconds=1, load_seconds=2, memory=256 << 20)


def submission(source: str, **others: str) -> Submission:
    files = {"memory.py": source, **{f"{name}.py": text for name, text in others.items()}}
    return Submission(module="memory.py", files=files)


ONE_CASE = ({"x": np.arange(3.0)},)


def job(run: str = "y = f(x)", *, inputs=ONE_CASE, limits=LIMITS, salt=0) -> Job:
    return Job(
        run=run, outputs=("y",), sizes=tuple({"D": 3} for _ in inputs), inputs=tuple(inputs), limits=limits, salt=salt
    )


@pytest.fixture
def run(sandbox):
    def run(source: str, *jobs: Job, limits=LIMITS) -> list[Run]:
        made = sandbox(source, limits)
        return [made.run(each) for each in jobs or (job(),)]

    return run


@pytest.fixture
def outcome(run):
    """The outcome of the first case; a second job shows that the exercise after it still runs."""

    def outcome(source: str, limits=LIMITS) -> Outcome:
        first, second = run(source, job(limits=limits), job("y = D"), limits=limits)
        assert second.outcomes == (Returned(outputs={"y": 3}),)
        return first.outcomes[0]

    return outcome


def test_returned_values_come_back_as_they_are(run):
    (ran,) = run("import numpy as np\ndef f(x): return {'a': [x + 1, (2, None)], 'b': np.float32(0.5)}")
    (returned,) = ran.outcomes
    assert isinstance(returned, Returned)
    np.testing.assert_array_equal(returned.outputs["y"]["a"][0], [1, 2, 3])
    assert returned.outputs["y"]["a"][1] == (2, None)
    assert returned.outputs["y"]["b"].dtype == np.float32


def test_sizes_numpy_and_module_names_are_in_scope_and_inputs_win(run):
    (ran,) = run("x = 'module'\nk = 2\ndef g(v): return v * k", job("y = g(x) + D + np.ones(3)"))
    np.testing.assert_array_equal(ran.outcomes[0].outputs["y"], [4, 6, 8])


def test_a_snippet_is_python_as_it_would_be_pasted(run):
    (ran,) = run("def f(x): return x", job("y: there_is_none = f(x)"))
    assert "there_is_none" in ran.outcomes[0].message


def test_an_output_that_is_never_set_is_missing(run):
    (ran,) = run("def f(x): return x", job("z = f(x)"))
    assert ran.outcomes[0].missing == ("y",)


def test_every_case_gets_fresh_copies_and_changes_are_observed(run):
    source = "def f(x):\n    x += 1\n    return x"
    (ran,) = run(source, job(inputs=({"x": np.zeros(2)}, {"x": np.zeros(2)})))
    for returned in ran.outcomes:
        np.testing.assert_array_equal(returned.outputs["y"], [1, 1])
        assert returned.changed == ("x",)
        assert returned.aliased == (("y", "x"),)


def test_a_fresh_result_is_not_observed_as_changed_or_aliased(run):
    (ran,) = run("def f(x): return x * 1", job(inputs=({"x": np.zeros(2)},)))
    assert (ran.outcomes[0].changed, ran.outcomes[0].aliased) == ((), ())


def test_changes_inside_lists_are_observed(run):
    (ran,) = run("def f(x):\n    x[0][0] = 5\n    return 1", job(inputs=({"x": [np.zeros(2), np.zeros(1)]},)))
    assert ran.outcomes[0].changed == ("x",)


def test_exceptions_carry_the_students_lines_only(outcome):
    found = outcome("def g(x):\n    return x / y_\n\ndef f(x):\n    return g(x)")
    assert isinstance(found, Raised)
    assert (found.error, found.message) == ("NameError", "name 'y_' is not defined")
    assert found.ancestors[:3] == ("NameError", "Exception", "BaseException")
    assert [(frame.file, frame.line, frame.function, frame.text) for frame in found.frames] == [
        ("memory.py", 5, "f", "return g(x)"),
        ("memory.py", 2, "g", "return x / y_"),
    ]


def test_lines_of_libraries_do_not_appear(outcome):
    found = outcome("import numpy as np\ndef f(x): return np.linalg.inv(x)")
    assert {frame.file for frame in found.frames} == {"memory.py"}


@pytest.mark.parametrize("leave", ["raise SystemExit(0)", "raise KeyboardInterrupt", "import sys; sys.exit('bye')"])
def test_leaving_is_an_exception(leave, outcome):
    found = outcome(f"def f(x):\n    {leave}")
    assert isinstance(found, Raised)
    assert found.error in ("SystemExit", "KeyboardInterrupt")


def test_an_exception_that_cannot_print_itself(outcome):
    source = "class Bad(Exception):\n    def __str__(self): raise Bad\ndef f(x): raise Bad"
    found = outcome(source)
    assert (found.error, found.message) == ("Bad", "")


def test_input_says_why_it_is_refused(outcome):
    found = outcome("def f(x): return input('? ')")
    assert (found.error, found.message) == ("EOFError", "input() is not available while grading")


@pytest.fixture
def patient(monkeypatch):
    """On a busy machine, five times the CPU limit may go by before the limit itself is reached."""
    monkeypatch.setattr(clocks, "WALL_FACTOR", 100.0)


@pytest.mark.usefixtures("patient")
def test_busy_loop_is_stopped_by_the_cpu_clock(outcome):
    limits = Limits(seconds=20, case_seconds=0.3)
    found = outcome("def f(x):\n    while True: pass", limits)
    assert found == TimedOut(seconds=0.3, clock="cpu", scope="case")


def test_waiting_is_stopped_by_the_wall_clock(outcome):
    limits = Limits(seconds=20, case_seconds=0.2)
    found = outcome("import time\ndef f(x): time.sleep(60)", limits)
    assert found == TimedOut(seconds=1.0, clock="wall", scope="case")


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("when", ["", "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)"])
def test_a_worker_whose_life_s_computing_is_used_up_has_timed_out(when, outcome, monkeypatch):
    """The kernel ends it, whatever becomes of the host; it says why first, and kills who does not listen."""
    monkeypatch.setattr(host_module, "LIFE_SECONDS", 1)
    limits = Limits(seconds=100, case_seconds=100)
    found = outcome(f"{when}\ndef f(x):\n    while True: pass", limits)
    expected = Crashed(signal="SIGKILL") if when else TimedOut(seconds=1, clock="cpu", scope="exercise")
    assert found == expected


@pytest.mark.usefixtures("patient")
def test_an_exercise_has_a_deadline_of_its_own(run):
    slow = """
import time
def f(x):
    end = time.process_time() + 0.15
    while time.process_time() < end: pass
    return x
"""
    limits = Limits(seconds=0.5, case_seconds=5)
    (ran,) = run(slow, job(inputs=tuple({"x": 1} for _ in range(10)), limits=limits))
    late = [found for found in ran.outcomes if isinstance(found, TimedOut)]
    assert late == [TimedOut(seconds=0.5, clock="cpu", scope="exercise")]
    assert isinstance(ran.outcomes[0], Returned)
    assert ran.outcomes[-1] == NotRun()


def test_after_a_fatal_case_the_rest_of_the_job_is_not_run(run):
    (ran,) = run("import os\ndef f(x): return x if x else os._exit(3)", job(inputs=({"x": 1}, {"x": 0}, {"x": 1})))
    assert ran.outcomes == (Returned(outputs={"y": 1}), Crashed(exit_code=3), NotRun())


def test_a_signal_is_named(outcome):
    found = outcome("import os, signal\ndef f(x): os.kill(os.getpid(), signal.SIGSEGV)")
    assert found == Crashed(signal="SIGSEGV")


def test_one_large_array_is_out_of_memory(outcome):
    found = outcome("import numpy as np\ndef f(x): return np.zeros((10**6, 10**6))")
    assert isinstance(found, OutOfMemory)
    assert "7.28 TiB" in found.message


def test_memory_in_steps_is_limited(outcome):
    limits = Limits(seconds=20, case_seconds=10, memory=64 << 20)
    found = outcome("def f(x):\n    kept = []\n    while True: kept.append(bytearray(10**6))", limits)
    assert found == OutOfMemory(limit=64 << 20, message="")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_is_printed_beyond_the_limit_is_dropped_and_the_job_goes_on(stream, run):
    source = f"import sys\ndef f(x):\n    for n in range(60_000): print(n, file=sys.{stream})\n    return 1"
    much, little = run(source, job(limits=Limits(output=100)), job("y = D", limits=Limits(output=100)))
    assert much.outcomes == (Returned(outputs={"y": 1}),)
    assert much.cut == 100
    assert getattr(much, stream) == "".join(f"{n}\n" for n in range(40))[:100]
    assert (little.cut, little.stdout, little.stderr) == (None, "", "")


@pytest.mark.usefixtures("patient")
def test_printing_without_end_ends_with_the_time_limit(run):
    source = "def f(x):\n    while True: print('x' * 9999)"
    (ran,) = run(source, job(limits=Limits(case_seconds=0.3)))
    assert ran.outcomes == (TimedOut(seconds=0.3, clock="cpu", scope="case"),)
    assert (ran.cut, len(ran.stdout)) == (1 << 20, 64 << 10)


def test_half_a_character_is_printed_like_any_other(run):
    (ran,) = run("def f(x):\n    print('done \\ud83d')\n    return 1")
    assert ran.outcomes == (Returned(outputs={"y": 1}),)
    assert ran.stdout == "done \\ud83d\n"


@pytest.fixture
def late(monkeypatch):
    """A host that is late to read that a worker is ready: the import is under way by then."""
    await_ready = host_module._Worker._await_ready

    def wait(worker):
        time.sleep(1)
        await_ready(worker)

    monkeypatch.setattr(host_module._Worker, "_await_ready", wait)


@pytest.mark.usefixtures("late")
def test_an_import_may_print_beyond_the_limit_though_the_host_is_late(sandbox):
    found = sandbox("print('x' * (3 << 20))\ndef f(x): return 1", Limits(seconds=20, case_seconds=10, output=100))
    assert found.load().problem is None
    ran = found.run(job())
    assert (ran.outcomes, ran.stdout, ran.cut) == (
        (Returned(outputs={"y": 1}),),
        "",
        None,
    )  # an exercise has what it printed itself


@pytest.mark.usefixtures("late", "patient")
def test_an_import_that_prints_without_end_ends_with_the_time_limit_though_the_host_is_late(sandbox):
    found = sandbox("while True: print('x' * 1000)", Limits(load_seconds=0.5)).load()
    assert found.problem == TimedOut(seconds=0.5, clock="cpu", scope="load")


def test_what_is_printed_is_kept_apart_and_bounded(run):
    source = "import sys\nprint('on import')\ndef f(x):\n    print('out' * 40_000)\n    print('err', file=sys.stderr)"
    first, second = run(source, job(), job("y = 1"))
    assert first.stdout.startswith("outout")
    assert len(first.stdout) == 64 << 10
    assert (first.stderr, second.stdout) == ("err\n", "")


@pytest.mark.parametrize(
    "write",
    [
        "os.write(fd, b'garbage' * 100)",
        "os.write(fd, b'\\xff\\xff\\xff\\xff')",  # a length beyond the limit
        "os.write(fd, b'\\0\\0\\0\\1\\x90')",  # a whole frame that is no message
    ],
)
def test_a_worker_that_disturbs_its_replies_gives_a_bad_reply(write, outcome):
    source = f"""
import os
def f(x):
    for fd in range(3, 64):
        try:
            {write}
        except OSError:
            pass
    return x
"""
    assert isinstance(outcome(source), BadReply)


def test_a_worker_that_closes_its_replies_has_ended(outcome):
    found = outcome("import os\ndef f(x):\n    os.closerange(3, 64)\n    return x")
    assert found == Crashed(exit_code=1)


def test_a_worker_that_closes_its_replies_and_lives_on_gives_a_bad_reply(outcome):
    found = outcome("import os, time\ndef f(x):\n    os.closerange(3, 64)\n    time.sleep(60)")
    assert found == BadReply(detail="it closed the way back to the grader")


def test_an_answer_made_up_for_another_question_is_refused(outcome):
    source = """
import os, stat
from grader.sandbox import protocol
def f(x):
    forged = protocol.Answer(b"0" * 16, 0, protocol.Result({"y": 42}, [], [], []))
    for fd in range(3, 64):
        try:
            os.write(fd, protocol.encode(forged))
        except OSError:
            pass
    return 1
"""
    assert outcome(source) == BadReply(detail="an answer that was not asked for")


def test_a_result_too_large_to_send_is_foreign(outcome, loaded):
    limits = Limits(seconds=20, case_seconds=10, memory=1 << 30)
    found = outcome("import numpy as np\ndef f(x): return np.zeros(3 << 20)", limits)
    assert found.outputs["y"] == Foreign(type="value of more than 16 MiB")


def test_what_came_beside_it_is_there(run):
    limits = Limits(seconds=20, case_seconds=10, memory=1 << 30)
    asked = replace(job("y, z = f(x), 4", limits=limits), outputs=("y", "z"))
    (ran,) = run("import numpy as np\ndef f(x): return np.zeros(3 << 20)", asked, limits=limits)
    assert ran.outcomes[0].outputs == {"y": Foreign(type="value of more than 16 MiB"), "z": 4}


# ── importing ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def loaded(sandbox):
    return lambda source, limits=LIMITS: sandbox(source, limits).load()


def test_names_and_parameters_are_reported(loaded):
    found = loaded("import numpy as np\nN = 3\ndef f(x, *, k=1): ...\nclass C:\n    def __init__(self, n): ...")
    assert {name.name: name.parameters for name in found.names} == {"N": None, "f": ("x", "k"), "C": ("n",)}


def test_a_syntax_error_has_its_line(loaded):
    problem = loaded("def f(x)\n    return x").problem
    assert (problem.error, problem.message) == ("SyntaxError", "expected ':'")
    assert problem.frames == (Frame(file="memory.py", line=1, function="", text="def f(x)"),)


def test_an_import_that_fails_costs_what_needs_it(sandbox):
    source = "def f(x): return K * x\nimport no_such_module\nK = int('2')\nh = no_such_module.h\ndef g(x): return h(x)"
    made = sandbox(source, LIMITS)
    found = made.load()
    assert [name.name for name in found.names] == ["f", "g", "K"]
    assert found.problem.message == "No module named 'no_such_module'"
    assert found.stopped
    first, second = (made.run(job(run)).outcomes[0] for run in ("y = f(21)", "y = g(21)"))
    assert first == Returned(outputs={"y": 42})
    assert (second.error, second.message) == ("NameError", "name 'h' is not defined")


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return 1\nimport no_such_module\ndef f(x): return K\nK = 2",  # the last one is what its author has
        "import math as m\nimport no_such_module\nimport math as m, re\ndef f(x): return 2 if re else 1",
        "no_such_name; K = 2\ndef f(x): return K",
        "@no_such_name\ndef g(x): pass\ndef f(x): return 2",
        "from helper import g\ndef f(x): return 2",
        "eval('1 +')\ndef f(x): return 2",
        "from __future__ import annotations\nno_such_name\ndef f(x: no_such_name) -> no_such_name: return 2",
        "from __future__ import annotations\ndef f(x: no_such_name) -> no_such_name: return 2\nimport os\nos._exit(1)",
        "def f(x): return 2\nclass E(Exception):\n    __traceback__ = None\nraise E",
        "def f(x): return 2\n1 / 0\ny = " + "1 + " * 2000 + "1",
    ],
)
def test_what_stands_below_the_line_that_stops_a_module_is_taken(sandbox, source):
    made = sandbox(Submission(module="memory.py", files={"memory.py": source, "helper.py": "def g(x)"}), LIMITS)
    assert made.load().problem is not None
    assert made.run(job()).outcomes[0] == Returned(outputs={"y": 2})


@pytest.mark.parametrize(
    "source", ["x = = 1\ndef f(x): return 1", "from __future__ import no_such\ndef f(x): return 1"]
)
def test_of_what_is_no_python_nothing_is_taken(source, sandbox):
    found = sandbox(source, LIMITS).load()
    assert (found.names, found.problem.error, found.stopped) == ((), "SyntaxError", False)


def test_helper_modules_and_packages_are_imported_from_memory(sandbox):
    files = {
        "memory.py": "from helpers import two\nfrom pack.inner import three\ndef f(x): return two() + three()",
        "helpers.py": "def two(): return 2",
        "pack/inner.py": "from .other import ONE\ndef three(): return 2 + ONE",
        "pack/other.py": "ONE = 1",
    }
    made = sandbox(Submission(module="memory.py", files=files), LIMITS)
    assert made.load().problem is None
    assert made.run(job()).outcomes == (Returned(outputs={"y": 5}),)


@pytest.mark.usefixtures("patient")
def test_an_import_that_never_ends_is_stopped_once(sandbox):
    limits = Limits(load_seconds=0.2)
    endless = "@lambda f: g()\ndef f(x): pass\n" * 3  # two are left out
    made = sandbox(f"def g():\n    while True: pass\n{endless}", limits)
    assert made.load().problem == TimedOut(seconds=0.2, clock="cpu", scope="load")
    began = time.monotonic()
    ran = made.run(job(inputs=({"x": 1}, {"x": 2})))
    assert time.monotonic() - began < 0.15, "the import was tried again"
    assert ran.outcomes == (TimedOut(seconds=0.2, clock="cpu", scope="load"), NotRun())


def test_an_import_of_which_one_definition_never_ends_goes_on_without_it(sandbox):
    source = "def g():\n    while True: pass\n@lambda f: g()\ndef h(): pass\ndef f(x): return 4"
    made = sandbox(source, Limits(load_seconds=0.2))
    assert made.load().stopped
    assert made.run(job()).outcomes == (Returned(outputs={"y": 4}),)


def test_plots_do_nothing_and_are_reported(sandbox):
    source = """
import matplotlib.pyplot as plt
from IPython.display import clear_output
fig, ax = plt.subplots(2, 1)
ax[0].plot([1, 2]); plt.show(); clear_output()
with plt.style.context("dark"): plt.title("x")
def f(x): return 1
"""
    made = sandbox(source, LIMITS)
    assert made.load() == Loaded(
        names=(
            Definition(name="f", parameters=("x",)),
            Definition(name="ax"),  # an array of them; what does nothing defines nothing
        ),
        stand_ins=("IPython", "matplotlib"),
    )


def test_chance_is_the_same_on_every_run_and_another_with_another_salt(run):
    source = """
import random, numpy as np
def f(x): return [random.random(), np.random.rand(), np.random.default_rng().random()]
"""
    draws = [run(source, job(salt=salt))[0].outcomes[0].outputs["y"] for salt in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]


def test_the_order_of_sets_is_the_same_on_every_run(run):
    source = "def f(x): return list({'a', 'b', 'c', 'd', 'e'})"
    assert run(source)[0].outcomes == run(source)[0].outcomes


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only the GNU C library can be told what to fill memory with"
)
@pytest.mark.parametrize("shape", [(3,), (40, 40), (1000, 100)])
def test_memory_that_nobody_wrote_is_the_same_on_every_run(run, shape):
    source = f"import numpy as np\ndef f(x):\n    x @ x\n    return np.empty({shape}).tobytes().hex()[:1000]"
    assert run(source)[0].outcomes == run(source)[0].outcomes


# ── isolation and what is left ────────────────────────────────────────────────────────────────────────────────────


def test_environment_and_folder_are_clean(run, pool, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    source = "import os\ndef f(x): return [sorted(os.environ), os.environ['HOME']]"
    names, home = run(source)[0].outcomes[0].outputs["y"]
    assert "GITHUB_TOKEN" not in names
    if pool.isolation.level < 3:
        assert run("import os\ndef f(x): return os.listdir('.')")[0].outcomes[0].outputs["y"] == []
        assert run("import os\ndef f(x): return os.getcwd()")[0].outcomes[0].outputs["y"] != home


def test_core_files_are_off(run):
    source = "import resource as r\nlimit = r.getrlimit(r.RLIMIT_CORE)\ndef f(x): return limit"
    outcome = run(source)[0].outcomes[0]
    assert outcome.outputs["y"] == (0, 0)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


FORKING = """
import os, time
def f(x):
    child = os.fork()
    if child == 0:
        time.sleep(1000)
    return [os.getpid(), child]
"""


def test_processes_that_a_submission_started_are_ended():
    made = ProcessSandbox(submission(FORKING), LIMITS, PortablePool())
    pids = made.run(job()).outcomes[0].outputs["y"]
    assert all(alive(pid) for pid in pids)
    made.close()
    assert not any(alive(pid) for pid in pids)


def descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_folders_and_descriptors_are_given_back(pool, tmp_path, monkeypatch):
    assert pool.isolation.level >= 1
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = descriptors()
    for source in ("def f(x): return 1", "import os\nos._exit(1)", "while True: print('x' * 999)"):
        with ProcessSandbox(submission(source), replace(LIMITS, load_seconds=0.3), pool) as made:
            made.run(job())
    assert descriptors() == before
    assert list(tmp_path.iterdir()) == []


def test_closing_twice_does_nothing(pool):
    made = ProcessSandbox(submission("x = 1"), LIMITS, pool)
    made.load()
    made.close()
    made.close()


def test_no_python_is_a_fault_of_ours(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(SandboxFault, match="could not start Python"):
        PortablePool().worker()
    with pytest.raises(SandboxFault, match="could not start Python"):
        ZygotePool(4)


def test_a_worker_that_does_not_come_up_is_a_fault_of_ours(monkeypatch):
    monkeypatch.setattr(process_module, "_COMMAND", "raise SystemExit('broken installation')")
    with pytest.raises(SandboxFault, match="broken installation"):
        ProcessSandbox(submission(""), LIMITS, PortablePool()).load()
    monkeypatch.setattr(process_module, "_COMMAND", "import time; time.sleep(60)")
    monkeypatch.setattr(host_module, "START_SECONDS", 0.2)
    with pytest.raises(SandboxFault, match=r"within 0\.2 s"):
        ProcessSandbox(submission(""), LIMITS, PortablePool()).load()


def test_one_zygote_serves_many_threads():
    def grade_one(number):
        with ProcessSandbox(submission(f"def f(x): return {number}"), LIMITS, made) as sandbox:
            return sandbox.run(job()).outcomes[0].outputs["y"]

    with ZygotePool() as made, ThreadPoolExecutor(4) as threads:
        assert list(threads.map(grade_one, range(40))) == list(range(40))


def test_workers_end_with_their_pool():
    pool = ZygotePool()
    worker = pool.worker()
    assert alive(worker.pid)
    pool.close()
    deadline = time.monotonic() + 5
    while alive(worker.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(worker.pid)
    for descriptor in (worker.requests, worker.replies, worker._pidfd):
        os.close(descriptor)
    worker.stdout.close()
    worker.stderr.close()


def test_a_bubblewrap_that_may_make_no_namespaces_is_done_without(tmp_path, monkeypatch):
    wrap = tmp_path / "bwrap"
    wrap.write_text("#!/bin/sh\nexit 1\n")
    wrap.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with ZygotePool() as made, ProcessSandbox(submission("def f(x): return 1"), LIMITS, made) as sandbox:
        assert sandbox.run(job()).outcomes == (Returned(outputs={"y": 1}),)
        assert made.isolation.level < 5


# ── jobs one after the other ──────────────────────────────────────────────────────────────────────────────────────

THREE = "def f(x):\n    print(x[0])\n    if x[0] == 2: __import__('os')._exit(3)\n    return 2 * x"


def numbered(*numbers: float) -> list[Job]:
    return [job(inputs=({"x": np.array([number])},)) for number in numbers]


def test_jobs_one_after_the_other_give_what_single_ones_give(sandbox, run):
    jobs = numbered(1, 2, 3, 4)
    each = [(ran.outcomes, ran.stdout) for ran in sandbox(THREE).run_each(jobs)]
    single = [(ran.outcomes, ran.stdout) for ran in run(THREE, *jobs)]
    assert repr(each) == repr(single)
    assert [stdout for _, stdout in each] == ["1\n", "", "3\n", "4\n"]
    assert each[1][0] == (Crashed(exit_code=3),)


def test_jobs_are_made_while_those_before_them_run(sandbox):
    made = []

    def jobs():
        for each in numbered(1, 3, 4, 5):
            made.append(each)
            yield each

    assert [len(made) for _ in sandbox(THREE).run_each(jobs())] == [2, 3, 4, 4]


def test_what_was_begun_is_there_when_it_is_asked(sandbox):
    made = sandbox("def f(x): return 2 * x")
    for _ in range(2):
        made.begin()
        assert isinstance(made.run(job()).outcomes[0], Returned)
    assert made.used.workers == 1


def test_time_that_the_caller_takes_between_jobs_is_not_the_submissions(sandbox):
    limits = Limits(seconds=0.4, case_seconds=0.1)  # of waiting: five times as much
    jobs = [job(limits=limits), job(limits=limits)]
    runs = sandbox("def f(x): return x").run_each(jobs)
    first = next(runs)
    time.sleep(1)
    (second,) = runs
    assert isinstance(first.outcomes[0], Returned)
    assert isinstance(second.outcomes[0], Returned)


class Forger:
    """A worker that answers with these indices, each time with the id that was asked with."""

    pid = os.getpid()

    def __init__(self, *indices: int) -> None:
        self._indices = list(indices)
        self.ended = False

    def channel(self):
        return self

    def send(self, frame: bytes) -> None:
        self._id = protocol.decode_request(frame[protocol.HEADER.size :]).id

    def receive(self, _seconds: float) -> protocol.Reply:
        packed = msgspec.Raw(msgspec.msgpack.encode(float(len(self._indices))))
        result = protocol.Result(outputs={"y": packed}, missing=[], changed=[], aliased=[])
        return protocol.Answer(id=self._id, index=self._indices.pop(0), answer=result)

    def next(self) -> None:
        return None

    def beyond(self):
        return False

    def printed(self) -> tuple[str, str]:
        return "", ""

    def cpu_seconds(self) -> float:
        return 0.0

    def queued_seconds(self) -> float:
        return 0.0

    idle = 0.0

    def allow(self, _output: int) -> None: ...
    def close(self) -> None: ...
    def end(self) -> None: ...


@pytest.mark.parametrize(("indices", "taken"), [((0, 1), 2), ((1, 0), 0), ((0, 0), 1), ((0, 2), 1), ((0, -1), 1)])
def test_an_answer_counts_for_the_case_that_is_next_and_for_no_other(indices, taken):
    worker = host_module._Worker(Forger(*indices), clocks.Total(None))
    outcomes = worker.execute(job(inputs=({"x": 1.0}, {"x": 2.0})), Room(GRADED)).outcomes
    assert [type(outcome) for outcome in outcomes[:taken]] == [Returned] * taken
    refused = BadReply(detail="an answer that was not asked for")
    assert outcomes[taken:] == (refused, NotRun())[: 2 - taken]
    assert worker.ended is (taken < 2)


def test_a_job_in_between_is_a_fault_of_ours_and_harms_no_later_one(sandbox):
    jobs = numbered(1, 3)
    made = sandbox(THREE)
    runs = made.run_each(jobs)
    next(runs)
    with pytest.raises(SandboxFault, match="while another one was under way"):
        made.run(job())
    assert isinstance(made.run(job()).outcomes[0], Returned)
