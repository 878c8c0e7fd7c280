"""Hostile submissions, one a file in tests/attacks, each through the whole grader.

The head of an attack says what it tries and what would show, from outside, that it succeeded. Everything is watched
after every attack, whatever its head says: a secret, a file of results, a folder where all may write, sockets, a
victim process, processes left over, the grader's memory and time, the score, and what a student's report shows.

Each attack has a control, which shows that its success would be seen and that it is not merely broken:

``unconfined``
    In a plain worker, without zygote and guard, and if nobody looks for what that has started, it succeeds.
``zygote``
    Forked by a zygote that confines nothing it succeeds.
``naive``
    It succeeds against a grader that runs, compares and holds the secret in the same process.
``records``
    What it wants to smuggle into the report did arrive in the records that the report is made from.
``ends``
    It was run to the end that its head names: what it does exhausts or disturbs, and must not do more than that.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import re
import resource
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import psutil
import pytest
from msgspec.structs import replace

from grader.grading.grade import grade
from grader.grading.phase import Author
from grader.records import run
from grader.records.assignment import Assignment, Exercise, Interval, Limits, Output, Reals, Text
from grader.records.bank import Case, CaseBank, Origin
from grader.records.errors import SandboxFault
from grader.records.run import Job, Loaded, Returned, Submission
from grader.report import WRITERS, github, view
from grader.report.words.written import written
from grader.sandbox.clocks import WALL_FACTOR
from grader.sandbox.processors import processors
from tests.conftest import THOROUGH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.report import Report

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="confinement is Linux's: no attack can be judged here"),
    pytest.mark.usefixtures("warm"),
]

ATTACKS = Path(__file__).parents[1] / "attacks"
NOBODY = 65534
SUBREAPER = 36
LIMITS = Limits(seconds=1, case_seconds=0.2, load_seconds=0.5, memory=128 << 20, output=1 << 20)
SPARE = 2.0  # seconds that a report may take beyond the submission's limits
HANG_SECONDS = 60.0  # after which the grader itself is taken to hang; what takes 2 takes 20 at a load of 15
BLOATED = 160 << 20  # bytes that the grader itself may take for one hostile submission
NAMES = ", ".join(f"a{n}" for n in range(40_000))

NAIVE = """
import json, os, sys
import numpy as np
source, expected, secret = open(sys.argv[1]).read(), np.array(json.loads(sys.argv[2])), sys.argv[3]
memory = {}
exec(compile(source, "memory.py", "exec"), memory)
got = memory["f"](np.arange(2.0), "hidden-0123456789abcdef")
def tested():
    np.testing.assert_allclose(got, expected)
    return True
ways = [tested, lambda: np.allclose(got, expected), lambda: np.array_equal(got, expected), lambda: got == expected]
for same in ways:
    try:
        print("right" if bool(same()) else "wrong")
    except Exception:
        print("wrong")
