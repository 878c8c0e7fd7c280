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


#: Each way of writing, and what is found there afterwards: beside a script, Python finds the same.
WRITING = {
    "open('new.txt', 'w').write('a\\n')": ("open('new.txt').read()", "a\n"),
    "print('a', file=open('w.csv', 'w'))": ("open('./w.csv').read()", "a\n"),
    "open('w.csv', 'a').write('5,6\\n')": ("open('w.csv').read()", "1,2\n3,4\n5,6\n"),
    "file = open('w.csv', 'r+'); file.write('9'); file.seek(0); again = file.read(); file.close()": (
        "[again, open('w.csv').readline()]",
        ["9,2\n3,4\n", "9,2\n"],
    ),
    "file = open('new.bin', 'xb'); file.write(b'123'); file.flush()": ("os.path.getsize('new.bin')", 3),
    "file = open('new.bin', 'wb', 0); file.write(b'123'); file.seek(1); file.truncate()": (
        "open('new.bin', 'rb').read().decode()",
        "1",
    ),
    "file = open('log.txt', 'w', 1); file.write('a\\n')": ("open('log.txt').read()", "a\n"),
    "pathlib.Path('w.csv').write_text('')": ("[os.path.exists('w.csv'), os.path.getsize('w.csv')]", [True, 0]),
    "np.save('new.npy', np.arange(3.0))": ("np.load('new.npy').tolist()", [0, 1, 2]),
    "np.savez('new.npz', a=np.ones(2))": ("np.load('new.npz')['a'].tolist()", [1, 1]),
    "np.savetxt('new.txt', np.ones(2))": ("np.loadtxt('new.txt').tolist()", [1, 1]),
    "json.dump({'a': 1}, open('new.json', 'w'))": ("json.load(open('new.json'))", {"a": 1}),
    "gzip.open('new.gz', 'wt').write('a')": ("os.path.isfile('new.gz')", True),
    "import pickle; pickle.dump([1], open('new.pkl', 'wb'))": ("pickle.load(open('new.pkl', 'rb'))", [1]),
    "import logging; logging.basicConfig(filename='run.log', level='INFO', format='%(message)s'); logging.info('a')": (
        "open('run.log').read()",
        "a\n",
    ),
    "a = open('log', 'a', 1); a.write('0\\n'); b = open('log', 'a'); b.write('x'); b.close(); a.write('1\\n')": (
        "open('log').read()",
        "0\nx1\n",
    ),
    "w = open('log', 'w'); r = open('log'); w.write('abc'); w.flush()": (
        "[r.read(), w.mode, r.mode]",
        ["abc", "w", "r"],
    ),
    "w = open('new.bin', 'ab', 0); w.write(b'12'); w.seek(0); w.writelines([b'3', b'4'])": (
        "open('new.bin', 'rb').read().decode()",
        "1234",
    ),
    "w = open('new.bin', 'w+b'); w.seek(2); w.write(b'x'); w.truncate(5)": (
        "[w.tell(), w.seek(0), list(w.read())]",
        [3, 0, [0, 0, 120, 0, 0]],
    ),
    "raw = open('new.gz', 'wb'); g = gzip.GzipFile(fileobj=raw); g.write(b'a'); g.close(); raw.close()": (
        "gzip.open('new.gz').read().decode()",
        "a",
    ),
    "open('new.txt', 'w').write('a'); os.rename('new.txt', 'b.txt'); os.replace('b.txt', 'w.csv')": (
        "[open('w.csv').read(), os.path.exists('new.txt'), os.path.exists('b.txt')]",
        ["a", False, False],
    ),
    "open('new.txt', 'w').write('a'); pathlib.Path('w.csv').unlink(); os.remove('new.txt')": (
        "[os.path.exists('w.csv'), os.path.exists('new.txt')]",
        [False, False],
    ),
    "os.mkdir('out'); os.rmdir('out')": ("os.path.exists('out')", False),
    "os.chdir(os.path.dirname(os.path.abspath(__file__)) or '.'); os.chdir(pathlib.Path(__file__).resolve().parent)": (
        "[os.path.exists('w.csv'), os.path.exists(os.path.join(os.getcwd(), 'w.csv'))]",
        [True, True],
    ),
    "os.makedirs('out/deep', exist_ok=True); os.makedirs('out/deep', exist_ok=True)": (
        "[os.path.isdir('out'), os.path.isdir('out/deep'), os.path.isfile('out')]",
        [True, True, False],
    ),
    "pathlib.Path('out').mkdir(exist_ok=True); pathlib.Path('out/a.txt').write_text('a')": (
        "[pathlib.Path('out').is_dir(), pathlib.Path('out/a.txt').read_text()]",
        [True, "a"],
    ),
}


