"""What is to be said of a submission as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.run import Raised, TimedOut, cell_name
from grader.records.stand_ins import NOTEBOOKS, PLOTS
from grader.records.verdict import ending
from grader.report.format import points
from grader.report.words.endings import advice, error, of_clock, phrase, place_of_import
from grader.report.words.language import capital, count, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.run import LostCell, Outcome, ReadRemark

REVEALED: Final = "Your course shows its hidden cases now: of each exercise that fails some, one is below."


def problem(found: Outcome | str | None, module: str, *, stopped: bool = False) -> str:
    """What is wrong with it, as a sentence; empty for nothing. ``stopped``: its definitions were taken all the same."""
    if stopped:
        below = " below that line" if isinstance(found, Raised) else ""
        taken = f"Definitions, imports and constants{below} were taken all the same, as far as they come to an end."
        return f"{problem(found, module)} {taken}"
    match found:
        case None:
            return ""
        case str(text):
            return ended(text)
        case Raised(error=error, frames=frames) as raised:
            return f"{module} stops{place_of_import(frames, module)} with {error}. {advice(raised)}".strip()
        case outcome:
            return f"{module} {phrase(ending(outcome))} while it is imported. {advice(outcome)}".strip()


def read_remark(found: ReadRemark) -> str:
    """How a file had to be read, as a sentence."""
    file = found.file
    match found.kind:
        case "marked":
            return f"{file} is {found.encoding}, which Python does not run: save it as UTF-8."
        case "declared":
            return f"{file} declares the coding {found.encoding}, which it does not have: remove that line."
        case "guessed":
            place = f"byte 0x{found.byte:02x} in line {found.line}"
            return f"{file} is not UTF-8 ({place}); read as {found.encoding}: save it as UTF-8."
        case "cells":
            return f"read from the code cells of {file}."
        case "source":
            return f"{file} is no notebook, but Python: name it {found.module}."
        case "alone":
            beside = ", ".join(found.left_out)
            return (
                f"{file} was read alone, without {beside}: "
                f"hand in a folder that holds {found.module} and all it imports."
            )
        case "only":
            return f"{file} was taken for {found.module}, as the only Python file here: name it {found.module}."
        case "unpacked":
            return f"read from the archive {file}."


def lost_cell(found: LostCell, module: str) -> str:
    """How a cell ended, and what was taken of it, as a sentence."""
    outcome = found.outcome
    cell = f"the cell that begins in line {found.line}" if found.line else cell_name(found.number)
    if found.stopped:
        how = phrase(ending(outcome))
        if isinstance(outcome, TimedOut):
            limit = f"{points(outcome.seconds)} s {of_clock(outcome.clock)}"
            how = f"did not come to its end in the {limit} that all cells have together"
        taken = "nothing of it was taken" if found.skipped else "only its definitions, imports and constants were taken"
        return f"{capital(cell)} {how}: {taken}."
    if not isinstance(outcome, Raised):
        return f"{capital(cell)} {phrase(ending(outcome))}; the others were run."
    where = place(outcome.frames[0], module) if outcome.frames else cell
    return ended(f"{capital(where)}: {error(outcome)}")


def lost_cells(found: Sequence[LostCell]) -> str:
    """That cells did not come to their end, in a sentence for whoever reads no more; empty where all did."""
    return f"{count(len(found), 'code cell')} did not run to the end: the report's remarks say why." if found else ""


def twice(name: str) -> str:
    """That one definition hides another."""
    return f"`{name}` is defined in more than one cell: the last one counts."


def stand_in(name: str) -> str:
    """That a library did nothing."""
    costs = "plots and notebook tools cost no marks" if name in PLOTS | NOTEBOOKS else "its tests are not run"
    return f"{name} does nothing while grading: {costs}."


def ended(text: str) -> str:
    """Text with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
