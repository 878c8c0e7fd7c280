"""From trials to sentences: what to do first, then why.

Nothing here may carry an input or a text of a hidden case: hidden failures are told by their class alone.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, NamedTuple

from grader.course.snippet import needed_names
from grader.judge.outcomes import advice, but_for, error_name, join, phrase, place, place_of_import, quoted, unreadable
from grader.records.run import FATAL, Raised, Returned

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.records.assignment import Exercise
    from grader.records.run import Frame, Loaded, Outcome
    from grader.records.verdict import Deviation, Part, Status, Trial

_CALLED = re.compile(r"'(\w+)' object is not callable")


class Tried(NamedTuple):
    """What an explanation is made from: the public failure to show, the hidden trials, a rule that was broken.

    ``module`` is the file that was handed in, ``loaded`` what it defines.
    """

    shown: Trial | None
    hidden: Sequence[Trial]
    spoiled: str
    module: str
    loaded: Loaded


class Explanation(NamedTuple):
    """The texts of an :class:`~grader.records.report.ExerciseResult`."""

    status: Status
    headline: str
    sentences: tuple[str, ...] = ()
    traceback: tuple[Frame, ...] = ()
    error: str = ""


def absent_names(exercise: Exercise, loaded: Loaded) -> list[str]:
    """Names that the exercise needs and the submission does not define."""
    defined = {definition.name for definition in loaded.names}
    return sorted(needed_names(exercise) - defined)


def missing(absent: Sequence[str], module: str, loaded: Loaded) -> Explanation:
    """Why an exercise could not be tried: a name is not there."""
    if unreadable(loaded.problem, module):
        return Explanation("missing", f"Nothing in {module} could be read.")
    if isinstance(loaded.problem, Raised):  # whether the names are defined further down, nobody knows yet
        return Explanation("missing", f"Not reached: {module} stops{place_of_import(loaded.problem.frames, module)}.")
    if loaded.problem is not None:
        return Explanation("missing", f"{module} could not be loaded: it {phrase(loaded.problem)}.")
    name = absent[0]
    own = [definition.name for definition in loaded.names if definition.parameters is not None]
    if near := difflib.get_close_matches(name, own, n=1, cutoff=0.6):
        why = f"There is `{near[0]}`: if that is meant, rename it."
    else:
        why = f"The name must be exactly `{name}`."
    return Explanation("missing", f"Define {quoted(absent)} in {module}.", (why,))


def explain(exercise: Exercise, parts: Sequence[Part], tried: Tried) -> Explanation:
    """What to do about an exercise, and why."""
    if all(part.right for part in parts):
        return Explanation("right", "Right.")
    status: Status = "partly" if any(part.earned for part in parts) else "wrong"
    outputs = [part for part in parts if part.kind == "output" and not part.right]
    if outputs and all(part.followed for part in outputs):
        return _followed(outputs[0].followed, status)
    if tried.shown is not None and tried.shown.case.raises is None:
        found = _about(exercise, tried.shown, status, tried, [part.name for part in parts if part.followed])
        if found.status == "unfinished":  # there is nothing to count yet
            return found
        return found._replace(sentences=(*found.sentences, *_counts(parts, tried.shown)))
    failing = [trial for trial in tried.hidden if not trial.right]
    if failing:
        return _hidden_only(exercise, failing, len(tried.hidden), status)
    if tried.spoiled:
        return Explanation(status, f"`{_subject(exercise)}` {tried.spoiled}.")
    if tried.shown is not None:
        return _about_raises(exercise, tried.shown, status)
    problems = [part for part in parts if not part.right]
    sentences = tuple(_sentence(part.problem) for part in problems)
    return Explanation(status, f"Look at a rule that should hold: {problems[0].title}.", sentences)


def remarks(trials: Iterable[Trial]) -> tuple[str, ...]:
    """What is right but worth a word, each once. ``changed`` and ``aliased`` are observations, not verdicts."""
    found: dict[str, None] = {}
    for trial in trials:
        for comparison in trial.comparisons:
            found.update(dict.fromkeys(f"`{comparison.output}` {remark}." for remark in comparison.remarks))
        if isinstance(trial.outcome, Returned):
            found.update(dict.fromkeys(f"Changes its input `{name}` in place." for name in trial.outcome.changed))
            found.update(
                dict.fromkeys(
                    f"`{output}` shares memory with the input `{name}`: changing one changes the other."
                    for output, name in trial.outcome.aliased
                )
            )
    return tuple(found)


def _followed(names: Sequence[str], status: Status) -> Explanation:
    """Every output that is wrong is so for reasons of earlier functions alone."""
    first = f"Mend {'that function' if len(names) == 1 else 'those functions'} first."
    same = f"With your {quoted(names)} the reference gives what you give. {first}"
    return Explanation(status, but_for(names), (same,))


def _about(exercise: Exercise, trial: Trial, status: Status, tried: Tried, followed: Sequence[str]) -> Explanation:
    """A public case that fails; outputs that are wrong for reasons of their own come before those ``followed``."""
    if not isinstance(trial.outcome, Returned):
        return _about_outcome(exercise, trial.outcome, status, tried)
    deviating = [found for found in trial.comparisons if found.deviation is not None]
    comparison = min(deviating, key=lambda found: found.output in followed)
    deviation = comparison.deviation
    assert deviation is not None
    headline = f"Check `{comparison.output}`: it {deviation.summary}."
    return Explanation(status, headline, tuple(_where(exercise, comparison.output, trial, deviation)))


def _about_outcome(exercise: Exercise, outcome: Outcome, status: Status, tried: Tried) -> Explanation:
    name = _subject(exercise)
    if not isinstance(outcome, Raised):
        hint = advice(outcome)
        return Explanation(status, f"`{name}` {phrase(outcome)}.", (hint,) if hint else ())
    error = f"{outcome.error}: {outcome.message}".removesuffix(": ")
    hint = advice(outcome)
    sentences = (hint,) if hint else ()
    if outcome.error == "NotImplementedError":
        return Explanation(
            "unfinished" if status == "wrong" else status, f"Not done yet: `{name}` raises NotImplementedError."
        )
    if outcome.frames:
        headline = f"`{name}` stops in {place(outcome.frames[-1], tried.module)} with {outcome.error}."
        return Explanation(status, headline, sentences, outcome.frames, error)
    return _about_call(exercise, outcome, status, tried.loaded)._replace(error=error)


def _about_call(exercise: Exercise, outcome: Raised, status: Status, loaded: Loaded) -> Explanation:
    """An exception in the snippet itself: the call does not fit, or what came back cannot be used as it should."""
    name = _subject(exercise)
    given = next((found.parameters for found in loaded.names if found.name == name), None)
    call = exercise.run.strip().splitlines()
    used = f"It is used like this: {'; '.join(line.strip() for line in call)}"
    if outcome.error == "TypeError" and "argument" in outcome.message and given is not None:
        yours = f"Yours takes ({', '.join(given)})."
        return Explanation(status, f"Check the parameters of `{name}`.", (yours, used))
    if outcome.error == "TypeError" and (found := _CALLED.match(outcome.message)):
        values = [value.name for value in loaded.names if value.parameters is None]
        if called := [name for name in _needed(exercise) if name in values]:
            kind = "class" if called[0][0].isupper() else "function"
            given_instead = f"In the file it is a value of type {found[1]}."
            return Explanation(status, f"`{called[0]}` must be a {kind}.", (given_instead, used))
    return Explanation(status, f"Check what `{name}` gives back: {_lower(outcome.message)}.", (used,))


def _about_raises(exercise: Exercise, trial: Trial, status: Status) -> Explanation:
    because = f"{_sentence(trial.case.because)}" if trial.case.because else ""
    headline = f"Let `{_subject(exercise)}` raise {trial.case.raises} for bad input: it {trial.problem}."
    sentences = tuple(filter(None, (because, advice(trial.outcome))))
    if isinstance(trial.outcome, Raised):
        error = f"{trial.outcome.error}: {trial.outcome.message}".removesuffix(": ")
        return Explanation(status, headline, sentences, trial.outcome.frames, error)
    return Explanation(status, headline, sentences)


def _hidden_only(exercise: Exercise, failing: Sequence[Trial], hidden: int, status: Status) -> Explanation:
    trial = failing[0]
    if not isinstance(trial.outcome, Returned | Raised):
        why = "Every public case is right: try larger inputs, and values that they lack."
        return Explanation(status, f"In a hidden case `{_subject(exercise)}` {phrase(trial.outcome)}.", (why,))
    if isinstance(trial.outcome, Returned):
        comparison = next(found for found in trial.comparisons if found.deviation is not None)
        assert comparison.deviation is not None
        what = f"`{comparison.output}` {comparison.deviation.summary}"
    else:
        what = f"the code stops with {error_name(trial.outcome)}"
    return Explanation(
        status,
        "Try other sizes and values: the public cases pass, hidden ones do not.",
        (f"In {len(failing)} of {hidden} hidden cases {what}.",),
    )


def _where(exercise: Exercise, output: str, trial: Trial, deviation: Deviation) -> Iterable[str]:
    """How much of an output is wrong, and where most; nothing for a single number, which is shown anyway."""
    if deviation.where is None:
        yield _sentence(deviation.detail)
    elif deviation.total > 1:
        shape = exercise.outputs[output].shape
        step = ""
        if shape and shape[0] == "T":
            step = f", time step {deviation.where[0] + 1} of {trial.case.sizes.get('T', '?')}"
        index = ", ".join(map(str, deviation.where))
        yield _sentence(f"{deviation.detail}; the worst at index [{index}]{step}")


def _counts(parts: Sequence[Part], shown: Trial) -> Iterable[str]:
    """Which outputs are right, and how many cases fail."""
    outputs = [part for part in parts if part.kind == "output"]
    right = [f"`{part.name}`" for part in outputs if part.right]
    wrong = [f"`{part.name}`" for part in outputs if not part.right and not part.followed]
    if right and wrong:
        yield f"{_are(right)} right; {_are(wrong)} not."
    if not isinstance(shown.outcome, FATAL):
        failed, tried = max((part.public_failed, part.public) for part in outputs)
        yield f"All {tried} public cases fail." if failed == tried > 1 else f"{failed} of {tried} public cases fail."


def _subject(exercise: Exercise) -> str:
    """The name that a sentence about an exercise is about."""
    needed = _needed(exercise)
    return exercise.id if exercise.id in needed or not needed else needed[0]


def _needed(exercise: Exercise) -> list[str]:
    """Names that the snippet takes from the submission, in its order."""
    return sorted(needed_names(exercise), key=exercise.run.index)


def _are(names: Sequence[str]) -> str:
    return f"{join(names)} {'is' if len(names) == 1 else 'are'}"


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in ('.', '!', '?', '') else '.'}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")
