"""Data files in a worker that can open none: hand-ins that read them, at every level."""

from __future__ import annotations

import gzip
import io
import json

import numpy as np
import pytest

from grader.records.assignment import Limits
from grader.records.run import Job, OutOfMemory, Raised, Returned, Submission
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool.forked import ZygotePool
from grader.sandbox.portable.pool import PortablePool
from grader.sandbox.worker.data_files import DataFiles
from grader.submission import read
from grader.submission.data import MAX_DATA

pytestmark = pytest.mark.usefixtures("warm")

LIMITS = Limits(seconds=20, case_seconds=10, load_seconds=10, memory=256 << 20)
LEVELS = {"portable": 1, "level 2": 2, "level 3": 3, "level 4": 4, "the best": 5}


@pytest.fixture(scope="module", params=LEVELS)
def pool(request):
    with PortablePool() if request.param == "portable" else ZygotePool(LEVELS[request.param]) as made:
        level = made.isolation.level
        if level < min(LEVELS[request.param], 4):
            pytest.skip(f"this machine has level {level} at most")
        yield made


@pytest.fixture
def run(pool):
    """What an expression gives in a submission with data files: a value, or the text of an exception."""

    def run(expression: str, data: dict[str, bytes], source: str = "", limits=LIMITS):
        text = f"import csv, gzip, io, json, os, pathlib\nimport numpy as np\n{source}\n"
        submission = Submission(module="memory.py", files={"memory.py": text}, data=data)
        job = Job(run=f"y = {expression}", outputs=("y",), sizes=({},), inputs=({},), limits=limits)
        with ProcessSandbox(submission, limits, pool) as sandbox:
            assert sandbox.load().problem is None, sandbox.load().problem
            (outcome,) = sandbox.run(job).outcomes
        return f"{outcome.error}: {outcome.message}" if isinstance(outcome, Raised) else outcome

    return run


