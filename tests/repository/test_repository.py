"""Rules of the repository that no other tool checks."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import radon.complexity
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import grader
from grader import __version__

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted((ROOT / "grader").rglob("*.py"))


@cache
def repository_files() -> tuple[Path, ...]:
    """Files that are, or are about to be, in the repository; all files where it was unpacked without git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return tuple(path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts)
    paths = [ROOT / name for name in listed.split("\0") if name]
    return tuple(path for path in paths if path.is_file())


def texts() -> dict[str, str]:
    """Text files of the repository by path, without student code, which may hold anything."""
    found = {}
    for path in repository_files():
        name = path.relative_to(ROOT).as_posix()
        data = path.read_bytes()
        if b"\0" not in data and not name.startswith(("tests/submissions/", "tests/attacks/")):
            found[name] = data.decode("utf-8")
    return found


# ── promises ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_bound_that_is_promised_names_the_tests_that_hold_it():
    promised = (
        (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What is bounded")[2].partition("\n## ")[0]
    )
    rows = re.findall(r"^\| (?!what \||-)(.+) \| .+ \| (.+) \|$", promised, re.MULTILINE)
    assert len(rows) > 10
    for bound, held in rows:
        tests = re.findall(r"`(tests/\w+/\w+\.py)::(\w+)`", held)
        assert tests, bound
        for path, name in tests:
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (bound, name)


# ── modules ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_says_what_it_is_and_is_short(path):
    source = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(source)), "a module begins with a docstring"
    assert source.count("\n") <= 350, "a module this long holds more than one idea"


def test_no_function_takes_more_turns_than_can_be_followed():
    """Ruff counts branches, radon also the parts of conditions and comprehensions."""
    lint = PROJECT["tool"]["ruff"]["lint"]
    excused = [path for path in MODULES if "noqa: C901" in path.read_text(encoding="utf-8")]
    tangled = [
        f"{path.relative_to(ROOT)}: {block.fullname} {block.complexity}"
        for path in MODULES
        for block in radon.complexity.cc_visit(path.read_text(encoding="utf-8"))
        if block.complexity > 15
    ]

    assert "C90" in lint["select"]
    assert (lint["mccabe"]["max-complexity"], excused) == (10, [])
    assert tangled == []


def test_a_class_name_is_defined_once():
    """So that a name in a sentence, a signature or a traceback says which thing it is."""
    homes = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(path.relative_to(ROOT).as_posix())

    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_the_house_has_few_rooms():
    entries = {path.relative_to(ROOT / "grader").parts[0] for path in MODULES} - {"__init__.py", "__main__.py"}

    assert len(entries) <= 16


REASON = re.compile(r"# (noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*|type: ignore\[[\w, -]+\])\s*(?:#|-|–|—|:)\s*\S")
EXCEPTION = re.compile(r"# (?:noqa|type: ignore)(?![\w`])")


def test_lint_exceptions_have_a_reason():
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if EXCEPTION.search(line) and not REASON.search(line)
    ]

    assert bare == []


def layers() -> list[str]:
    contract = next(item for item in PROJECT["tool"]["importlinter"]["contracts"] if item["type"] == "layers")
    return [module.strip(" ()") for layer in contract["layers"] for module in layer.split("|")]


def test_every_module_has_a_layer():
    known = set(layers())
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in MODULES}
    names = {name.removesuffix(".__init__") for name in names} - {"grader"}
    strangers = {name for name in names if not any(name == layer or name.startswith(f"{layer}.") for layer in known)}

    assert strangers == set(), "add them to the layers contract in pyproject.toml"


def test_every_layer_exists():
    missing = [
        layer
        for layer in layers()
        if not (ROOT / Path(*layer.split("."))).is_dir()
        and not (ROOT / Path(*layer.split("."))).with_suffix(".py").exists()
    ]

    assert missing == []


# ── dependencies ──────────────────────────────────────────────────────────────────────────────────────────────────


