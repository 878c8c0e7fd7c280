"""Plain processes, which are level 1 on every platform: what each kind of submission comes to, and how they end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from grader.records.assignment import Limits
from grader.records.errors import SandboxFault
from grader.records.run import BadReply, Crashed, Job, OutOfMemory, OutputFlood, Returned, Submission, TimedOut
from grader.sandbox import clocks, open_nursery, process
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.portable import Portable
from grader.sandbox.process import Process

TINY = Path(__file__).parents[1] / "courses" / "tiny"
RIGHT = (TINY / "reference" / "tiny.py").read_text(encoding="utf-8")
LIMITS = Limits(seconds=20, case_seconds=0.5, load_seconds=2, memory=128 << 20, output=64 << 10)
WALL_FACTOR = clocks.WALL_FACTOR

GREEDY = """
import time
def f(x):
    kept = []
    for _ in range(500):
        kept.append(b"x" * 10**6)
        time.sleep(0.001)
    return "nothing stopped it"
"""
SCRIBBLER = """
import os
def f(x):
    for descriptor in range(3, 32):
        try:
            os.write(descriptor, b"\\0\\0\\0\\1\\x90")
        except OSError:
            pass
"""
ENDS = {
    "right": ("def f(x): return 2 * x", Returned(outputs={"y": 6.0})),
    "wrong": ("def f(x): return x", Returned(outputs={"y": 3.0})),
    "endless": ("def f(x):\n    while True: pass", TimedOut(seconds=0.5, clock="cpu", scope="case")),
    "greedy": (GREEDY, OutOfMemory(limit=128 << 20)),
    "leaving": ("import os\ndef f(x): os._exit(3)", Crashed(exit_code=3)),
    "broken": ("import os\ndef f(x): os.kill(os.getpid(), 11)", Crashed(signal="SIGSEGV")),
    "flooding": ("def f(x):\n    while True: print('x' * 999)", OutputFlood(limit=64 << 10)),
    "complaining": (
        "import sys\ndef f(x):\n    while True: print('x' * 999, file=sys.stderr)",
        OutputFlood(limit=64 << 10),
    ),
    "scribbling": (SCRIBBLER, BadReply(detail="not a valid reply: Expected `object`, got `array`")),
}


@pytest.fixture(params=["plain", "zygote", "windows", "macos"])
def weak(request):
    """A nursery of level 1: of this platform, or of a simulated one."""
    if request.param in ("windows", "macos"):
        request.getfixturevalue(request.param)
    with open_nursery(1) if request.param == "zygote" else Portable() as made:
        assert made.isolation.level == 1
        yield made


def submission(source):
    return Submission(module="memory.py", files={"memory.py": source})


def job(run="y = f(x)"):
    return Job(run=run, outputs=("y",), sizes=({},), inputs=({"x": np.float64(3)},), limits=LIMITS)


@pytest.mark.parametrize("kind", ENDS)
def test_every_kind_of_submission_comes_to_its_end(kind, weak, monkeypatch, tmp_path):
    source, expected = ENDS[kind]
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(clocks, "WALL_FACTOR", 100.0)  # so that a busy machine ends nothing before its own limit
    before = set(os.listdir("/proc/self/fd"))
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        (outcome,) = sandbox.run(job()).outcomes
        (afterwards,) = sandbox.run(job("y = x")).outcomes
    if isinstance(expected, BadReply):
        assert isinstance(outcome, BadReply)
    else:
        assert outcome == expected
    assert afterwards == Returned(outputs={"y": 3.0})
    assert list(tmp_path.iterdir()) == []
    assert set(os.listdir("/proc/self/fd")) == before


def test_waiting_has_an_end_too(weak):
    limits = Limits(seconds=20, case_seconds=0.1)
    asked = Job(run="y = f()", outputs=("y",), sizes=({},), inputs=({},), limits=limits)
    with ProcessSandbox(submission("import time\ndef f(): time.sleep(60)"), LIMITS, weak) as sandbox:
        (outcome,) = sandbox.run(asked).outcomes
    assert outcome == TimedOut(seconds=0.1 * WALL_FACTOR, clock="wall", scope="case")


def test_what_is_printed_belongs_to_its_own_job(weak):
    source = "import sys\nprint('import')\ndef f(x):\n    print('out', x)\n    print('err', file=sys.stderr)"
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        runs = list(sandbox.run_each([job(), job("y = 1"), job()]))
    assert [(run.stdout, run.stderr) for run in runs] == [
        ("import\nout 3.0\n", "err\n"),
        ("", ""),
        ("out 3.0\n", "err\n"),
    ]


def test_computing_time_is_measured(weak):
    source = "import time\ndef f(x):\n    end = time.process_time() + 0.1\n    while time.process_time() < end: pass"
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        sandbox.load()
        assert 0.09 < sandbox.run(job()).cpu < LIMITS.case_seconds


def test_a_large_question_and_a_large_answer_cross(weak):
    values = np.arange(500_000.0)
    asked = Job(run="y = f(x)", outputs=("y",), sizes=({},) * 3, inputs=({"x": values},) * 3, limits=LIMITS)
    with ProcessSandbox(submission("def f(x): return -x"), LIMITS, weak) as sandbox:
        for outcome in sandbox.run(asked).outcomes:
            np.testing.assert_array_equal(outcome.outputs["y"], -values)


# ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fresh(monkeypatch):
    """What other tests may have started stays out of this one's reach."""
    monkeypatch.setattr(process, "_living", set())
    monkeypatch.setattr(process, "_ending", threading.Event())


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("system", ["this", "windows"])
def test_all_that_live_are_ended_and_none_starts_afterwards(system, request, tmp_path, monkeypatch):
    if system == "windows":
        request.getfixturevalue(system)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    nursery = Portable()
    ended, living = nursery.worker(), nursery.worker()
    ended.end()
    ended.channel().close()
    process.end_all()
    for worker in (ended, living):
        assert worker.wait(0) is not None
    assert list(tmp_path.iterdir()) == []
    for descriptor in (living.requests, living.replies):
        os.close(descriptor)
    with pytest.raises(SandboxFault, match="the grader was told to end"):
        nursery.worker()


