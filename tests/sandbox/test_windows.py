"""Workers on Windows, which is made up: real processes in jobs of a fake kernel32."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.records.assignment import Limits
from grader.records.errors import SandboxFault
from grader.records.run import Crashed, Job, Returned, Submission
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.portable import Portable

LIMITS = Limits(seconds=20, case_seconds=10, load_seconds=5, memory=100 << 20)
SUBMISSION = Submission(module="memory.py", files={"memory.py": "import os\ndef f(x): return x"})
#: What only a nursery of Linux's zygotes is made of.
LINUX = ("canary", "control", "guard", "kernel", "landlock", "nursery", "seccomp", "zygote")


def job(run="y = f(x)"):
    return Job(run=run, outputs=("y",), sizes=({},), inputs=({"x": np.float64(3)},), limits=LIMITS)


def run(*jobs):
    with Portable() as nursery, ProcessSandbox(SUBMISSION, LIMITS, nursery) as sandbox:
        return [sandbox.run(each).outcomes[0] for each in jobs]


def test_a_worker_is_in_its_job_before_it_is_sent_anything_and_out_of_the_way_in_the_end(windows):
    assert run(job()) == [Returned(outputs={"y": 3.0})]
    names = [name for name in windows.kernel32.names() if name != "GetProcessTimes"]
    start = names.index("K32GetProcessMemoryInfo")
    assert names[: start - 1] == [
        *("CreateJobObjectW", "SetInformationJobObject", "Popen"),
        *("OpenProcess", "AssignProcessToJobObject", "CloseHandle"),
        "SetInformationJobObject",
    ]
    assert names[start - 1 : start + 3] == [
        *("OpenProcess", "K32GetProcessMemoryInfo", "CloseHandle"),
        "SetInformationJobObject",
    ]
    assert names[-2:] == ["TerminateJobObject", "CloseHandle"]


def test_memory_is_limited_beyond_what_python_has_committed(windows):
    run(job())
    limits = [call.arguments[2] for call in windows.kernel32.calls if call.arguments[1:2] == (9,)]
    assert [bool(each.process_memory) for each in limits] == [False, True]
    assert limits[-1].process_memory > LIMITS.memory + (10 << 20)


def test_it_inherits_its_two_pipes_alone_and_has_no_console(windows):
    run(job())
    (popen,) = [call for call in windows.kernel32.calls if call.name == "Popen"]
    handles, flags = popen.arguments
    ((command, others),) = windows.started
    assert command[-2:] == [str(handle) for handle in handles]
    assert flags == 0x200 | 0x8
    assert others["stdin"] == subprocess.DEVNULL
    assert isinstance(others["stdout"], int)


def test_its_environment_is_clean(windows, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("SYSTEMROOT", r"D:\Windows")
    run(job())
    ((_, others),) = windows.started
    environment = others["env"]
    assert "GITHUB_TOKEN" not in environment
    assert environment["SYSTEMROOT"] == r"D:\Windows"
    homes = {environment[name] for name in ("HOME", "USERPROFILE", "TEMP", "TMP", "TMPDIR")}
    assert homes == {others["cwd"]}


@pytest.mark.parametrize("base", [sys.executable, r"C:\Python\python.exe"], ids=["plain", "virtual environment"])
def test_the_program_that_is_started_is_python_itself_and_starts_no_other(base, windows, monkeypatch):
    monkeypatch.setattr(sys, "_base_executable", base)
    assert run(job()) == [Returned(outputs={"y": 3.0})]
    ((command, others),) = windows.started
    assert command[0] == base
    assert others["env"].get("__PYVENV_LAUNCHER__") == (None if base == sys.executable else sys.executable)


@pytest.mark.parametrize(
    "name", ["CreateJobObjectW", "SetInformationJobObject", "OpenProcess", "AssignProcessToJobObject"]
)
def test_without_a_job_nothing_runs_and_nothing_is_left(name, windows, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    windows.kernel32.refused[name] = 5
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(
        SandboxFault, match=rf"could not start Python for the submission: Windows refused {name}: Access is denied\."
    ):
        run(job())
    assert list(tmp_path.iterdir()) == []
    assert set(os.listdir("/proc/self/fd")) == before
    assert not any(others["cwd"] in path for _, others in windows.started for path in folders_in_use())


def folders_in_use():
    """Where the processes of this machine work, as far as this one may know."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                yield str((process / "cwd").readlink())
            except OSError:
                continue


def test_a_program_that_cannot_be_started_leaves_nothing(windows, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(SandboxFault, match="could not start Python"):
        Portable().worker()
    assert list(tmp_path.iterdir()) == []
    assert set(os.listdir("/proc/self/fd")) == before


def test_a_limit_that_is_refused_is_a_fault_of_ours(windows):
    windows.kernel32.refused["K32GetProcessMemoryInfo"] = 5
    with pytest.raises(SandboxFault, match="Windows refused K32GetProcessMemoryInfo"):
        run(job())


def test_a_submission_that_has_ended_needs_no_limit(windows):
    worker = Portable().worker()
    channel = worker.channel()
    os.kill(worker.pid, 9)
    assert worker.wait(5) == -9
    windows.kernel32.refused["OpenProcess"] = 87
    assert worker.limit_memory(1 << 20) == ()
    worker.end()
    channel.close()


def test_a_job_that_cannot_be_ended_is_given_back_which_ends_it(windows):
    worker = Portable().worker()
    windows.kernel32.refused["TerminateJobObject"] = 5
    with pytest.raises(SandboxFault, match="Windows refused TerminateJobObject"):
        worker.end()
    assert worker.wait(5) == -9
    worker.channel().close()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (0xC0000005, Crashed(signal="SIGSEGV")),
        (0xC00000FD, Crashed(signal="SIGSEGV")),
        (0xC000001D, Crashed(signal="SIGILL")),
        (0xC0000094, Crashed(signal="SIGFPE")),
        (0xC0000409, Crashed(signal="SIGABRT")),
        (0xC0000017, Crashed(exit_code=0xC0000017)),
        (3, Crashed(exit_code=3)),
    ],
)
def test_the_exit_codes_of_crashes_have_names(code, expected, windows, monkeypatch):
    ended = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", lambda *given, **named: ended(*given, **named) and code)
    assert run(job("os._exit(1)")) == [expected]


def test_a_file_of_printed_text_goes_with_its_reader(windows, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    worker = Portable().worker()
    assert isinstance(worker.stdout, io.FileIO)
    assert len(list(tmp_path.iterdir())) == 3  # its folder, and a file for each stream
    worker.end()
    worker.channel().close()
    assert list(tmp_path.iterdir()) == []


# ── what can be imported ──────────────────────────────────────────────────────────────────────────────────────────

IMPORT_ALL = """
import importlib, pkgutil, runpy, sys
simulated = runpy.run_path(sys.argv[1])
simulated["become"]("win32")
sys.modules["msvcrt"] = type(sys)("msvcrt")
import grader
for found in pkgutil.walk_packages(grader.__path__, "grader."):
    if found.name not in sys.argv[2:]:
        importlib.import_module(found.name)
assert "grader.sandbox.windows" in sys.modules
print(len([name for name in sys.modules if name.startswith("grader.")]))
"""


def test_everything_but_the_zygote_and_its_layers_can_be_imported():
    others = [f"grader.sandbox.{name}" for name in LINUX] + ["grader.__main__"]  # which would run
    script = Path(__file__).with_name("simulated.py")
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, script, *others], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 50