print(got)
"""
VICTIM = """
import ctypes, sys, time
ctypes.CDLL(None).prctl(0x59616d61, ctypes.c_ulong(-1), 0, 0, 0)  # Yama: whoever may by user, may trace
held = ctypes.create_string_buffer(sys.argv[1].encode())
kept = [sys.argv[1] + "" for _ in range(10)]
print(ctypes.addressof(held), flush=True)
time.sleep(60)
"""


# ── attacks ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Attack(NamedTuple):
    """One file of tests/attacks, and what its head says."""

    name: str
    source: str
    does: str
    kind: str
    success: str
    control: str
    ends: tuple[str, ...]
    holds: int
    refused: str
    cases: int


def read(path: Path) -> Attack:
    source = path.read_text(encoding="utf-8")
    head = dict(re.findall(r"^# ([a-z]+): (.+)$", source, re.MULTILINE))
    ends = tuple(name.strip() for name in head.get("ends", "").split(",") if name.strip())
    return Attack(
        name=path.stem,
        source=source,
        does=head["attack"],
        kind=head["class"],
        success=head["success"],
        control=head.get("control", "ends"),
        ends=ends,
        holds=int(head.get("holds", 3)),
        refused=head.get("refused", "") or ("to all but root" if head.get("rights") == "root" else ""),
        cases=int(head.get("cases", 2)),
    )


FOUND = [read(path) for path in sorted(ATTACKS.glob("*.py"))]
OTHER_MACHINE = {
    attack.name for attack in FOUND if "# machine: x86_64" in attack.source and os.uname().machine != "x86_64"
}

#: Names of attacks whose success could depend on whose rights they run with.
RIGHTS = ("files", "proc_", "kill", "machine", "network", "secrets", "survive", "memory_by", "shm", "leak_printed")

#: Levels that attacks run at: the best there is, that of a container without Landlock, and what weak levels promise.
LEVELS = {"strongest": 5, "level 3": 3, "level 2": 2, "level 1": 1}
#: Classes that no layer of the kernel repels, and the levels at which each shows something of its own: how the grader
#: compares and writes is the same at all of them, how it reads is another where processes are started in another way.
COMPARED = dict.fromkeys(("display", "leak", "source", "verdict"), ("strongest",))
READ = dict.fromkeys(("output", "protocol"), ("strongest", "level 1"))
TRIED = [
    (attack, level)
    for attack in FOUND
    for level, number in LEVELS.items()
    if attack.holds <= max(number, 1) and (THOROUGH or level in {**COMPARED, **READ}.get(attack.kind, LEVELS))
]


# ── one grading run, watched ──────────────────────────────────────────────────────────────────────────────────────


class Recorded:
    """A sandbox that remembers everything that came out of it."""

    def __init__(self, sandbox) -> None:
        self._sandbox = sandbox
        self.records = []

    @property
    def isolation(self):
        return self._sandbox.isolation

    @property
    def used(self):
        return self._sandbox.used

    def load(self):
        return self._keep(self._sandbox.load())

    def run(self, job):
        return self._keep(self._sandbox.run(job))

    def run_each(self, jobs):
        yield from map(self._keep, self._sandbox.run_each(jobs))

    def aside(self):
        other = Recorded(self._sandbox.aside())
        other.records = self.records
        return other

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._sandbox.close()

    def _keep(self, record):
        self.records.append(record)
        return record

    def said(self, word: str) -> bool:
        """True if a word that stands for success was returned, or printed alone."""
        outcomes = [outcome for record in self.records for outcome in getattr(record, "outcomes", ())]
        values = [outcome.outputs.get("y") for outcome in outcomes if isinstance(outcome, Returned)]
        printed = "".join(getattr(record, "stdout", "") for record in self.records)
        return printed.strip() == word or any(isinstance(value, str) and value == word for value in values)

    def ends(self) -> set[str]:
        found = [record.problem for record in self.records if isinstance(record, Loaded)]
        found += [outcome for record in self.records for outcome in getattr(record, "outcomes", ())]
        return {type(outcome).__name__ for outcome in found if outcome is not None}


@dataclass
class Result:
    """What was seen of one attack."""

    seen: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)
    arrived: bool = False  # what was to be smuggled into the report was in the records
    why: list[str] = field(default_factory=list)

    def add(self, observation: str, why: object) -> None:
        self.seen.add(observation)
        self.why.append(f"{observation}: {why!s:.300}")


class Range:
    """A place to be attacked: what an attack may want, and the eyes on it."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="attacks-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(mode=0o755)
        self.inside = self.folder / "inside"
        self.inside.mkdir(mode=0o700)
        self.secret, self.sibling = (f"vault-{secrets.token_hex(16)}" for _ in range(2))
        (self.inside / "secret").write_text(self.secret, encoding="ascii")
        self._sockets()
        self._pools: dict[int, object] = {}

    def close(self) -> None:
        self._stack.close()

    def _sockets(self) -> None:
        self.abstract = f"attacks-{secrets.token_hex(8)}"
        self._tcp, self._udp = socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM)
        self._unix, self._hidden = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self._udp.bind(("127.0.0.1", 0))
        self._unix.bind(str(self.folder / "service"))
        (self.folder / "service").chmod(0o777)
        self._hidden.bind(f"\0{self.abstract}")
        for each in (self._tcp, self._udp, self._unix, self._hidden):
            self._stack.enter_context(each)
            each.setblocking(False)
            if each is not self._udp:
                each.listen()

    def pool(self, level: int):
        from grader.sandbox.pool.forked import ZygotePool

        if level not in self._pools:
            made = self._pools[level] = ZygotePool(level)
            self._stack.callback(made.close)
            source = f"SIBLING = {self.sibling!r}\ndef f(x, note): return SIBLING"
            assert self.honest(made, source) == self.sibling
        return self._pools[level]

    def renew(self, level: int) -> None:
        """Give up a pool that an attack has ended, so that it fails for that attack alone."""
        gone = self._pools.pop(level, None)
        if gone is not None:
            gone.close()

    def honest(self, pool, source="def f(x, note): return [float(x.sum()), note]"):
        from grader.sandbox.host import ProcessSandbox

        limits = Limits(case_seconds=5)
        inputs = ({"x": np.arange(3.0), "note": "hello"},)
        with ProcessSandbox(submission(source), limits, pool) as sandbox:
            (outcome,) = sandbox.run(Job(run=RUN, outputs=("y",), sizes=({},), inputs=inputs, limits=limits)).outcomes
        return outcome.outputs["y"] if isinstance(outcome, Returned) else outcome

    # ── watching ──────────────────────────────────────────────────────────────────────────────────────────────────

    def attack(self, attack: Attack, pool) -> Result:
        """Grade the attack as a submission, and see what it did."""
        from grader.sandbox.host import ProcessSandbox

        result, bank, said = Result(), make_bank(attack), f"said{secrets.token_hex(8)}"
        with ExitStack() as stack:
            drop, canary = self._bait(stack)
            victim = stack.enter_context(Victim(self)) if "@victim@" in attack.source else None
            placed = self._placed(attack.source, {"said": said, "drop": drop, "canary": canary}, victim)
            before = (state(canary), victim and victim.state(), descendants(), peak())
            began, report = time.monotonic(), None
            sandbox = ProcessSandbox(submission(placed), LIMITS, pool)
            recorded = Recorded(sandbox)
            try:
                with sandbox, ended_after(HANG_SECONDS):
                    report = grade(bank, submission(placed), recorded, Author())
            except Exception as error:  # noqa: BLE001 - whatever the grader fails with, the attack has achieved it
                result.add("grader", f"{type(error).__name__}: {error}")
            elapsed = time.monotonic() - began
            busy = max(1.0, os.getloadavg()[0] / processors())  # waiting for a processor is nobody's doing
            allowed = busy * (WALL_FACTOR * (LIMITS.load_seconds + LIMITS.seconds * len(bank.cases)) + SPARE)
            if elapsed > allowed:
                result.add("slow", f"{elapsed:.1f} s, {allowed:.1f} were allowed")
            if peak() - before[3] > BLOATED:
                result.add("bloated", f"{(peak() - before[3]) >> 20} MiB")
            self._left(result, drop, said, before[2])
            if state(canary) != before[0]:
                result.add("canary", state(canary))
            if victim and victim.state() != before[1]:
                result.add("victim", victim.state())
        self._told(result, recorded, report, said, bank)
        if attack.success != "told":  # times are in each report: it is enough to say so once
            result.seen.discard("told")
        result.ends = recorded.ends()
        return result

    def _bait(self, stack: ExitStack) -> tuple[Path, Path]:
        drop = Path(tempfile.mkdtemp(prefix="drop-", dir=self.folder))
        stack.callback(shutil.rmtree, drop, ignore_errors=True)
        drop.chmod(0o1777)
        canary = self.inside / "results.json"
        canary.unlink(missing_ok=True)
        canary.write_text('{"score": 0}', encoding="ascii")
        canary.chmod(0o600)
        return drop, canary

    def _placed(self, source: str, more: dict[str, object], victim: Victim | None) -> str:
        """The attack's source with what it wants to know written in."""
        values = {
            "secret": self.inside / "secret",
            "folder": self.inside,
            "tcp": self._tcp.getsockname()[1],
            "udp": self._udp.getsockname()[1],
            "unix": self.folder / "service",
            "abstract": self.abstract,
            "victim": victim and victim.pid,
            "address": victim and victim.address,
            "names": NAMES,
            "large": "if 1: x = 1\n" * 170_000,
            "nested": "(" * 90 + "[" * 5000 + "-" * 100_000 + "1",
            "null": "\0",
            **more,
        }
        return re.sub("@([a-z]+)@", lambda match: str(values[match[1]]), source)

    def _left(self, result: Result, drop: Path, said: str, before: set[int]) -> None:
        """Look for what outlives a submission, and remove it."""
        left = descendants() - before
        if left:
            result.add("survivor", left)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in (left | ended_children()) - before:  # adopted ones are collected here, and by nobody else
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
        places = (drop, self.temporary, Path("/dev/shm"), Path("/tmp"), Path("/var/tmp"))
        dropped = [*drop.iterdir(), *self.temporary.iterdir()]
        dropped += [found for place in places[2:] if place.is_dir() for found in place.glob(f"*{said}*")]
        if dropped:
            result.add("dropped", dropped)
        for found in dropped:
            shutil.rmtree(found) if found.is_dir() and not found.is_symlink() else found.unlink()
        for each in (self._tcp, self._udp, self._unix, self._hidden):
            with suppress(BlockingIOError):
                if each is self._udp:
                    each.recv(1000)
                else:
                    each.accept()[0].close()
                result.add("connected", each)

    def _told(self, result: Result, recorded: Recorded, report: Report | None, said: str, bank) -> None:
        """Look through everything that came out."""
        text, forms = "\n".join(map(repr, recorded.records)), hidden_forms(bank)
        result.arrived = said in text or any(form in text for form in forms)
        if self._stolen(text):
            result.add("secret", "in what the sandbox gave")
        if recorded.said(said):
            result.add("said", "its call was allowed")
        if report is not None:
            self._shown(result, report, said, forms)

    def _shown(self, result: Result, report: Report, said: str, forms: list[str]) -> None:
        """Look through the report: the student's in every format, and the staff's."""
        if report.score is None or any(exercise.status == "ungraded" for exercise in report.exercises):
            result.add("grader", [exercise.reason for exercise in report.exercises])
        if report.score:
            result.add("score", report.score)
        document = written(view.staff(report))
        if any(self._stolen(writer(document)) for writer in WRITERS.values()):
            result.add("secret", "in a report")
        student = written(view.student(report))
        commands = github.annotations(student, "memory.py")
        texts = {**{name: writer(student) for name, writer in WRITERS.items()}, "commands": "\n".join(commands)}
        if leaked := [form for form in forms if any(form in text for text in texts.values())]:
            result.add("leaked", leaked)
        if student.timing != replace(report.public_timing, started=report.timing.started):
            result.add("told", student.timing)
        if problem := markup(texts, said, commands):
            result.add("shown", problem)

    def _stolen(self, text: str) -> bool:
        return self.secret in text or self.sibling in text


