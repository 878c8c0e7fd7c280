"""Answers come the same way whether the host sleeps while it waits for them, or looks for them a while."""

from __future__ import annotations

import os
import shutil
import threading
import time

import pytest

from grader.records.assignment import Limits
from grader.records.run import Job, Submission
from grader.sandbox import protocol
from grader.sandbox.channel import EAGERLY, PolledChannel
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.open import open_pool
from grader.sandbox.pool.forked import ZygotePool
from tests.conftest import TINY

READY = protocol.encode(protocol.Ready())


@pytest.fixture(params=[False, True], ids=["asleep", "eager"])
def pipes(request):
    """A channel, and the ends of its pipes that a worker has: requests, replies, what it prints."""
    (requests, to_worker), (from_worker, replies) = os.pipe(), os.pipe()
    printed = [os.pipe() for _ in range(2)]
    streams = [os.fdopen(read, "rb", buffering=0) for read, _ in printed]
    channel = PolledChannel(to_worker, from_worker, *streams, eager=request.param)
    theirs = {"requests": requests, "replies": replies, "stdout": printed[0][1], "stderr": printed[1][1]}
    yield channel, theirs
    channel.close()
    for descriptor in theirs.values():
        os.close(descriptor)


@pytest.mark.parametrize("after", [0.0, EAGERLY / 4, 0.05])
def test_an_answer_is_taken_whenever_it_comes(pipes, after):
    channel, theirs = pipes
    worker = threading.Timer(after, os.write, (theirs["replies"], READY))
    worker.start()
    assert channel.receive(60.0) == protocol.Ready()
    worker.join()


def test_none_is_waited_for_no_longer_than_was_asked(pipes):
    channel, _ = pipes
    began = time.monotonic()
    assert channel.receive(0.05) is None
    assert 0.05 <= time.monotonic() - began < 30
    assert channel.receive(0.0) is None
    assert (channel.idle > 0) is channel.eager, "and who looks meanwhile knows how long"


def test_what_a_pipe_does_not_take_leaves_while_answers_are_awaited(pipes):
    """And a request that it takes at once keeps nobody awake."""
    channel, theirs = pipes
    sent = bytes(range(256)) * 1024  # four times what a pipe holds
    taken = bytearray()

    def read() -> None:
        while len(taken) < len(sent):
            taken.extend(os.read(theirs["requests"], 1 << 16))
        os.write(theirs["replies"], READY)

    channel.send(sent)
    worker = threading.Thread(target=read)
    worker.start()
    turns = (channel.receive(10.0) for _ in range(100))  # one that pushed something is one without an answer
    assert next(filter(None, turns), None) == protocol.Ready()
    worker.join()
    assert taken == sent
    channel.send(b"little")
    began = time.monotonic()
    assert channel.receive(0.2) is None
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(("alone", "count", "eager"), [(True, 2, True), (True, 1, False), (False, 8, False)])
def test_a_pool_is_eager_where_it_is_alone_and_has_a_processor_for_it(alone, count, eager, monkeypatch):
    monkeypatch.setattr("grader.sandbox.open.processors", lambda: count)
    with open_pool(alone=alone) as pool:
        assert isinstance(pool, ZygotePool)
        if pool.isolation.level > 1:  # else its workers come from a portable one
            worker = pool.worker()
            channel = worker.channel()
            assert channel.eager is eager
            worker.end()
            channel.close()


@pytest.mark.parametrize(
    ("words", "alone"), [(["tiny", "reference/tiny.py"], True), (["class", "tiny", "all", "-o", "results"], False)]
)
def test_who_grades_one_submission_is_alone(words, alone, grade, tmp_path):
    course = shutil.copytree(TINY, tmp_path / "course")
    shutil.copytree(course / "reference", course / "all" / "ada")
    told = (
        "import grader.sandbox.open as module, sys\nreal = module.open_pool\n"
        "def open_pool(*args, alone=False):\n    print('alone:', alone, file=sys.stderr)\n"
        "    return real(*args, alone=alone)\nmodule.open_pool = open_pool"
    )
    ran = grade(*words, cwd=course, before=told)
    assert (ran.returncode, f"alone: {alone}" in ran.stderr) == (0, True), ran.stderr


def test_to_wait_with_open_eyes_is_nobodys_doing(monkeypatch):
    """Each answer is late, so that whoever asks looks for it in vain."""
    monkeypatch.setattr("grader.sandbox.open.processors", lambda: 2)
    limits = Limits(seconds=30, case_seconds=30)
    cases = ({},) * 100
    job = Job(run="y = f()", outputs=("y",), sizes=cases, inputs=cases, limits=limits)
    text = "import time\ndef f():\n    time.sleep(0.001)\n    return 1\n"
    took = []
    for alone in (False, True):
        submission = Submission(module="memory.py", files={"memory.py": text})
        with open_pool(alone=alone) as pool, ProcessSandbox(submission, limits, pool) as sandbox:
            sandbox.load()
            took.append(min(sandbox.run(job).cpu for _ in range(3)))
    assert took[1] < took[0] + 50 * EAGERLY, took
