"""What decides the cases of an exercise, and what stands for all of it.

Beside the exercise's own definition that is what its ``run`` reaches of the reference, what it names of
``properties.py``, the files that the reference takes along, and the secrets that its draws come from. What is only said
to people decides nothing: titles, points, notes, waivers, comments. The versions of what draws come on top of it in the
key of a bank that is drawn (:func:`grader.bank.cache.digest`).
"""

from __future__ import annotations

import ast
import hashlib
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from grader.bank.plans import dims
from grader.course.reach import looks_up_names, reached
from grader.course.sampled import names_of_distributions
from grader.course.snippet import needed_names
from grader.records.assignment import custom_functions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from grader.course.secret import Draws
    from grader.records.assignment import Assignment, Exercise
    from grader.records.run import Submission


def decided(assignment: Assignment, reference: Submission, properties: str, draws: Draws) -> dict[str, str]:
    """For each exercise what stands for all that decides its cases, but for the versions of what draws them.

    ``reference`` is as it was read, ``properties`` the text of ``properties.py``. Nothing of the secrets can be got
    from what is returned, which is a hash of them and more.
    """
    beside = {name: text for name, text in reference.files.items() if name != reference.module}
    shared = [
        assignment.id,
        [draws.public, draws.hidden],
        assignment.audit.by,
        assignment.preload,
        sorted(beside.items()),
        sorted(reference.data.items()),
    ]
    source = reference.files[reference.module]
    brought_back = _mentions(beside, reference.module)
    found = {}
    for exercise in assignment.exercises:
        run = ast.parse(exercise.run)
        whole = brought_back or looks_up_names(run)
        asked = needed_names(exercise) | names_of_distributions(exercise)
        texts = [_part(source, asked, whole=whole), _part(properties, named_functions(exercise), whole=False)]
        found[exercise.id] = _hash([*shared, _written(replace(decisive(exercise), run=_in_one_form(run))), *texts])
    return found


def _written(exercise: Exercise) -> object:
    """The exercise without keys that say nothing, as they did before there were such: it has the same cases.

    So it has whichever of its bad inputs earn their points together.
    """
    found: dict[str, Any] = msgspec.to_builtins(replace(exercise, raises=exercise.refusals))
    if found["mutants"] == "run":
        del found["mutants"]
    for output in found["outputs"].values():
        if not output["drawn_from"]:
            del output["drawn_from"]
    return found


def _hash(value: object) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(value)).hexdigest()


def decisive(exercise: Exercise) -> Exercise:
    """The exercise without what decides nothing about its cases."""
    return replace(
        exercise,
        title="",
        points=0.0,
        dims=dims(exercise),
        outputs={name: replace(output, points=None, credit=None) for name, output in exercise.outputs.items()},
        examples=tuple(replace(example, note="") for example in exercise.examples),
        raises=tuple(replace(check, because="", points=None) for check in exercise.raises),
        properties=tuple(replace(law, title="", points=None) for law in exercise.properties),
        inputs_unchanged="remark",
        follow_through=(),
        waive=(),
        source=None,
        credit="whole",
    )


def named_functions(exercise: Exercise) -> frozenset[str]:
    """Functions of ``properties.py`` that an exercise names: its properties and its inputs' strategies."""
    strategies = {function for domain in exercise.inputs.values() for function in custom_functions(domain)}
    return frozenset(strategies | {law.check for law in exercise.properties})


def _part(source: str, names: Collection[str], *, whole: bool) -> str:
    if not names:
        return ""
    return source if whole else _in_one_form(ast.parse(reached(source, names)))


def _in_one_form(tree: ast.AST) -> str:
    """Code as every Python reads it. How it is written again is each Python's own: quotes within quotes, for one."""
    return repr(_form(tree))


def _form(part: object) -> object:
    if isinstance(part, ast.JoinedStr):  # to some of which Python 3.12.0 and 3.12.1 add an empty text
        part = ast.JoinedStr(
            [each for each in part.values if not (isinstance(each, ast.Constant) and each.value == "")]
        )
    if isinstance(part, ast.AST):  # of which later Pythons have more fields, for what earlier ones do not read
        fields = [(name, _form(value)) for name, value in ast.iter_fields(part) if value is not None and value != []]
        return [type(part).__name__, *fields]
    return [_form(item) for item in part] if isinstance(part, list) else ascii(part)


def _mentions(files: Mapping[str, str], module: str) -> bool:
    """Whether a file beside the reference may import it, and so reach what its text does not show."""
    stem = module.removesuffix(".py")
    return any(stem in text for text in files.values())
