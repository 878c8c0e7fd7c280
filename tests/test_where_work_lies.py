"""Work is found where students have it: in packages, under other names, in archives; and never another's."""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

TINY = Path(__file__).parent / "courses" / "tiny"
RIGHT = (TINY / "reference" / "tiny.py").read_text(encoding="utf-8")
PACKAGE = {
    "cs/__init__.py": "from .nets.tiny import *\n",
    "cs/helpers.py": RIGHT,
    "cs/nets/__init__.py": "",
    "cs/nets/flat.py": RIGHT,
    "cs/nets/same.py": "from ..helpers import *\nfrom cs.helpers import *\n",
}
IMPORTS = ("from cs.nets.same import *", "from .same import *", "from ..helpers import *", "from flat import *")


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    """A course whose module lies two packages deep."""
    course = shutil.copytree(TINY, tmp_path_factory.mktemp("packaged") / "course")
    yaml = course / "assignments" / "tiny" / "assignment.yaml"
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("module: tiny.py", "module: cs/nets/tiny.py"), "utf-8")
    return course


@pytest.mark.parametrize("imports", IMPORTS)
def test_a_module_in_a_package_is_found_from_anywhere(imports, packaged, grade, tmp_path):
    put(tmp_path / "up", PACKAGE | {"cs/nets/tiny.py": imports})
    for path in ("", "up", "up/cs", "up/cs/nets", "up/cs/nets/tiny.py"):
        ran = grade("tiny", tmp_path / path, cwd=packaged)
        assert ran.returncode == 0, (path, ran.stdout, ran.stderr)


@pytest.mark.parametrize("imports", IMPORTS[:2])
def test_a_package_that_no_assignment_names(imports, grade, tmp_path):
    work = tmp_path / "hand in" / "work"
    put(work, {"helpers.py": RIGHT, "__init__.py": "from .tiny import *\n"})
    put(work, {"tiny.py": imports.replace("cs.nets", "work").replace("same", "helpers")})
    for path in (tmp_path, work.parent, work, work / "tiny.py"):
        ran = grade("tiny", path)
        assert ran.returncode == 0, (path, ran.stdout, ran.stderr)
    assert grade("tiny", ".", cwd=work).returncode == 2  # no course there
    ran = grade("tiny", ".", "--course", TINY, cwd=work)
    assert ran.returncode == 0


def test_no_package_leads_to_what_is_not_handed_in(grade, tmp_path):
    """Not by names of folders above, nor by an ``__init__.py`` that the student put there."""
    put(tmp_path, {"__init__.py": "", "reference/__init__.py": "", "reference/tiny.py": RIGHT, "ada/__init__.py": ""})
    for imports in (
        f"from {tmp_path.name}.reference.tiny import *",
        "from reference.tiny import *",
        "from ..reference.tiny import *",
    ):
        put(tmp_path, {"ada/tiny.py": imports})
        for path in ("ada", "ada/tiny.py"):
            assert grade("tiny", tmp_path / path).stdout.count("0 / 10") == 1, imports


@pytest.mark.parametrize("folder", ["random", "code", "numpy", "1.2 (new)"])
def test_a_folder_named_like_a_library_hides_none(folder, grade, tmp_path):
    put(tmp_path / folder, {"__init__.py": "raise SystemExit", "helpers.py": RIGHT, "code.txt": ""})
    for imports in ("from helpers import *", "from .helpers import *"):
        if imports.startswith("from ."):
            put(tmp_path / folder, {"__init__.py": ""})
        put(
            tmp_path / folder,
            {"tiny.py": f"import random, code\nimport numpy as np\n{imports}\nrandom.random(), code.interact\n"},
        )
        for path in (tmp_path, tmp_path / folder):
            ran = grade("tiny", path)
            assert ran.returncode == 0, (imports, ran.stdout, ran.stderr)


def test_a_class_in_every_shape(grade, tmp_path):
    wrong = RIGHT.replace("return W @ x + b", "return W @ x - b")
    put(
        tmp_path / "all",
        {
            "ada/tiny (1).py": RIGHT,
            "bob/final.PY": "from gates import *",
            "bob/__init__.py": "",
            "cyd/a.py": RIGHT,
            "cyd/b.py": wrong,
            "kim/helpers.py": "",
            "dee.py": "from eve import *",
            "eve.py": RIGHT,
            "fay.rar": "",
            "tiny.py": "from eve import *",
        },
    )
    for name, text in (("gil.zip", RIGHT), ("hal/hw.zip", "from hw.b import *"), ("kim/hw.zip", RIGHT)):
        (tmp_path / "all" / name).parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(tmp_path / "all" / name, "w") as made:
            made.writestr("a.py" if name == "gil.zip" else "tiny.py", text)
            made.writestr("b.txt" if name == "gil.zip" else "b.py", RIGHT)
    (tmp_path / "all" / "ian.zip").write_bytes(b"Rar!")
    ran = grade("class", "tiny", tmp_path / "all", "-o", tmp_path / "results", "--workers", "2")
    assert ran.returncode == 1
    assert "7 graded, 4 need a look, 0 not graded" in ran.stderr
    table = (tmp_path / "results" / "scores.csv").read_text(encoding="utf-8-sig")
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(table))}
    assert {name: row["score"] for name, row in rows.items()} == {
        "ada": "10", "bob": "0", "cyd": "", "dee": "0", "eve": "10", "fay": "", "gil": "10", "hal": "10", "ian": "",
        "kim": "", "tiny": "0",
    }  # fmt: skip
    assert "a.py, b.py. Rename the one with your work to tiny.py" in rows["cyd"]["message"]
    assert (
        "helpers.py, hw.zip. Rename the one with your work to tiny.py, or hand in the archive" in rows["kim"]["message"]
    )
    assert "is no zip archive" in rows["ian"]["message"]
    remarks = json.loads((tmp_path / "results" / "ada.json").read_text(encoding="utf-8"))["remarks"]
    assert remarks == ["tiny (1).py was taken for tiny.py, as the only Python file here: name it tiny.py."]
    assert str(grade("export", "tiny", "--results", tmp_path / "results").stdout) == table


def test_a_file_takes_its_siblings_along_but_no_other_version(grade, tmp_path):
    put(tmp_path, {"mine.py": "from part import *", "part.py": RIGHT, "copied.py": f"{RIGHT}\nfrom part import *"})
    assert grade("tiny", tmp_path / "mine.py").returncode == 0
    ran = grade("tiny", tmp_path / "copied.py")
    assert "copied.py was read alone, without part.py" in ran.stdout
