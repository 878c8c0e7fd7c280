"""What is wrong with an output or a part, and what is right but worth a word: a sentence for every kind."""

import typing

import pytest

from grader.judge.tolerance import CALIBRATED, Rule, bound
from grader.records.assignment import Tolerance
from grader.records.breaches import Breach, SourceBroken
from grader.records.draw_share import DrawShare
from grader.records.run import CellFrame, Crashed, Frame, Raised
from grader.records.values import FOREIGN_KEYS, SAME_KEYS
from grader.records.verdict import (
    Bound,
    ButFor,
    Deviation,
    Ending,
    Fault,
    FaultName,
    LawBroken,
    LawUntried,
    NotRaised,
    Remark,
    RemarkKind,
    RuleBroken,
    Unearned,
    ValueForm,
)
from grader.report.words import problems
from grader.sandbox.protocol import READ_AS

ARRAY, NUMBER, PAIR = ValueForm("array"), ValueForm("number"), ValueForm("container", "list", size=2)
COLUMN, FLAT = ValueForm("array", "float64", (3, 1)), ValueForm("array", "float64", (3,))

FAULTS = [
    (Fault("missing", "never_set"), "was never set"),
    (Fault("missing", "keys"), "lacks keys that it should have"),
    (Fault("shape", "extra_keys"), "has keys that it should not have"),
    (Fault("type", "none"), "is None: a function that ends without return gives None"),
    (Fault("type", "none_within"), "is None, as what was not filled in yet is"),
    (Fault("type", "none_under_key", got="'h0'"), "is None: the key 'h0' is missing, or was not filled in"),
    (Fault("type", "named", ARRAY, "str"), "has the type str instead of an array"),
    (Fault("type", "named", NUMBER, "list"), "has the type list instead of a single number"),
    (
        Fault("type", "named", ARRAY, "array of objects (dtype=object)"),
        "has the type array of objects (dtype=object) instead of an array",
    ),
    (Fault("type", "named", PAIR, "dict"), "has the type dict instead of a list of 2 items"),
    (Fault("type", "named", ValueForm("container", "dict"), "list"), "has the type list instead of a dict"),
    (Fault("type", "named", PAIR, SAME_KEYS), "is a dict with keys that mean the same"),
    (
        Fault("type", "named", PAIR, FOREIGN_KEYS),
        "is a dict with keys that are no text, no numbers and no tuples of such",
    ),
    (Fault("shape", "items", within=True), "holds an item that has another number of items than it should"),
    (Fault("type", "none_within", within=True), "holds an item that is None, as what was not filled in yet is"),
    (Fault("type", "other", ARRAY), "is not an array"),
    (Fault("type", "other", NUMBER), "is not a single number"),
    (Fault("type", "other", ValueForm("text")), "is not text"),
    (Fault("type", "other", ValueForm("truth")), "is not True or False"),
    (Fault("type", "other", ValueForm("none")), "is not None"),
    (Fault("type", "empty"), "is empty"),
    (Fault("type", "not_numbers"), "is no array of numbers"),
    (Fault("shape", "another"), "has another shape than it should"),
    (Fault("shape", "items"), "has another number of items than it should"),
    (
        Fault("shape", "ones_became_a_number"),
        "is a single number instead of an array: np.squeeze, or a sum without keepdims=True, does this",
    ),
    (
        Fault("shape", "sum_over_everything"),
        (
            "is a single number instead of an array: a sum over everything, where one axis is meant, does this, "
            "and so does another result in its place"
        ),
    ),
    (
        Fault("shape", "no_single_number"),
        (
            "is an array where a single number is meant: a sum or a mean that is left out does this, "
            "and so does another result in its place"
        ),
    ),
    (Fault("shape", "transposed"), "is transposed"),
    (
        Fault("shape", "lacks_a_one"),
        "lacks a size of 1: np.squeeze, or a sum without keepdims=True, does this",
    ),
    (Fault("shape", "a_one_too_many"), "has a size of 1 too many"),
    (Fault("shape", "ones_elsewhere"), "has its sizes of 1 in another place"),
    (Fault("shape", "one_step"), "holds one step where all of them are meant"),
    (Fault("shape", "one_longer"), "is one longer than it should be"),
    (Fault("shape", "one_shorter"), "is one shorter than it should be"),
    (
        Fault("shape", "broadcast"),
        "was broadcast: a column combined with a row or a flat array, or `*` in place of `@`, does this",
    ),
    (Fault("shape", "dimensions", ValueForm("array", size=3), "2"), "has 2 dimensions instead of 3"),
    (Fault("shape", "dimensions", ValueForm("array", size=2), "1"), "has 1 dimension instead of 2"),
    (Fault("dtype", "dtype", ValueForm("array", "f"), "c"), "holds complex numbers instead of decimals"),
    (Fault("dtype", "dtype", ValueForm("array", "f"), "b"), "holds True/False values instead of decimals"),
    (Fault("dtype", "dtype", ValueForm("array", "u"), "O"), "holds no numbers instead of whole numbers"),
    (Fault("dtype", "cut"), "holds whole numbers: the decimals were cut off"),
    (
        Fault("nonfinite", "nan"),
        "holds NaN values: an overflow, a division by zero or a logarithm of zero does this",
    ),
    (
        Fault("nonfinite", "infinite"),
        "holds infinite values: an overflow, a division by zero or a logarithm of zero does this",
    ),
    (
        Fault("nonfinite", "nan_or_infinite"),
        "holds NaN or infinite values: an overflow, a division by zero or a logarithm of zero does this",
    ),
    (
        Fault("type", "stand_in", got="seaborn"),
        "is what seaborn gave back, and plotting is switched off while grading",
    ),
    (
        Fault("type", "stand_in", got="google.colab"),
        "is what google.colab gave back, and notebook tools are switched off while grading",
    ),
    (
        Fault("type", "stand_in", got="otter"),
        "is what otter gave back, and tools for tests are switched off while grading",
    ),
    (Fault("type", "stand_in"), "is what a helper module gave back, and it is switched off while grading"),
    (Fault("value", "numbers"), "has wrong values"),
    (Fault("value", "value"), "is not the expected one"),
    (Fault("value", "shares"), "is not drawn with the probabilities that it should be"),
    (Fault("value", "impossible"), "holds what can never be drawn, as its probability is 0"),
    (Fault("value", "never_changes"), "does not change with the inputs"),
    (
        Fault("precision", "digits"),
        "has too few right digits: float32, an added epsilon or rounding does this",
    ),
]


