"""One submission through grading, with a sandbox that is a fake: no process, the same verdicts."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from msgspec.structs import replace

from grader.grading.grade import grade, ungraded
from grader.grading.phase import Author
from grader.records.assignment import Assignment, Exercise, Interval, Output, PropertyCheck, Reals
from grader.records.bank import Case, CaseBank, Diagnostics, Origin
from grader.records.errors import SandboxFault
from grader.records.raises_check import RaisesCheck
from grader.records.record import Record
from grader.records.report import Timing
from grader.records.run import (
    BadReply,
    Crashed,
    Frame,
    Isolation,
    Loaded,
    OutOfMemory,
    Raised,
    Returned,
    Run,
    Submission,
    TimedOut,
)
from grader.report import view
from grader.report.words import written
from grader.sandbox.fake import FakeSandbox

if TYPE_CHECKING:
    from grader.records.report import Report
    from grader.report.document import WrittenExercise

STEP = Exercise(
    id="rnn_step",
    title="One step",
    points=10,
    inputs={"x": Reals(shape=("D", 1)), "W": Reals(shape=("H", "D"))},
    run="h = rnn_step(x, W)",
    outputs={"h": Output(shape=("H", 1))},
    dims={"D": Interval(low=1, high=4), "H": Interval(low=1, high=4)},
)


def right(x, W):
    return np.tanh(W @ x)


def cases(exercise=STEP, public=4, hidden=6, function=right):
    """Cases of growing sizes; the public ones first."""
    rng = np.random.default_rng(0)
    found = []
    for number in range(public + hidden):
        D, H = 1 + number % 3, 2 + number % 2
        inputs = {"x": rng.normal(size=(D, 1)).round(2), "W": rng.normal(size=(H, D)).round(2)}
        found.append(
            Case(
                id=f"{exercise.id}/{number:03}",
                origin=Origin("distinct"),
                public=number < public,
                sizes={"D": D, "H": H},
                inputs=inputs,
                expected={"h": function(**inputs)},
            )
        )
    return tuple(found)


def bank(*exercises: Exercise, **found) -> CaseBank:
    exercises = exercises or (STEP,)
    assignment = Assignment(id="a3", title="Memory", module="memory.py", exercises=exercises)
    return CaseBank(
        assignment=assignment,
        inputs_sha256="0" * 64,
        cases={each.id: found.get(each.id, cases(each)) for each in exercises},
    )


SUBMISSION = Submission(module="memory.py", files={"memory.py": ""})


def reference(exercise, chosen):
    return [{"h": right(**case.inputs)} for case in chosen]


def graded(function=None, *, made=None, author=None, outcomes=None, **names) -> Report:
    if function is not None:
        names["rnn_step"] = function
    return grade(made or bank(), SUBMISSION, FakeSandbox(names, outcomes), author or Author(answers=reference))


def told(report: Report) -> WrittenExercise:
    """What is read of a report's first exercise."""
    return written.exercise(report.exercises[0])


def result(function=None, **options) -> WrittenExercise:
    return told(graded(function, **options))


def test_a_right_submission_gets_all_points():
    report = graded(right)
    assert (report.score, report.max_score) == (10.0, 10.0)
    step = told(report)
    assert (step.status, step.headline, step.counterexamples) == ("right", "Right.", ())
    assert (step.parts[0].public, step.parts[0].hidden) == (4, 6)


def test_wrong_values_are_told_with_a_minimised_counterexample_that_can_be_run():
    step = result(lambda x, W: W @ x)
    assert (step.status, step.earned, step.headline) == ("wrong", 0.0, "Check `h`: it has wrong values.")
    assert step.explanation[-1] == "All 4 public cases fail."
    shown, kept = step.counterexamples
    assert (shown.minimised, shown.hidden, kept.hidden) == (True, False, True)
    namespace = {"rnn_step": lambda x, W: W @ x}
    exec(shown.code.replace("from memory import rnn_step\n", ""), namespace)
    np.testing.assert_array_equal(namespace["h"], shown.outputs[0].got)
    np.testing.assert_array_equal(shown.outputs[0].expected, np.tanh(shown.inputs["W"] @ shown.inputs["x"]))
    assert all(max(value.shape) <= 3 and np.array_equal(value, np.round(value, 1)) for value in shown.inputs.values())


