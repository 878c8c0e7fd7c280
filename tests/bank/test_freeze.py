"""Freezing, from the outside: :mod:`grader.bank.freeze` and the work of :mod:`grader.bank.freezer`."""

import numpy as np
import pytest
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.bank.freeze import freeze, inputs_sha256, manifest
from grader.bank.join import join
from grader.course.secret import CourseSecret
from grader.records.assignment import (
    Assignment,
    Cases,
    Choices,
    Custom,
    Example,
    Exercise,
    Integers,
    Interval,
    Limits,
    Output,
    Reals,
    SameAs,
)
from grader.records.bank import ExerciseBank, Origin
from grader.records.errors import Mistake, ReferenceFault, SandboxFault
from grader.records.raises_check import RaisesCheck
from grader.records.run import Frame, Raised, TimedOut
from grader.records.values import leaves
from grader.sandbox.fake import FakeSandbox

DIMS = {"D": Interval(low=1, high=4), "H": Interval(low=1, high=4)}
STEP = Exercise(
    id="step",
    title="A step",
    points=1,
    inputs={"x": Reals(shape=("D", 1)), "W": Reals(shape=("H", "D"))},
    run="h = step(x, W)",
    outputs={"h": Output(shape=("H", 1))},
    dims=DIMS,
)
UNTIL = Exercise(
    id="until",
    title="Steps until",
    points=1,
    inputs={"rate": Reals(range=(0, 1)), "n": Integers((0, 5))},
    run="y = until(rate, n)",
    outputs={"y": Output(shape=())},
    cases=Cases(public=6, hidden=10),
)


def step(x, W):
    return np.tanh(W @ x)


def until(rate, n):
    if rate == 1:
        raise ValueError("never")
    return n / (1 - rate)


def frozen(*exercises, seed=0, custom=None, run=None, **names):
    """The bank of a course of these exercises, with every mistake in any of them."""
    sandbox = FakeSandbox({"step": step, "until": until, **names})
    assignment = Assignment(id="week", title="Week", module="week.py", exercises=exercises, seed=seed)
    banks, mistakes = {}, []
    for index, exercise in enumerate(exercises):
        try:
            draws = CourseSecret(bytes(16), "here").draws(assignment)
            found = freeze(assignment, index, draws, run=run or (lambda _, job: sandbox.run(job)), custom=custom or {})
        except ReferenceFault as fault:
            mistakes += fault.mistakes
        else:
            made = manifest(assignment, exercise.id, "a key", found.cases)
            banks[exercise.id] = ExerciseBank(made, found.cases, tuple, tuple, lambda found=found: found.sifted)
    if mistakes:
        raise ReferenceFault(mistakes)
    return join(assignment, banks, {}, inputs_sha256({name: bank.cases for name, bank in banks.items()}))


def faults(*exercises, **given):
    with pytest.raises(ReferenceFault) as caught:
        frozen(*exercises, **given)
    return caught.value.mistakes


def the_fault(*exercises, **given) -> Mistake:
    (mistake,) = faults(*exercises, **given)
    return mistake


# ── what comes out ────────────────────────────────────────────────────────────────────────────────────────────────


def test_cases_are_numbered_public_ones_first():
    cases = frozen(STEP).cases["step"]

    assert [case.id for case in cases] == [f"step/{number}" for number in range(1, 51)]
    assert [case.public for case in cases] == [True] * 10 + [False] * 40


def test_cases_expect_what_the_reference_gives():
    for case in frozen(STEP).cases["step"]:
        assert np.array_equal(case.expected["h"], step(**case.inputs))
        assert case.inputs["W"].shape == (case.sizes["H"], case.sizes["D"])


def test_arrays_of_a_bank_are_read_only():
    values = [leaf for case in frozen(STEP).cases["step"] for leaf in leaves([case.inputs, case.expected])]

    assert len(values) == 150
    assert not any(value.flags.writeable for value in values)


def test_the_manifest_says_what_the_cases_were_made_from():
    assignment = Assignment(id="week", title="Week", module="week.py", exercises=(STEP,), seed=3)
    cases = frozen(STEP, seed=3).cases["step"]
    found = manifest(assignment, "step", "a key", cases)

    assert (found.exercise, found.key, found.seed) == ("step", "a key", 3)
    assert set(found.versions) == {"python", "numpy", "hypothesis", "grader"}
    assert found.inputs_sha256 == inputs_sha256({"step": cases})