def constraints() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.]+)", line) for line in lines if not line.startswith("#")]
    assert all(pins), "constraints.txt holds names and exact versions, nothing else"
    names = [canonicalize_name(pin[1]) for pin in pins]
    assert len(names) == len(set(names)), "a name is pinned once"
    return {name: Version(pin[2]) for name, pin in zip(names, pins, strict=True)}


def requirements() -> list[Requirement]:
    project = PROJECT["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(text) for group in groups for text in group]


def test_every_dependency_is_pinned_within_its_bounds():
    pins = constraints()

    for requirement in requirements():
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin is not None, f"{requirement.name} is missing from constraints.txt"
        assert requirement.specifier.contains(pin, prereleases=True), f"{requirement} does not allow {pin}"
        assert requirement.specifier, f"{requirement.name} has no lower bound"


def test_everything_that_comes_along_is_pinned():
    pins, seen = constraints(), set()
    waiting = [(requirement.name, frozenset(requirement.extras)) for requirement in requirements()]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        assert canonicalize_name(name) in pins, f"{name} is missing from constraints.txt"
        try:
            needed = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # of an extra that is not installed here
            continue
        for text in needed:
            requirement = Requirement(text)
            if not requirement.marker or any(
                requirement.marker.evaluate({"extra": extra}) for extra in (extras or {""})
            ):
                waiting.append((requirement.name, frozenset(requirement.extras)))


def test_wheel_holds_every_file_of_the_package(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())

    ours = {path.relative_to(ROOT).as_posix() for path in repository_files() if path.is_relative_to(ROOT / "grader")}

    assert ours - packed == set()
    assert {name.partition("/")[0] for name in packed} == {"grader", f"numerical_grader-{__version__}.dist-info"}


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# In pieces, so that this file does not hold what it looks for.
HOSTS = "|".join(
    rf"{name}\.{end}" for name, end in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "(?:org|com)")]
)
MACHINE_PATHS = "|".join(rf"(?<![\w.~/$}}-])/{folder}/\w" for folder in ("work", "root", "home", "Users", "opt"))


def test_files_name_no_registry_and_no_path_of_a_machine():
    found = [
        f"{name}: {match[0]}"
        for name, text in texts().items()
        for match in re.finditer(f"{HOSTS}|{MACHINE_PATHS}", text)
    ]

    assert found == []


def test_files_end_in_one_newline_and_no_line_in_blanks():
    generated = (".ambr", ".svg", "LICENSE")
    untidy = [
        name
        for name, text in texts().items()
        if text and not name.endswith(generated) and not name.startswith("tests/golden/")
        if not text.endswith("\n") or text.endswith("\n\n") or re.search(r"[ \t]$", text, re.MULTILINE)
    ]

    assert untidy == []


def test_readme_shows_exactly_the_two_commands():
    blocks = re.findall(r"^```(?:sh|bash|shell)\n(.*?)^```", texts()["README.md"], re.MULTILINE | re.DOTALL)
    commands = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]

    assert [command for command in commands if command] == ["make demo", "make test"]


def test_changelog_begins_with_this_version():
    (newest, *_) = re.findall(r"^## (\S+)", texts()["CHANGELOG.md"], re.MULTILINE)

    assert newest == __version__


def test_scripts_can_be_executed():
    scripts = [path for path in repository_files() if path.read_bytes()[:2] == b"#!"]

    assert ROOT / ".ci/run" in scripts
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []


def test_makefile_help_lists_every_target():
    text = texts()["Makefile"]
    (declared,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)

    assert set(declared.split()) == set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))


def test_what_the_makefile_runs_exists():
    text = texts()["Makefile"]
    (demo,) = re.findall(r"^DEMO \?= (\S+)$", text, re.MULTILINE)
    named = [demo, *re.findall(r"(?<![\w/])((?:scripts|tests|docs)/[\w/.-]+)(?=\s)", text)]

    assert [path for path in named if path != "docs/_build" and not (ROOT / path).exists()] == []


# ── documentation ─────────────────────────────────────────────────────────────────────────────────────────────────


