"""Which libraries are loaded for a submission before it is confined, and that they are enough."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.records.assignment import Limits
from grader.records.run import Job, Outcome, Returned, Submission
from grader.sandbox.host import ProcessSandbox
from grader.sandbox.pool.forked import ZygotePool
from grader.submission.libraries import MAX_LIBRARIES, wanted


def mentioned(source: str, preload=()) -> list[str]:
    return wanted({"memory.py": source}, preload)


@pytest.mark.parametrize(
    ("source", "libraries"),
    [
        ("import math", ["math"]),
        ("import math as m, json\nfrom collections import abc", ["collections", "collections.abc", "json", "math"]),
        ("def f():\n    import statistics", ["statistics"]),
        ("from os import path", ["os", "os.path"]),
        ("from numpy import (\n    fft)", ["numpy", "numpy.fft"]),
        ("import numpy as np; import statistics", ["numpy", "statistics"]),
        ("import math, \\\n    statistics", ["math", "statistics"]),
        ("try: import statistics\nexcept ImportError: pass", ["statistics"]),
        ("import numpy as np\nnp.fft.fft(x)", ["numpy", "numpy.fft"]),
        ("np.random.rand()", ["numpy.random"]),
        ("import concurrent.futures", ["concurrent.futures", "concurrent.futures.thread"]),
        ("import scipy.linalg, torch, memory", []),
        ("import antigravity\nfrom turtle import *\nimport __main__", []),
        ("# import math", []),
        ("", []),
    ],
)
def test_what_is_mentioned_and_allowed(source, libraries):
    assert mentioned(source) == libraries


def test_all_of_numpy_brings_its_lazy_parts():
    assert {"numpy.fft", "numpy.random", "numpy.ma"} <= set(mentioned("from numpy import *"))


def test_preloads_come_first_and_allow_what_is_below_them():
    source = "import scipy.linalg\nimport scipy.optimize\nimport math"
    assert mentioned(source, ["scipy.linalg"]) == ["scipy.linalg", "math", "scipy.linalg"]
    assert mentioned(source, ["scipy"]) == ["scipy", "math", "scipy.linalg", "scipy.optimize"]


def test_modules_of_the_submission_are_no_libraries():
    files = {"memory.py": "import queue, json.tool, math\nfrom numpy import fft", "queue.py": "", "json/tool.py": ""}
    assert wanted(files, []) == ["math", "numpy", "numpy.fft"]
    assert wanted({"cells/lstm.py": "from . import math\nfrom .json import x"}, []) == []
    assert wanted({"memory.py": "import numpy.fft", "numpy.py": ""}, []) == ["numpy.fft"]


@settings(deadline=None)
@given(st.text(), st.lists(st.sampled_from(["import ", "from ", ".", "(", ",", "math", "np.fft", "*", "\\\n", "\n"])))
def test_any_text_can_be_searched(text, pieces):
    assert all(isinstance(name, str) for name in mentioned("".join(pieces) + text))


def test_their_number_is_bounded():
    source = "".join(f"from math import a{index}\n" for index in range(2 * MAX_LIBRARIES))
    assert len(mentioned(source)) == MAX_LIBRARIES


def test_what_numpy_imports_to_read_a_file_comes_along():
    assert "urllib.request" in mentioned("W = np.loadtxt('w.csv')")


# ── in a worker that can read nothing from disk any more ──────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def zygote():
    with ZygotePool() as made:
        if made.isolation.level < 3:
            pytest.skip(f"this machine seals no process: it has level {made.isolation.level}")
        yield made


def test_the_worker_is_sealed(outcome):
    """Else what follows would show nothing: a module that was forgotten would be read from disk."""
    refused = outcome("__import__('wave')")
    assert (refused.error, refused.message) == ("ModuleNotFoundError", "No module named 'wave'")
    assert outcome("__import__('os').open(np.__file__, 0)").error == "PermissionError"


@pytest.fixture
def outcome(zygote):
    """The outcome of an expression in a submission that starts with ``source``."""

    def outcome(expression: str, source: str = "") -> Outcome:
        text = f"{source}\nimport io\nimport numpy as np\nx = np.arange(1.0, 9.0)\ndef f():\n    return {expression}"
        files = {"memory.py": text}
        limits = Limits(seconds=20, case_seconds=10, load_seconds=10)
        job = Job(run="y = f()", outputs=("y",), sizes=({},), inputs=({},), limits=limits)
        with ProcessSandbox(Submission(module="memory.py", files=files), limits, zygote) as sandbox:
            loaded = sandbox.load()
            assert loaded.problem is None, loaded.problem
            return sandbox.run(job).outcomes[0]

    return outcome


@pytest.fixture
def returned(outcome):
    """What such an expression gives."""

    def returned(expression: str, source: str = ""):
        found = outcome(expression, source)
        assert isinstance(found, Returned), found
        return found.outputs["y"]

    return returned


ARCHIVE = "(lambda file: (np.{save}(file, x=x), file.seek(0), np.load(file)['x'].sum())[2])(io.BytesIO())"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("float(np.unique(x)[0])", 1.0),
        ("float(np.median(x))", 4.5),
        ("float(np.percentile(x, 50))", 4.5),
        ("float(np.quantile(x, 0.5))", 4.5),
        ("float(np.nanmedian(x))", 4.5),
        ("float(np.nanpercentile(x, 50))", 4.5),
        ("len(np.intersect1d(x, x))", 8),
        ("len(np.union1d(x, x))", 8),
        ("len(np.setdiff1d(x, x))", 0),
        ("bool(np.isin(1, x))", True),
        ("int(np.histogram(x)[0].sum())", 8),
        ("float(np.einsum('i,i->', x, x))", 204.0),
        ("float(np.cov(x))", 6.0),
        ("float(np.interp(1.5, x, x))", 1.5),
        ("len(np.polyfit(x, x, 1))", 2),
        ("len(np.linalg.svd(np.eye(3))[1])", 3),
        ("np.testing.assert_allclose(x, x)", None),
        ("np.testing.assert_array_equal(x, x)", None),
        ("float(np.polynomial.Polynomial([1, 2])(2))", 5.0),
        ("float(np.ma.array(x, mask=x > 1).sum())", 1.0),
        ("float(np.fft.fft(x)[0].real)", 36.0),
        ("int(np.random.default_rng(0).integers(1))", 0),
        (ARCHIVE.format(save="savez"), 36.0),
        (ARCHIVE.format(save="savez_compressed"), 36.0),
        ("float(np.loadtxt(io.StringIO('1 2')).sum())", 3.0),
        ("float(np.genfromtxt(io.StringIO('1 2')).sum())", 3.0),
        ("str(np.datetime64('2024-02-28') + 2)", "2024-03-01"),
        ("str(np.char.upper('a'))", "A"),
        ("int(np.strings.str_len('abc'))", 3),
        ("int(np.rec.array([(1, 2)]).f1[0])", 2),
        ("len(np.chararray((2,)))", 2),
        ("float(np.emath.sqrt(-1).imag)", 1.0),
        ("int(np.lib.stride_tricks.sliding_window_view(x, 3).shape[0])", 6),
        ("len(np.ctypeslib.as_ctypes(x))", 8),
        ("np.array2string(x[:1])", "[1.]"),
    ],
)
def test_all_of_numpy_works_without_an_import_of_its_parts(expression, expected, returned):
    assert returned(expression) == expected


@pytest.mark.parametrize(
    ("source", "expression", "expected"),
    [
        ("from datetime import datetime", "datetime.strptime('2024', '%Y').year", 2024),
        ("", "'é'.encode('cp1252') + 'é'.encode('latin-1')", b"\xe9\xe9".hex()),
        ("", "'\\N{GREEK SMALL LETTER SIGMA}'", "σ"),
        ("from concurrent.futures import ThreadPoolExecutor", "ThreadPoolExecutor.__name__", "ThreadPoolExecutor"),
        ("import concurrent.futures", "concurrent.futures.ThreadPoolExecutor.__name__", "ThreadPoolExecutor"),
        ("from numpy import (\n    fft)", "float(fft.fft(x)[0].real)", 36.0),
        ("import math; import statistics", "statistics.median([1, 2, 3])", 2),
        ("import math, \\\n    statistics", "statistics.median([1, 2, 3])", 2),
        ("try: import statistics\nexcept KeyError: pass", "statistics.median([1, 2, 3])", 2),
    ],
)
def test_what_the_standard_library_imports_late(source, expression, expected, returned):
    found = returned(f"({expression}).hex()" if "encode" in expression else expression, source)
    assert found == expected
