"""The report for GitHub Actions: Markdown for the step summary, and annotations as workflow commands.

A summary above 1 MiB is dropped whole and only ten annotations of a kind are shown for a step, so both are bounded
here. Text from the submission can neither leave its place in the Markdown nor start a workflow command.
"""

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from grader.report import terminal
from grader.report.backticks import pieces
from grader.report.clean import clean, cleaned, line
from grader.report.words import page
from grader.report.words.checks import checks

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        f"## {_marked(report.title or report.assignment)}: {_escaped(page.score(report))}",
        "",
        _escaped(checks(report)),
        "",
    ]
    if report.problem:
        head += [f"**{_marked(report.problem)}**", "", *_fenced(report.error)]
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

    ``path`` is the graded module as the repository names it, such as ``week3/memory.py``. What stands in an archive or
    in a notebook has no lines there.
    """
    report = cleaned(report)
    problem = []
    if report.problem:
        place = _place(path, report.module, report.traceback[-1] if report.traceback else None)
        problem = [_command("error", place, report.title, report.problem)]
    wrong, ungraded = [], []
    for exercise in report.exercises:
        if exercise.status == "ungraded":
            ungraded.append((exercise, _of_exercise("warning", {"file": path}, exercise)))
        elif exercise.status != "right":
            frame = exercise.traceback[-1] if exercise.traceback else exercise.defined
            wrong.append((exercise, _of_exercise("error", _place(path, report.module, frame), exercise)))
    errors = problem + _summed_up("error", wrong, MAX_ANNOTATIONS - len(problem), path, report.title)
    warnings = _summed_up("warning", ungraded, MAX_ANNOTATIONS, path, report.title)
    notice = _command("notice", {"file": path}, report.title, f"{page.score(report)} points. {checks(report)}")
    return [notice, *errors, *warnings]


def _summed_up(kind: str, found: "list[tuple[WrittenExercise, str]]", room: int, path: str, title: str) -> list[str]:
    """The commands, as many as there is room for: the last sums up those for which there is none."""
    commands = [command for _, command in found]
    if len(commands) <= room:
        return commands
    rest = [exercise for exercise, _ in found[room - 1 :]]
    return [*commands[: room - 1], _command(kind, {"file": path}, title, page.more_exercises(rest))]


def _of_exercise(kind: str, place: dict[str, str], exercise: "WrittenExercise") -> str:
    message = f"{exercise.headline or page.status(exercise)} ({page.earned(exercise)})"
    return _command(kind, place, exercise.title or exercise.id, message)


def _place(path: str, module: str, frame: "Frame | None") -> dict[str, str]:
    """Where to annotate: the line of ``frame``, whose file lies beside ``module``, or else the module."""
    if frame is None or frame.line < 1 or frame.in_cell or not path.endswith(".py"):
        return {"file": path}
    beside, name = PurePosixPath(module).parent, PurePosixPath(frame.file)
    name = name.relative_to(beside) if name.is_relative_to(beside) else name
    file = path if frame.file == module else str(PurePosixPath(path).parent / name)
    return {"file": file, "line": str(frame.line)}


def ended(sentences: "Sequence[str]", code: int) -> str:
    """Markdown of why a command ended without a report."""
    return "\n".join([f"## {_escaped(page.stopped(code))}", "", *(f"- {_marked(each)}" for each in sentences), ""])


def end_annotations(told: "Sequence[tuple[str, dict[str, str]]]", code: int) -> list[str]:
    """Workflow commands with the same; each sentence has its place, such as file and line, if it has one."""
    title = page.stopped(code)
    commands = [_command("error", place, title, sentence) for sentence, place in told[:MAX_ANNOTATIONS]]
    if len(told) > MAX_ANNOTATIONS:
        more = page.more_mistakes(len(told) - MAX_ANNOTATIONS + 1)
        commands[-1] = _command("error", {}, title, more)
    return commands


def _command(kind: str, place: dict[str, str], title: str, message: str) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in {**place, "title": title}.items())
    return f"::{kind} {properties}::{_data(message)}"


def _data(text: str) -> str:
    return clean(text, 2_000).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(line(text, 200)).replace(":", "%3A").replace(",", "%2C")


def _row(exercise: "WrittenExercise") -> str:
    mark, title = page.MARKS[exercise.status], _marked(exercise.title or exercise.id, cell=True)
    return f"| {mark} {page.status(exercise)} | {title} | {page.earned(exercise)} |"


def _section(exercise: "WrittenExercise") -> str:
    if exercise.status == "right":
        return ""
    lines = ["", f"### {page.MARKS[exercise.status]} {_marked(exercise.title or exercise.id)}", ""]
    if exercise.headline:
        lines += [f"**{_marked(exercise.headline)}**", ""]
    return "\n".join([*lines, *_fenced(terminal.details(exercise, width=100)), ""])


def _fenced(text: str) -> list[str]:
    """``text`` as a code block: its fence is longer than any run of backticks in it."""
    if not text:
        return []
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", text, fence, ""]


def _marked(text: str, *, cell: bool = False) -> str:
    """The same, but for what stands between backticks, which is code. In a ``cell`` of a table ``|`` would end it."""
    shown = (f"`{piece}`" if is_code else _escaped_piece(piece) for is_code, piece in pieces(line(text)))
    marked = "".join(shown)
    return re.sub(r"(?<!\\)\|", r"\\|", marked) if cell else marked


def _escaped(text: str) -> str:
    """One line of Markdown that shows ``text`` as it is: no HTML, links, emphasis, tables or lists."""
    return _escaped_piece(line(text))


def _escaped_piece(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text)
    escaped = re.sub(r"^(\d+)\.(?=\s|$)", r"\1\\.", escaped)
    return escaped.replace("://", ":\\//").replace("www.", "www\\.")