def keys_and_kinds(schema: object) -> set[str]:
    """Every property name and every constant text of a JSON Schema."""
    if isinstance(schema, list):
        return {name for item in schema for name in keys_and_kinds(item)}
    if not isinstance(schema, dict):
        return set()
    properties = schema.get("properties", {})
    constants = {schema.get("const"), *schema.get("enum", [])}
    inner = [*properties.values(), *schema.get("$defs", {}).values()]
    inner += [value for key, value in schema.items() if key not in ("properties", "$defs", "enum", "default")]
    return {*properties, *(text for text in constants if isinstance(text, str))} | keys_and_kinds(inner)


def test_every_key_of_an_assignment_is_documented():
    schema = json.loads(texts()["grader/course/schema.json"])
    page = texts()["docs/authoring.md"]

    names = keys_and_kinds(schema)

    assert {"exercises", "inputs_unchanged", "one_hot"} <= names
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def test_whole_examples_in_the_documentation_are_right():
    from grader.course.load import parse

    blocks = re.findall(r"^```yaml\n(.*?)^```", texts()["docs/authoring.md"], re.MULTILINE | re.DOTALL)
    whole = [block for block in blocks if "\nexercises:" in block]
    assignments = [parse(block, file="docs/authoring.md", id="example") for block in whole]

    assert [[exercise.points for exercise in assignment.exercises] for assignment in assignments] == [
        [4],
        [6, 4],
        [2, 2],
    ]


#: A file, a folder or a module of ours, as a page names it.
NAMED = re.compile(r"`((?:[\w.-]+/)*[\w.-]+\.(?:py|json|toml)|(?:[\w.-]+/)+[\w-]*|grader(?:\.\w+)+)`")
FOR_DEVELOPERS = ("docs/design.md", "CONTRIBUTING.md", "SECURITY.md")


def named(page: str) -> set[str]:
    """What a page says is in the repository. Pages for users also name files of theirs, so of those what is ours."""
    found = set(NAMED.findall(texts()[page]))
    return found if page in FOR_DEVELOPERS else {name for name in found if name.startswith(("grader", "tests/"))}


@cache
def files_and_folders() -> frozenset[str]:
    files = [path.relative_to(ROOT) for path in repository_files()]
    return frozenset(f"/{path.as_posix()}" for file in files for path in (file, *file.parents))


def exists(name: str) -> bool:
    """Whether a path, or the end of one, is in the repository; a module may be named as it is imported.

    So may a function that grader itself offers.
    """
    if name.startswith("grader.") and callable(getattr(grader, name.removeprefix("grader."), None)):
        return True
    path = name.replace(".", "/") if re.fullmatch(r"grader(\.\w+)+", name) else name.strip("/")
    return any(known.endswith((f"/{path}", f"/{path}.py")) for known in files_and_folders())


@pytest.mark.parametrize("page", [*FOR_DEVELOPERS, "README.md", "docs/authoring.md", "docs/ci.md"])
def test_what_the_documentation_names_exists(page):
    assert {name for name in named(page) if not exists(name)} == set()


def test_a_name_in_the_documentation_is_looked_for():
    assert {"grading/grade.py", "judge/shape_hints.py", "mistakes/operators/", "pool/"} <= named("docs/design.md")
    assert exists("grader.report.view")
    assert exists("grader/report")
    assert exists("report/view.py")
    assert not exists("view.p")
    assert not exists("iew.py")
    assert not exists("grader.model")


def test_pages_are_reached_from_the_index():
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    (tree,) = re.findall(r"```\{toctree\}\n(.*?)```", texts()["docs/index.md"], re.DOTALL)

    assert pages == {line for line in tree.split() if not line.startswith(":")}


def test_tables_in_the_documentation_are_whole():
    """A row with another number of cells than its header loses text without a word."""
    for name, text in texts().items():
        if name.endswith(".md") and not name.startswith("tests/"):
            rows = [re.sub(r"`[^`]*`", "", line) for line in text.splitlines()]
            for above, row in pairwise(rows):
                if above.startswith("|") and row.startswith("|"):
                    assert above.count("|") == row.count("|"), f"{name}: {row}"
