"""The channel without poll, on pipes and files of a test's own."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from queue import Empty
from threading import Event, Thread

import pytest

from grader.records.errors import ProtocolError
from grader.sandbox import protocol
from grader.sandbox.channel import KEPT
from grader.sandbox.portable import channel as channel_module
from grader.sandbox.portable.channel import CHUNK, SPARE, WAITING, Printed, ThreadedChannel

READY = protocol.encode(protocol.Ready())
PATIENCE = 20.0


class Worker:
    """The other side."""

    def __init__(self):
        self.requests, requests = os.pipe()
        replies, self.replies = os.pipe()
        printed = Printed(), Printed()
        self.stdout, self.stderr = (open(each.path, "ab", buffering=0) for each in printed)
        self.channel = ThreadedChannel(
            os.fdopen(requests, "wb", buffering=0), os.fdopen(replies, "rb", buffering=0), *printed
        )

    def end(self):
        for descriptor in (self.requests, self.replies):
            with suppress(OSError):
                os.close(descriptor)
        self.stdout.close()
        self.stderr.close()


@pytest.fixture
def worker(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(os.listdir("/proc/self/fd"))
    made = Worker()
    yield made
    made.end()
    made.channel.close()
    made.channel.close()
    assert not any(thread.is_alive() for thread in made.channel._threads)
    assert set(os.listdir("/proc/self/fd")) == before
    assert list(tmp_path.iterdir()) == []


def test_replies_come_one_by_one_however_their_bytes_come(worker):
    assert worker.channel.receive(0) is None
    os.write(worker.replies, READY + READY + READY[:3])
    assert [worker.channel.receive(PATIENCE) for _ in range(2)] == [protocol.Ready()] * 2
    assert worker.channel.receive(0.01) is None
    os.write(worker.replies, READY[3:])
    assert worker.channel.receive(PATIENCE) == protocol.Ready()


def test_a_question_larger_than_a_pipe_does_not_make_the_host_wait(worker):
    question = os.urandom(1 << 20)
    worker.channel.send(question)
    worker.channel.send(b"the next")
    os.write(worker.replies, READY)
    assert worker.channel.receive(PATIENCE) == protocol.Ready()
    taken = b""
    while len(taken) < len(question) + 8:
        taken += os.read(worker.requests, 1 << 20)
    assert taken == question + b"the next"


def test_a_worker_that_does_not_read_can_be_left(worker):
    worker.channel.send(bytes(1 << 20))


def test_the_end_of_replies_is_heard_each_time(worker):
    os.write(worker.replies, READY)
    os.close(worker.replies)
    assert worker.channel.receive(PATIENCE) == protocol.Ready()
    for _ in range(2):
        with pytest.raises(EOFError):
            worker.channel.receive(PATIENCE)


def test_what_is_no_reply_is_refused(worker):
    os.write(worker.replies, b"\xff\xff\xff\xff")
    with pytest.raises(ProtocolError):
        worker.channel.receive(PATIENCE)


def test_replies_that_nobody_takes_wait_in_the_pipe(worker):
    os.set_blocking(worker.replies, False)
    written, most, stuck = 0, (WAITING + 3) * CHUNK, 0
    while stuck < 3 and written <= most:
        try:
            written += os.write(worker.replies, bytes(CHUNK))
        except BlockingIOError:
            stuck += worker.channel._arrived.full()
    assert written <= most


def test_what_is_printed_is_told_once_and_cut(worker):
    worker.stdout.write(b"first\r\nsecond\n")
    worker.stderr.write(b"\xff" + b"x" * KEPT)
    assert worker.channel.printed() == ("first\nsecond\n", "�" + "x" * (KEPT - 1))
    worker.stdout.write(b"third")
    assert worker.channel.printed() == ("third", "")
    worker.stdout.write(b"last")
    worker.end()
    worker.channel.close()
    assert worker.channel.printed() == ("last", "")
    assert worker.channel.printed() == ("", "")


def test_a_file_holds_no_more_than_was_printed_since_the_last_call(worker):
    for _ in range(3):
        worker.channel.allow(1000)
        worker.stdout.write(bytes(1000))
        assert worker.channel.receive(0) is None
        worker.channel.printed()
        assert os.fstat(worker.stdout.fileno()).st_size == 0


def test_a_file_that_was_removed_or_cut_is_no_fault_of_ours(worker):
    worker.channel.allow(10)
    worker.stdout.write(b"first")
    worker.stdout.truncate(0)
    os.unlink(worker.stderr.name)
    assert worker.channel.receive(0) is None
    worker.stdout.write(b"last")
    assert worker.channel.printed() == ("last", "")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_is_printed_counts_from_when_it_was_allowed(stream, worker):
    worker.channel.allow(100)
    getattr(worker, stream).write(bytes(100))
    assert not worker.channel.beyond()
    worker.channel.allow(100)
    getattr(worker, stream).write(bytes(100))
    assert not worker.channel.beyond()
    getattr(worker, stream).write(b"x")
    assert worker.channel.beyond()
    worker.channel.printed()
    worker.channel.allow(100)
    assert not worker.channel.beyond()


def test_a_file_that_grows_too_large_is_emptied_and_its_beginning_told(worker):
    worker.channel.allow(100)
    for text in (b"first" + bytes(SPARE), b"second" + bytes(SPARE), b"third"):
        worker.stdout.write(text)
        assert worker.channel.receive(0) is None
    assert os.fstat(worker.stdout.fileno()).st_size == len("third")
    assert worker.channel.beyond()
    assert worker.channel.printed() == ("first" + "\0" * 95, "")
    worker.channel.allow(100)
    worker.stdout.write(b"last")
    assert worker.channel.printed() == ("last", "")


def test_questions_and_answers_from_two_sides_at_once(worker):
    def answer():
        for _ in range(100):
            os.write(worker.replies, READY)
            os.read(worker.requests, 1)

    other = Thread(target=answer)
    other.start()
    for _ in range(100):
        assert worker.channel.receive(PATIENCE) == protocol.Ready()
        worker.channel.send(b"1")
    other.join()


def test_what_writes_without_end_keeps_nobody(worker, monkeypatch):
    """It escaped the end of its worker, say, and holds the way back."""
    monkeypatch.setattr(channel_module, "CLOSE_SECONDS", 0.2)
    stop = Event()

    def write():
        with suppress(OSError):
            while not stop.is_set():
                os.write(worker.replies, b"x" * 4096)

    writer = Thread(target=write)
    writer.start()
    began = time.monotonic()
    worker.channel.close()
    assert time.monotonic() - began < 5
    stop.set()
    while writer.is_alive() or any(thread.is_alive() for thread in worker.channel._threads):
        with suppress(Empty):  # room for what is on its way, so that both come to their end
            worker.channel._arrived.get(timeout=0.01)
        if not writer.is_alive():
            worker.end()
