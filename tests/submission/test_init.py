"""Reading a whole submission."""

import itertools
import json
import sys
import time
import tracemalloc
from pathlib import Path

import pytest

from grader.records.errors import SubmissionError
from grader.records.run import ReadRemark, Submission
from grader.submission import read, siblings


def put(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        file = folder / (name.replace("__", "/") + ".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_a_folder_with_its_helpers(tmp_path) -> None:
    put(
        tmp_path,
        src__memory="import numpy as np\nfrom gates import sigmoid\n",
        src__gates="from cells import lstm\nimport memory\n",
        src__cells__lstm="from . import deep\n",
        src__cells__deep="",
        src__unused="secret",
        above="",
    )
    assert read(tmp_path, "memory.py") == Submission(
        module="memory.py",
        files={
            "memory.py": "import numpy as np\nfrom gates import sigmoid\n",
            "gates.py": "from cells import lstm\nimport memory\n",
            "cells/lstm.py": "from . import deep\n",
            "cells/deep.py": "",
        },
    )


def test_an_empty_file_is_a_submission(tmp_path) -> None:
    put(tmp_path, memory="")
    assert read(tmp_path / "memory.py", "memory.py") == Submission(module="memory.py", files={"memory.py": ""})


def test_a_file_of_another_name_is_read_alone(tmp_path) -> None:
    """Else whoever writes ``from alice import *`` in a class folder hands in what alice did."""
    put(tmp_path, alice="x = 1", bob="from alice import *")
    made = read(tmp_path / "bob.py", "memory.py", of_class=True)
    assert made.files == {"memory.py": "from alice import *"}
    assert made.remarks == (ReadRemark("alone", "bob.py", module="memory.py", left_out=("alice.py",)),)
    assert read(tmp_path / "alice.py", "memory.py", of_class=True).remarks == ()


def test_a_file_of_another_name_takes_along_what_is_no_other_version_of_it(tmp_path) -> None:
    put(tmp_path, old="def total(): ...", part="def scaled(): ...\nimport deep", deep="x = 1")
    put(tmp_path, main="from old import *\nfrom part import scaled\n'''\ndef scaled(): ...\n'''\ndef total(): ...")
    made = read(tmp_path / "main.py", "memory.py", asked={"total", "scaled"})
    assert list(made.files) == ["memory.py", "part.py", "deep.py"]
    assert made.remarks == (ReadRemark("alone", "main.py", module="memory.py", left_out=("old.py",)),)
    (tmp_path / "main.py").rename(tmp_path / "memory.py")
    assert "old.py" in read(tmp_path / "memory.py", "memory.py", asked={"total", "scaled"}).files


def test_a_helper_must_not_lead_out(tmp_path) -> None:
    put(tmp_path, alice__memory="import gates", reference="answers")
    (tmp_path / "alice" / "gates.py").symlink_to("../reference.py")
    with pytest.raises(SubmissionError, match=r"gates.py is a link that leaves"):
        read(tmp_path / "alice", "memory.py")


@pytest.mark.parametrize("name", ["a" * 300, ".".join(["a" * 200] * 40), "ö" * 200])
def test_a_module_of_a_name_that_no_file_can_have_is_just_not_there(tmp_path, name) -> None:
    source = f"import {name}\nfrom {name} import x\n"
    put(tmp_path, memory=source)
    assert read(tmp_path, "memory.py").files == {"memory.py": source}


def test_remarks_name_the_file(tmp_path) -> None:
    put(tmp_path, memory="import gates")
    (tmp_path / "gates.py").write_bytes(b"# caf\xe9")
    remark = ReadRemark("guessed", "gates.py", "Windows-1252", byte=0xE9, line=1)
    assert read(tmp_path, "memory.py").remarks == (remark,)


def test_a_notebook_with_a_helper(tmp_path) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "import gates"}]
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    (tmp_path / "week3.ipynb").write_text(json.dumps(notebook))
    put(tmp_path, gates="x = 1")
    made = read(tmp_path, "memory.py")
    assert made.files == {"memory.py": "import gates", "gates.py": "x = 1"}
    assert made.cells == ("import gates",)
    assert made.remarks == (ReadRemark("cells", "week3.ipynb"),)
    assert read(tmp_path / "week3.ipynb", "memory.py").files == made.files


@pytest.mark.parametrize(("mark", "encoding"), [("\U0001f600", "utf-8"), ("\u20ac", "cp1252")])
def test_a_notebook_of_31_mib_takes_200(tmp_path, mark: str, encoding: str) -> None:
    cells = [{"cell_type": "code", "source": "x = 1"}]
    text = json.dumps({"cells": cells, "nbformat": 4, "picture": mark}, ensure_ascii=False)
    text = text.replace(mark, mark + "a" * (31 << 20))
    (tmp_path / "week3.ipynb").write_text(text, encoding=encoding)
    del text
    tracemalloc.start()
    made = read(tmp_path, "memory.py")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.cells == ("x = 1",)
    assert [remark.kind for remark in made.remarks] == [*(["guessed"] if encoding == "cp1252" else []), "cells"]
    assert peak < 200 << 20


CELL = {"cell_type": "code", "source": ["x = 1\n", "y = 2"]}
NOTEBOOK = json.dumps({"cells": [CELL], "nbformat": 4})
PICTURE = json.dumps({"cells": [{**CELL, "outputs": [{"data": {"image/png": "A" * 300_000}}]}], "nbformat": 4})


