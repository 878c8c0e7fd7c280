"""What was handed in, read as text. Nothing is imported or run, and only what the module needs is opened.

Two kinds of failure are kept apart, because whole classes are graded by them: what a *student* must mend raises
SubmissionError (no points, and a sentence that says why), everything else another GraderError (*ungraded*).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.errors import NotTakenError, SubmissionError
from grader.records.lines import CELL_MARK
from grader.records.run import ReadRemark, Submission
from grader.submission.data import data_files
from grader.submission.locate import ARCHIVE, find_module
from grader.submission.places import places_of
from grader.submission.siblings import Siblings, imported_files
from grader.submission.statements import defined_names
from grader.submission.text import MAX_FILE, as_utf8, decode, kept_to, read_bytes

if TYPE_CHECKING:
    from collections.abc import Set
    from pathlib import Path

    from grader.submission.locate import Found

MAX_NOTEBOOK = 32 << 20  # bytes as stored, with its pictures; its code alone must keep to MAX_FILE

# People rename one to the other. No Python that runs begins like a notebook: its names would be unknown.
_NOTEBOOK = re.compile(rb'(?:\xef\xbb\xbf)?\s*+\{(?=\s*+"(?:cells|metadata|nbformat|nbformat_minor|worksheets)"\s*+:)')
_PYTHON = re.compile(rb"^(?:import|from|def|class)[ \t]++\w", re.MULTILINE)
# A notebook that was exported keeps lines that are IPython's: Colab's does. No Python begins a statement so.
_OF_IPYTHON = re.compile(r"^(?:![ \t]*+\w|%%?[A-Za-z_])", re.MULTILINE)


def read(path: Path, module: str, *, asked: Set[str] = frozenset(), of_class: bool = False) -> Submission:
    """The module at ``path`` (a file, a notebook, an archive, or a folder that holds one) with all that it needs.

    That is the files beside it that it imports and the data files that it names. A file under another name than
    ``module`` (``alice.py``) takes nothing along that defines one of the names ``asked`` which it defines itself: that
    is another student's, or an old copy. ``of_class``: a file takes nothing along, and nothing above ``path`` is read.

    Raises SubmissionError where the student must act, NotTakenError where ``path`` is ambiguous, GraderError where the
    system refuses to read.
    """
    found = find_module(path, module, of_class=of_class)
    if found.file.suffix.lower() != ARCHIVE:
        return _read(found, module, asked)
    from grader.submission.archive import unpacked  # few submissions are archives

    with unpacked(found.file, found.folder) as inside:
        try:
            held = find_module(inside, module, of_class=True)
            made = _read(held, module, asked)
        except (SubmissionError, NotTakenError) as error:  # nobody knows the folder that it was unpacked into
            text = str(error).replace(str(inside), str(found.file))
            made_anew = SubmissionError(text) if isinstance(error, SubmissionError) else NotTakenError(text, error.told)
            raise made_anew from None
    return replace(made, remarks=(*made.remarks, ReadRemark("unpacked", found.file.name)))


def _read(found: Found, module: str, asked: Set[str]) -> Submission:
    text, cells, remarks = _main_text(found, module)
    if found.only:
        remarks = (*remarks, ReadRemark("only", found.file.name, module=module))
    places = places_of(found, module, text)
    rival = asked & defined_names(text) if found.beside == "no rival" else frozenset[str]()
    siblings = Siblings(places, found.folder, rival)
    if found.beside == "none":
        beside = [name for name in imported_files(places.main, text, siblings.is_file) if name != places.main]
        remarks = (*remarks, *_left_out(found, beside, module))
        return Submission(places.main, {places.main: text}, cells, remarks=remarks)
    siblings.take(places.main, text)
    files = {places.main: text, **siblings.files}
    remarks = (*remarks, *siblings.remarks, *_left_out(found, siblings.left_out, module))
    data = data_files(files.values(), places.home, found.folder)
    return Submission(places.main, files, cells, data, remarks)


def _main_text(found: Found, module: str) -> tuple[str, tuple[str, ...], tuple[ReadRemark, ...]]:
    """The module's text, its cells if it is a notebook, and remarks."""
    name = found.file.name
    if found.file.suffix.lower() == ARCHIVE:
        raise SubmissionError(f"{found.file} is an archive within an archive: unpack it, and hand in what it holds")
    is_named_so = found.file.suffix.lower() == ".ipynb"
    stored = read_bytes(found.file, found.folder, MAX_NOTEBOOK)
    if _NOTEBOOK.match(stored) or (is_named_so and not _PYTHON.search(stored, 0, MAX_FILE)):
        from grader.submission.notebook import code_cells, joined

        stored, remarks = as_utf8(stored, name)
        cells = code_cells(stored, name)
        return joined(cells), cells, (*remarks, ReadRemark("cells", name))
    text, remarks = decode(kept_to(MAX_FILE, stored, found.file), name)
    if CELL_MARK.search(text) or _OF_IPYTHON.search(text):
        from grader.submission.notebook import as_python  # few submissions have cells

        text = as_python(text)
    return text, (), (*remarks, ReadRemark("source", name, module=module)) if is_named_so else remarks


def _left_out(found: Found, beside: list[str], module: str) -> tuple[ReadRemark, ...]:
    if not beside:
        return ()
    return (ReadRemark("alone", found.file.name, module=module, left_out=tuple(beside)),)