class HungError(Exception):
    """The grader did not come to its end."""


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """An attack that makes the grader itself hang fails its own test, and no other."""

    def hung(*_: object) -> None:
        raise HungError(f"the grader was busy for more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, hung)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Victim:
    """A process like the grader: of the same user, with a secret in its memory, command line and environment."""

    def __init__(self, place: Range) -> None:
        with (place.inside / "secret").open("rb") as given:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", VICTIM, place.secret],
                stdin=given,
                stdout=subprocess.PIPE,
                env={"TOKEN": place.secret},
            )
        self.pid = self._popen.pid
        self.address = int(self._popen.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self._popen.kill()
        self._popen.communicate()

    def state(self) -> tuple[object, ...]:
        """Whether it lives, is stopped, and what it may use; after a moment in which signals arrive."""
        time.sleep(0.02)
        limit = time.monotonic() + 10  # on a loaded machine it may be long before it is its turn to end
        while self._popen.poll() is None and not self._at_rest() and time.monotonic() < limit:
            time.sleep(0.01)
        if self._popen.poll() is not None:
            return ("ended",)
        stopped = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] in "Tt"
        limit = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        return stopped, os.getpriority(os.PRIO_PROCESS, self.pid), limit, sorted(os.sched_getaffinity(self.pid))

    def _at_rest(self) -> bool:
        """True if it is stopped, or sleeps and no signal waits for it."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        pending = re.findall(r"^(?:SigPnd|ShdPnd):\s+0*[1-9a-f]", status, re.MULTILINE)
        state = re.search(r"^State:\s+(\w)", status, re.MULTILINE)[1]
        return state in "Tt" or (state == "S" and not pending)


RUN = "y = f(x, note)"
INPUTS = {"x": Reals(shape=(2,)), "note": Text(alphabet="abc", length=Interval(low=0, high=99))}


def submission(source: str) -> Submission:
    return Submission(module="memory.py", files={"memory.py": source})


def make_bank(attack: Attack) -> CaseBank:
    """Cases whose expected values are chance: nothing but knowing them, or fooling the judge, gives a point."""
    names = ["f", "g"] if "def g(x, note)" in attack.source else ["f"]
    chance = np.random.default_rng(secrets.randbits(64))
    cases = {
        name: tuple(
            Case(
                id=f"{name}/{number}",
                origin=Origin("any"),
                public=number < attack.cases,
                sizes={},
                inputs={
                    "x": chance.normal(size=2),
                    "note": f"{'public' if number < attack.cases else 'hidden'}-{secrets.token_hex(8)}",
                },
                expected={"y": chance.normal(size=3)},
            )
            for number in range(attack.cases + 2)
        )
        for name in names
    }
    exercises = tuple(
        Exercise(
            id=name,
            title=name,
            points=5,
            inputs=INPUTS,
            run=RUN.replace("f", name),
            outputs={"y": Output(shape=(3,))},
            limits=LIMITS,
        )
        for name in names
    )
    assignment = Assignment(id="a", title="Attacked", module="memory.py", exercises=exercises)
    return CaseBank(assignment=assignment, inputs_sha256="0" * 64, cases=cases)


def hidden_forms(bank: CaseBank) -> list[str]:
    """Hidden inputs as a report could hold them, also disguised."""
    forms = []
    for case in (case for cases in bank.cases.values() for case in cases if not case.public):
        note, x = case.inputs["note"], case.inputs["x"]
        core = note.removeprefix("hidden-")
        forms += [core, core[::-1], note.encode().hex(), base64.b64encode(note.encode()).decode()]
        forms += [", ".join(map(str, core[:8].encode())), x.tobytes().hex(), *map(repr, x.tolist())]
    return forms


def markup(written: dict[str, str], said: str, commands: list[str]) -> str:
    """What of a student's text acts, instead of being shown; empty if nothing does."""
    for name, text in written.items():
        if found := re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text):
            return f"{name} holds {found[0]!r}"
    ET.fromstring(written["junit"])
    json.loads(written["json"])
    summary = re.sub(r"^(`{3,})text\n.*?^\1$", "", written["github"], flags=re.MULTILINE | re.DOTALL)
    for name, text in (("html", written["html"]), ("github", summary)):
        if re.search(rf"(?<!\\)<(img|svg|script)[^>]*{said}", text):
            return f"{name} holds markup"
    wrong = [line for line in commands if "\n" in line or not re.match(r"::(notice|error|warning) file=", line)]
    return f"annotations: {wrong}" if wrong else ""


