"""A report in words: what goes where, and what is said once."""

import pytest
from msgspec.structs import replace

from grader.records.bank import Origin
from grader.records.report import (
    AllRight,
    CallFails,
    Deviates,
    Ends,
    ExerciseResult,
    GraderFailed,
    NotDone,
    NothingHandedIn,
    Report,
    Timing,
)
from grader.records.run import Crashed, Frame, Isolation, Raised, ReadRemark
from grader.records.verdict import (
    Bound,
    Counterexample,
    Deviation,
    Ending,
    Fault,
    LawBroken,
    NotRaised,
    OutputDetail,
    Part,
    PartKey,
    Remark,
    ValueForm,
)
from grader.report.words import endings, page, written

LOAD = Frame("memory.py", 3, "<module>", "import helpers")
CALL = Frame("memory.py", 7, "step", "boom()")
STOPS = Raised("ValueError", "no", ("ValueError", "Exception"), (CALL,))
WRONG = Fault("value", "numbers")
NUMBER = Deviation(WRONG, wanted=ValueForm("array", "float64"), where=(), expected=0.5, got=0.25, wrong=1, total=1)


def result(reason, *parts, **more):
    status = "right" if isinstance(reason, AllRight) else "wrong"
    return ExerciseResult("step", "A step", 10.0, 0.0, status, reason, parts=parts, **more)


def part(problem=WRONG, key=None, **more):
    fields = {"right": problem is None, "title": ""}
    return Part(key or PartKey("output", "h"), 1.0, 0.0, problem=problem, **(fields | more))


def example(outcome=None, **more):
    return Counterexample("step/1", Origin("any"), False, False, {}, {"W": 2, "H": 1}, "", outcome=outcome, **more)


def report(*exercises, **more):
    return Report("week", "Week 1", "memory.py", 0.0, 10.0, exercises, Isolation(4, ("Landlock",)), **more)


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (None, ""),
        ("no file memory.py was handed in", "no file memory.py was handed in."),
        ("Is it there?", "Is it there?"),
        (Raised("ImportError", "no torch", frames=(LOAD,)), "memory.py stops in line 3 with ImportError."),
        (
            Raised("NameError", "name 'W' is not defined"),
            (
                "memory.py stops with NameError. W is unknown where it is used: "
                "pass it as an argument, or define it in code of the file (or of a cell) that runs to its end."
            ),
        ),
        (
            Crashed(exit_code=1),
            "memory.py ends the whole Python process while it is imported. Take out os._exit and the like.",
        ),
    ],
)
def test_what_is_wrong_with_the_submission_as_a_whole(problem, sentence):
    assert written.written(report(problem=problem)).problem == sentence


def test_the_exception_that_importing_ended_with_is_told_in_pythons_own_words():
    document = written.written(report(problem=Raised("ImportError", "no torch", frames=(LOAD,))))
    assert (document.error, document.traceback) == ("ImportError: no torch", (LOAD,))
    document = written.written(report(problem=Crashed(exit_code=1)))
    assert (document.error, document.traceback) == ("", ())


def test_remarks_are_sentences_and_stand_ins_are_told():
    remarks = (ReadRemark("cells", "week3.ipynb"), ReadRemark("marked", "memory.py", "UTF-16"))
    document = written.written(report(remarks=remarks, stand_ins=("matplotlib", "public_tests")))
    assert document.remarks == (
        "read from the code cells of week3.ipynb.",
        "memory.py is UTF-16, which Python does not run: save it as UTF-8.",
        "matplotlib does nothing while grading: plots and notebook tools cost no marks.",
        "public_tests does nothing while grading: its tests are not run.",
    )


def test_times_are_in_the_order_of_their_names():
    timing = Timing(total=1.0, exercises={"walk": 0.5, "gate": 0.25})
    assert list(written.written(report(timing=timing)).timing.exercises) == ["gate", "walk"]


