"""Whether code is written as an exercise asks: its functions, and the helpers of the module that they reach.

Functions that other exercises ask for are not followed: those have rules of their own. A rule is one on style and no
wall: who wants to hide a name from a text can. Looking names up while the code runs is a breach where words are
forbidden: ``exec``, ``eval``, ``__import__``, ``globals``, and ``getattr`` of a module by what is no plain text.
"""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from grader.course.snippet import asked_names, needed_names
from grader.course.source_seen import Seen, SourceTexts
from grader.course.source_text import UnreadableError, modules_of
from grader.course.source_words import CONSTRUCTS, RECURSION, canonical, is_in
from grader.records.breaches import Breach, SourceBroken
from grader.records.errors import SourceFault
from grader.records.run import Frame

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from grader.course.source_text import ModuleText
    from grader.records.assignment import Assignment, Exercise
    from grader.records.run import Submission
    from grader.records.source_rules import SourceRules


def source_broken(assignment: Assignment, submission: Submission) -> dict[str, SourceBroken | SourceFault]:
    """The rules on the source that a submission breaks, by exercise; exercises that it keeps to are left out.

    A fault of ours stands in the place of what could not be judged for it.
    """
    ruled = [exercise for exercise in assignment.exercises if exercise.source is not None]
    if not ruled or submission.module not in submission.files:
        return {}
    texts, asked = SourceTexts(dict(modules_of(submission))), asked_names(assignment)
    found = {each.id: _judged(each, texts, asked - needed_names(each), submission.module) for each in ruled}
    return {name: broken for name, broken in found.items() if broken is not None}


def _judged(
    exercise: Exercise, texts: SourceTexts, others: Collection[str], module: str
) -> SourceBroken | SourceFault | None:
    """Which rules are broken. Whatever goes wrong here was provoked by a text, and is no reason to take points."""
    assert exercise.source is not None
    try:
        breaches = _breaches(exercise, texts, others)
    except Exception as error:  # noqa: BLE001 - as the docstring says
        return SourceFault(f"rules on the source could not be judged: the grader met a {type(error).__name__}: {error}")
    return SourceBroken(module, breaches, exercise.source.because) if breaches else None


def _breaches(exercise: Exercise, texts: SourceTexts, others: Collection[str]) -> tuple[Breach, ...]:
    assert exercise.source is not None
    reading = _Reading(texts, others)
    try:
        reading.follow(needed_names(exercise))
        if not reading.found.lines and not reading.found.names:  # nothing shows it: is a name looked up?
            reading.look_through_all()
            return tuple(breach for breach in _broken(exercise.source, reading) if breach.kind == "looked_up")
    except UnreadableError:
        return (Breach("unreadable"),)
    return tuple(_broken(exercise.source, reading))


def _broken(rules: SourceRules, reading: _Reading) -> Iterator[Breach]:
    for word in rules.forbid:
        if places := reading.places_of(word):
            yield Breach("forbidden", word, places[0], len(places))
    if rules.forbid:
        for name in sorted(reading.found.looked_up):
            yield Breach("looked_up", name, reading.found.looked_up[name])
    for word in rules.require:
        if not reading.places_of(word):
            yield Breach("lacking", word)
    limit = rules.at_most.lines
    if limit is not None and len(reading.found.lines) > limit:
        yield Breach("too_long", count=len(reading.found.lines), limit=limit)


class _Reading:
    """What is found in all that an exercise reaches, and what each name reaches."""

    def __init__(self, texts: SourceTexts, others: Collection[str]) -> None:
        self.found = Seen()
        self._texts = texts
        self._others = others
        self._calls: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._done: set[ast.AST] = set()

    def follow(self, roots: Iterable[str]) -> None:
        """Look through what these names of the main module reach: every statement once, as texts are hostile."""
        waiting = [("", name) for name in sorted(roots)]
        while waiting:
            key = waiting.pop()
            if key in self._calls:
                continue
            module = self._texts.modules[key[0]]
            seen = self._imported(key[1], module)
            for written in module.deciding(key[1]):
                if written.node not in self._done and not isinstance(written.node, ast.Import | ast.ImportFrom):
                    self._done.add(written.node)
                    seen.append(self._texts.seen(written, module))
            leads = set[tuple[str, str]]().union(*(each.leads for each in seen))
            self._calls[key] = {(file, name) for file, name in leads if file or name not in self._others}
            for each in seen:
                self.found.add(each)
            waiting += sorted(self._calls[key])

    def look_through_all(self) -> None:
        """Look through the whole main module; what it reaches is in there as well, or in no text."""
        module = self._texts.modules[""]
        for written in module.statements:
            self.found.add(self._texts.seen(written, module))

    def _imported(self, name: str, module: ModuleText) -> list[Seen]:
        """Where a name leads to that is imported, alone or with all else."""
        meant, deciding = module.meant(name), module.deciding(name)
        kept = bool(deciding) and not isinstance(deciding[0].node, ast.Import | ast.ImportFrom)
        if kept or not meant or meant.startswith((":", "builtins.")):
            return []
        place = deciding[0].piece.frame(deciding[0].node.lineno) if deciding else Frame(module.path, 1, "")
        return [self._texts.meant(meant, place, module)]

    def places_of(self, word: str) -> list[Frame]:
        """Where a word of an author's stands."""
        name = canonical(word)
        if word == RECURSION:
            return [*self.found.words.get(RECURSION, ()), *self._in_circles()]
        if name in CONSTRUCTS or name.startswith("."):
            return self.found.words.get(name, [])
        return [place for found, places in self.found.names.items() if is_in(found, name) for place in places]

    def _in_circles(self) -> list[Frame]:
        """A function that is reached by what it calls."""
        try:
            TopologicalSorter({one: others - {one} for one, others in self._calls.items()}).prepare()
        except CycleError as error:
            module, name = error.args[1][0]
            first = self._texts.modules[module].deciding(name)[0]
            return [first.piece.frame(first.node.lineno)]
        return []