def state(path: Path) -> tuple[object, ...]:
    if not path.exists():
        return ("missing",)
    about = path.stat()
    return path.read_bytes(), about.st_mode, about.st_uid, about.st_ino, about.st_mtime_ns, about.st_nlink


def peak() -> int:
    """Bytes of memory that this process has had at most since :func:`descendants` last began anew."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) << 10


def parents_of(*, ended: bool) -> dict[int, int]:
    """The parent of each process that lives, or has ``ended`` and is collected by nobody yet."""
    parents = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError), open(f"/proc/{entry.name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split(maxsplit=2)
                if (fields[0] in (b"Z", b"X")) is ended:
                    parents[int(entry.name)] = int(fields[1])
    return parents


def ended_children() -> set[int]:
    """Processes below this one that have ended and wait to be collected. Orphans are among them, as below."""
    return {pid for pid, parent in parents_of(ended=True).items() if parent == os.getpid()}


def descendants() -> set[int]:
    """Living processes below this one. Orphans are among them, because it adopts them."""
    with suppress(PermissionError):  # a process that hides its memory may not: the most ever used is a weaker measure
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # VmHWM starts again from what is in use
    parents = parents_of(ended=False)
    found: set[int] = set()
    grown = {os.getpid()}
    while grown:
        grown = {pid for pid, parent in parents.items() if parent in grown} - found
        found |= grown
    return found


# ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    tmp_path_factory.getbasetemp()  # pytest's own folder, which would else be made where these tests clear up
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(SUBREAPER, 1, 0, 0, 0)
    made = Range()
    yield made
    made.close()
    libc.prctl(SUBREAPER, 0, 0, 0, 0)


@pytest.fixture(autouse=True)
def temporary(place, monkeypatch):
    """Folders that the grader makes appear where they are watched."""
    monkeypatch.setattr(tempfile, "tempdir", str(place.temporary))


@cache
def best_level() -> int:
    from grader.sandbox.pool.forked import ZygotePool

    with ZygotePool() as pool:
        return pool.isolation.level


def ids(value: object) -> str | None:
    return value.name if isinstance(value, Attack) else None


@pytest.mark.parametrize(("attack", "level"), TRIED, ids=ids)
def test_attack_is_repelled(place, attack, level):
    if attack.name in OTHER_MACHINE:
        pytest.skip("this attack is one on x86_64")
    pool = place.pool(LEVELS[level])
    if pool.isolation.level < min(LEVELS[level], 3):
        pytest.skip(f"this machine has level {pool.isolation.level} at most: {attack.name} cannot be judged above it")
    result = place.attack(attack, pool)
    if pool.isolation.level > 1 or THOROUGH:  # at level 1 no two workers have anything in common
        try:
            afterwards = place.honest(pool)
        except SandboxFault as fault:
            result.add("grader", fault)
            place.renew(LEVELS[level])
        else:
            assert afterwards == [3.0, "hello"]
    assert not result.seen, "\n".join(result.why)
    if attack.control == "records":
        assert result.arrived, "what should be kept out of the report never came near it"
    if attack.control == "naive":
        assert "TimedOut" not in result.ends, "it had no time to try"
    if attack.control == "ends":
        assert result.ends & set(attack.ends), result.ends


@pytest.mark.parametrize("attack", [each for each in FOUND if each.control in ("unconfined", "zygote")], ids=ids)
def test_attack_succeeds_where_nothing_holds_it(place, attack, monkeypatch):
    from grader.sandbox.pool import forked
    from grader.sandbox.portable.pool import PortablePool

    if attack.name in OTHER_MACHINE:
        pytest.skip("this attack is one on x86_64")
    monkeypatch.setattr(forked, "CONFINED", 1)
    monkeypatch.setattr(psutil.Process, "children", lambda *_, **__: [])
    weak = forked.ZygotePool(1) if attack.control == "zygote" else PortablePool()
    try:
        for _ in range(3):  # on a loaded machine it may have been stopped before it could try
            result = place.attack(attack, weak)
            if attack.success in result.seen or attack.refused:
                break
    finally:
        weak.close()
    if attack.success not in result.seen and attack.refused:
        pytest.skip(f"{attack.name} cannot be judged: it is refused without confinement too, as {attack.refused}")
    assert attack.success in result.seen, (result.seen, result.ends, result.why)


@pytest.mark.parametrize("attack", [each for each in FOUND if each.control == "naive"], ids=ids)
def test_attack_fools_a_grader_in_the_same_process(place, attack, tmp_path):
    said = "said0123456789"
    path = tmp_path / "memory.py"
    path.write_text(attack.source.replace("@said@", said), encoding="utf-8")
    with (place.inside / "secret").open("rb") as held:
        done = subprocess.run(
            [sys.executable, "-c", NAIVE, path, "[0.25, 0.5, 0.75]", place.secret],
            env={"TOKEN": place.secret, "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=(held.fileno(),),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    words = done.stdout.splitlines()
    if attack.success == "score":
        assert "right" in words or (done.returncode == 0 and "wrong" not in words), done.stdout + done.stderr
    else:
        assert (place.secret if attack.success == "secret" else said) in done.stdout, done.stdout + done.stderr


def test_expected_values_give_the_points(place):
    """The control of ``score``: whoever knows the expected values has them counted as right."""
    attack = FOUND[0]._replace(source="def f(x, note): return ANSWERS[note]", cases=2)
    bank = make_bank(attack)
    answers = {case.inputs["note"]: case.expected["y"].tolist() for case in bank.cases["f"]}
    source = f"import numpy as np\nANSWERS = {answers!r}\ndef f(x, note): return np.array(ANSWERS[note])"
    from grader.sandbox.host import ProcessSandbox

    with ProcessSandbox(submission(source), LIMITS, place.pool(5)) as sandbox:
        report = grade(bank, submission(source), sandbox, Author())
    assert report.score == 5


def test_every_attack_can_be_judged_here():
    """Says on a weak machine, or a strange one, which attacks it could not try."""
    level = best_level()
    missed = [attack.name for attack in FOUND if attack.holds > level or attack.name in OTHER_MACHINE]
    if missed:
        pytest.skip(f"at level {level} on {os.uname().machine} these attacks cannot be judged: {', '.join(missed)}")
    assert len(FOUND) >= 60


def test_heads_say_what_can_be_seen():
    seen = {"secret", "canary", "dropped", "connected", "victim", "grader", "survivor", "score", "shown", "leaked"}
    seen |= {"said", "slow", "bloated", "told"}
    for attack in FOUND:
        assert attack.success in seen, attack.name
        assert attack.control in ("unconfined", "zygote", "naive", "records", "ends"), attack.name
        assert attack.control != "ends" or attack.ends, attack.name
        assert all(hasattr(run, name) for name in attack.ends), attack.name


def test_the_threat_table_names_every_attack():
    table = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z]+) \| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    told = {(kind, name) for kind, names in rows for name in re.findall(r"`([a-z0-9_]+)`", names)}
    assert told == {(attack.kind, attack.name) for attack in FOUND}


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="these tests run as another user than root")
def test_attacks_are_repelled_without_root_as_well(tmp_path):
    """The same, as a user without rights; where Python lies out of that user's reach it may read, and nothing else."""
    away = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    readable = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    again = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True)"  # what setpriv starts may more
    )
    reached = not subprocess.run([*away, sys.executable, "-c", again], capture_output=True, check=False).returncode
    command = [*away, *([] if reached else readable), sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    tried = "strongest or nothing_holds" if THOROUGH else "strongest"  # that they succeed otherwise, root has shown
    home = tempfile.mkdtemp(prefix="nobody-", dir="/tmp")
    try:
        os.chown(home, NOBODY, NOBODY)
        done = subprocess.run(
            [*command, "-k", f"({tried}) and ({' or '.join(RIGHTS)})", __file__],
            env={"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    finally:
        shutil.rmtree(home)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