@pytest.mark.parametrize(("fault", "phrase"), FAULTS, ids=lambda value: getattr(value, "what", None))
def test_fault(fault, phrase):
    assert problems.fault(fault) == problems.problem(fault) == phrase


@pytest.mark.parametrize(
    ("share", "phrase"),
    [
        (
            DrawShare("2", 0.25, 331, 500, 63, 191),
            "2 came 331 times in 500 draws; with its probability of 0.25 it comes 63 to 191 times",
        ),
        (DrawShare("'ab'", 1.0, 1, 2, 2, 2), "'ab' came 1 time in 2 draws; with its probability of 1 it comes 2 times"),
        (DrawShare("9", 0.0, 1, 5, 0, 0), "9 came 1 time in 5 draws, and its probability is 0"),
        (DrawShare("0", 1e-17, 1, 5, 0, 0), "0 came 1 time in 5 draws, and its probability is 1e-17"),
    ],
)
def test_how_often_something_was_drawn(share, phrase):
    assert problems.draw_share(share) == problems.detail(Deviation(Fault("value", "shares"), share=share)) == phrase


def test_every_fault_has_its_words():
    assert {fault.what for fault, _ in FAULTS} == set(typing.get_args(FaultName))


def source(kind, *word_and_place, **more):
    return SourceBroken("m.py", (Breach(kind, *word_and_place, **more),))