@pytest.mark.parametrize(
    "stored", [NOTEBOOK, "\n " + NOTEBOOK, "\ufeff" + NOTEBOOK, PICTURE], ids=["plain", "spaces", "mark", "picture"]
)
def test_a_notebook_that_is_named_like_python_is_read(tmp_path, stored) -> None:
    (tmp_path / "memory.py").write_text(stored, encoding="utf-8")
    made = read(tmp_path, "memory.py")
    assert (made.files, made.cells) == ({"memory.py": "x = 1\ny = 2"}, ("x = 1\ny = 2",))
    assert made.remarks == (ReadRemark("cells", "memory.py"),)


def test_python_that_is_named_like_a_notebook_is_read(tmp_path) -> None:
    source = "# mine\nimport numpy as np\n\ndef f(): return 1\n"
    (tmp_path / "memory.ipynb").write_text(source)
    made = read(tmp_path, "memory.py")
    assert (made.files, made.cells) == ({"memory.py": source}, ())
    assert made.remarks == (ReadRemark("source", "memory.ipynb", module="memory.py"),)


def test_no_more_python_is_read_under_the_name_of_a_notebook(tmp_path) -> None:
    (tmp_path / "memory.ipynb").write_text("import numpy as np\n" + "x = 1\n" * 50_000)
    with pytest.raises(SubmissionError, match=r"memory\.ipynb is larger than 256 KiB, the most that is read"):
        read(tmp_path, "memory.py")


@pytest.mark.parametrize("source", ['{"a": 1}\n', "{}\n", "x = {\n'cells': []}\n", ""])
def test_python_that_begins_with_a_brace_is_no_notebook(tmp_path, source) -> None:
    (tmp_path / "memory.py").write_text(source)
    assert read(tmp_path, "memory.py").files == {"memory.py": source}


@pytest.mark.parametrize("stored", ["", "<!DOCTYPE html>", '{"cells": [', "half a download"])
def test_what_is_neither_is_said_to_be_no_notebook(tmp_path, stored) -> None:
    (tmp_path / "memory.ipynb").write_text(stored)
    with pytest.raises(SubmissionError, match=r"memory\.ipynb is no notebook that can be read"):
        read(tmp_path, "memory.py")


def test_limits_on_all_files_together(tmp_path, monkeypatch) -> None:
    put(tmp_path, memory="import a, b", a="a" * 100, b="b" * 100)
    with monkeypatch.context() as patch:
        patch.setattr(siblings, "MAX_FILES", 2)
        with pytest.raises(SubmissionError, match=r"more than 1 files beside it"):
            read(tmp_path, "memory.py")
    monkeypatch.setattr(siblings, "MAX_TOTAL", 150)
    with pytest.raises(SubmissionError, match=r"larger than 150 bytes together"):
        read(tmp_path, "memory.py")


WORDS = [
    "".join(letters) for letters in itertools.product("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", repeat=3)
]


@pytest.mark.parametrize(
    "text",
    [
        "import " + ".".join("a" * 130_000),
        "import " + ",".join(WORDS),
        "from work import " + ",".join(WORDS),
        "\n".join(f"import work.{'.'.join([word] * 14)}" for word in WORDS),
        f"from {'b' * 100_000} import {','.join(WORDS)}",
        repr(WORDS),
    ],
    ids=["one name", "flat", "package", "many names", "long name", "data"],
)
def test_whatever_a_text_names_is_looked_for_in_two_seconds(tmp_path, text: str) -> None:
    put(tmp_path, work__helpers="x = 1", work__memory="import work.helpers\n" + text[: 255 << 10])
    start = time.process_time()
    made = read(tmp_path, "memory.py")
    assert time.process_time() - start < 2
    assert made.files.keys() == {"work/memory.py", "work/helpers.py"}


def test_a_file_that_is_too_large(tmp_path) -> None:
    put(tmp_path, memory="x" * (256 * 1024 + 1))
    with pytest.raises(SubmissionError, match=r"larger than 256 KiB"):
        read(tmp_path, "memory.py")


def test_nothing_is_imported(tmp_path) -> None:
    put(tmp_path, memory="import handed_in_helper\nraise SystemExit", handed_in_helper="raise SystemExit")
    assert "handed_in_helper.py" in read(tmp_path, "memory.py").files
    assert "handed_in_helper" not in sys.modules


#: A module as a service for notebooks gives it out, and what is read of it.
EXPORTED = {
    "!pip install -q numpy\nimport numpy as np\n": "# !pip install -q numpy\nimport numpy as np\n",
    "%matplotlib inline\n%%time\nx = 1\n": "# %matplotlib inline\n# %%time\nx = 1\n",
    "import os\n!ls \\\n  -l\ndef f():\n    return 1\n": "import os\n# !ls \n#   -l\ndef f():\n    return 1\n",
    'TEXT = """\n!important\n%d of them\n"""\n': 'TEXT = """\n!important\n%d of them\n"""\n',
    "x = (7\n%two)\n": "x = (7\n%two)\n",
    "y = '''\n%x''' + f(\n    2\n)\n!ls\n": "y = '''\n%x''' + f(\n    2\n)\n# !ls\n",
}


@pytest.mark.parametrize("text", EXPORTED)
def test_lines_of_a_notebook_that_was_exported_are_read_as_in_one(text, tmp_path):
    (tmp_path / "memory.py").write_text(text, encoding="utf-8")
    assert read(tmp_path / "memory.py", "memory.py").files["memory.py"] == EXPORTED[text]
