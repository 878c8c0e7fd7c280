"""Plain processes, which are level 1 on every platform: what each kind of submission comes to, and how they end."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from grader.records.assignment import Limits
from grader.records.errors import SandboxFault
from grader.records.run import BadReply, Crashed, Job, OutOfMemory, Returned, Submission, TimedOut
from grader.sandbox import clocks, host
from grader.sandbox.environment import ENVIRONMENT
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.open import open_pool
from grader.sandbox.portable import process
from grader.sandbox.portable.pool import PortablePool

TINY = Path(__file__).parents[2] / "courses" / "tiny"
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
    "flooding": ("def f(x):\n    while True: print('x' * 999)", TimedOut(seconds=0.5, clock="cpu", scope="case")),
    "chatty": ("def f(x):\n    for _ in range(40): print('x' * (1 << 20))\n    return x", Returned(outputs={"y": 3.0})),
    "complaining": (
        "import sys\ndef f(x):\n    for _ in range(40): print('x' * (1 << 20), file=sys.stderr)\n    return x",
        Returned(outputs={"y": 3.0}),
    ),
    "scribbling": (SCRIBBLER, BadReply(detail="not a valid reply: Expected `object`, got `array`")),
}


@pytest.fixture(params=["here", "elsewhere"])
def weak(request):
    """The pool of level 1, on this system and without what others lack."""
    if request.param == "elsewhere":
        request.getfixturevalue("elsewhere")
    with open_pool(1) as made:
        assert isinstance(made, PortablePool)
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


def test_what_is_printed_belongs_to_its_own_job_and_that_of_loading_to_none(weak):
    source = "import sys\nprint('import')\ndef f(x):\n    print('out', x)\n    print('err', file=sys.stderr)"
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        runs = list(sandbox.run_each([job(), job("y = 1"), job()]))
    assert [(run.stdout, run.stderr) for run in runs] == [
        ("out 3.0\n", "err\n"),
        ("", ""),
        ("out 3.0\n", "err\n"),
    ]


def test_computing_time_is_measured(weak):
    source = "import time\ndef f(x):\n    end = time.process_time() + 0.2\n    while time.process_time() < end: pass"
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        sandbox.load()
        assert 0.15 < sandbox.run(job()).cpu < LIMITS.case_seconds  # psutil tells hundredths of a second


def test_a_large_question_and_a_large_answer_cross(weak):
    values = np.arange(500_000.0)
    asked = Job(run="y = f(x)", outputs=("y",), sizes=({},) * 3, inputs=({"x": values},) * 3, limits=LIMITS)
    with ProcessSandbox(submission("def f(x): return -x"), LIMITS, weak) as sandbox:
        for outcome in sandbox.run(asked).outcomes:
            np.testing.assert_array_equal(outcome.outputs["y"], -values)


def test_a_process_that_was_started_counts_as_its_own(weak):
    busy = "import time\nwhile True: pass"
    source = f"import subprocess, sys\ndef f(x): subprocess.run([sys.executable, '-c', {busy!r}])"
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        (outcome,) = sandbox.run(job()).outcomes
    assert outcome == TimedOut(seconds=0.5, clock="cpu", scope="case")


@pytest.mark.usefixtures("elsewhere")
def test_memory_of_a_process_that_was_started_counts_too(monkeypatch):
    monkeypatch.setattr(clocks, "WALL_FACTOR", 100.0)
    greedy = "import time\nheld = b'x' * 10**9\ntime.sleep(60)"
    source = f"import subprocess, sys\ndef f(x): subprocess.run([sys.executable, '-c', {greedy!r}])"
    with open_pool(1) as pool, ProcessSandbox(submission(source), LIMITS, pool) as sandbox:
        (outcome,) = sandbox.run(job()).outcomes
    assert outcome == OutOfMemory(limit=128 << 20)


def test_memory_is_looked_at_however_short_the_jobs_are(monkeypatch):
    """Where the worker cannot limit itself. Each job is over long before it is time for a look."""
    monkeypatch.setattr(process, "_COMMAND", f"import sys; sys.modules['resource'] = None; {process._COMMAND}")
    source = "held = []\ndef f(x):\n    held.append(b'x' * (4 << 20))\n    return 1.0"
    with open_pool(1) as pool, ProcessSandbox(submission(source), LIMITS, pool) as sandbox:
        found = next(each for _ in range(200) for each in sandbox.run(job()).outcomes if not isinstance(each, Returned))
    assert found == OutOfMemory(limit=128 << 20)


def test_a_worker_may_print_more_in_all_than_a_file_may_hold(monkeypatch, weak):
    monkeypatch.setattr(host, "FILE_BYTES", 0)
    source = "import os\ndef f(x):\n    print('x' * 50_000)\n    os.write(2, b'y' * 50_000)\n    return 1.0"
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        for _ in range(4):
            ran = sandbox.run(job())
            assert ran.outcomes == (Returned(outputs={"y": 1.0}),)
            assert (len(ran.stdout), len(ran.stderr)) == (50_001, 50_000)


# ── what student code finds ───────────────────────────────────────────────────────────────────────────────────────


def test_stdin_is_empty_and_stdout_leads_to_a_file(weak):
    seen = "[sys.stdin.read(), os.read(0, 9).decode(), stat.S_ISREG(os.fstat(1).st_mode)]"
    source = f"import os, stat, sys\ndef f(x): return {seen}"
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        (outcome,) = sandbox.run(job()).outcomes
    assert outcome.outputs["y"] == ["", "", True]


def test_what_is_printed_forges_no_reply(weak):
    source = """