def test_what_student_code_wrote_is_cleaned():
    hostile = Raised("\x1b[31mE", "\x07\u202e", frames=(replace(LOAD, text="\x1b]0;x\x07h = 1"),))
    shown = written.written(report(result(Ends("step", hostile, "memory.py"), printed="a\x00b"), problem=hostile))
    assert not any(character in repr(shown) for character in (r"\x1b", r"\x07", r"\u202e", r"\x00"))


# ── an exercise ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_parts_and_examples_show_is_not_said_beside_them():
    parts = (part(), part(None, PartKey("output", "c")))
    found = written.exercise(result(Deviates("h", NUMBER), *parts, counterexamples=(example(),)))
    assert found.explanation == ("`c` is right; `h` is not.", "0 of 0 public cases fail.")
    assert found.beyond == ()
    alone = written.exercise(result(Deviates("h", NUMBER), part()))
    assert alone.beyond == ("0 of 0 public cases fail.",)


def test_the_cause_of_several_exercises_is_told_by_the_first():
    unknown = Raised("NameError", "name 'np' is not defined", ("NameError",), (CALL,))
    elsewhere = replace(unknown, frames=(replace(CALL, line=9),))
    reasons = (
        Deviates("h", NUMBER),
        Ends("step", unknown, "memory.py"),
        Ends("other", elsewhere, "memory.py"),
        Ends("step", STOPS, "memory.py"),
        Ends("other", STOPS, "memory.py"),  # the same line of the same helper
        Ends("other", replace(STOPS, frames=(replace(CALL, line=9),)), "memory.py"),
        Deviates("h", NUMBER),
        NotDone("step"),
        NotDone("other"),
        NotDone("gate", waits_for="sigmoid"),
        NothingHandedIn("memory.py"),
        AllRight(),
        AllRight(),
    )
    exercises = [replace(result(reason), id=f"e{number}") for number, reason in enumerate(reasons)]
    found = written.written(report(*exercises)).exercises
    assert {each.id: each.told_by for each in found if each.told_by} == {"e2": "e1", "e4": "e3", "e8": "e7"}
    assert [each.id for each in found if each.of_problem] == ["e10"]


def test_the_item_of_a_container_that_differs():
    deviation = replace(NUMBER, path=("'b'", 1))
    bound = Bound(atol=1e-6)
    output = OutputDetail("g", {"a": 1.0, "b": [1.0, 2.0]}, {"a": 1.0, "b": [1.0, 3.0]}, True, deviation, bound)
    shown = written.output(output)
    assert (shown.item, shown.item_expected, shown.item_got) == ("['b'][1]", 2.0, 3.0)
    assert written.output(replace(output, got=None)).item_got is None


def test_allowed_differences_of_all_examples_together():
    def wrong(name, bound, kind="value"):
        deviation = replace(NUMBER, fault=Fault(kind, "numbers"))
        return example(outputs=(OutputDetail(name, 1.0, 2.0, True, deviation, bound),))

    bounds = [("h", Bound(within=2e-4)), ("c", Bound(within=3e-6)), ("y", Bound(atol=0.5)), ("z", Bound(atol=0.5))]
    shown = [wrong(*each) for each in bounds] + [wrong("s", Bound(within=9.0), "shape")]
    found = written.written(report(result(Deviates("h", NUMBER), counterexamples=tuple(shown))))
    assert page.allowed(found.exercises) == (
        "Allowed: within 3e-06 to 0.0002, which leaves room for rounding and for float32.",
        "Allowed for `y` and `z`: within 0.5.",
    )


def test_the_exception_that_an_exercise_stops_with():
    stops = written.exercise(result(Ends("step", STOPS, "memory.py")))
    assert (stops.error, stops.traceback, stops.error_said) == ("ValueError: no", (CALL,), False)
    call = written.exercise(result(CallFails("step", Raised("TypeError", "no"), "h = step()")))
    assert (call.error, call.traceback, call.error_said) == ("TypeError: no", (), False)
    wrong = written.exercise(result(Deviates("h", NUMBER)))
    assert (wrong.error, wrong.traceback, wrong.error_said) == ("", (), True)


