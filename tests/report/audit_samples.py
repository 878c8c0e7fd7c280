"""Audits that between them hold everything a writer of audits can meet."""

from __future__ import annotations

from grader.records.advice import DrawMore, FoundAlike, WriteExamples
from grader.records.audit import (
    Audit,
    Distance,
    Escaped,
    ExerciseAudit,
    KnowNothing,
    Loss,
    Margins,
    NamedDistance,
    PaidPart,
    Template,
    Variant,
    VariantMutants,
    Version,
    Waived,
)
from grader.records.bank import Origin
from grader.records.bar import Bar
from grader.records.shortcomings import (
    KnowNothingScores,
    NearlyRight,
    NoDifference,
    NothingGuards,
    NoVariantTried,
    StaleWaiver,
    TemplateScores,
    TooFewKilled,
    UnguardedPart,
    VariantRejected,
)
from tests.report.samples import HOSTILE

RIGHT_LIMIT, WRONG_LIMIT = 1e3, 5e11
LONGER, HOSTILE_ADVICE = (
    DrawMore(Origin("extreme", "T", "1"), 3, 4, 5, 200),
    DrawMore(Origin("example", note=HOSTILE), 1, 1, 1, 1),
)


def version(name, fate="killed", **more):
    kind = more.pop("kind", name.split(".")[-2] if "." in name else "misconception")
    fields = {
        "sentence": "It behaves as if two terms were swapped.",
        "line": 12,
        "change": "W @ x → x @ W",
        "killed_by": {"killed": 7, "weak": 1}.get(fate, 0),
        "off": {"killed": 1.2e15, "weak": 3e14, "remark": 2e8}.get(fate, 0.0),
    }
    return Version(id=name, kind=kind, fate=fate, **(fields | more))


def margins(**more):
    found = {
        "right": NamedDistance(0.82, "tests/submissions/assignment3/100_loops.py"),
        "imprecise": (NamedDistance(2.1e8, "tests/submissions/assignment3/100_float32.py"),),
        "wrong": NamedDistance(5.3e14, "rnn_step.repeat_activation.1"),
        "right_limit": RIGHT_LIMIT,
        "wrong_limit": WRONG_LIMIT,
    }
    return Margins(**(found | more))


def audit(exercises, variants, **more):
    fields = {
        "assignment": "assignment3",
        "title": "Week 3: teaching networks to remember",
        "reference": "reference/assignment3.py",
        "bar": Bar(),
        "template": Template("student_template/assignment3", {exercise.id: 0.0 for exercise in exercises}),
        "bank": "3f6c0f5ab1c2d3e4f5060718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c",
        "version": "0.1.0",
    }
    return Audit(exercises=tuple(exercises), variants=tuple(variants), **(fields | more))


PROVEN_ONE = ExerciseAudit(
    "rnn_step",
    "One step of a recurrent network",
    10,
    (
        version("rnn_step.transpose.1"),
        version("rnn_step.drop_term.1", killed_by=41),
        version("rnn_step_bias_outside", sentence="You add the bias after the tanh."),
        version("rnn_step.float32.1", "remark"),
        version("rnn_step.change_input_in_place.1", "remark", off=0.0),
        version("rnn_step.clipping.1", "survivor", waived="a tanh never leaves [-1, 1]"),
    ),
    margins(),
    waivers=(Waived("rnn_step.clipping.1", "a tanh never leaves [-1, 1]", ("rnn_step.clipping.1",)),),
)
OPEN_ONE = ExerciseAudit(
    "bptt",
    "Backpropagation through time",
    20,
    (
        version("bptt.time_index.1"),
        version("bptt.time_index.2", "weak", advice=LONGER),
        version("bptt.scale.3", "survivor", off=7e11, change="loss / T → loss", advice=WriteExamples(200)),
        version("bptt.clipping.1", "survivor", off=4e4),
        version("bptt.broadcast.1", "survivor", off=None),
        version("bptt_forgets_dh", "survivor", line=204, change="bptt as bptt_forgets_dh"),
        version("rnn_step_bias_outside", "weak", kind="inherited", killed_by=2),
        version("bptt.aliasing.1", killed_by=0),
        version("bptt.swap_comparison.1", "alike", change="n > 1 → n >= 1", advice=FoundAlike(4000)),
    ),
    margins(imprecise=(), wrong=None, literal=True),
    waivers=(Waived("bptt.old.*", "it was once the same", ()),),
    stale=(
        StaleWaiver("bptt", "bptt.old.*", "unknown"),
        StaleWaiver("bptt", "bptt.time_index.1", "killed", ("bptt.time_index.1",)),
        StaleWaiver("bptt", "*.float32.*", "remark"),
        StaleWaiver("bptt", "bptt.*", "killed", ("bptt.time_index.1", "bptt.aliasing.1")),
    ),
    unguarded=(UnguardedPart("bptt", "output", "dh0", 2, 40),),
)
VARIANT = Variant(
    "tests/submissions/assignment3/100_loops.py",
    100,
    100,
    distances={"rnn_step": Distance(0.82)},
    mutants=(
        VariantMutants("rnn_step", 60, 58),
        VariantMutants("bptt", 40, 38, (Escaped(91, "range(T) → range(T - 1)", LONGER),)),
    ),
)
REJECTED = Variant(
    "assignments/assignment3/right/list.py", 90, 100, lost=(Loss("One step", problem="Check the shape of `h`."),)
)
UNGRADED = Variant("assignments/assignment3/right/hangs.py", None, 100, lost=(Loss("", problem="Not graded."),))