import os, subprocess, sys
from grader.sandbox import protocol
frame = protocol.encode(protocol.Answer(bytes(16), 0, protocol.Result({"y": 1}, [], [], [])))
def f(x):
    sys.stdout.buffer.write(frame)
    sys.stdout.flush()
    os.write(1, frame)
    subprocess.run([sys.executable, "-c", f"import os; os.write(1, {frame!r}); os.write(2, {frame!r})"])
    return x
"""
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        ran = sandbox.run(job())
    assert ran.outcomes == (Returned(outputs={"y": 3.0}),)
    assert "\x00\x00" in ran.stdout
    assert ran.stderr


def test_nothing_of_the_graders_is_inherited(weak, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    source = """
import os, subprocess, sys
look = "import os; print(sorted(os.environ), [n for n in range(3, 64) if os.path.exists(f'/proc/self/fd/{n}')][1:])"
def f(x): return [sorted(os.environ), subprocess.run([sys.executable, "-c", look], capture_output=True).stdout.decode()]
"""
    with ProcessSandbox(submission(source), LIMITS, weak) as sandbox:
        (outcome,) = sandbox.run(job()).outcomes
    names, told = outcome.outputs["y"]
    assert set(names) <= {*ENVIRONMENT, "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "LC_CTYPE"}
    assert "GITHUB_TOKEN" not in told
    assert told.endswith("[]\n")


# ── ending ────────────────────────────────────────────────────────────────────────────────────────────────────────


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("session", [False, True], ids=["in its group", "in a session of its own"])
def test_what_was_started_ends_with_it(session, weak):
    start = f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session={session})"
    with ProcessSandbox(submission(f"import subprocess, sys\ndef f(x): return {start}.pid"), LIMITS, weak) as sandbox:
        (outcome,) = sandbox.run(job()).outcomes
        assert runs(outcome.outputs["y"])
    assert not runs(outcome.outputs["y"])


def test_what_cannot_be_ended_is_a_fault(monkeypatch):
    with PortablePool() as pool:
        worker = pool.worker()
        with monkeypatch.context() as patch:
            patch.setattr(worker._tree, "end", lambda: False)
            with pytest.raises(SandboxFault, match=f"{worker.pid} and what it started"):
                worker.end()
        assert not Path(worker._folder).exists()
        worker._over = False
        worker.end()
        worker.channel().close()


def test_a_worker_that_was_ended_is_ended_no_second_time(monkeypatch):
    with PortablePool() as pool:
        worker = pool.worker()
        worker.end()
        worker.channel().close()
        monkeypatch.setattr(process, "kill_group", lambda _: pytest.fail("that may be another process by now"))
        worker.end()


@pytest.mark.parametrize(("code", "told"), [(0xC0000005, -11), (0xC00000FD, -11), (0xC0000409, -6), (3, 3), (-9, -9)])
def test_a_fault_that_windows_tells_by_a_number_is_a_signal(code, told, monkeypatch):
    with PortablePool() as pool:
        worker = pool.worker()
        with monkeypatch.context() as patch:
            patch.setattr(worker._popen, "wait", lambda timeout: code)
            assert worker.wait(0) == told


@pytest.mark.parametrize("what", ["process", "tree"])
def test_what_cannot_be_started_leaves_nothing(what, monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise OSError("no more processes")

    def missing(pid):
        raise psutil.NoSuchProcess(pid)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(os.listdir("/proc/self/fd"))
    with PortablePool() as pool, monkeypatch.context() as patch:
        if what == "process":
            patch.setattr(process.subprocess, "Popen", refuse)
        else:
            patch.setattr(process, "Tree", missing)
        with pytest.raises(SandboxFault, match="could not start Python for the submission"):
            pool.worker()
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_after_a_fault_of_ours_the_next_question_finds_a_fresh_worker(monkeypatch):
    with PortablePool() as pool, ProcessSandbox(submission("def f(x): return 2 * x"), LIMITS, pool) as sandbox:
        with monkeypatch.context() as patched:
            patched.setattr(process, "_COMMAND", "raise SystemExit('broken')")
            with pytest.raises(SandboxFault, match="broken"):
                sandbox.run(job())
        assert sandbox.run(job()).outcomes == (Returned(outputs={"y": 6.0}),)


KILLED = """
import os, sys, time
from grader.records.assignment import Limits
from grader.records.run import Job, Submission
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.open import open_pool
limits = Limits(seconds=60, case_seconds=60, load_seconds=60)
files = {"m.py": "import os, time\\ndef f(): return os.getpid()\\ndef g(): time.sleep(1)"}
sandbox = ProcessSandbox(Submission(module="m.py", files=files), limits, open_pool(1))
def ask(run): return sandbox.run(Job(run=run, outputs=("y",), sizes=({},), inputs=({},), limits=limits))
print(ask("y = f()").outcomes[0].outputs["y"], flush=True)
ask(sys.argv[1])
time.sleep(60)
"""


@pytest.mark.parametrize("run", ["y = 1", "y = g()"], ids=["that waits", "that computes"])
def test_a_worker_whose_grader_was_killed_ends_as_soon_as_it_has_computed(run, tmp_path):
    command, env = [sys.executable, "-c", KILLED, run], {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as grader:
        pid = int(grader.stdout.readline())
        assert runs(pid)
        grader.kill()
    limit = time.monotonic() + 60
    while runs(pid) and time.monotonic() < limit:
        time.sleep(0.01)
    assert not runs(pid)
    left = list(tmp_path.iterdir())  # as SECURITY.md says: its folder and the files of what it printed
    assert sorted(path.is_dir() for path in left) == [False, False, True]


# ── the command on systems that have this level alone ─────────────────────────────────────────────────────────────

ELSEWHERE = """
import os, select, signal, sys
import asyncio, selectors, subprocess, psutil
for module, names in ((os, ("pidfd_open", "killpg", "getpgid", "sched_getaffinity", "set_blocking")),
                      (select, ("poll",)), (signal, ("SIGXCPU", "pidfd_send_signal"))):
    for name in names:
        delattr(module, name)
