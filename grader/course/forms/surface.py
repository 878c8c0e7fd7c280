"""The author's surface: every key that an assignment file can have, with what editors say about it.

Short forms live here: ``1..6`` is an interval, ``1 GiB`` a number of bytes, ``[H, 1]`` an output's shape, and an input
without ``kind`` holds reals. Rules that need more than one value are in :mod:`grader.course.rules`.
"""
# ruff: noqa: D102  # read, stand_in and schema are described once, in Form

from __future__ import annotations

import builtins
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.course.forms.containers import Key, Keyed, Many, Named, OneOrMany
from grader.course.forms.domains import NAMED_INPUTS, SIZES, Inputs, WholeInterval
from grader.course.forms.form import Anything, Form, Moment, Name, Number, OneOf, PlainText, Schema, Whole
from grader.course.wording import suggestion
from grader.records.assignment import (
    Cases,
    Example,
    Output,
    PropertyCheck,
    Tolerance,
    Waiver,
)
from grader.records.bar import Bar
from grader.records.byte_counts import UNITS, in_units
from grader.records.raises_check import RaisesCheck
from grader.records.source_rules import SourceLimits, SourceRules

if TYPE_CHECKING:
    from grader.course.findings import Cursor

_BYTES = re.compile(rf"([0-9]{{1,9}}(?:\.[0-9]{{1,3}})?) *({'|'.join(UNITS)})")


@dataclass(frozen=True, slots=True)
class Bytes(Form):
    """A number of bytes: ``512 MiB``, ``64 KiB`` or a plain whole number."""

    least: int
    most: int

    def read(self, at: Cursor) -> int:
        if isinstance(at.value, str) and (match := _BYTES.fullmatch(at.value.strip())):
            value = int(float(match[1]) * UNITS[match[2]])
        elif isinstance(at.value, int) and not isinstance(at.value, bool):
            value = at.value
        else:
            at.refuse("must be a number of bytes such as 64 KiB, 512 MiB or 1 GiB")
            return self.stand_in()
        if self.least <= value <= self.most:
            return value
        at.refuse(f"must lie between {in_units(self.least)} and {in_units(self.most)}")
        return self.stand_in()

    def stand_in(self) -> int:
        return self.least

    def schema(self) -> Schema:
        text = {"type": "string", "pattern": f"^{_BYTES.pattern}$"}
        return {"anyOf": [text, {"type": "integer", "minimum": self.least, "maximum": self.most}]}


@dataclass(frozen=True, slots=True)
class OneOutput(Form):
    """An output: its shape, ``null`` for the reference's own shape, or a mapping."""

    full: Keyed

    def read(self, at: Cursor) -> Output:
        if at.value is None:
            return Output()
        if isinstance(at.value, list):
            return Output(shape=SIZES.read(at))
        output: Output = self.full.read(at)
        return output

    def stand_in(self) -> Output:
        return Output()

    def schema(self) -> Schema:
        return {"anyOf": [{"type": "null"}, SIZES.schema(), self.full.schema()]}


@dataclass(frozen=True, slots=True)
class ErrorName(Form):
    """The name of a builtin exception class."""

    def read(self, at: Cursor) -> str:
        if isinstance(at.value, str) and at.value in ERRORS:
            return at.value
        misspelt = isinstance(at.value, str) and not hasattr(builtins, at.value)
        near = suggestion(at.value, ERRORS) if misspelt else ""
        at.refuse("must name a particular builtin exception such as ValueError", near.removeprefix(", "))
        return self.stand_in()

    def stand_in(self) -> str:
        return "ValueError"

    def schema(self) -> Schema:
        return {"type": "string", "pattern": "^[A-Z][A-Za-z]+$"}


#: Exceptions that student code can be asked to raise: no exits, no warnings, and not Exception, which every mistake is.
ERRORS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception) and not issubclass(value, Warning)
) - {"Exception"}


_SENTENCE = PlainText(wanted="a line of text", pattern=r"[^\n]*\S[^\n]*")
_SECONDS = Number(above=0, most=3600)
_PART_POINTS = Key(Number(least=0, most=10_000, places=2), "what this part earns; parts without share what is left")
_MODULES = Many(
    PlainText(wanted="a module's name such as math", pattern=r"[A-Za-z_][A-Za-z0-9_]*([.][A-Za-z_][A-Za-z0-9_]*)*")
)
_LITERALS = Named(Anything(), wanted="a mapping from each input to its value")

