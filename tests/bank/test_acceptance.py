import re
from contextlib import nullcontext

import numpy as np
import pytest

from grader.bank.acceptance import agrees, judge, same, without_accidents
from grader.bank.plans import Candidate
from grader.records.assignment import Exercise, Output, Reals
from grader.records.bank import Origin
from grader.records.record import Foreign
from grader.records.run import BadReply, Crashed, Frame, NotRun, OutOfMemory, Raised, Returned, TimedOut

CANDIDATE = Candidate(origin=Origin("any"), sizes={"H": 2, "T": 3}, inputs={"x": 1.0})


def exercise(shape=None, **more):
    outputs = {"y": Output(shape, **more)}
    return Exercise(id="f", title="f", points=1, inputs={"x": Reals()}, run="y = f(x)\n", outputs=outputs)


def verdict(value, *, shape=None, again=None, strict=None, **more):
    first = Returned(outputs={"y": value})
    return judge(exercise(shape, **more), CANDIDATE, first, first if again is None else again, strict)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (np.ones((2, 1)), ("H", 1)),
        (0.5, ()),
        (np.float64(0.5), ()),
        ([1.0, 2.0], ("H",)),
        (np.ones(7), None),
        ("text", None),
        ({"dW": np.ones(2)}, None),
        (None, None),
        (True, None),
        (np.zeros((0, 2)), None),
    ],
)
def test_what_can_be_expected(value, shape):
    found = verdict(value, shape=shape)

    assert found.usable
    assert same(found.outputs["y"], value)


def test_expected_arrays_are_read_only_copies():
    value = [np.ones(2)]
    array = verdict(value).outputs["y"][0]

    assert not array.flags.writeable
    assert not np.shares_memory(array, value[0])


@pytest.mark.parametrize(
    ("value", "shape", "fault"),
    [
        (
            np.ones(2),
            ("H", 1),
            r"comes from the reference with the shape \(2,\), declared is \(H, 1\) = \(2, 1\) \(sizes H = 2, T = 3\)",
        ),
        (1.0, ("H",), r"comes from the reference with the shape \(\), declared is \(H,\) = \(2,\)"),
        ([[1.0], [1.0, 2.0]], ("H",), r"declared with the shape \(H,\), but is a list of uneven parts"),
        (np.ones(2), ("H - T",), "has no shape: 'H - T' is -1 .*: a size cannot be negative"),
        ({1, 2}, None, "holds what cannot be frozen, set"),
        ([Foreign("numpy.matrix")], None, "holds what cannot be frozen, numpy.matrix"),
    ],
)
def test_faults_of_outputs(value, shape, fault):
    found = verdict(value, shape=shape)

    assert not found.usable
    assert found.about == "y"
    assert re.search(fault, found.fault)


@pytest.mark.parametrize("outcome", [Returned(outputs={}, missing=("y",)), Returned(outputs={"z": 1})])
def test_an_output_that_is_never_set_is_a_fault(outcome):
    found = judge(exercise(), CANDIDATE, outcome, outcome)

    assert found.fault == "is never set by run: 'y = f(x)' (sizes H = 2, T = 3)"


@pytest.mark.parametrize(
    "value", [np.array([1.0, np.nan]), float("inf"), [np.float32("nan")], {"a": (1, complex("nan"))}]
)
def test_numbers_that_are_not_finite_are_an_error_of_these_inputs(value):
    found = verdict(value)

    assert (found.error, found.fault) == ("output y holds nan or inf", "")
    assert verdict(value, strict=Returned(outputs={"y": value})).usable
    for strict in (Raised("FloatingPointError", "overflow"), Returned(outputs={"y": 1.0}), Returned(outputs={})):
        found = verdict(value, strict=strict)
        said = "and NumPy warns of it: where it is meant, say `nonfinite: expected` at the output"
        assert found.error == f"output y holds nan or inf, {said}"
        assert verdict(value, strict=strict, nonfinite="expected").usable


@pytest.mark.parametrize(
    ("run", "error"),
    [
        ("y = np.log(np.array([0.0]))", FloatingPointError),
        ("y = np.exp(np.array([1e3]))", FloatingPointError),
        ("y = np.float64(0) / 0", FloatingPointError),
        ("y = np.nanmean(np.array([np.nan]))", RuntimeWarning),
        ("with np.errstate(divide='ignore'):\n    y = np.log(np.array([0.0]))", None),
        ("y = np.array([np.nan, 1.0]).sum()  # a remark", None),
        ("y = np.exp(np.array([-1e3]))", None),
        ("def f():\n    return -np.inf\ny = f()", None),
    ],
)
def test_an_accident_is_what_numpy_warns_of(run, error):
    names = {"np": np}
    with pytest.raises(error) if error else nullcontext():
        exec(without_accidents(run), names)
    assert ("y" in names) == (error is None)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ('raise ValueError("W and x do not fit")', True),
        ("    raise ValueError(", True),
        ("if n < 0: raise ValueError", True),
        ("return W @ x  # may raise a ValueError", False),
        ('return explain("what to raise", W @ x)', False),
        ("raised = W @ x", False),
        ('return explain(f"raise{W @ x}")', False),
        ('"""Where texts raise', False),
        ("W @ x)", False),
        ("", False),
    ],
)
def test_an_exception_is_meant_where_a_statement_raises_it(line, meant):
    frame = Frame(file="reference.py", line=3, function="step", text=line)
    outcome = Raised(error="ValueError", message="no", ancestors=("ValueError", "Exception"), frames=(frame,))

    assert judge(exercise(), CANDIDATE, outcome, outcome).meant == meant