from grader.sandbox.portable import process
process._COMMAND = "import sys; sys.modules['resource'] = None; " + process._COMMAND
from grader.cli import main
main()
"""


@pytest.fixture(scope="module")
def bank(bank_cache):
    """The bank that those systems find: a bank is the same on each."""
    command, more = [sys.executable, "-m", "grader", "build", "tiny"], {"GRADER_CACHE": str(bank_cache)}
    subprocess.run(command, cwd=TINY, env={**os.environ, **more}, capture_output=True, check=True)


@pytest.fixture
def command(bank, environment, tmp_path):
    """``command("--require-level", "2")``: ``grade`` on another system, on a submission."""

    def run(*arguments, source=RIGHT):
        path = tmp_path / "tiny.py"
        path.write_text(source, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-c", ELSEWHERE, "tiny", path, *arguments],
            cwd=TINY,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


def test_hidden_cases_are_refused(command):
    ran = command()
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "hidden cases are not run at isolation level 1" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("", "", 0, "10 / 10"),
        ("return W @ x + b", "return W @ x - b", 1, "7 / 10"),
        ("return W @ x + b", "import os; os._exit(3)", 1, "exit code 3"),
    ],
)
def test_where_that_is_allowed_a_submission_is_graded(old, new, code, words, command):
    ran = command("--allow-weak-isolation", source=RIGHT.replace(old, new))
    assert ran.returncode == code, ran.stderr
    assert words in ran.stdout
    assert "Isolation level 1: own process, limits, clean environment" in ran.stdout


def test_a_level_that_is_asked_for_is_not_there(command):
    ran = command("--require-level", "2", "--allow-weak-isolation")
    assert ran.returncode == 2
    assert "isolation level 2 was asked for, and this machine offers 1" in ran.stderr