def test_inputs_are_the_same_every_time_and_differ_by_seed_and_exercise():
    first, again, other = frozen(STEP), frozen(STEP), frozen(STEP, seed=1)
    renamed = frozen(replace(STEP, id="another"))

    assert first.inputs_sha256 == again.inputs_sha256
    assert len({bank.inputs_sha256 for bank in (first, other, renamed)}) == 3


def test_the_hash_of_inputs_does_not_look_at_outputs():
    one, other = frozen(STEP), frozen(STEP, step=lambda x, W: W @ x)

    assert one.inputs_sha256 == other.inputs_sha256


def test_the_hash_of_inputs_knows_their_order():
    cases = frozen(STEP).cases["step"]

    assert inputs_sha256({"step": cases}) != inputs_sha256({"step": cases[::-1]})


def test_seconds_are_stretched_to_all_that_is_tried_and_repeats_are_salted():
    sandbox, jobs = FakeSandbox({"step": step}), []

    def run(exercise, job):
        jobs.append(job)
        return sandbox.run(job)

    frozen(replace(STEP, cases=Cases(public=4, hidden=4), limits=Limits(seconds=3)), run=run)

    edges, drawn = jobs[0], jobs[2]
    assert (len(edges.inputs), edges.limits.seconds) == (11, 6)
    assert (len(drawn.inputs), drawn.limits.seconds) == (8, 3)
    assert [job.salt for job in jobs] == [0, 1] * 4
    assert jobs[1] == replace(edges, salt=1)


# ── what is replaced ──────────────────────────────────────────────────────────────────────────────────────────────


def test_inputs_on_which_the_reference_raises_are_replaced():
    cases = frozen(UNTIL).cases["until"]

    assert len(cases) == 16
    assert all(case.inputs["rate"] < 1 for case in cases)


def test_a_reference_that_breaks_on_some_inputs_is_told_and_not_spared_them():
    def off_by_one(x, W):
        return W @ x if len(x) == 1 else [][len(x)]

    mistake = the_fault(STEP, step=off_by_one)

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise step: run")
    assert mistake.message.startswith("raises on an input that its domains allow: IndexError")


def test_what_numpy_refuses_is_no_answer_of_the_reference():
    """A shape that was mistaken in the file fits now and then, and all cases would be of those sizes."""
    sandbox = FakeSandbox({"step": lambda x, W: W @ W @ x})

    def run(_, job):
        found = sandbox.run(job)
        line = Frame("reference.py", 2, "step", "return W @ W @ x")
        return replace(
            found, outcomes=[replace(o, frames=(line,)) if isinstance(o, Raised) else o for o in found.outcomes]
        )

    with pytest.raises(ReferenceFault) as caught:
        frozen(STEP, run=run)
    (mistake,) = caught.value.mistakes
    assert mistake.message.startswith("raises on an input that its domains allow: ValueError: matmul")
    assert "(line 2 of the reference, sizes " in mistake.message

    named = replace(STEP, raises=(RaisesCheck({"x": [[1.0], [2.0]], "W": [[1.0, 2.0]]}, "ValueError"),))
    assert len(frozen(named, run=run).cases["step"]) == 51


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_inputs_of_which_the_reference_makes_nan_by_accident_are_replaced():
    def picky(x, W):
        return np.sqrt(np.sign(x.sum() or 1.0)) * (W @ x)

    cases = frozen(STEP, step=picky).cases["step"]

    assert len(cases) == 50
    assert all(np.isfinite(case.expected["h"]).all() for case in cases)


def test_nan_and_infinities_that_are_meant_are_expected():
    def logarithms(x, W):
        with np.errstate(divide="ignore"):
            return np.log(np.abs(np.round(W @ x)))

    cases = frozen(STEP, step=logarithms).cases["step"]

    infinite = [case for case in cases if np.isinf(case.expected["h"]).any()]
    assert len(cases) == 50
    assert len(infinite) > 10


def test_a_small_domain_gives_fewer_cases():
    task = replace(UNTIL, inputs={"rate": Choices((0.5, 0.25)), "n": Integers((0, 2))})

    assert len(frozen(task).cases["until"]) == 6


def test_a_reference_that_fails_always_is_told_with_its_error():
    def broken(x, W):
        raise ValueError("W_hh")

    mistake = the_fault(STEP, step=broken)

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise step: run")
    assert mistake.message == "fails on every input that was drawn: ValueError: W_hh (sizes D = 1, H = 1)"


def test_drawing_ends_when_usable_inputs_are_too_rare():
    calls = []

    def hard(x, W):
        calls.append(x)
        if x.shape != (4, 1) or W.shape != (4, 4):
            raise ValueError("too hard")
        return W @ x

    cases = frozen(STEP, step=hard).cases["step"]

    assert 0 < len(cases) < 50
    assert len(calls) <= 2 * 2 * (16 + 8 * 50), "for public cases and for hidden ones"


