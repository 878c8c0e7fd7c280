"""What all tests share: the option that rewrites goldens, the fixture that holds text against them, and the command.

``grade`` runs the real command in a process of its own, by default in the course ``tests/courses/tiny``.
"""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.course.secret import VARIABLE, known_secret
from grader.sandbox.open import open_pool
from grader.sandbox.processors import processors
from tests.command import CommandServer, run_fresh
from tests.handed_in import graded_once

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from grader.sandbox.api import WorkerPool
    from tests.command import Command
    from tests.handed_in import Graded

GOLDEN = Path(__file__).parent / "golden"
#: Courses that tests make get the cases that they get everywhere, and no secret of their own.
SECRET = known_secret(Path(__file__).parents[1])
os.environ[VARIABLE] = SECRET.bits.hex()
gc.set_threshold(100_000)  # as in the command
TINY = Path(__file__).parent / "courses" / "tiny"
#: Whose tests build the banks of whole assignments, and of a large course; and grade all that was handed in.
LONGEST = ("test_submissions.py", "test_diagnosis.py", "test_variants.py")
#: On a service for continuous integration nobody waits: what takes minutes and shows little more is tried there.
THOROUGH = "CI" in os.environ
if not THOROUGH:
    settings.register_profile("at hand", max_examples=50)
    settings.load_profile("at hand")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write the files of tests/golden anew")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for a limit of time to pass, and take none meanwhile."""
    return processors() + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first: at the end, workers that are done find much that is small to take over."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    """What thousands of tests are made of stays to the end: garbage is looked for in what each of them leaves."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def the_secret_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command takes out of its environment is there for the next one: in tests both are this process."""
    monkeypatch.setenv(VARIABLE, SECRET.bits.hex())
    monkeypatch.setattr("grader.course.environment._taken", {})


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str | Path, str], None]:
    """``golden("report/mixed.json", text)`` fails unless the file holds exactly that text.

    The whole path of a file that is made elsewhere in the repository, such as a schema, is as good.
    """

    def check(name: str | Path, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"no golden {name}: run pytest --update-goldens and read what it wrote"
        assert text == path.read_bytes().decode(), f"{name} changed: if that is right, run pytest --update-goldens"

    return check


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made once for all tests, over all workers of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def bank_cache(shared: Path) -> Path:
    """A cache that all tests share: each case bank is made once."""
    return shared / "banks-of-tests"


@pytest.fixture(scope="session")
def graded(shared: Path, bank_cache: Path, pool: WorkerPool) -> Callable[[Path], Graded]:
    """``graded(path)``: what came of a hand-in of tests/submissions, which was graded once for all tests."""

    def graded(path: Path) -> Graded:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRADER_CACHE", str(bank_cache))
            return graded_once(path, shared / "handed-in", pool)

    return graded


@pytest.fixture
def cached(bank_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case banks of this process come from the shared cache."""
    monkeypatch.setenv("GRADER_CACHE", str(bank_cache))


@pytest.fixture(scope="session")
def pool() -> Iterator[WorkerPool]:
    """Where student code runs, as well kept apart as this machine can."""
    with open_pool() as made:
        yield made


@pytest.fixture
def hidden_sizes(cached: None, pool: WorkerPool) -> set[tuple[int, int]]:
    """Sizes N and M that only hidden cases of the tiny course's ``affine`` have."""
    cases = bank_for(find_course(TINY).assignment("tiny"), pool).cases["affine"]
    public, hidden = (
        {(case.sizes["N"], case.sizes["M"]) for case in cases if case.public is kind} for kind in (True, False)
    )
    assert hidden - public, "no hidden case has sizes of its own"
    return hidden - public


@pytest.fixture
def environment(bank_cache: Path, tmp_path: Path) -> dict[str, str]:
    """The environment in which ``grade`` runs: no continuous integration, no colours, temporary files of its own.

    Nor do options that this run was given reach another that a test starts.
    """
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    left_out = ("GITHUB_", "GRADER_", "CI", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {
        **kept,
        "GRADER_CACHE": str(bank_cache),
        VARIABLE: SECRET.bits.hex(),
        "TMPDIR": str(temporary),
        "COLUMNS": "100",
    }


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C reaches this process and those that it starts, also where a shell started the tests in its background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def run_command() -> Iterator[Command]:
    """Runs the command. Where the system has what it takes, modules are imported once for all runs."""
    if not CommandServer.possible():
        yield run_fresh
        return
    server = CommandServer()
    yield server.run
    server.close()


@pytest.fixture
def grade(environment: dict[str, str], run_command: Command) -> Callable[..., subprocess.CompletedProcess[str]]:
    """``grade("tiny", path, cwd=folder, GITHUB_ACTIONS="true")``: the command, to its end.

    With ``fresh=True`` Python starts from nothing, as it does for a user. ``before`` is Python that is executed before,
    which may spoil the grader.
    """

    def run(
        *arguments: object, cwd: Path = TINY, fresh: bool = False, before: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        run = run_fresh if fresh else run_command
        return run(list(map(str, arguments)), cwd, {**environment, **more}, before=before)

    return run