def test_without_a_reference_a_public_case_of_small_and_different_sizes_is_shown():
    step = result(lambda x, W: W @ x, author=Author())
    assert step.counterexamples[0].minimised is False
    assert (step.counterexamples[0].case, step.counterexamples[0].inputs["W"].shape) == ("rnn_step/001", (3, 2))


def test_a_mistake_that_only_hidden_cases_show_is_told_by_its_class():
    made = bank(rnn_step=cases(public=1))

    def wrong(x, W):
        return right(x, W) + (len(x) > 1)

    step = result(wrong, made=made)
    assert step.headline == "Try other sizes and values: the public cases pass, hidden ones do not."
    assert step.explanation == ("In 4 of 6 hidden cases `h` has wrong values.",)
    assert [example.hidden for example in step.counterexamples] == [True]
    assert view.student(graded(wrong, made=made)).exercises[0].counterexamples == ()


def test_a_missing_function_names_the_nearest_that_is_there():
    step = result(rnn_stp=right)
    assert (step.status, step.earned, step.headline) == ("missing", 0.0, "Define `rnn_step` in memory.py.")
    assert step.explanation == ("There is `rnn_stp`: if that is meant, rename it.",)
    assert result(other=right).explanation == ("The name must be exactly `rnn_step`.",)


def test_a_file_that_stopped_before_the_function_was_defined_says_so():
    frames = (Frame(file="memory.py", line=3, function="<module>"),)
    problem = Raised(error="ImportError", message="no torch", frames=frames)

    class Stopped(FakeSandbox):
        def load(self):
            return Loaded(problem=problem)

    report = grade(bank(), SUBMISSION, Stopped({}), Author())
    document = written.written(report)
    assert document.problem == "memory.py stops in line 3 with ImportError."
    assert document.error == "ImportError: no torch"
    assert document.traceback == frames
    assert document.exercises[0].headline == "Not reached: memory.py stops in line 3."


def test_an_unfinished_function_is_not_called_wrong():
    def todo(x, W):
        raise NotImplementedError

    step = result(todo)
    assert (step.status, step.earned) == ("unfinished", 0.0)
    assert step.headline == "Not done yet: `rnn_step` raises NotImplementedError."


def test_other_parameters_than_asked_for():
    step = result(lambda x: x)
    assert step.headline == "Check the parameters of `rnn_step`."
    assert step.explanation[:2] == ("Yours takes (x).", "It is used like this: h = rnn_step(x, W)")
    assert "takes 1 positional argument but 2 were given" in step.error


def test_results_that_cannot_be_taken_apart():
    exercise = Exercise(**{**fields(STEP), "run": "h, c = rnn_step(x, W)"})
    step = result(lambda x, W: 3.0, made=bank(exercise))
    assert step.headline.startswith("Check what `rnn_step` gives back: ")
    assert "cannot unpack" in step.headline


