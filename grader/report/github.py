"""The report for GitHub Actions: Markdown for the step summary, and annotations as workflow commands.

A summary above 1 MiB is dropped whole and only ten annotations of a kind are shown for a step, so both are bounded
here. Text from the submission can neither leave its place in the Markdown nor start a workflow command.
"""

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from grader.report import terminal
from grader.report.clean import clean, cleaned, line
from grader.report.words import page

if TYPE_CHECKING:
    from grader.records.run import Frame
    from grader.report.document import Document, WrittenExercise

#: Bytes of UTF-8 that a summary may have, with room for what other steps add.
MAX_SUMMARY = 900 << 10
MAX_ANNOTATIONS = 10

_SPECIAL = re.compile(r"([\\`*_\[\]{}()<>#|~$@!&=+-])")


def summary(report: "Document") -> str:
    """The report as GitHub Markdown, at most MAX_SUMMARY bytes."""
    report = cleaned(report)
    head = [
        f"## {_escaped(report.title or report.assignment)}: {_escaped(page.score(report))}",
        "",
        _escaped(page.checks(report)),
        "",
    ]
    if report.problem:
        head += [f"**{_escaped(report.problem)}**", "", *_fenced(report.error)]
    head += ["| | Exercise | Points |", "|:-:|:--|--:|"]
    head += [_row(exercise) for exercise in report.exercises]
    text = "\n".join([*head, ""])
    tail = f"\n<sub>{_escaped(page.isolation(report))}</sub>\n"
    note = "\nThe report is longer than a step summary may be; the rest was left out.\n"
    for exercise in report.exercises:
        section = _section(exercise)
        if len((text + section + note + tail).encode()) > MAX_SUMMARY:
            return text + note + tail
        text += section
    return text + tail


def annotations(report: "Document", path: str) -> list[str]:
    """Workflow commands: a notice with the points, errors where work is wrong, warnings where it was not graded.

    ``path`` is the graded module as the repository names it, such as ``week3/memory.py``.
    """
    report = cleaned(report)
    errors, warnings = [], []
    if report.problem:
        place = _place(path, report.module, report.traceback[-1] if report.traceback else None)
        errors.append(_command("error", place, report.title, report.problem))
    for exercise in report.exercises:
        message = f"{exercise.headline or page.STATUS[exercise.status]} ({page.earned(exercise)})"
        title = exercise.title or exercise.id
        if exercise.status == "ungraded":
            warnings.append(_command("warning", {"file": path}, title, message))
        elif exercise.status != "right":
            frame = exercise.traceback[-1] if exercise.traceback else None
            errors.append(_command("error", _place(path, report.module, frame), title, message))
    notice = _command("notice", {"file": path}, report.title, f"{page.score(report)} points. {page.checks(report)}")
    return [notice, *errors[:MAX_ANNOTATIONS], *warnings[:MAX_ANNOTATIONS]]


def _place(path: str, module: str, frame: "Frame | None") -> dict[str, str]:
    """Where to annotate: the line of ``frame``, whose file lies beside ``module``, or else the module."""
    if frame is None or frame.line < 1 or frame.in_cell:  # lines of a cell are none of the notebook's file
        return {"file": path}
    beside, name = PurePosixPath(module).parent, PurePosixPath(frame.file)
    name = name.relative_to(beside) if name.is_relative_to(beside) else name
    file = path if frame.file == module else str(PurePosixPath(path).parent / name)
    return {"file": file, "line": str(frame.line)}


def _command(kind: str, place: dict[str, str], title: str, message: str) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in {**place, "title": title}.items())
    return f"::{kind} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return clean(text, 2_000).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(line(text, 200)).replace(":", "%3A").replace(",", "%2C")


def _row(exercise: "WrittenExercise") -> str:
    mark, title = page.MARKS[exercise.status], _escaped(exercise.title or exercise.id)
    return f"| {mark} {page.status(exercise)} | {title} | {page.earned(exercise)} |"


def _section(exercise: "WrittenExercise") -> str:
    if exercise.status == "right":
        return ""
    lines = ["", f"### {page.MARKS[exercise.status]} {_escaped(exercise.title or exercise.id)}", ""]
    if exercise.headline:
        lines += [f"**{_escaped(exercise.headline)}**", ""]
    return "\n".join([*lines, *_fenced(terminal.details(exercise, width=100)), ""])


def _fenced(text: str) -> list[str]:
    """``text`` as a code block: its fence is longer than any run of backticks in it."""
    if not text:
        return []
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", text, fence, ""]


def _escaped(text: str) -> str:
    """One line of Markdown that shows ``text`` as it is: no HTML, links, emphasis, tables or lists."""
    escaped = _SPECIAL.sub(r"\\\1", line(text))
    escaped = re.sub(r"^(\d+)\.(?=\s|$)", r"\1\\.", escaped)
    return escaped.replace("://", ":\\//").replace("www.", "www\\.")
