"""Outputs that are samples: what their ``drawn_from`` may say, and what it takes from the reference."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from grader.course.snippet import SnippetError, helper_names, parse_snippet
from grader.records.chance import MOST_TESTS

if TYPE_CHECKING:
    from grader.course.findings import DocumentFindings
    from grader.course.wording import Path
    from grader.records.assignment import Assignment, Exercise


def samples(exercise: Exercise) -> dict[str, str]:
    """The outputs that are samples, each with the expression for what it is one of."""
    return {name: output.drawn_from for name, output in exercise.outputs.items() if output.drawn_from}


def run_of_reference(exercise: Exercise) -> str:
    """What the reference runs to say what is expected: beside each sample, what it is a sample of."""
    pairs = (f"{name} = ({name}, ({written}\n))" for name, written in samples(exercise).items())
    return "\n".join([exercise.run, *pairs])


def names_of_distributions(exercise: Exercise) -> frozenset[str]:
    """Names that the expressions take from the reference; none of one that is no Python, which is told elsewhere."""
    known = exercise.inputs.keys() | exercise.dims.keys() | parse_snippet(exercise.run).left | helper_names(exercise)
    found = set[str]()
    for written in samples(exercise).values():
        with suppress(SnippetError):
            found |= parse_snippet(written).taken
    return frozenset(found - known)


def check_samples(exercise: Exercise, path: Path, findings: DocumentFindings) -> None:
    """A sample's distribution is an expression, and all there is to say about it."""
    for name, written in samples(exercise).items():
        where = (*path, "outputs", name, "drawn_from")
        if findings.refused(where):
            continue
        try:
            parse_snippet(f"({written}\n)")
        except SnippetError as error:
            findings.add(where, f"is no valid Python: {error}")
        output = exercise.outputs[name]
        for key, given in (("shape", output.shape is not None), ("extra_keys", output.extra_keys != "wrong")):
            if given:
                findings.add((*path, "outputs", name, key), "says nothing beside drawn_from: take it out", key=True)
        for index, example in enumerate(exercise.examples):
            if name in example.expect:
                message = "cannot be expected of a sample, which is another one for everybody: take it out"
                findings.add((*path, "examples", index, "expect", name), message, key=True)
        if exercise.follow_through:
            findings.add((*path, "follow_through"), f"cannot follow a sample, and `{name}` is one: take it out")


def check_tests(assignment: Assignment, findings: DocumentFindings) -> None:
    """No more tests than keep a right submission safe from chance."""
    tests = sum(
        len(samples(exercise)) * (exercise.cases.public + exercise.cases.hidden) for exercise in assignment.exercises
    )
    if tests > MOST_TESTS:
        message = f"have {tests:,} tests of samples, and {MOST_TESTS:,} keep chance from costing marks: ask fewer cases"
        findings.add(("exercises",), message)