REACHED = audit([PROVEN_ONE], [VARIANT])
SHORT_OF_IT = audit(
    [PROVEN_ONE, OPEN_ONE],
    [VARIANT, REJECTED, UNGRADED],
    template=Template("student_template/assignment3", {"rnn_step": 1.0, "bptt": 0.0}),
    know_nothing=(
        KnowNothing("zeros", 2.5, (PaidPart("bptt", "raises", "ValueError", 2.5, "it is below 0"),)),
        KnowNothing("nan", None),
    ),
    failures=(TooFewKilled(9, 13, 1.0, 3), NoDifference("bptt_forgets_dh"), KnowNothingScores("zeros", 2.5, 1.0)),
    warnings=(NearlyRight("bptt", "near", 100),),
)
ALONE = audit([PROVEN_ONE], [], template=None)
HOSTILE_AUDIT = audit(
    [
        ExerciseAudit(
            "hostile",
            HOSTILE,
            1,
            (
                version(HOSTILE, "survivor", kind="swap", change=HOSTILE, advice=HOSTILE_ADVICE),
                version("x.y.1", "weak", waived=HOSTILE),
            ),
            margins(right=NamedDistance(1.0, HOSTILE), wrong=NamedDistance(1e15, HOSTILE)),
            waivers=(Waived(HOSTILE, HOSTILE, ("x.y.1", HOSTILE)),),
            stale=(StaleWaiver("hostile", HOSTILE, "unknown"), StaleWaiver("hostile", HOSTILE, "killed", (HOSTILE,))),
            unguarded=(UnguardedPart("hostile", "raises", HOSTILE, 1, 3, HOSTILE),),
        )
    ],
    [
        Variant(
            HOSTILE,
            1,
            1,
            mutants=(VariantMutants(HOSTILE, 3, 1, (Escaped(1, HOSTILE, HOSTILE_ADVICE),)),),
        ),
        Variant(HOSTILE, 0, 1, lost=(Loss(HOSTILE, problem=HOSTILE),)),
    ],
    title=HOSTILE,
    reference=HOSTILE,
    template=Template(HOSTILE, {HOSTILE: 1.0}),
    know_nothing=(KnowNothing("echo", 1.0, (PaidPart("hostile", "property", HOSTILE, 1.0, HOSTILE),)),),
    failures=(
        NoDifference(HOSTILE),
        StaleWaiver(HOSTILE, HOSTILE, "unknown"),
        NothingGuards(HOSTILE, 1),
        UnguardedPart(HOSTILE, "property", HOSTILE, 1, 3),
        VariantRejected(HOSTILE, 0, 1),
        TemplateScores(HOSTILE, HOSTILE, 1),
    ),
    warnings=(NearlyRight(HOSTILE, HOSTILE, 100), NoVariantTried(HOSTILE, HOSTILE)),
)
AUDITS = {"reached": REACHED, "short": SHORT_OF_IT, "alone": ALONE, "hostile": HOSTILE_AUDIT}