def test_an_exception_is_an_error_of_these_inputs():
    outcome = Raised(error="KeyError", message="'h'", ancestors=("KeyError", "LookupError", "Exception"))
    found = judge(exercise(), CANDIDATE, outcome, outcome)

    assert found.error == "KeyError: 'h'"
    assert {"KeyError", "LookupError"} <= set(found.raised)


def test_a_case_that_was_not_run_is_no_fault_of_its_own():
    found = judge(exercise(), CANDIDATE, NotRun(), NotRun())

    assert not found.usable
    assert not found.fault


ENDINGS = [
    (TimedOut(seconds=2.0, clock="cpu", scope="case"), "it was stopped after 2 s of computing, the limit for one case"),
    (Crashed(signal="SIGSEGV"), r"it crashed Python with SIGSEGV: memory .* went too deep"),
    (Crashed(exit_code=3), "it ended Python itself with exit code 3"),
    (OutOfMemory(limit=1000), "it asked for more memory than the limit of 1,000 bytes"),
    (BadReply(detail="no frame"), "it gave no valid answer: something wrote where only the grader's worker may"),
]


@pytest.mark.parametrize(("outcome", "words"), ENDINGS)
def test_every_other_ending_is_a_fault(outcome, words):
    found = judge(exercise(), CANDIDATE, outcome, outcome)

    assert re.fullmatch(rf"gets no answer from the reference: {words} \(sizes H = 2, T = 3\)", found.fault)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        *ENDINGS,
        (Raised(error="ValueError", message="no"), "it raised ValueError: no"),
        (NotRun(), "it was not tried: an earlier case ended the program"),
    ],
)
def test_a_repeat_must_return_as_well(outcome, words):
    assert re.fullmatch(f"gets an answer, but not when it runs again: {words}", verdict(1.0, again=outcome).fault)


@pytest.mark.parametrize("again", [Returned(outputs={"y": 1.1}), Returned(outputs={}, missing=("y",))])
def test_another_result_on_a_repeat_is_a_fault(again):
    assert verdict(1.0, again=again).fault == "differs when the reference runs again: seed what it draws"


def test_last_bits_may_differ_on_a_repeat():
    assert verdict(np.ones(2), again=Returned(outputs={"y": np.ones(2) + 1e-15})).usable


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1.0, 1.0 + 1e-15, True),
        (1.0, 1.0 + 1e-6, False),
        (0.0, 0.0, True),
        (np.array([-np.inf, 1.0]), np.array([-np.inf, 1.0 + 1e-15]), True),
        (np.array([-np.inf, 1.0]), np.array([np.inf, 1.0]), False),
        (np.array([-np.inf, 1.0]), np.array([-np.inf, 1.1]), False),
        (float("nan"), float("nan"), True),
        (np.ones(2), np.ones(3), False),
        (np.ones((0, 2)), np.ones((0, 3)), False),
        (np.array([1e9, 0.0]), np.array([1e9, 1e-3]), True),
        (np.arange(3), np.arange(3), True),
        (np.arange(3), np.arange(1, 4), False),
        (True, False, False),
        ("a", "b", False),
        (None, None, True),
        ([1.0, "a"], [1.0, "a"], True),
        ([1.0], [1.0, 2.0], False),
        ([1.0], (1.0,), False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, {"a": 2}, False),
        (1.0, None, False),
    ],
)
def test_same(one, other, equal):
    assert same(one, other) is equal


@pytest.mark.parametrize(
    ("value", "expect", "places", "right"),
    [
        (0.2913, 0.29, 2, True),
        (0.2951, 0.29, 2, False),
        (0.125, 0.12, 2, True),
        (0.125, 0.13, 2, True),
        (np.array([[0.2913], [-0.0997]]), [[0.29], [-0.10]], 2, True),
        (np.array([[0.2913], [-0.0997]]), [0.29, -0.10], 2, False),
        (44, 44, 2, True),
        (44, 43, 0, False),
        (0.0006, 0.0006, 4, True),
        (0.0007, 0.0006, 4, False),
        (True, True, 2, True),
        ("cat", "cat", 2, True),
        ("cat", "dog", 2, False),
        (None, None, 2, True),
        ([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]], 2, True),
        (1.0, "1.0", 2, False),
        (np.array([-np.inf, 0.5]), [-np.inf, 0.5], 2, True),
        (np.array([-np.inf, 0.5]), [np.inf, 0.5], 2, False),
        (np.array([-np.inf, 0.5]), [-np.inf, 0.6], 2, False),
        (np.array([np.nan]), [np.nan], 2, True),
        (np.array([1.0]), [np.inf], 2, False),
        (["yelled", "at"], ["yelled", "at"], 2, True),
        (["yelled", "at"], ["yelled"], 2, False),
        (("yelled", 0.4167), ["yelled", 0.42], 2, True),
        (np.array([1.0, 2.0]), [[1.0], [1.0, 2.0]], 2, False),
        ({"W": np.array([0.291])}, {"W": [0.29]}, 2, True),
        ({"W": np.array([0.291])}, {"W": [0.3]}, 2, False),
        ({"W": 1}, {"b": 1}, 2, False),
        ({("the", "cat"): 2, ("cat", "sat"): 1}, [[["cat", "sat"], 1], [["the", "cat"], 2]], 2, True),
        ({("the", "cat"): 2, ("cat", "sat"): 1}, [[["the", "cat"], 2]], 2, False),
        ({0: 0.4167}, [[0, 0.42]], 2, True),
        ({0: 0.4167}, [[0, 0.41]], 2, False),
        ({0: 1}, [[{"a": 1}, 1]], 2, False),
        ({0: 1}, 1, 2, False),
        ({}, [], 2, True),
    ],
)
def test_worked_figures_agree_to_their_decimals(value, expect, places, right):
    assert agrees(value, expect, places) is right