# ── faults of the reference ───────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_shape_is_told_once_with_sizes():
    mistake = the_fault(STEP, step=lambda x, W: (W @ x)[:, 0])

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise step: outputs.h")
    shapes = "the shape (1,), declared is (H, 1) = (1, 1) (sizes D = 1, H = 1)"
    assert mistake.message == f"comes from the reference with {shapes}"


@pytest.mark.parametrize("output", [Output(), Output(shape=("H", 1))])
def test_a_reference_that_forgets_to_return_is_told(output):
    mistake = the_fault(replace(STEP, outputs={"h": output}), step=lambda x, W: None)

    assert mistake.path == "exercise step: outputs.h"
    assert mistake.message.startswith("is None: does the function of the reference return it?")


def test_none_may_be_an_answer_beside_others():
    last = replace(STEP, outputs={"h": Output()})
    cases = frozen(last, step=lambda x, W: None if x.size == 1 else W @ x).cases["step"]

    assert {case.expected["h"] is None for case in cases} == {True, False}


def test_an_output_that_is_never_set_is_told():
    mistake = the_fault(replace(STEP, outputs={"h": Output(), "c": Output()}))

    assert mistake.path == "exercise step: outputs.c"
    assert mistake.message.startswith("is never set by run: 'h = step(x, W)'")


def test_results_that_depend_on_chance_are_told():
    rng = np.random.default_rng(0)
    mistake = the_fault(STEP, step=lambda x, W: W @ x + rng.normal())

    assert mistake.message == "differs when the reference runs again: seed what it draws"


def test_a_reference_that_takes_too_long_is_told():
    sandbox = FakeSandbox({}, {"step": TimedOut(seconds=2.0, clock="cpu", scope="case")})
    mistake = the_fault(STEP, run=lambda exercise, job: sandbox.run(job))

    assert mistake.message.startswith("gets no answer from the reference: it was stopped after 2 s of computing")


def test_all_faults_of_all_exercises_are_told_at_once():
    def both(x, W):
        return (W @ x)[:, 0]

    two = replace(STEP, outputs={"h": Output(shape=("H", 1)), "c": Output()})
    found = faults(two, replace(UNTIL, examples=(Example({"rate": 0.5}),)), replace(STEP, id="last"), step=both)

    assert [(mistake.file, mistake.path) for mistake in found] == [
        ("assignment.yaml", "exercise step: outputs.h"),
        ("assignment.yaml", "exercise until: examples[0].inputs.n"),
        ("assignment.yaml", "exercise last: outputs.h"),
    ]


# ── worked figures ────────────────────────────────────────────────────────────────────────────────────────────────


def with_examples(*examples):
    return replace(UNTIL, examples=examples)


def test_worked_figures_are_the_first_cases():
    figures = (Example({"rate": 0.5, "n": 3}, {"y": 6}, note="slides"), Example({"rate": 0, "n": 1}))
    cases = frozen(with_examples(*figures)).cases["until"]

    assert [case.origin for case in cases[:2]] == [Origin("example", note="slides"), Origin("example")]
    assert cases[0].inputs == {"rate": 0.5, "n": 3}
    assert cases[0].expected == {"y": 6.0}
    assert (len(cases), sum(case.public for case in cases)) == (16, 6)


def test_sizes_of_a_worked_figure_follow_from_its_shapes():
    figure = Example({"x": [[1], [2], [3]], "W": [[1, 0, 0], [0, 1, 0]]}, {"h": [[0.76], [0.96]]})
    case = frozen(replace(STEP, examples=(figure,))).cases["step"][0]

    assert case.sizes == {"D": 3, "H": 2}
    assert case.inputs["x"].dtype == np.float64


def test_a_worked_figure_that_the_reference_does_not_give_is_a_mistake():
    mistake = the_fault(with_examples(Example({"rate": 0.5, "n": 3}, {"y": 6.02})))

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise until: examples[0].expect.y")
    assert mistake.message == "is 6.02, but to 2 decimals the reference gives another result: 6."


def test_an_expected_output_must_exist():
    mistake = the_fault(with_examples(Example({"rate": 0.5, "n": 3}, {"z": 6})))

    assert (mistake.path, mistake.message) == ("exercise until: examples[0].expect.z", "is no output: expected y")


def test_a_worked_figure_on_which_the_reference_raises_is_a_mistake():
    mistake = the_fault(with_examples(Example({"rate": 1.0, "n": 3}, {"y": 6})))

    assert mistake.path == "exercise until: examples[0]"
    assert mistake.message == ("gives nothing that can be expected: the reference says ValueError: never (sizes none)")