def test_what_is_written_can_be_read_again_and_leaves_nothing(pool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for writing, (reading, expected) in WRITING.items():
        text = f"import csv, gzip, io, json, os, pathlib\nimport numpy as np\n{writing}\n"
        submission = Submission(module="memory.py", files={"memory.py": text}, data=DATA)
        job = Job(run=f"y = {reading}", outputs=("y",), sizes=({},), inputs=({},), limits=LIMITS)
        with ProcessSandbox(submission, LIMITS, pool) as sandbox:
            assert sandbox.load().problem is None, (writing, sandbox.load().problem)
            assert sandbox.run(job).outcomes == (Returned(outputs={"y": expected}),), writing
    assert not list(tmp_path.iterdir())


def test_what_one_process_wrote_no_other_reads(run):
    assert run("open('left.txt', 'w').write('a')", DATA).outputs == {"y": 1}
    assert run("open('left.txt').read()", DATA).startswith("FileNotFoundError")


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        ("open('w.csv', 'x')", "FileExistsError"),
        ("open('new.txt', 'r+')", "FileNotFoundError"),
        ("os.mkdir('w.csv')", "FileExistsError"),
        ("[os.mkdir('out'), os.mkdir('./out')]", "FileExistsError"),
        ("open('w.csv', 'wb').write('text')", "TypeError"),
        ("open('w.csv', 'rb').seek(-1)", "OSError"),
        ("[os.remove('w.csv'), os.remove('w.csv')]", ("PermissionError", "FileNotFoundError")),
        ("os.replace('v.csv', 'w.csv')", ("PermissionError", "FileNotFoundError")),
        ("os.rmdir('out')", ("PermissionError", "FileNotFoundError")),
        ("os.chdir('out')", ("PermissionError", "FileNotFoundError")),
        ("os.chdir(3.5)", "TypeError"),
        ("open('new.txt', 'w').read()", "UnsupportedOperation: not readable"),
        ("open('w.csv', 'rw')", "ValueError"),
        ("open('w.csv', 'r', -1, 'no such')", "LookupError"),
    ],
)
def test_what_python_refuses_is_refused(asked, refused, run):
    assert run(asked, DATA).startswith(refused)


def test_they_cannot_be_changed(run):
    assert run("open('w.csv').write('')", DATA) == "UnsupportedOperation: not writable"
    assert run("open('w.csv', 'rb').write(b'')", DATA) == "UnsupportedOperation: write"
    assert run("open('w.csv', 'rb', 0).write(b'9')", DATA) == "UnsupportedOperation: not writable"


def test_what_wants_a_descriptor_says_why_it_gets_none(run):
    for attempt in ("np.fromfile('w.csv')", "np.load('data/x.npy', mmap_mode='r')", "open('w.csv').fileno()"):
        assert "is in memory while grading: read it with open(), not by descriptor" in run(attempt, DATA)


def test_all_else_is_pythons_own(run, pool):
    assert run("open(os.devnull, 'w').write('x')", DATA).outputs == {"y": 1}
    assert run("open('w.csv', 'q')", DATA) == "ValueError: invalid mode: 'q'"
    assert run("open(None)", DATA).startswith("TypeError: expected str, bytes or os.PathLike object")
    assert run("open(1, 'w', closefd=False).fileno()", DATA).outputs == {"y": 1}
    missing, sealed = {"FileNotFoundError", "NotADirectoryError"}, pool.isolation.level >= 3
    for other in ("open('v.csv')", "open('/etc/hostname/w.csv')"):
        assert run(other, DATA).partition(":")[0] in missing, other
    for other in ("os.stat('v.csv')", "os.stat('/w.csv/..')"):
        assert run(other, DATA).partition(":")[0] in ({"PermissionError"} if sealed else missing), other


def test_a_file_that_was_not_handed_in_is_not_there(run):
    source = "try:\n    text = open('v.csv').read()\nexcept FileNotFoundError:\n    text = 'none'"
    assert run("text", DATA, source).outputs == {"y": "none"}


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
