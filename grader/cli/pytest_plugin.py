"""``pytest --grade assignment3``: the checks of an assignment as tests, for the test panels of editors.

pytest loads this module in every project of an environment in which grader is installed. So it imports nothing, and
what it offers is loaded where ``--grade`` is given: see :mod:`grader.cli.pytest_items`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be said of the grading."""
    group = parser.getgroup("grade", "grading, for practice: public cases, no marks")
    group.addoption("--grade", metavar="ASSIGNMENT", dest="grader_assignment", help="make its checks tests")
    group.addoption("--grade-path", metavar="PATH", dest="grader_path", help="the work; by default what is here")
    group.addoption("--grade-course", metavar="FOLDER", dest="grader_course", help="the course, as `grade --course`")


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Take a course's secrets out of the environment, before any ``conftest.py`` is run."""
    if early_config.known_args_namespace.grader_assignment:
        from grader.course.environment import take

        take()


def pytest_configure(config: pytest.Config) -> None:
    """Have the checks collected, if that was asked for."""
    if config.getoption("grader_assignment"):
        from grader.cli.pytest_items import GradedWork

        work = GradedWork(config)
        config.pluginmanager.register(work, "grader-items")