def test_a_worked_figure_that_does_not_fit_its_domain_is_a_mistake():
    mistake = the_fault(with_examples(Example({"rate": "fast", "n": 3})))

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise until: examples[0].inputs.rate")
    assert mistake.message == "expected one number, got 'fast'"


# ── inputs that must be refused ───────────────────────────────────────────────────────────────────────────────────


def refusing(error, **inputs):
    return replace(UNTIL, raises=(RaisesCheck(inputs, error, because="it never ends"),))


@pytest.mark.parametrize("error", ["ValueError", "Exception"])
def test_inputs_that_must_be_refused_are_public_cases(error):
    cases = frozen(refusing(error, rate=1.0, n=3)).cases["until"]
    case = cases[6]

    assert (case.raises, case.because, case.public) == (error, "it never ends", True)
    assert (case.inputs, case.expected) == ({"rate": 1.0, "n": 3}, {})
    assert case.origin == Origin("bad_input", error)
    assert [case.public for case in cases] == [True] * 7 + [False] * 10


@pytest.mark.parametrize(
    ("error", "rate", "did"),
    [
        ("KeyError", 1.0, "ValueError: never"),
        ("ValueError", 0.5, "it returns"),
        ("ValueError", "fast", "TypeError: "),
    ],
)
def test_the_reference_must_refuse_them_as_declared(error, rate, did):
    mistake = the_fault(refusing(error, rate=rate, n=3))

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise until: raises[0]")
    assert mistake.message.startswith(
        f"expects {error}, but that is not what the reference raises: {did.split(' (')[0]}"
    )


def test_an_input_that_is_missing_there_is_a_mistake():
    mistake = the_fault(refusing("ValueError", rate=1.0))

    assert mistake.path == "exercise until: raises[0].inputs.n"


# ── strategies of the author's own ────────────────────────────────────────────────────────────────────────────────

ASKING = Exercise(
    id="ask",
    title="Ask",
    points=1,
    inputs={"q": Custom("properties:words"), "other": SameAs("q")},
    run="y = len(q)",
    outputs={"y": Output()},
    cases=Cases(public=3, hidden=3),
)


def test_an_authors_strategy_is_drawn_from():
    bank = frozen(ASKING, custom={"words": lambda sizes: st.lists(st.sampled_from("abc"))})

    assert len(bank.cases["ask"]) == 6
    assert all(case.expected["y"] == len(case.inputs["q"]) for case in bank.cases["ask"])


def test_a_strategy_that_does_not_exist_is_a_mistake():
    mistake = the_fault(ASKING)

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise ask: inputs.q")
    assert mistake.message == "names words, but there is no such function"


def test_a_strategy_that_fails_is_a_mistake():
    def words(sizes):
        raise LookupError("no such size")

    mistake = the_fault(ASKING, custom={"words": words})

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise ask: inputs.q")
    assert mistake.message == "has a strategy of properties.py that fails: LookupError: no such size"


def test_a_strategy_that_gives_what_cannot_be_sent_is_a_mistake():
    found = faults(ASKING, custom={"words": lambda sizes: st.frozensets(st.integers(0, 3))})

    assert {mistake.path for mistake in found} == {"exercise ask: inputs.q", "exercise ask: inputs.other"}
    assert found[0].message == "takes a value that cannot be sent to a worker: frozenset"


def test_a_strategy_that_filters_out_everything_is_a_mistake():
    mistake = the_fault(ASKING, custom={"words": lambda sizes: st.nothing()})

    assert (mistake.file, mistake.path) == ("assignment.yaml", "exercise ask: inputs")
    assert mistake.message.startswith("cannot be drawn")


def test_a_domain_that_is_always_empty_is_a_mistake():
    mistake = the_fault(replace(UNTIL, inputs={"rate": Reals(), "n": Integers((3, 2))}))

    assert mistake.message.startswith("cannot be drawn: either some range is empty")


@pytest.mark.parametrize("exercise", [STEP, ASKING])
def test_faults_of_ours_are_not_blamed_on_an_author(exercise):
    def run(exercise, job):
        raise SandboxFault("no worker")

    with pytest.raises(SandboxFault, match="no worker"):
        frozen(exercise, run=run, custom={"words": lambda sizes: st.just([])})


def test_an_assignment_that_was_never_checked_is_refused_by_its_error():
    with pytest.raises(KeyError, match="nobody"):
        frozen(replace(STEP, inputs={"x": SameAs("nobody")}))