_TOLERANCE = Key(
    Keyed(
        Tolerance,
        {
            "rtol": Key(Number(least=0, most=1), "relative tolerance, times the expected value"),
            "atol": Key(Number(least=0), "absolute tolerance"),
        },
        wanted="a mapping such as {rtol: 1e-6, atol: 1e-9}",
    ),
    "|got - expected| <= atol + rtol * |expected|; without it, the grader's own rule",
)
_LIMITS = {
    "seconds": Key(_SECONDS, "CPU seconds for an exercise with all its cases"),
    "case_seconds": Key(_SECONDS, "CPU seconds for a single case"),
    "load_seconds": Key(_SECONDS, "CPU seconds for importing the submission"),
    "memory": Key(Bytes(16 << 20, 64 << 30), "memory beyond what Python and NumPy use, such as 1 GiB"),
    "output": Key(Bytes(1 << 10, 1 << 30), "how much may be printed, such as 1 MiB"),
}
_TOTAL = {"total": Key(_SECONDS, "CPU seconds for everything that is run of a submission")}
_LIMITED = "a mapping such as {seconds: 10, memory: 1 GiB}"
_DIMS = Key(
    Named(WholeInterval(), wanted="a mapping such as {H: 1..5, T: 1..8}"),
    "names of sizes and the interval of each, such as H: 1..5; shapes and run use the names",
)
_CASES = Keyed(
    Cases,
    {
        "public": Key(Whole(1, 500), "cases that students see; examples and edge cases count"),
        "hidden": Key(Whole(0, 500), "cases of which students see the verdict only"),
    },
    wanted="a mapping such as {public: 10, hidden: 40}",
)
_CREDIT = Key(OneOf(("whole", "share")), "whether points are earned whole, or a share for each group of cases")
_OUTPUT = OneOutput(
    Keyed(
        Output,
        {
            "shape": Key(SIZES, "shape, such as [H, 1]; [] is a single number"),
            "points": _PART_POINTS,
            "credit": _CREDIT,
            "extra_keys": Key(OneOf(("wrong", "allowed")), "what keys of a dict that nobody asked for lead to"),
            "nonfinite": Key(
                OneOf(("avoided", "expected")),
                "whether inputs for which NumPy warns of NaN or an infinity are no case, or expect just that",
            ),
            "drawn_from": Key(
                PlainText(wanted="a Python expression of one line, such as softmax(logits)", pattern=r"[^\n]*\S[^\n]*"),
                "an expression for the probabilities of what the output holds draws of: it is held against them by a "
                "statistical test; evaluated on the reference's side alone",
            ),
        },
        wanted="a shape such as [H, 1], null, or a mapping such as {shape: [H, 1], points: 2}",
    )
)
_EXAMPLE = Keyed(
    Example,
    {
        "inputs": Key(_LITERALS, "each input of the exercise and its value", required=True),
        "expect": Key(
            Named(Anything(), wanted="a mapping from outputs to what the course material says"),
            "what the course material says; held against the reference",
        ),
        "places": Key(Whole(0, 15), "decimals to which expect is right"),
        "note": Key(PlainText(), "where the figures are from"),
    },
)
_RAISES = Keyed(
    RaisesCheck,
    {
        "inputs": Key(
            OneOrMany(Named(Anything(), wanted="a mapping from each input to its value, or a list of such"), _LITERALS),
            "each input of the exercise and its value, or a list of such: all of them must be refused for the points",
            required=True,
        ),
        "error": Key(ErrorName(), "the builtin exception that must answer, such as ValueError", required=True),
        "because": Key(_SENTENCE, "why, as students read it"),
        "points": _PART_POINTS,
    },
)
_PROPERTY = Keyed(
    PropertyCheck,
    {
        "check": Key(Name(), "a function of properties.py", required=True),
        "title": Key(_SENTENCE, "the law as a sentence for students", required=True),
        "points": _PART_POINTS,
        "cases": Key(Whole(1, 500), "on how many public and how many hidden cases it is tried"),
    },
)
_WAIVER = Keyed(
    Waiver,
    {
        "mutant": Key(_SENTENCE, "its id, as `grade audit` shows it", required=True),
        "because": Key(_SENTENCE, "why no test can or should tell it from the reference", required=True),
    },
    wanted="a mapping such as {mutant: rnn_step.transpose.4e0c1f, because: the matrix is symmetric}",
)
_WORDS = Many(
    PlainText(
        wanted="a word such as for, sorted, np.linalg.inv or .sort",
        pattern=r"\.?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*){0,8}|@|\*\*|//|%",
    ),
    wanted="a list of words such as [for, np.linalg.inv]",
)
_SOURCE = Keyed(
    SourceRules,
    {
        "forbid": Key(_WORDS, "kinds of code and names that must not be there, such as for, while, np.linalg.inv"),
        "require": Key(_WORDS, "kinds of code and names that must be there, such as np.einsum"),
        "at_most": Key(
            Keyed(
                SourceLimits,
                {"lines": Key(Whole(1, 100_000), "lines that hold code, those of helpers included")},
                wanted="a mapping such as {lines: 40}",
            ),
            "how long the code may be",
        ),
        "because": Key(_SENTENCE, "why, as students read it"),
        "points": Key(Number(least=0, most=10_000, places=2), "what this earns; without, a breach costs the outputs"),
    },
    wanted="a mapping such as {forbid: [for, np.linalg.inv]}",
)
_AUDIT = Keyed(
    Bar,
    {
        "kill": Key(Number(least=0, most=1), "the share of mutants, beside waived ones, that must be killed"),
        "by": Key(Whole(1, 50), "by how many cases each"),
        "know_nothing": Key(Number(least=0), "how many points a submission that knows nothing may get"),
    },
    wanted="a mapping such as {kill: 1.0, by: 3}",
)
_EXERCISE = Keyed(
    dict,
    {
        "id": Key(Name(), "the exercise's name; run calls it by default", required=True),
        "title": Key(_SENTENCE, "what students read; the id by default"),
        "points": Key(Number(above=0, most=10_000, places=2), "what the exercise is worth", required=True),
        "inputs": Key(
            Inputs(),
            "each input and the values that it may take",
            required=True,
        ),
        "run": Key(
            PlainText(wanted="Python text of at most 20,000 characters", pattern=r"[\s\S]{0,20000}"),
            "Python over the inputs, the dims, np and the module's names; default: result = <id>(<inputs in order>)",
        ),
        "outputs": Key(
            Named(_OUTPUT, wanted="a mapping such as {h: [H, 1]}"),
            "each name that run leaves behind, and its shape; needed with run",
        ),
        "dims": _DIMS,
        "cases": Key(_CASES, "how many cases are drawn"),
        "tolerance": _TOLERANCE,
        "limits": Key(
            Keyed(dict, _LIMITS, wanted=_LIMITED),
            "what the exercise may use; keys that are absent keep their value from above",
        ),
        "examples": Key(Many(_EXAMPLE, wanted="a list of examples"), "worked figures, always public"),
        "raises": Key(
            Many(_RAISES, wanted="a list such as [{inputs: {n: -1}, error: ValueError}]"),
            "inputs that must be answered by an exception",
        ),
        "properties": Key(
            Many(_PROPERTY, wanted="a list such as [{check: name, title: a sentence}]"),
            "laws that functions of properties.py check",
        ),
        "inputs_unchanged": Key(OneOf(("remark", "required")), "what changing an input in place leads to"),
        "precision": Key(OneOf(("remark", "required")), "what a result that is only numerically off leads to"),
        "follow_through": Key(
            Many(Name(), wanted="a list of functions of the module such as [forget_gate]"),
            "functions this exercise builds on: where only those are wrong, its own method earns the points",
        ),
        "credit": _CREDIT,
        "mutants": Key(
            OneOf(("run", "skip")),
            "whether the tests are proven on mutants too, or on misconceptions alone: for training",
        ),
        "source": Key(_SOURCE, "how the code must be written"),
        "waive": Key(
            Many(_WAIVER, wanted="a list such as [{mutant: id, because: a reason}]"),
            "wrong versions of the reference that the tests need not catch",
        ),
    },
    wanted="an exercise: a mapping with id, points and inputs",
)