def stored(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def archived(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


CSV = "1,2\r\n3,4\n"
DATA = {
    "w.csv": CSV.encode(),
    "./dotted.txt": "größer".encode(),
    "data/x.npy": stored(np.arange(3.0)),
    "data/both.npz": archived(a=np.ones(2), b=np.zeros(3)),
    "j.json": json.dumps({"a": [1]}).encode(),
    "w.csv.gz": gzip.compress(CSV.encode()),
}

#: Each way of reading, and what it gives: beside a script, Python gives the same.
READING = {
    "open('w.csv').read()": "1,2\n3,4\n",
    "open('w.csv', newline='').read()": CSV,
    "open('w.csv', 'rb').read()": CSV.encode(),
    "open('w.csv', 'rb', 0).readline()": b"1,2\r\n",
    "open('w.csv', mode='rt', encoding='utf-8').name": "w.csv",
    "open(b'./w.csv').readlines()": ["1,2\n", "3,4\n"],
    "open('data/../w.csv').readline()": "1,2\n",
    "open(os.path.abspath('w.csv')).readline()": "1,2\n",
    "open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'w.csv')).readline()": "1,2\n",
    "open('dotted.txt').read() + open('./dotted.txt').read()": "größergrößer",
    "open('dotted.txt', encoding='ascii', errors='replace').read()": "gr\ufffd\ufffd\ufffd\ufffder",
    "io.open('w.csv').readline()": "1,2\n",
    "list(csv.reader(open('w.csv', newline='')))": [["1", "2"], ["3", "4"]],
    "json.load(open('j.json'))": {"a": [1]},
    "gzip.open('w.csv.gz', 'rt').readline()": "1,2\n",
    "pathlib.Path('w.csv').read_text()": "1,2\n3,4\n",
    "pathlib.Path('./w.csv').read_bytes()": CSV.encode(),
    "pathlib.Path('w.csv').open().readline()": "1,2\n",
    "(pathlib.Path(__file__).resolve().parent / 'w.csv').open().readline()": "1,2\n",
    "[pathlib.Path('w.csv').exists(), pathlib.Path('data/x.npy').is_file()]": [True, True],
    "[os.path.exists('w.csv'), os.path.isfile('j.json'), os.path.isdir('w.csv')]": [True, True, False],
    "[os.path.getsize('w.csv'), os.stat('./w.csv').st_size]": [9, 9],
    "os.path.exists('v.csv')": False,
    "np.loadtxt('w.csv', delimiter=',').tolist()": [[1, 2], [3, 4]],
    "np.loadtxt(pathlib.Path('w.csv'), delimiter=',').tolist()": [[1, 2], [3, 4]],
    "np.loadtxt('w.csv.gz', delimiter=',').tolist()": [[1, 2], [3, 4]],
    "np.genfromtxt('w.csv', delimiter=',').tolist()": [[1, 2], [3, 4]],
    "np.load('data/x.npy').tolist()": [0, 1, 2],
    "np.load(open('data/x.npy', 'rb')).tolist()": [0, 1, 2],
    "np.load('data/both.npz')['b'].tolist()": [0, 0, 0],
    "np.frombuffer(open('w.csv', 'rb').read(3), np.uint8).tolist()": [49, 44, 50],
}


def test_every_usual_way_of_reading_finds_them(run):
    shown = f"[{', '.join(f'({each}).hex()' if isinstance(READING[each], bytes) else each for each in READING)}]"
    found = run(shown, DATA, "np.loadtxt, np.genfromtxt")
    assert isinstance(found, Returned), found
    expected = [value.hex() if isinstance(value, bytes) else value for value in READING.values()]
    assert dict(zip(READING, found.outputs["y"], strict=True)) == dict(zip(READING, expected, strict=True))


def test_a_hand_in_reads_its_data_at_import_and_later(pool, tmp_path):
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "w.csv").write_text("1,2\n3,4\n")
    (tmp_path / "secret.txt").write_text("not named")
    (tmp_path / "memory.py").write_text(
        "import numpy as np\nW = np.loadtxt('weights/w.csv', delimiter=',')\n"
        "def f(x):\n    with open('weights/w.csv') as file: return [W.sum(), file.readline()]\n"
    )
    submission = read(tmp_path, "memory.py")
    assert submission.data == {"weights/w.csv": b"1,2\n3,4\n"}
    job = Job(run="y = f(1)", outputs=("y",), sizes=({},), inputs=({},), limits=LIMITS)
    with ProcessSandbox(submission, LIMITS, pool) as sandbox:
        assert sandbox.run(job).outcomes == (Returned(outputs={"y": [10.0, "1,2\n"]}),)


@pytest.mark.parametrize(
    "writing",
    [
        "open('w.csv', 'w')",
        "open('./w.csv', 'r+')",
        "open('new.txt', 'a')",
        "open('new.txt', 'xb')",
        "pathlib.Path('w.csv').write_text('')",
        "np.save('new.npy', np.ones(1))",
        "np.savetxt('new.txt', np.ones(1))",
    ],
)
def test_writing_is_refused_in_words(writing, run):
    assert run(writing, DATA).startswith("PermissionError: [Errno 1] No file can be written while grading: ")


def test_they_cannot_be_changed(run):
    assert run("open('w.csv').write('')", DATA) == "UnsupportedOperation: not writable"
    assert run("open('w.csv', 'rb').write(b'')", DATA) == "UnsupportedOperation: write"
    source = "raw = open('w.csv', 'rb', 0)\nraw.write(b'9')"
    assert run("open('w.csv').readline()", DATA, source).outputs == {"y": "1,2\n"}


def test_what_wants_a_descriptor_says_why_it_gets_none(run):
    for attempt in ("np.fromfile('w.csv')", "np.load('data/x.npy', mmap_mode='r')", "open('w.csv').fileno()"):
        assert "is in memory while grading: read it with open(), not by descriptor" in run(attempt, DATA)


def test_all_else_is_pythons_own(run, pool):
    assert run("open(os.devnull, 'w').write('x')", DATA).outputs == {"y": 1}
    assert run("open('w.csv', 'q')", DATA) == "ValueError: invalid mode: 'q'"
    assert run("open(None)", DATA).startswith("TypeError: expected str, bytes or os.PathLike object")
    assert run("open(1, 'w', closefd=False).fileno()", DATA).outputs == {"y": 1}
    for other in ("open('v.csv')", "os.stat('v.csv')", "open('/etc/hostname/w.csv')", "os.stat('/w.csv/..')"):
        error = run(other, DATA).partition(":")[0]
        sealed = pool.isolation.level >= 3
        assert error in ({"PermissionError"} if sealed else {"FileNotFoundError", "NotADirectoryError"}), other


def test_as_much_as_may_be_handed_in_costs_no_memory_of_the_submissions(run):
    limits = Limits(seconds=20, case_seconds=10, load_seconds=10, memory=16 << 20)
    data = {f"{number}.bin": bytes([number]) * (MAX_DATA // 32) for number in range(32)}
    summed = run("sum(len(open(f'{n}.bin', 'rb').read()) for n in range(32))", data, limits=limits)
    assert summed.outputs == {"y": MAX_DATA}


def test_a_file_named_like_one_of_the_kernels_does_not_loosen_the_limits(run):
    """The limit on memory is counted from what the kernel says in /proc/self/statm."""
    plenty = b"99999999 " * 7
    data = dict.fromkeys(("proc/self/statm", "proc/self/status", "proc/self/fd/0"), plenty)
    found = run("len(bytearray(512 << 20))", data)
    assert found == OutOfMemory(limit=LIMITS.memory, message="")


def test_names_are_looked_up_and_no_disk_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = DataFiles({"./a/b.txt": b"text"})
    for name in ("a/b.txt", "a//b.txt", "a/../a/b.txt", tmp_path / "a" / "b.txt", b"a/b.txt"):
        assert files.open(name).read() == "text"
        assert files.stat(name).st_size == 4
    (tmp_path / "c.txt").write_text("on disk")
    with files.open("c.txt") as other:
        assert other.read() == "on disk"
    with pytest.raises(FileNotFoundError):
        files.open("b.txt")
