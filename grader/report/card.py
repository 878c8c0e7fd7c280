"""The card that ``grader.check`` shows: in a notebook as HTML, at a prompt as text. It holds no points."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from grader.report.clean import clean, cleaned, line
from grader.report.exercise_lines import below_headline, traceback
from grader.report.lines import Span, joined, plain, wrapped
from grader.report.words import card as card_words
from grader.report.words import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template

    from grader.records.run import Frame
    from grader.report.document import WrittenExercise

_WIDTH: Final = 80
_INDENT: Final = "   "


@dataclass(frozen=True, repr=False)
class Card:
    """What came of trying exercises. ``problem``: why none could be tried; ``frames`` are where that was so."""

    exercises: tuple[WrittenExercise, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    frames: tuple[Frame, ...] = ()

    @property
    def right(self) -> bool:
        """Whether all that was tried is right."""
        return bool(self.exercises) and all(each.status == "right" for each in self.exercises)

    def __repr__(self) -> str:
        text = joined(_card(self), color=False).rstrip("\n")
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"  # a console may have few characters
        return text.encode(encoding, "replace").decode(encoding)

    def _repr_html_(self) -> str:
        shown = {"exercises": self.exercises, "notes": self.notes, "frames": self.frames}
        return _template().render({name: cleaned(each) for name, each in shown.items()}, problem=clean(self.problem))


def _card(card: Card) -> Iterator[list[Span]]:
    yield from wrapped(card.problem, _WIDTH, "")
    yield from traceback(cleaned(card.frames), "", _INDENT)
    for number, exercise in enumerate(cleaned(card.exercises)):
        if number:
            yield []
        yield [
            Span(f"{page.MARKS[exercise.status]}  {line(exercise.title or exercise.id, 120)}  {line(exercise.id, 60)}")
        ]
        yield from wrapped(card_words.headline(exercise), _WIDTH, _INDENT)
        yield from _below(exercise, _INDENT)
    for note in card.notes:
        yield from wrapped(note, _WIDTH, "" if card.problem else _INDENT)


def _below(exercise: WrittenExercise, margin: str) -> Iterator[list[Span]]:
    """What a report says below a headline, without points."""
    parts = exercise.parts if exercise.status in ("partly", "wrong") and len(exercise.parts) > 1 else ()
    for part in parts:
        mark = page.MARKS[page.part_status(part)]
        yield from wrapped(f"{mark} {line(part.title or part.name)}  {card_words.part_line(part)}", _WIDTH, margin)
        yield from wrapped(part.beyond, _WIDTH, f"{margin}  ")
    yield from below_headline(replace(exercise, parts=()), _WIDTH, margin)


def _details(exercise: WrittenExercise) -> str:
    return "\n".join(map(plain, _below(exercise, ""))).strip("\n")


@cache
def _template() -> Template:
    from grader.report.html import environment

    made = environment()
    made.globals.update(words=page, card=card_words, details=_details, traceback=page.traceback)
    return made.get_template("card.html")