#: The whole file.
ASSIGNMENT = Keyed(
    dict,
    {
        "title": Key(_SENTENCE, "the assignment's title", required=True),
        "module": Key(
            PlainText(
                wanted="a plain file name such as memory.py, or a path such as cs/layers.py",
                pattern=r"(?:[A-Za-z_][A-Za-z0-9_]*/){0,4}[A-Za-z_][A-Za-z0-9_]*\.py",
            ),
            "the Python file that students hand in",
            required=True,
        ),
        "tolerance": _TOLERANCE,
        "limits": Key(
            Keyed(dict, {**_LIMITS, **_TOTAL}, wanted=_LIMITED),
            "what each exercise may use, and a submission in all",
        ),
        "dims": _DIMS,
        "shared": Key(
            Named(NAMED_INPUTS, wanted="a mapping such as {weights: {W: {shape: [H, D]}}}"),
            "inputs under a name, for exercises that `use` them",
        ),
        "audit": Key(_AUDIT, "what `grade audit` asks of the tests"),
        "hidden": Key(OneOf(("verdict", "counts")), "what students read of hidden cases beside each part's verdict"),
        "seed": Key(Whole(0, 2**32 - 1), "number that fixes which cases are drawn"),
        "preload": Key(_MODULES, "modules beside NumPy that student code may import"),
        "stand_ins": Key(_MODULES, "the course's helper modules, such as its tests, that do nothing while grading"),
        "due": Key(
            Moment(), "when work must be handed in, with the zone; asked before hidden cases are shown to students"
        ),
        "exercises": Key(
            Many(_EXERCISE, wanted="a list of at least one exercise", least=1), "the tasks", required=True
        ),
    },
    wanted="a mapping with title, module and exercises",
)