@pytest.mark.parametrize(
    ("found", "phrase"),
    [
        (None, ""),
        (Ending("timed_out", limit=2, clock="cpu"), "does not finish: it was stopped after 2 s of computing"),
        (NotRaised("ValueError", Ending("returned")), "returns a value where it should raise ValueError"),
        (
            NotRaised("ValueError", Ending("raised", error="KeyError")),
            "should raise ValueError, but stops with KeyError",
        ),
        (
            NotRaised("ValueError", Ending("raised")),
            "should raise ValueError, but stops with an exception",
        ),
        (
            NotRaised("ValueError", Ending("not_run")),
            "should raise ValueError, but was not tried, because an earlier case ended the process",
        ),
        (RuleBroken("inputs_unchanged"), "changes an input in place, which is not allowed here"),
        (
            RuleBroken("repeatable"),
            "gives another result when the same inputs come again: it depends on chance or on earlier calls",
        ),
        (
            source("forbidden", "sorted", Frame("tools.py", 3, "")),
            "uses `sorted` in line 3 of tools.py, which is not allowed here",
        ),
        (
            source("forbidden", "for", CellFrame("cell 2", 4, "")),
            "uses `for` in cell 2, line 4, which is not allowed here",
        ),
        (
            source("looked_up", "eval", Frame("m.py", 3, "")),
            "looks names up by `eval` in line 3, which is not allowed here",
        ),
        (source("lacking", "np.einsum"), "does not use `np.einsum`, which is asked for here"),
        (source("too_long", count=41, limit=40), "takes 41 lines of code, helpers included, and 40 are allowed here"),
        (source("unreadable"), "is nested too deeply for its text to be looked through, which is needed here"),
        (LawBroken("|h| is 3.0"), "|h| is 3.0"),
        (
            LawBroken(),
            "does not hold for some of the hidden cases",
        ),
        (Unearned(), "Counts once an output is right in at least half of the cases."),
        (
            Unearned(at_end=True),
            "Counts once an output is right in at least half of the cases; where the code stops it is not.",
        ),
        (
            Unearned(or_fails=True),
            "Counts once it holds for hidden cases too, and an output is right in at least half of the cases.",
        ),
        (LawUntried(), "Could not be tried, because the code does not come to its end."),
        (
            LawUntried(outcome=Raised("ZeroDivisionError", "x", ("ZeroDivisionError",))),
            "Could not be tried: the code stops with ZeroDivisionError: x.",
        ),
        (
            LawUntried(outcome=Crashed(exit_code=3)),
            "Could not be tried: the code ends the whole Python process. Take out os._exit and the like.",
        ),
        (
            LawUntried(output="p", fault=Fault("type", "named", ARRAY, "str")),
            "Could not be tried: `p` has the type str instead of an array.",
        ),
        (LawUntried(output="p", fault=Fault("type", "empty")), "Could not be tried: `p` is empty."),
        (ButFor(("gate",)), "Right but for `gate`, which it builds on: the method earns its points."),
        (
            ButFor(("gate", "step")),
            "Right but for `gate` and `step`, which it builds on: the method earns its points.",
        ),
    ],
    ids=repr,
)
def test_problem(found, phrase):
    assert problems.problem(found) == phrase


@pytest.mark.parametrize(
    ("deviation", "phrase"),
    [
        (Deviation(Fault("missing", "never_set")), ""),
        (Deviation(Fault("missing", "keys"), keys=("'a'", "2")), "missing keys: 'a', 2"),
        (
            Deviation(Fault("type", "named", ARRAY, "str"), wanted=COLUMN, came=ValueForm("text")),
            "expected an array of shape (3, 1), got text",
        ),
        (
            Deviation(Fault("type", "none"), wanted=NUMBER, came=ValueForm("none")),
            "expected a single number, got None",
        ),
        (Deviation(Fault("shape", "extra_keys"), extra=("'b'",), extra_keys=1), "keys that were not asked for: 'b'"),
        (
            Deviation(Fault("missing", "keys"), keys=("'a'",), extra=("'A'", "3"), extra_keys=9),
            "missing keys: 'a'; keys that were not asked for: 'A', 3 and 7 more",
        ),
        (
            Deviation(Fault("value", "numbers"), wanted=ValueForm("array", "bool"), expected=1.0, got=0.0, total=1),
            "expected True, got False",
        ),
        (
            Deviation(Fault("type", "other", ARRAY), wanted=PAIR, came=ValueForm("foreign", "Secret")),
            "expected a list of 2 items, got Secret",
        ),
        (Deviation(Fault("shape", "lacks_a_one"), wanted=COLUMN, came=FLAT), "expected shape (3, 1), got (3,)"),
        (
            Deviation(
                Fault("shape", "items"),
                wanted=ValueForm("container", "list", size=1),
                came=ValueForm("container", "list", size=0),
            ),
            "expected 1 item, got 0",
        ),
        (
            Deviation(Fault("type", "other"), wanted=PAIR, came=ValueForm("container", "dict", size=0)),
            "expected a list of 2 items, got an empty dict",
        ),
        (
            Deviation(Fault("shape", "items"), wanted=PAIR, came=ValueForm("container", "tuple", size=3)),
            "expected 2 items, got 3",
        ),
        (
            Deviation(Fault("dtype", "dtype", ARRAY, "c"), wanted=FLAT, came=ValueForm("array", "complex128", (3,))),
            "expected dtype float64, got complex128",
        ),
        (Deviation(Fault("nonfinite", "nan"), wrong=2, total=6, nans=2), "2 of 6 elements are NaN"),
        (Deviation(Fault("nonfinite", "infinite"), wrong=1, total=6, infs=1), "1 of 6 elements are infinite"),
        (
            Deviation(Fault("nonfinite", "nan_or_infinite"), wrong=3, total=6, nans=2, infs=1),
            "3 of 6 elements are NaN or infinite",
        ),
        (Deviation(Fault("value", "numbers"), wanted=COLUMN, wrong=2, total=3), "2 of 3 elements differ"),
        (Deviation(Fault("dtype", "cut"), wanted=COLUMN, wrong=2, total=3), "2 of 3 elements differ"),
        (
            Deviation(Fault("value", "numbers"), wanted=ValueForm("array", "float64"), wrong=1, total=1),
            "the number differs",
        ),
        (
            Deviation(
                Fault("value", "value"), wanted=ValueForm("literal", "'abc'"), came=ValueForm("literal", "'abd'")
            ),
            "expected 'abc', got 'abd'",
        ),
        (
            Deviation(
                Fault("value", "numbers"), path=(1, "'a'"), wanted=ValueForm("array", "float64"), wrong=1, total=1
            ),
            "item 1: key 'a': the number differs",
        ),
    ],
    ids=lambda value: getattr(getattr(value, "fault", None), "what", None),
)
def test_detail(deviation, phrase):
    assert problems.detail(deviation) == phrase