def test_the_text_of_a_fault_is_an_explanation():
    assert written.exercise(result(GraderFailed("it was 3.14"))).explanation == ("it was 3.14",)
    assert written.exercise(result(GraderFailed())).explanation == ()


def test_remarks_are_told_once():
    twice = Remark("changes_input", "x")
    assert written.exercise(result(AllRight(), remarks=(twice, twice))).remarks == ("Changes its input `x` in place.",)


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "title", "name", "shown"),
    [
        (PartKey("output", "h"), "", "h", "`h`"),
        (PartKey("raises", "ValueError", 2), "", "raises 2", "raises ValueError"),
        (PartKey("raises", "ValueError"), "x must be a column", "raises 1", "raises ValueError: x must be a column"),
        (PartKey("source", "source"), "", "source", "how it is written"),
        (PartKey("source", "source"), "no loops", "source", "how it is written: no loops"),
        (PartKey("property", "bounded"), "h lies between -1 and 1", "bounded", "h lies between -1 and 1"),
    ],
)
def test_what_a_part_is_called(key, title, name, shown):
    found = written.part(part(None, key, title=title), result(AllRight()))
    assert (found.kind, found.name, found.title, found.beyond) == (key.kind, name, shown, "")


@pytest.mark.parametrize(
    ("key", "problem", "beyond"),
    [
        (PartKey("output", "h"), WRONG, ""),
        (PartKey("output", "c"), WRONG, "Has wrong values."),
        (PartKey("property", "law"), LawBroken("Is it right?"), "Is it right?"),
        (PartKey("property", "law"), LawBroken("the largest is 3."), "the largest is 3."),
        (
            PartKey("property", "law"),
            LawBroken(),
            "Does not hold for some of the hidden cases.",
        ),
        (
            PartKey("raises", "ValueError"),
            NotRaised("ValueError", Ending("returned")),
            "Returns a value where it should raise ValueError.",
        ),
    ],
)
def test_what_is_wrong_with_a_part_stands_below_it_unless_the_headline_says_it(key, problem, beyond):
    found = written.part(part(problem, key), result(Deviates("h", NUMBER)))
    assert found.beyond == beyond
    assert found.problem


def test_of_a_right_part_nothing_is_said():
    found = written.part(part(None), result(Deviates("h", NUMBER)))
    assert (found.problem, found.beyond) == ("", "")


# ── counterexamples ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_traceback_says_is_not_said_again():
    shown = example(STOPS)
    assert written.example(shown, result(Ends("step", STOPS, "memory.py"))).ended == ""
    assert written.example(shown, result(Deviates("h", NUMBER))).ended == endings.outcome(STOPS)
    assert written.example(shown).ended == "It raised ValueError: no"
    assert written.example(example(), result(Ends("step", STOPS, "memory.py"))).ended == ""
    other = replace(STOPS, message="yes")
    assert (
        written.example(example(other), result(Ends("step", STOPS, "memory.py"))).ended == "It raised ValueError: yes"
    )


def test_an_output_of_a_counterexample():
    found = OutputDetail("h", 0.5, 0.25, deviation=NUMBER, bound=Bound(atol=0.125))
    shown = written.example(example(outputs=(found, OutputDetail("c", 1.0, shown=False))))
    h, c = shown.outputs
    assert (h.name, h.shown, h.expected, h.got, h.tolerance) == ("h", True, 0.5, 0.25, "within 0.125")
    deviation = h.deviation
    assert (deviation.kind, deviation.summary, deviation.detail) == ("value", "has wrong values", "the number differs")
    assert (deviation.where, deviation.expected, deviation.got, deviation.wrong, deviation.total) == (
        (),
        0.5,
        0.25,
        1,
        1,
    )
    assert (c.shown, c.got, c.deviation, c.tolerance) == (False, None, None, "")
    assert list(shown.sizes) == ["H", "W"]