def test_a_worker_that_was_ended_is_ended_no_second_time(monkeypatch):
    worker = Process()
    worker.end()
    worker.channel().close()
    monkeypatch.setattr(process, "kill_group", lambda _: pytest.fail("that may be another process by now"))
    worker.end()


def test_after_a_fault_of_ours_the_next_question_finds_a_fresh_worker(monkeypatch):
    with Portable() as nursery, ProcessSandbox(submission("def f(x): return 2 * x"), LIMITS, nursery) as sandbox:
        with monkeypatch.context() as patched:
            patched.setattr(process, "_COMMAND", "raise SystemExit('broken')")
            with pytest.raises(SandboxFault, match="broken"):
                sandbox.run(job())
        assert sandbox.run(job()).outcomes == (Returned(outputs={"y": 6.0}),)


# ── the command on systems that have this level alone ─────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def bank(bank_cache):
    """The bank that those systems find: a bank is the same on each."""
    command, more = [sys.executable, "-m", "grader", "build", "tiny"], {"GRADER_CACHE": str(bank_cache)}
    subprocess.run(command, cwd=TINY, env={**os.environ, **more}, capture_output=True, check=True)


@pytest.fixture
def elsewhere(bank, environment, tmp_path):
    """``elsewhere("darwin", "doctor")``: the command ``grade`` on another system, by default on a submission."""

    def run(system, *arguments, source=RIGHT):
        path = tmp_path / "tiny.py"
        path.write_text(source, encoding="utf-8")
        script = Path(__file__).with_name("simulated.py")
        return subprocess.run(
            [sys.executable, script, system, *(arguments or ("tiny", path))],
            cwd=TINY,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


SYSTEMS = pytest.mark.parametrize("system", ["win32", "darwin"])


@SYSTEMS
def test_hidden_cases_are_refused(system, elsewhere):
    ran = elsewhere(system)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "hidden cases are not run at isolation level 1" in ran.stderr
    assert "Traceback" not in ran.stderr


@SYSTEMS
@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("", "", 0, "10 / 10"),
        ("return W @ x + b", "return W @ x - b", 1, "7 / 10"),
        ("return W @ x + b", "import os; os._exit(3)", 1, "exit code 3"),
    ],
)
def test_where_that_is_allowed_a_submission_is_graded(system, old, new, code, words, elsewhere, tmp_path):
    weakly = ("tiny", tmp_path / "tiny.py", "--allow-weak-isolation")
    ran = elsewhere(system, *weakly, source=RIGHT.replace(old, new))
    assert ran.returncode == code, ran.stderr
    assert words in ran.stdout
    assert "Isolation level 1: " in ran.stdout
    assert ("job object" in ran.stdout) == (system == "win32")


def test_the_job_limits_memory_as_the_assignment_says(elsewhere, tmp_path):
    greedy = RIGHT.replace("return W @ x + b", "return np.empty(1 << 30)")
    ran = elsewhere("win32", "tiny", tmp_path / "tiny.py", "--allow-weak-isolation", source=greedy)
    assert ran.returncode == 1
    assert "`affine` needs more than 512 MiB of memory." in ran.stdout


@SYSTEMS
def test_a_level_that_is_asked_for_is_not_there(system, elsewhere, tmp_path):
    ran = elsewhere(system, "tiny", tmp_path / "tiny.py", "--require-level", "2", "--allow-weak-isolation")
    assert ran.returncode == 2
    assert "isolation level 2 was asked for, and this machine offers 1" in ran.stderr


@SYSTEMS
def test_the_doctor_says_that_it_is_level_1(system, elsewhere):
    ran = elsewhere(system, "doctor")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Isolation level 1 of 5.")
