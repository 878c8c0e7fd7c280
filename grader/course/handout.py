"""What a handout shows beside its text, read off its Markdown: figures in the folder ``figures/`` beside it.

These go to students with the handout, and nothing else of that folder does.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from grader.records.errors import Mistake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from grader.course.find import AssignmentFiles

HANDOUT: Final = "handout.md"
FIGURES: Final = "figures"
SUFFIXES: Final = (".svg", ".png")
LARGEST: Final = 2 << 20  # bytes of a figure

#: Fenced blocks, comments, and code within a line: what stands there is shown as it is.
_AS_IT_IS = re.compile(
    r"""
    ^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)
    | <!--.*?(?:-->|\Z)
    | (?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(\s*(?:<(?P<angled>[^<>\n]*)>|(?P<target>[^\s()]*))[^)]*\)")
_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_REFERENCE = re.compile(r"!\[(?P<alt>[^\]]*)\](?!\()(?:\[(?P<label>[^\]]*)\])?")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class ShownFigure(NamedTuple):
    """An image of a handout, where it stands in it, and what it leads to as it is written there."""

    line: int
    column: int
    alternative: str
    target: str


def shown_in(text: str) -> list[ShownFigure]:
    """Every image of a text in Markdown, in order."""
    bare = _AS_IT_IS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    found = [(each.start(), each["alt"], each["angled"] or each["target"] or "") for each in _IMAGE.finditer(bare)]
    found += [(each.start(), _said(each[0], "alt"), _said(each[0], "src")) for each in _TAG.finditer(bare)]
    found += _by_reference(bare)
    return [
        ShownFigure(
            text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), " ".join(alternative.split()), unquote(target)
        )
        for at, alternative, target in sorted(found)
    ]


def _said(tag: str, attribute: str) -> str:
    found = re.search(rf"""\b{attribute}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", tag, re.IGNORECASE)
    return next((each for each in found.groups() if each is not None), "") if found else ""


def _by_reference(text: str) -> Iterator[tuple[int, str, str]]:
    """Images whose target stands in a line of its own, ``[label]: target``; what has none there is no image."""
    for each in _REFERENCE.finditer(text):
        label = re.escape(each["label"] or each["alt"])
        line = re.search(rf"^ {{0,3}}\[{label}\]:\s*<?([^\s<>]+)", text, re.IGNORECASE | re.MULTILINE)
        if label and line:
            yield each.start(), each["alt"], line[1]


def handout_files(files: AssignmentFiles) -> dict[str, Path]:
    """The handout and what goes with it, by the path that each has beside a student's work; of what is there."""
    return {HANDOUT: files.handout, **shown_files(files)} if files.handout.is_file() else {}


def shown_files(files: AssignmentFiles) -> dict[str, Path]:
    """The figures that the handout shows, by their path beside it; of those that are there."""
    names = dict.fromkeys(name for each in _of(files) if (name := _within(each.target)))
    paths = {f"{FIGURES}/{name}": files.figures / name for name in names}
    return {name: path for name, path in paths.items() if path.is_file()}


def handout_mistakes(files: AssignmentFiles) -> list[Mistake]:
    """Where a handout shows what students would not see."""
    plotted = _functions(files)
    told = [(each, _problem(files, each, plotted)) for each in _of(files)]
    return [Mistake(str(files.handout), each.line, each.column, "", problem) for each, problem in told if problem]


def _of(files: AssignmentFiles) -> list[ShownFigure]:
    """What leads nowhere else, such as to a page of the internet."""
    if not files.handout.is_file():
        return []
    text = files.handout.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    return [each for each in shown_in(text) if not _ELSEWHERE.match(each.target)]


def _within(target: str) -> str:
    """The name of a figure in the folder of figures; empty for what leads elsewhere."""
    folder, _, name = target.removeprefix("./").partition("/")
    fine = folder == FIGURES and name.isprintable() and re.fullmatch(r"[^./\\:][^/\\:]*", name)
    return name if fine and name.lower().endswith(SUFFIXES) else ""


def _problem(files: AssignmentFiles, each: ShownFigure, plotted: frozenset[str]) -> str:
    name = _within(each.target)
    if not name:
        return (
            f"shows {each.target or 'nothing'}, which students are not given: put it into {FIGURES}/ beside the "
            f"handout, as {' or '.join(SUFFIXES)}, and write {FIGURES}/NAME here"
        )
    if not (files.figures / name).is_file():
        stem, _, suffix = name.rpartition(".")
        if suffix == "svg" and stem in plotted:
            return f"shows {FIGURES}/{name}, which is not there yet: `grade figures {files.name}` draws it"
        return (
            f"shows {FIGURES}/{name}, which is not there: put it there, or write a function of its name in figures.py"
        )
    if (files.figures / name).stat().st_size > LARGEST:
        return f"shows {FIGURES}/{name}, which has more than {LARGEST >> 20} MiB: make it smaller"
    if not each.alternative:
        return f"shows {FIGURES}/{name} without a word for who cannot see it: ![what it shows]({FIGURES}/{name})"
    return ""


def _functions(files: AssignmentFiles) -> frozenset[str]:
    """What ``figures.py`` defines, as far as its text shows."""
    try:
        tree = ast.parse(files.figures_py.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))