REMARKS = [
    (Remark("single_precision", "h", got="float32"), "`h` computed in float32: float64 keeps more digits."),
    (Remark("other_dtype", "h", "int64", "float64"), "`h` holds whole numbers (int64) where decimals are meant."),
    (Remark("other_dtype", "h", "float64", "int64"), "`h` holds decimals (float64) where whole numbers are meant."),
    (Remark("few_digits", "h"), "`h` agrees to fewer digits than float64 has."),
    (Remark("zero_dimensional", "h"), "`h`: a 0-d array was read as a plain number."),
    (Remark("is_a_sequence", "h", got="list"), "`h`: a list was read as an array."),
    (Remark("is_a_sequence", "h", got="tuple"), "`h`: a tuple was read as an array."),
    (Remark("first_of_several", "h"), "`h` came as the first of several values; the others were not needed."),
    (Remark("is_an_array", "h", wanted="list"), "`h`: an array was read as a list."),
    (Remark("extra_keys", "h"), "`h` has keys beyond those asked for."),
    (Remark("read_as", "h", got="Counter"), "`h`: a Counter was read as a dict."),
    (Remark("changes_input", "x"), "Changes its input `x` in place."),
    (
        Remark("shares_memory", "h", got="x"),
        "`h` shares memory with the input `x`: changing one changes the other.",
    ),
    (
        Remark("prints_much", wanted=str(1 << 20)),
        "Prints more than 1 MiB in all cases together: what came after that was cut.",
    ),
    (
        Remark("stops_at_its_end", got="OSError"),
        "Stops with OSError once all outputs are set: they are compared all the same.",
    ),
]


@pytest.mark.parametrize(("remark", "sentence"), REMARKS, ids=lambda value: getattr(value, "kind", None))
def test_remark(remark, sentence):
    assert problems.remark(remark) == sentence


def test_every_way_of_reading_has_its_words():
    for way in READ_AS:
        assert " read as " in problems.remark(Remark("read_as", "h", got=way))


def test_every_remark_has_its_words():
    assert {remark.kind for remark, _ in REMARKS} == set(typing.get_args(RemarkKind))


@pytest.mark.parametrize(
    ("rule", "phrase"),
    [
        (None, ""),
        (bound(4.0, None, CALIBRATED), "within 0.0004, which leaves room for rounding and for float32"),
        (bound(1.0, 1e-14, CALIBRATED), "within 0.005, which leaves room for rounding and for float32"),
        (bound(1.0, 1e-16, Rule(precise=True)), "within 1e-13, a thousand times what rounding costs here"),
        (bound(4.0, None, Rule(Tolerance(rtol=1e-6, atol=1e-9))), "within 1e-09 plus 1e-06 of the expected value"),
        (Bound(atol=0.5), "within 0.5"),
        (Bound(rtol=0.01), "within 0.01 of the expected value"),
    ],
)
def test_bound(rule, phrase):
    assert problems.bound(rule) == phrase
