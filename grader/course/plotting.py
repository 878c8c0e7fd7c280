"""Figures of a handout, plotted: an author's ``figures.py`` makes them with matplotlib, and this makes SVG of them.

Each public function of that file returns one ``matplotlib.figure.Figure``; its docstring is what the figure shows, for
whoever cannot see it. The same functions give the same bytes on every machine that has the same matplotlib: no settings
of the user's, no date, ids that count up, coordinates of two decimals. Text stays text, in a font that each reader has.
"""

from __future__ import annotations

import io
import re
from html import escape
from importlib.util import module_from_spec, spec_from_file_location
from inspect import cleandoc, isfunction
from typing import TYPE_CHECKING, Any, Final, NoReturn

from grader.course.find import line_within
from grader.records.errors import AssignmentError, Mistake, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from matplotlib.figure import Figure

    from grader.course.find import AssignmentFiles

#: How figures look where their author says nothing else: dark enough on white, and told apart without colours.
STYLE: Final[Mapping[str, Any]] = {
    "axes.edgecolor": "#8a929b",
    "axes.grid": True,
    "axes.labelcolor": "#1c2127",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "backend": "svg",  # for authors who plot with pyplot, which would else look for a screen
    "figure.constrained_layout.use": True,
    "figure.figsize": (6.4, 3.2),
    "font.sans-serif": ["DejaVu Sans"],  # which comes with matplotlib, so that all is measured alike
    "grid.color": "#e4e6e8",
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 4.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "grader",
    "xtick.color": "#4a525b",
    "ytick.color": "#4a525b",
}
#: Each line of a plot has its colour and its dashes; the colours are told apart by whoever sees fewer of them.
LINES: Final = (("#1d4f91", "-"), ("#b3501e", "--"), ("#1a6a3d", "-."), ("#6d3f94", ":"))

_NOTHING_ELSE: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}  # about the file itself
#: Of readers, not of who plots: narrower than what all is measured with, or that itself.
_FONT: Final = 'text{font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif}'
_TAG = re.compile(r"<[^<>]*>")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_ID = re.compile(r'(?<=["#])[a-zA-Z][0-9a-f]{10}(?=[")])')
_GROUP_ID = re.compile(r'^<g id="[^"]*"')
_UNTURNED = re.compile(r' transform="rotate\(-?0 [^"]*"')
_LINE_END = re.compile(r"\s*\n\s*")


def plotted(files: AssignmentFiles) -> dict[str, bytes]:
    """The SVG of each figure of an assignment, by the name of its function.

    Raises UsageError without matplotlib, AssignmentError where ``figures.py`` fails, or makes no figure or says nothing
    of one.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise UsageError(
            "figures need matplotlib, which is not installed: python -m pip install 'numerical-grader[figures]'"
        ) from None
    from matplotlib.rcsetup import cycler

    colours, dashes = zip(*LINES, strict=True)
    settings: Any = {**STYLE, "axes.prop_cycle": cycler(color=colours, linestyle=dashes)}  # versions differ in types
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        module = _loaded(files)
        return {name: _plotted(files, name, make) for name, make in _functions(module).items()}


def _loaded(files: AssignmentFiles) -> ModuleType:
    spec = spec_from_file_location(f"_figures_{files.name}", files.figures_py)
    if spec is None or spec.loader is None:
        _refuse(files, 0, "cannot be imported")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # the latter would end `grade` as if all were well
        line = error.lineno or 0 if isinstance(error, SyntaxError) else line_within(error, files.figures_py)
        raise AssignmentError([_mistake(files, line, f"stops with {type(error).__name__}: {error}")]) from error
    return module


def _functions(module: ModuleType) -> dict[str, Callable[[], object]]:
    """Its own public functions, in their order."""
    own = {name: each for name, each in vars(module).items() if isfunction(each) and not name.startswith("_")}
    return {name: each for name, each in own.items() if each.__module__ == module.__name__}


def _plotted(files: AssignmentFiles, name: str, make: Callable[[], object]) -> bytes:
    from matplotlib.figure import Figure

    line = make.__code__.co_firstlineno if isfunction(make) else 0
    title, _, more = cleandoc(make.__doc__ or "").partition("\n\n")
    if not title:
        _refuse(files, line, f"{name} has no docstring, which is what those read who cannot see the figure")
    try:
        figure = make()
        if not isinstance(figure, Figure):
            _refuse(files, line, f"{name} returns {type(figure).__name__}, and should return a matplotlib Figure")
        return _svg(figure, name, title, more)
    except AssignmentError:
        raise
    except (Exception, SystemExit) as error:
        at = line_within(error, files.figures_py) or line
        raise AssignmentError([_mistake(files, at, f"{name} stops with {type(error).__name__}: {error}")]) from error


def _svg(figure: Figure, name: str, title: str, more: str) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format="svg", metadata=_NOTHING_ELSE)
    _, _, body = written.getvalue().decode().partition("<svg ")
    ids: dict[str, str] = {}
    body = _TAG.sub(lambda tag: _short(tag[0], name, ids), f"<svg {body}")
    head, _, body = body.removeprefix("<svg ").partition(">")
    said = {f"{name}-title": ("title", title), f"{name}-desc": ("desc", more)}
    said = {key: (tag, " ".join(text.split())) for key, (tag, text) in said.items() if text}
    texts = "".join(f'\n <{tag} id="{key}">{escape(text, quote=False)}</{tag}>' for key, (tag, text) in said.items())
    texts += f"\n <style>{_FONT}</style>"
    return f'<svg role="img" aria-labelledby="{" ".join(said)}" {head}>{texts}{body}'.encode()


def _short(tag: str, name: str, ids: dict[str, str]) -> str:
    """A tag on one line, its numbers cut to what can be seen, its id a count, which a hash of the uncut ones is not."""
    tag = _GROUP_ID.sub("<g", tag)
    tag = _ID.sub(lambda found: ids.setdefault(found[0], f"{name}-{len(ids) + 1}"), tag)
    tag = _UNTURNED.sub("", _LONG_NUMBER.sub(lambda number: f"{round(float(number[0]), 2) + 0.0:g}", tag))
    return _LINE_END.sub(" ", tag).replace(" font-family: 'DejaVu Sans', sans-serif;", "")


def _mistake(files: AssignmentFiles, line: int, message: str) -> Mistake:
    return Mistake(str(files.figures_py), line, int(line > 0), "", message)


def _refuse(files: AssignmentFiles, line: int, message: str) -> NoReturn:
    raise AssignmentError([_mistake(files, line, message)])
