"""What students meet when something is wrong: for each mistake the sentence, and the points that are still due.

Everything is read as a student reads it: in the terminal. What is wrong with the code is graded in this process, where
Python and NumPy are there already; what lies in the way of a file goes through the real command.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import grade_path
from grader.report import WRITERS, view
from grader.report.terminal import Shown, render
from grader.report.words.written import written

ROOT = Path(__file__).parents[1]
RIGHT = (ROOT / "tests/courses/tiny/reference/tiny.py").read_text(encoding="utf-8")

AFFINE = "    return W @ x + b\n"
BETWEEN = "\n\ndef mean_and_spread"  # what stands here runs after `affine` is defined
BEFORE_ROOT = "\n\ndef square_root"


def edited(old: str, new: str, source: str = RIGHT) -> str:
    assert source.count(old) == 1
    return source.replace(old, new)


def before(place: str, code: str) -> str:
    return edited(place, f"\n\n{code}\n{place}")


class Mistake(NamedTuple):
    """A hand-in, the points that it must get out of 10, and what its student must read.

    HIDDEN_SIZES in it stands for those that only hidden cases have.
    """

    source: str | bytes
    points: int
    sentences: tuple[str, ...]


MISTAKES = {
    # ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────
    "empty file": Mistake("", 0, ("Define `affine` in tiny.py.", "Define `square_root` in tiny.py.")),
    "UTF-16": Mistake(RIGHT.encode("utf-16"), 10, ("tiny.py is UTF-16, which Python does not run: save it as UTF-8.",)),
    "UTF-8 with a mark": Mistake(RIGHT.encode("utf-8-sig"), 10, ()),
    "Latin-1": Mistake(
        f"# Lösung\n{RIGHT}".encode("latin-1"),
        10,
        ("tiny.py is not UTF-8 (byte 0xf6 in line 1); read as Windows-1252: save it as UTF-8.",),
    ),
    "ends of lines of Windows": Mistake(RIGHT.replace("\n", "\r\n").encode(), 10, ()),
    "NUL bytes": Mistake(
        RIGHT.encode() + b"\0\0", 0, ("tiny.py is no text (it holds NUL bytes): save it as plain text in UTF-8.",)
    ),
    # ── importing it ──────────────────────────────────────────────────────────────────────────────────────────────
    "syntax error": Mistake(
        edited(AFFINE, "    return W @ x + b)\n"),
        0,
        (
            "tiny.py stops in line 8 with SyntaxError",
            "File \"tiny.py\", line 8 return W @ x + b) SyntaxError: unmatched ')'",
            "Python cannot read what stands there.",
        ),
    ),
    "Python 2": Mistake(
        RIGHT + "\nprint 'done'\n",
        0,
        ("This is Python 2: write print(...) with parentheses.", "print 'done'", "line 23"),
    ),
    "tabs and spaces": Mistake(
        edited(AFFINE, "\tif True:\n            return W @ x + b\n        return 0\n"),
        0,
        ("tiny.py stops in line 8 with TabError", "inconsistent use of tabs and spaces in indentation"),
    ),
    "missing package": Mistake(
        before(BEFORE_ROOT, "import torch"),
        10,
        (
            "tiny.py stops in line 17 with ModuleNotFoundError.",
            "torch is not available here: solve the task with NumPy alone, or",
            "import torch",
        ),
    ),
    "error at import": Mistake(
        before(BETWEEN, "affine(1, 2, 3).shape"),
        10,
        ("tiny.py stops in line 11 with TypeError", 'File "tiny.py", line 11, in <module>', "affine(1, 2, 3).shape"),
    ),
    "exit() at import": Mistake(
        before(BETWEEN, "exit()"),
        10,
        (
            "tiny.py stops in line 11 with SystemExit. The code ends Python with exit() or sys.exit(): take that out.",
            "exit() SystemExit ✓ An affine map",
        ),
    ),
    "os._exit at import": Mistake(
        before(BETWEEN, "import os\nos._exit(0)"),
        10,
        (
            "tiny.py ends the whole Python process while it is imported.",
            "Definitions, imports and constants were taken all the same, as far as they come to an end.",
        ),
    ),
    "os._exit by a definition": Mistake(
        before(BETWEEN, "import os\n@lambda f: os._exit(0)\ndef unused(): pass"),
        10,
        (
            "tiny.py ends the whole Python process while it is imported.",
            "Definitions, imports and constants were taken all the same, as far as they come to an end.",
        ),
    ),
    "input() at import": Mistake(
        before(BETWEEN, "n = input('n? ')"),
        10,
        ("Take values as arguments instead of asking for them with input().", "n = input('n? ')"),
    ),
    "endless loop at import": Mistake(
        before(BETWEEN, "while True:\n    pass"),
        10,
        (
            "tiny.py does not finish: it was stopped after 1 s of computing while it is imported.",
            "Look for a loop whose condition never becomes false",
        ),
    ),
    "prints without end at import": Mistake(
        before(BETWEEN, "while True:\n    print('here')"),
        10,
        ("tiny.py does not finish: it was stopped after 1 s of computing while it is imported.",),
    ),
    "plots": Mistake(
        f"import matplotlib.pyplot as plt\n{RIGHT}\nfig, ax = plt.subplots()\nax.plot([1])\nplt.show()\n",
        10,
        ("matplotlib does nothing while grading",),
    ),
    # ── names and parameters ──────────────────────────────────────────────────────────────────────────────────────
    "misspelt function": Mistake(
        edited("def affine", "def afine"),
        7,
        ("Define `affine` in tiny.py. There is `afine`: if that is meant, rename it.",),
    ),
    "missing function": Mistake(edited("def affine", "def first_task"), 7, ("Define `affine` in tiny.py.",)),
    "name misspelt within": Mistake(
        edited(AFFINE, "    return square_rot(W @ x + b)\n"),
        7,
        ("`affine` stops in line 8 with NameError. `square_rot` is not defined: is `square_root` meant",),
    ),
    "stops in a helper": Mistake(
        edited(AFFINE, "    return helper(W, x)\n\n\ndef helper(W, x):\n    return float('x')\n"),
        7,
        ("`affine` stops in `helper`, line 12, with ValueError.",),
    ),
    "nearly right where numbers are small": Mistake(
        edited(AFFINE, "    return np.sinh(W @ x + b)\n"), 7, ("Check `y`: it has wrong values.",)
    ),
    "parameter missing": Mistake(
        edited(AFFINE, "    return W @ x\n", edited("(W, x, b)", "(W, x)")),
        7,
        ("Check the parameters of `affine`. Yours takes (W, x). It is used like this: y = affine(W, x, b)",),
    ),
    "parameter too many": Mistake(
        edited("(W, x, b)", "(W, x, b, scale)"),
        7,
        ("Check the parameters of `affine`. Yours takes (W, x, b, scale).",),
    ),
    "not finished": Mistake(
        edited(AFFINE, "    raise NotImplementedError\n"),
        7,
        ("Not done yet: `affine` raises NotImplementedError. 0 / 3 ✓ Mean and spread",),
    ),
    "a number for a function": Mistake(
        edited(BETWEEN, f"\n\naffine = 3\n{BETWEEN}"),
        7,
        ("`affine` must be a function. In the file it is a value of type int. It is used like this: y = affine(W,",),
    ),
    # ── running it ────────────────────────────────────────────────────────────────────────────────────────────────
    "input()": Mistake(
        edited(AFFINE, "    return W @ x + float(input('b? '))\n"),
        7,
        (
            "`affine` stops in line 8 with EOFError.",
            "Take values as arguments instead of asking for them with input().",
        ),
    ),
    "plt.show()": Mistake(
        edited(AFFINE, f"    import matplotlib.pyplot as plt\n    plt.show()\n{AFFINE}"),
        10,
        (),
    ),
    "prints without end": Mistake(
        edited(AFFINE, "    while True:\n        print('here')\n"),
        7,
        (
            "`affine` does not finish: it was stopped after 0.5 s of computing.",
            "Prints more than 64 KiB in all cases together: what came after that was cut.",
        ),
    ),
    "endless loop": Mistake(
        edited(AFFINE, "    while True:\n        pass\n"),
        7,
        ("`affine` does not finish: it was stopped after 0.5 s of computing.", "Look for a loop whose condition"),
    ),
    "waits": Mistake(
        edited(AFFINE, "    import time\n    time.sleep(60)\n"),
        7,
        ("`affine` does not finish: it was stopped after 2.5 s of waiting.",),
    ),
    "exit()": Mistake(
        edited(AFFINE, "    exit()\n"), 7, ("`affine` stops in line 8 with SystemExit.", "take that out")
    ),
    "os._exit()": Mistake(
        edited(AFFINE, "    import os\n    os._exit(0)\n"),
        7,
        ("`affine` ends the whole Python process. Take out os._exit and the like.",),
    ),
    "kills its process": Mistake(
        edited(AFFINE, "    import os, signal\n    os.kill(os.getpid(), signal.SIGSEGV)\n"),
        7,
        ("`affine` crashes Python itself.",),
    ),
    "memory without end": Mistake(
        edited(AFFINE, "    return np.ones((100_000, 100_000)) @ x\n"),
        7,
        ("`affine` needs more than 512 MiB of memory.", "The largest array asked for has 74.5 GiB"),
    ),
    "recursion without end": Mistake(
        edited(AFFINE, "    return affine(W, x, b)\n"),
        7,
        (
            "`affine` stops in line 8 with RecursionError.",
            "A function calls itself without end.",
            "… many more like these RecursionError: maximum recursion depth exceeded",
        ),
    ),
    "np.float": Mistake(
        edited(AFFINE, "    return (W @ x + b).astype(np.float)\n"),
        7,
        ("`affine` stops in line 8 with AttributeError.", "NumPy no longer has np.float: write float."),
    ),
    "name of a notebook": Mistake(
        edited(AFFINE, "    return W @ x + bias\n"),
        7,
        ("bias is unknown where it is used", "return W @ x + bias", "NameError: name 'bias' is not defined"),
    ),
    "shapes that do not fit": Mistake(
        edited(AFFINE, "    return x @ W + b\n"), 7, ("`affine` stops in line 8 with ValueError.", "return x @ W + b")
    ),
    "reads a file": Mistake(
        edited(AFFINE, "    return np.loadtxt('weights.txt') @ x\n"),
        7,
        ("While grading no files are there but data files that are handed in beside the module",),
    ),
    # ── what comes back ───────────────────────────────────────────────────────────────────────────────────────────
    "no return": Mistake(
        edited(AFFINE, "    y = W @ x + b\n"), 7, ("it is None: a function that ends without return gives None.",)
    ),
    "transposed": Mistake(
        edited(AFFINE, "    return (W @ x + b).T\n"), 7, ("Check `y`: it is transposed.", "got (1, 2)")
    ),
    "one of two results": Mistake(
        edited("return mean, np.abs", "return np.abs"),
        6,
        ("Check what `mean_and_spread` gives back", "mean, spread = mean_and_spread(values)"),
    ),
    "results swapped": Mistake(
        edited("return mean, np.abs(values - mean).mean()", "return np.abs(values - mean).mean(), mean"),
        6,
        ("Check `mean`: it has wrong values.", "`mean` and `spread` are exchanged."),
    ),
    "half of it right": Mistake(
        edited("return mean, np.abs(values - mean).mean()", "return mean, values.std() + 1"),
        8,
        ("✓ `mean` 2 / 2", "mean, spread = mean_and_spread(values)"),
    ),
    "does not refuse": Mistake(
        edited('raise ValueError("no real number has a negative square")', "return 0.0"),
        9,
        ("Let `square_root` raise ValueError for bad input", "no real number has the square -1"),
    ),
    "right for public numbers only": Mistake(
        edited(AFFINE, "    return W @ x + b + ((len(x), len(b)) in HIDDEN_SIZES)\n"),
        7,
        ("Every public case is right, some hidden ones are not",),
    ),
    "slow for hidden numbers only": Mistake(
        edited(AFFINE, f"    while (len(x), len(b)) in HIDDEN_SIZES:\n        pass\n{AFFINE}"),
        7,
        ("Every public case is right, some hidden ones are not: try sizes and values that the public cases lack.",),
    ),
    "stops for hidden numbers only": Mistake(
        edited(AFFINE, f"    assert (len(x), len(b)) not in HIDDEN_SIZES\n{AFFINE}"),
        7,
        ("Every public case is right, some hidden ones are not: try sizes and values that the public cases lack.",),
    ),
    "chance": Mistake(edited(AFFINE, "    return W @ x + b + 1e-3 * np.random.randn(*b.shape)\n"), 7, ("Check `y`",)),
}

#: Never in a student's terminal: places of the grader, of Python and of this machine.
OURS = re.compile(r"grader/|site-packages|worker\.py|<run>|<frozen|Traceback|/lib/python|\b0x[0-9a-f]{6,}")


def score(out: str) -> str:
    found = re.search(r"^Tiny: three small tasks +(\S+) / 10$", out, re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture
def tiny(cached, pool):
    """The files of the tiny course and its bank."""
    files = find_course(ROOT / "tests/courses/tiny").assignment("tiny")
    return files, bank_for(files, pool)


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_the_rest_still_earns(mistake, tiny, pool, tmp_path, hidden_sizes):
    source = mistake.source.encode() if isinstance(mistake.source, str) else mistake.source
    source = source.replace(b"HIDDEN_SIZES", str(hidden_sizes).encode())
    (tmp_path / "tiny.py").write_bytes(source)
    report = written(view.student(grade_path(*tiny, tmp_path / "tiny.py", pool)))
    assert score(WRITERS["terminal"](report)) == str(mistake.points)
    shown = render(report, shown=Shown("all"))
    read = " ".join(shown.split())
    for sentence in mistake.sentences:
        assert sentence in read
    assert not OURS.search(shown.replace(str(tmp_path), ""))
    assert str(ROOT) not in shown


def test_the_command_prints_the_same(grade, tiny, pool, tmp_path):
    (tmp_path / "tiny.py").write_text(edited(AFFINE, "    return W @ x - b\n"))
    ran = grade("tiny", tmp_path / "tiny.py", COLUMNS="80")
    report = written(view.student(grade_path(*tiny, tmp_path / "tiny.py", pool)))
    shown = render(report, shown=Shown(graded=str(tmp_path / "tiny.py")))
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.split() == shown.split()


# ── what was given ────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_under_other_names_are_offered_and_a_lone_one_is_taken(grade, tmp_path):
    (tmp_path / "tinny.py").write_text(RIGHT)
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10")
    assert "tinny.py was taken for tiny.py, as the only Python file here" in " ".join(ran.stdout.split())
    (tmp_path / "tiny2.py").write_text(RIGHT)
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (1, "0")
    said = "Found instead: tinny.py, tiny2.py. Rename the one with your work to tiny.py."
    assert said in " ".join(ran.stdout.split())


def test_nothing_at_the_path(grade, tmp_path):
    ran = grade("tiny", tmp_path / "tiny.py")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "tiny.py does not exist: name a file, a folder, a notebook or a zip archive" in ran.stderr


def test_a_folder_is_searched(grade, tmp_path):
    (tmp_path / "week" / "one").mkdir(parents=True)
    (tmp_path / "week" / "one" / "tiny.py").write_text(RIGHT)
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10")


def test_the_folder_of_the_terminal_is_the_default(grade, tmp_path):
    (tmp_path / "tiny.py").write_text(RIGHT)
    ran = grade("tiny", "--course", ROOT / "tests/courses/tiny", cwd=tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10")


def test_two_candidates_are_named_and_nothing_is_graded(grade, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tiny.py").write_text(RIGHT)
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "holds several files that could be tiny.py: a/tiny.py, b/tiny.py. Give the path of one" in ran.stderr


def test_an_import_of_thousands_of_parts_costs_nothing(grade, tmp_path):
    (tmp_path / "tiny.py").write_text(f"{RIGHT}\nimport {'.'.join('a' * 8000)}\n")
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10")


def notebook(path, *sources):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


def test_a_notebook_is_read_from_its_code_cells(grade, tmp_path):
    notebook(
        tmp_path / "solution.ipynb", "%matplotlib inline\nimport matplotlib.pyplot as plt", RIGHT, "plt.show()", "!ls"
    )
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10")
    assert "read from the code cells of solution.ipynb" in ran.stdout


def test_cells_that_fail_cost_nothing_and_are_told_with_their_lines(grade, tmp_path):
    below = RIGHT.replace("def affine", "def unused")
    wrong = "import numpy as np\n\ndef affine(W, x, b):\n    return W @ x + c\n"
    notebook(tmp_path / "tiny.ipynb", "x = 1\nprint(X)", below, "def f(:", "while True: pass\ny = f()", below, wrong)
    ran = grade("tiny", tmp_path / "tiny.ipynb", GITHUB_ACTIONS="true")
    assert (ran.returncode, score(ran.stdout)) == (1, "7")
    said = " ".join(ran.stdout.split())
    assert "3 code cells did not run to the end: the report's remarks say why." in said
    assert "Cell 1, line 2: NameError: name 'X' is not defined." in said
    assert "Cell 3, line 1: SyntaxError" in said
    assert "Cell 4 did not come to its end in the 1 s of computing that all cells have together: only its" in said
    assert "`mean_and_spread` is defined in more than one cell: the last one counts." in said
    assert "`unused`" not in said
    assert "`affine` stops in cell 6, line 4 with NameError." in said
    assert "Cell 6, line 4, in affine" in said
    assert re.search(r"::error file=[^,]*tiny\.ipynb,title=An affine map::.*cell 6, line 4", ran.stdout + ran.stderr)


def test_a_file_that_never_ends_keeps_its_definitions(grade, tmp_path):
    asks = "\ndef main():\n    while True:\n        try: input()\n        except EOFError: pass\n"
    (tmp_path / "tiny.py").write_text(f"{RIGHT}{asks}\nmain()\n")
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10")
    said = " ".join(ran.stdout.split())
    assert "tiny.py does not finish: it was stopped after 1 s of computing while it is imported." in said
    assert "Definitions, imports and constants were taken all the same, as far as they come to an end." in said


def test_a_helper_file_comes_along_and_its_line_is_shown(grade, tmp_path):
    (tmp_path / "helper.py").write_text("def plus(a, b):\n    return a + c\n")
    (tmp_path / "tiny.py").write_text(
        edited(AFFINE, "    return plus(W @ x, b)\n", f"from helper import plus\n{RIGHT}")
    )
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (1, "7")
    assert 'File "helper.py", line 2, in plus' in ran.stdout
    assert not OURS.search(ran.stdout.replace(str(tmp_path), ""))


def test_an_error_in_a_helper_file_at_import_names_that_file(grade, tmp_path):
    (tmp_path / "helper.py").write_text("plus = 1 / 0\n")
    (tmp_path / "tiny.py").write_text(RIGHT + "\nfrom helper import plus\n")
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10")
    assert "tiny.py stops in line 23 (line 1 of helper.py) with ZeroDivisionError." in ran.stdout


@pytest.mark.parametrize(
    ("name", "load"),
    [
        ("one.txt", "np.loadtxt"),
        ("one.csv", "np.genfromtxt"),
        ("one.npy", "np.load"),
        ("one.npz", "(lambda file: np.load(file)['one'])"),
    ],
)
def test_a_data_file_beside_the_module_is_read(name, load, grade, tmp_path):
    write = {".npy": np.save, ".npz": lambda file, one: np.savez(file, one=one)}
    write.get(Path(name).suffix, np.savetxt)(tmp_path / name, np.ones(1))
    (tmp_path / "tiny.py").write_text(edited(AFFINE, f"    return W @ x + b * {load}('{name}')\n"))
    ran = grade("tiny", tmp_path)
    assert (ran.returncode, score(ran.stdout)) == (0, "10"), ran.stdout
