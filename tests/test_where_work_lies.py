"""Work is found where students have it: in packages, under other names, in archives; and never another's."""

import csv
import io
import json
import re
import shutil
import zipfile
from functools import partial
from pathlib import Path

import pytest

BRIEF = Path(__file__).parent / "courses" / "brief"
RIGHT = (BRIEF / "reference" / "brief.py").read_text(encoding="utf-8")
PACKAGE = {
    "cs/__init__.py": "from .nets.brief import *\n",
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


@pytest.fixture
def grade(grade):
    """The command, in the brief course if nothing else is said."""
    return partial(grade, cwd=BRIEF)


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    """A course whose module lies two packages deep."""
    course = shutil.copytree(BRIEF, tmp_path_factory.mktemp("packaged") / "course")
    yaml = course / "assignments" / "brief" / "assignment.yaml"
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("module: brief.py", "module: cs/nets/brief.py"), "utf-8")
    return course


@pytest.mark.parametrize("imports", IMPORTS)
def test_a_module_in_a_package_is_found_from_anywhere(imports, packaged, grade, tmp_path):
    put(tmp_path / "up", PACKAGE | {"cs/nets/brief.py": imports})
    for path in ("", "up", "up/cs", "up/cs/nets", "up/cs/nets/brief.py"):
        ran = grade("brief", tmp_path / path, cwd=packaged)
        assert ran.returncode == 0, (path, ran.stdout, ran.stderr)


@pytest.mark.parametrize("imports", IMPORTS[:2])
def test_a_package_that_no_assignment_names(imports, grade, tmp_path):
    work = tmp_path / "hand in" / "work"
    put(work, {"helpers.py": RIGHT, "__init__.py": "from .brief import *\n"})
    put(work, {"brief.py": imports.replace("cs.nets", "work").replace("same", "helpers")})
    for path in (tmp_path, work.parent, work, work / "brief.py"):
        ran = grade("brief", path)
        assert ran.returncode == 0, (path, ran.stdout, ran.stderr)
    assert grade("brief", ".", cwd=work).returncode == 2  # no course there
    ran = grade("brief", ".", "--course", BRIEF, cwd=work)
    assert ran.returncode == 0


def test_no_package_leads_to_what_is_not_handed_in(grade, tmp_path):
    """Not by names of folders above, nor by an ``__init__.py`` that the student put there."""
    put(tmp_path, {"__init__.py": "", "reference/__init__.py": "", "reference/brief.py": RIGHT, "ada/__init__.py": ""})
    for imports in (
        f"from {tmp_path.name}.reference.brief import *",
        "from reference.brief import *",
        "from ..reference.brief import *",
    ):
        put(tmp_path, {"ada/brief.py": imports})
        for path in ("ada", "ada/brief.py"):
            assert re.match(r".+ 0 / 3$", grade("brief", tmp_path / path).stdout, re.MULTILINE), imports


@pytest.mark.parametrize("folder", ["random", "code", "numpy", "1.2 (new)"])
def test_a_folder_named_like_a_library_hides_none(folder, grade, tmp_path):
    put(tmp_path / folder, {"__init__.py": "raise SystemExit", "helpers.py": RIGHT, "code.txt": ""})
    for imports in ("from helpers import *", "from .helpers import *"):
        if imports.startswith("from ."):
            put(tmp_path / folder, {"__init__.py": ""})
        put(
            tmp_path / folder,
            {"brief.py": f"import random, code\nimport numpy as np\n{imports}\nrandom.random(), code.interact\n"},
        )
        for path in (tmp_path, tmp_path / folder):
            ran = grade("brief", path)
            assert ran.returncode == 0, (imports, ran.stdout, ran.stderr)


def test_a_class_in_every_shape(grade, tmp_path):
    wrong = RIGHT.replace("return float", "return -float")
    put(
        tmp_path / "all",
        {
            "ada/brief (1).py": RIGHT,
            "bob/final.PY": "from gates import *",
            "bob/__init__.py": "",
            "cyd/a.py": RIGHT,
            "cyd/b.py": wrong,
            "kim/helpers.py": "",
            "dee.py": "from eve import *",
            "eve.py": RIGHT,
            "fay.rar": "",
            "brief.py": "from eve import *",
        },
    )
    for name, text in (("gil.zip", RIGHT), ("hal/hw.zip", "from hw.b import *"), ("kim/hw.zip", RIGHT)):
        (tmp_path / "all" / name).parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(tmp_path / "all" / name, "w") as made:
            made.writestr("a.py" if name == "gil.zip" else "brief.py", text)
            made.writestr("b.txt" if name == "gil.zip" else "b.py", RIGHT)
    (tmp_path / "all" / "ian.zip").write_bytes(b"Rar!")
    ran = grade("class", "brief", tmp_path / "all", "-o", tmp_path / "results", "--workers", "2")
    assert ran.returncode == 1
    assert "7 graded, 4 need a look, 0 not graded" in ran.stderr
    table = (tmp_path / "results" / "scores.csv").read_text(encoding="utf-8-sig")
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(table))}
    assert {name: row["score"] for name, row in rows.items()} == {
        "ada": "3", "bob": "0", "cyd": "", "dee": "0", "eve": "3", "fay": "", "gil": "3", "hal": "3", "ian": "",
        "kim": "", "brief": "0",
    }  # fmt: skip
    assert "a.py, b.py. Rename the one with your work to brief.py" in rows["cyd"]["message"]
    assert (
        "helpers.py, hw.zip. Rename the one with your work to brief.py, or hand in the archive"
        in rows["kim"]["message"]
    )
    assert "is no zip archive" in rows["ian"]["message"]
    remarks = json.loads((tmp_path / "results" / "ada.json").read_text(encoding="utf-8"))["remarks"]
    assert remarks == ["brief (1).py was taken for brief.py, as the only Python file here: name it brief.py."]
    assert str(grade("export", "brief", "--results", tmp_path / "results").stdout) == table


def test_a_file_takes_its_siblings_along_but_no_other_version(grade, tmp_path):
    put(tmp_path, {"mine.py": "from part import *", "part.py": RIGHT, "copied.py": f"{RIGHT}\nfrom part import *"})
    assert grade("brief", tmp_path / "mine.py").returncode == 0
    ran = grade("brief", tmp_path / "copied.py")
    assert "copied.py was read alone, without part.py" in ran.stdout