@pytest.mark.parametrize(
    ("outcome", "headline", "advice"),
    [
        (
            TimedOut(seconds=2, clock="cpu", scope="case"),
            "`rnn_step` does not finish: it was stopped after 2 s of computing.",
            "Look for a loop",
        ),
        (Crashed(signal="SIGSEGV"), "`rnn_step` crashes Python itself.", "Very deep recursion"),
        (
            Crashed(exit_code=0),
            "`rnn_step` ends the whole Python process.",
            "Take out os._exit",
        ),
        (
            OutOfMemory(limit=1 << 30, message="Unable to allocate 74.5 GiB for an array with shape"),
            "`rnn_step` needs more than 1 GiB of memory.",
            "The largest array asked for has 74.5 GiB",
        ),
        (
            OutOfMemory(limit=1 << 30, message="Unable to allocate 7.63 MiB for an array with shape"),
            "`rnn_step` needs more than 1 GiB of memory.",
            "The last array asked for has only 7.63 MiB, so much is kept at once",
        ),
        (OutOfMemory(limit=64 << 20), "`rnn_step` needs more than 64 MiB of memory.", "Look for a list"),
        (
            BadReply(detail="?"),
            "`rnn_step` disturbs the way back to the grader, so that no answer could be read.",
            "Do not write",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Record) else None,
)
def test_each_outcome_has_its_sentence(outcome, headline, advice):
    step = result(right, outcomes={"rnn_step": outcome})
    assert (step.status, step.earned, step.headline) == ("wrong", 0.0, headline)
    assert step.explanation[0].startswith(advice)


@pytest.mark.parametrize(
    ("error", "message", "advice"),
    [
        ("EOFError", "input() is not available while grading", "Take values as arguments"),
        ("AttributeError", "module 'numpy' has no attribute 'float'.", "NumPy no longer has np.float: write float."),
        ("ModuleNotFoundError", "No module named 'torch'", "torch is not available here"),
        ("NameError", "name 'W_hh' is not defined", "W_hh is unknown where it is used"),
        ("SystemExit", "", "The code ends Python with exit()"),
        ("RecursionError", "maximum recursion depth exceeded", "A function calls itself without end."),
        ("SyntaxError", "Missing parentheses in call to 'print'. Did you mean print(...)?", "This is Python 2"),
    ],
)
def test_well_known_errors_come_with_advice(error, message, advice):
    frames = (Frame(file="memory.py", line=4, function="rnn_step", text="boom"),)
    outcome = Raised(error=error, message=message, ancestors=(error,), frames=frames)
    step = result(right, outcomes={"rnn_step": outcome})
    assert step.headline == f"`rnn_step` stops in line 4 with {error}."
    assert step.explanation[0].startswith(advice)
    assert (step.traceback, step.error) == (frames, f"{error}: {message}" if message else error)


def test_submissions_on_one_bank_do_not_know_of_each_other():
    made = bank()
    scores = [graded(function, made=made).score for function in (right, lambda x, W: W @ x, right)]
    assert scores == [10.0, 0.0, 10.0]


def test_chance_is_found_out():
    class Chance(FakeSandbox):
        def run(self, job):
            ran = super().run(job)
            if not job.salt:
                return ran
            return Run(outcomes=tuple(Returned(outputs={"h": np.zeros(1)}) for _ in ran.outcomes))

    step = told(grade(bank(), SUBMISSION, Chance({"rnn_step": right}), Author()))
    assert (step.status, step.earned) == ("wrong", 0.0)
    assert step.headline.startswith("`rnn_step` gives another result when the same inputs come again")


class Changing(FakeSandbox):
    """Says of every case that ``x`` was changed and that ``h`` is a view of it."""

    def run(self, job):
        outcomes = super().run(job).outcomes
        return Run(
            outcomes=tuple(Returned(outputs=each.outputs, changed=("x",), aliased=(("h", "x"),)) for each in outcomes),
            stdout="debug\n",
        )


def test_changed_inputs_are_a_remark():
    step = told(grade(bank(), SUBMISSION, Changing({"rnn_step": right}), Author()))
    assert (step.status, step.earned, step.printed) == ("right", 10.0, "debug\n")
    assert step.remarks == (
        "Changes its input `x` in place.",
        "`h` shares memory with the input `x`: changing one changes the other.",
    )


def test_changed_inputs_cost_the_outputs_where_the_exercise_says_so():
    strict = Exercise(**{**fields(STEP), "inputs_unchanged": "required"})
    step = told(grade(bank(strict), SUBMISSION, Changing({"rnn_step": right}), Author()))
    assert (step.earned, step.headline) == (0.0, "`rnn_step` changes an input in place, which is not allowed here.")


def fields(record):
    return {name: getattr(record, name) for name in record.__struct_fields__}


LAWFUL = Exercise(
    **{**fields(STEP), "properties": (PropertyCheck(check="bounded", title="h lies between -1 and 1", points=4),)}
)


def bounded(student, case):
    h = student.run({**case.inputs, "x": case.inputs["x"] * 100})["h"]
    return None if np.all(np.abs(h) <= 1) else f"|h| is {np.abs(h).max():.1f}"


def test_a_property_earns_its_own_points():
    author = Author({"bounded": bounded})
    assert graded(right, made=bank(LAWFUL), author=author).score == 10.0
    step = result(lambda x, W: np.clip(W @ x, -1, 1), made=bank(LAWFUL), author=author)
    assert (step.status, step.earned) == ("wrong", 0.0)  # none of its results is right: a law alone is no knowledge
    assert step.parts[1].problem == "Counts once an output is right in at least half of the cases."
    mostly = result(
        lambda x, W: right(x, W) if len(x) < 3 or len(W) < 3 else np.clip(W @ x, -1, 1),
        made=bank(LAWFUL),
        author=author,
    )
    assert (mostly.status, mostly.earned) == ("partly", 4.0)
    step = result(lambda x, W: right(x, W) if np.abs(x).max() < 9 else 9 * W @ x, made=bank(LAWFUL), author=author)
    assert (step.status, step.earned) == ("partly", 6.0)
    assert step.headline == "Look at a rule that should hold: h lies between -1 and 1."
    assert step.explanation[0].startswith("|h| is ")


def test_a_property_over_code_that_raises_says_that():
    def sometimes(x, W):
        return right(x, W) if np.abs(x).max() < 9 else 1 / 0

    step = result(sometimes, made=bank(LAWFUL), author=Author({"bounded": bounded}))
    assert step.explanation == ("Could not be tried: the code stops with ZeroDivisionError: division by zero.",)


@pytest.mark.parametrize("functions", [{}, {"bounded": lambda student, case: 1 / 0}])
def test_a_property_that_fails_by_itself_leaves_the_exercise_ungraded(functions):
    report = graded(right, made=bank(LAWFUL), author=Author(functions))
    step = told(report)
    assert (step.status, step.earned, report.score) == ("ungraded", None, None)
    assert "bounded" in step.explanation[0]


def test_what_a_property_fails_at_in_hidden_cases_alone_is_no_fault_but_not_right():
    """Values are for the submission to choose: by a fault it could say something of a hidden input."""
    made = bank(LAWFUL, rnn_step=cases(LAWFUL, public=1))

    def failing(student, case):
        return None if case.public else case.nothing

    report = graded(right, made=made, author=Author({"bounded": failing}))
    assert (told(report).status, report.score) == ("partly", 6.0)
    fault = "the property bounded itself failed with AttributeError: 'Case' object has no attribute 'nothing'"
    assert told(report).parts[1].problem == f"Could not be tried on a hidden case: {fault}."

    def broken(student, case):
        return None if case.public else "|h| is 2"

    other = graded(right, made=made, author=Author({"bounded": broken}))
    assert told(other).parts[1].problem == "does not hold for some of the hidden cases"
    shown = [replace(view.student(each), timing=Timing()) for each in (report, other)]
    assert repr(shown[0]) == repr(shown[1])
    assert told(shown[0]).parts[1].problem == "Some hidden cases fail."


def test_what_fails_while_a_method_is_tried_says_nothing_on_the_way(monkeypatch, caplog):
    def fails(*_):
        raise ValueError("0.123456")

    monkeypatch.setattr("grader.grading.follow_through.follow_through", fails)
    second = Exercise(**{**fields(STEP), "id": "second", "follow_through": ("rnn_step",)})
    wrong = FakeSandbox({"rnn_step": lambda x, W: W @ x})
    process = SimpleNamespace(run=wrong.run, begin=lambda: begun.append(True))
    begun: list[bool] = []
    report = grade(bank(STEP, second), SUBMISSION, wrong, Author({}, reference, process))
    assert [each.status for each in report.exercises] == ["wrong", "wrong"]
    assert begun == [True], "it is asked for smaller examples, and is there by then"
    assert caplog.messages == []


RAISING = Exercise(
    **{**fields(STEP), "raises": (RaisesCheck(inputs={}, error="ValueError", because="x must be a column"),)}
)


def test_bad_input_must_raise():
    bad = Case(
        id="rnn_step/bad",
        origin=Origin("bad_input", "ValueError"),
        public=True,
        sizes={"D": 1, "H": 1},
        inputs={"x": np.zeros(3), "W": np.zeros((1, 1))},
        raises="ValueError",
        because="x must be a column",
    )
    made = bank(RAISING, rnn_step=(*cases(), bad))

    def strict(x, W):
        if x.ndim != 2:
            raise ValueError
        return right(x, W)

    assert graded(strict, made=made).score == 10.0
    step = result(lambda x, W: np.tanh(W @ x) if x.ndim == 2 else x, made=made)
    assert (step.earned, step.status) == (5.0, "partly")
    assert step.headline == ("Let `rnn_step` raise ValueError for bad input. It returns a value.")
    assert step.counterexamples[0].inputs["x"].shape == (3,)


def test_a_mistake_that_cannot_be_named_costs_no_grade(monkeypatch, caplog):
    def fails(*_):
        raise ValueError("0.123456")

    monkeypatch.setattr("grader.diagnose.diagnose.diagnose", fails)
    diagnostics = Diagnostics(cases(), (), np.zeros((0, 0)))
    step = result(lambda x, W: W @ x, made=replace(bank(), diagnostics={"rnn_step": diagnostics}))
    assert (step.status, step.earned, step.diagnosis) == ("wrong", 0.0, ())
    assert caplog.messages == ["rnn_step: no mistake is named, for the grader met a ValueError"]


def test_a_sandbox_that_fails_while_a_mistake_is_named_costs_no_grade(monkeypatch):
    def fails(*_):
        raise SandboxFault("gone")

    monkeypatch.setattr("grader.diagnose.diagnose.diagnose", fails)
    diagnostics = Diagnostics(cases(), (), np.zeros((0, 0)))
    step = result(lambda x, W: W @ x, made=replace(bank(), diagnostics={"rnn_step": diagnostics}))
    assert (step.status, step.earned) == ("wrong", 0.0)


def test_one_exercise_that_cannot_be_graded_does_not_take_the_others_along():
    other = Exercise(**{**fields(STEP), "id": "other", "run": "h = other(x, W)", "properties": LAWFUL.properties})
    report = grade(bank(STEP, other), SUBMISSION, FakeSandbox({"rnn_step": right, "other": right}), Author())
    assert [step.status for step in report.exercises] == ["right", "ungraded"]
    assert report.score is None


def test_hidden_text_never_reaches_a_student():
    secret = "LEAKED 0.12345"
    kind = type(secret, (Exception,), {})

    def leaks(x, W):
        if len(x) > 1:
            print(secret)
            raise kind(secret)
        return right(x, W)

    class Loud(FakeSandbox):
        def run(self, job):
            ran = super().run(job)
            return Run(outcomes=ran.outcomes, stdout=secret if len(job.inputs) > 1 else "")

    staff = grade(bank(rnn_step=cases(public=1)), SUBMISSION, Loud({"rnn_step": leaks}), Author())
    report = view.student(staff)
    assert "LEAKED" not in repr(report)
    assert "LEAKED" not in repr(written.written(report))
    (part,), (whole,) = told(report).parts, told(staff).parts
    assert (part.problem, part.hidden_failed) == ("Some hidden cases fail.", None)
    assert (whole.problem, whole.hidden_failed) == ("stops with Exception", 4)


@pytest.mark.parametrize("broken", [False, True])
def test_a_fault_of_the_whole_grading_leaves_every_exercise_ungraded(broken):
    class WorkerPool:
        @property
        def isolation(self) -> Isolation:
            if broken:
                raise SandboxFault("it never came up")
            return Isolation(level=4, layers=("Landlock",))

    two = bank(STEP, replace(STEP, id="other"))
    report = ungraded(two, WorkerPool(), ZeroDivisionError("3.14"))
    assert (report.score, report.max_score, report.isolation.level) == (None, 20.0, 0 if broken else 4)
    assert [(each.id, each.status, each.earned) for each in report.exercises] == [
        ("rnn_step", "ungraded", None),
        ("other", "ungraded", None),
    ]
    assert [written.exercise(each).explanation for each in view.staff(report).exercises] == [
        ("ZeroDivisionError: 3.14",)
    ] * 2
    assert [written.exercise(each).explanation for each in view.student(report).exercises] == [()] * 2


class Chatty(FakeSandbox):
    """Prints more than it may, in hidden cases alone or in all."""

    def __init__(self, *, in_public: bool) -> None:
        super().__init__({"rnn_step": right})
        self._in_public = in_public

    def run(self, job):
        public = len(job.inputs) == len([case for case in cases() if case.public])
        return replace(super().run(job), cut=1 << 20 if self._in_public or not public else None)


@pytest.mark.parametrize("in_public", [True, False])
def test_printing_costs_nothing_and_is_told_of_public_cases_alone(in_public):
    report = grade(bank(), SUBMISSION, Chatty(in_public=in_public), Author(answers=reference))
    told = "Prints more than 1 MiB in all cases together: what came after that was cut."
    assert report.score == 10.0
    assert written.exercise(report.exercises[0]).remarks == ((told,) if in_public else ())
