"""Writers for the services where courses collect work: results files in the form that each of them reads.

Each is a module of its own with ``render(report, delivery)``, registered by a line here. They are pure, and students
read what they write: they take a report in the student's view, and ``grade run`` refuses them beside ``--staff``. What
could not be graded costs no points with any of them.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from grader.report.document import Document


class Delivery(NamedTuple):
    """A submission as its service names it; empty where it says nothing. Addresses are those of its pages.

    ``now`` is the time, ISO 8601 in UTC, for a report on nothing: no grading of it began. ``metadata`` is what
    Gradescope's ``submission_metadata.json`` holds.
    """

    classroom: str = ""
    assignment: str = ""
    assignment_type: str = ""
    owner: str = ""
    submission: str = ""
    commit: str = ""
    release: str = ""
    review: str = ""
    now: str = ""
    metadata: bytes = b""


def _lazy(module: str) -> Callable[[Document, Delivery], str]:
    def write(report: Document, delivery: Delivery) -> str:
        return cast("str", import_module(f"{__name__}.{module}").render(report, delivery))

    return write


#: A writer for each service.
SERVICES: Final[Mapping[str, Callable[[Document, Delivery], str]]] = MappingProxyType(
    {
        "classroom50": _lazy("classroom50"),
        "prairielearn": _lazy("prairielearn"),
        "submitty": _lazy("submitty"),
        "dodona": _lazy("dodona"),
        "gradescope": _lazy("gradescope"),
    }
)
