"""Sentences about what is wrong."""

from __future__ import annotations

import pytest
from grader.judge.explain import Tried, explain, missing
from grader.judge.outcomes import place, place_of_import, unreadable

from grader.judge.points import score
from grader.judge.trials import try_cases
from grader.records.run import Crashed, Frame, OutOfMemory, Raised, TimedOut

from .examples import case, exercise, loaded, raised

OWN = Frame(file="memory.py", line=3, function="<module>", text="import helpers")
HELPER = Frame(file="helpers.py", line=7, function="sizes", text="return 1 / 0")
UNREAD = Frame(file="memory.py", line=4, function="", text="h = (")


def told(outcome, *, found=None, task=None, public=True):
    """The explanation of an exercise whose only case of one kind ended in ``outcome``."""
    task = task or exercise()
    (trial,) = try_cases(task, [case(public=public)], [outcome])
    parts, _ = score(task, [trial], [], [])
    shown, hidden = (trial, ()) if public else (None, (trial,))
    return explain(task, parts, Tried(shown, hidden, "", "memory.py", found or loaded()))


def stopped(error, *frames):
    return Raised(error=error, message="?", ancestors=(error, "SyntaxError", "Exception"), frames=frames)


def test_an_unfinished_exercise_has_a_headline_and_nothing_else():
    found = told(raised("NotImplementedError", "", "RuntimeError"))
    assert (found.status, found.headline) == ("unfinished", "Not done yet: `step` raises NotImplementedError.")
    assert (found.sentences, found.traceback, found.error) == ((), (), "")


def test_a_wrong_exercise_says_how_many_cases_fail():
    assert told(raised()).sentences[-1] == "1 of 1 public cases fail."


# ── a file that could not be imported ─────────────────────────────────────────────────────────────────────────────


def test_of_a_file_that_is_no_python_nothing_could_be_read():
    found = missing(["step"], "memory.py", loaded(problem=stopped("IndentationError", UNREAD)))
    assert (found.headline, found.sentences) == ("Nothing in memory.py could be read.", ())


def test_of_a_file_that_ended_python_nothing_could_be_loaded():
    found = missing(["step"], "memory.py", loaded(problem=Crashed(exit_code=1)))
    assert found.headline == "memory.py could not be loaded: it ends the whole Python process."
    assert found.sentences == ()


def test_a_name_that_was_not_reached():
    problem = Raised(error="ZeroDivisionError", message="", frames=(OWN, HELPER))
    found = missing(["step"], "memory.py", loaded("other", problem=problem))
    assert found.headline == "Not reached: memory.py stops in line 3 (line 7 of helpers.py)."
    assert found.sentences == ()


@pytest.mark.parametrize(
    ("frames", "text"),
    [
        ((), ""),
        ((OWN,), " in line 3"),
        ((OWN, UNREAD), " in line 3"),  # its own first line, not the one of a function that it calls
        ((OWN, HELPER), " in line 3 (line 7 of helpers.py)"),
        ((HELPER,), " in line 7 of helpers.py"),
    ],
)
def test_where_importing_stopped(frames, text):
    assert place_of_import(frames, "memory.py") == text


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (stopped("SyntaxError", UNREAD), True),
        (stopped("SyntaxError", Frame(file="helpers.py", line=1, function="")), False),
        (stopped("SyntaxError", OWN), False),  # raised by a line that ran, such as exec("(")
        (stopped("SyntaxError"), False),
        (raised("ValueError"), False),
        (Crashed(), False),
        (None, False),
    ],
)
def test_unreadable(problem, expected):
    assert unreadable(problem, "memory.py") is expected


# ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_of_a_helper_is_named_with_its_file():
    assert (place(OWN, "memory.py"), place(HELPER, "memory.py")) == ("line 3", "line 7 of helpers.py")
    outcome = Raised(error="ZeroDivisionError", message="", frames=(OWN, HELPER))
    assert told(outcome).headline == "`step` stops in line 7 of helpers.py with ZeroDivisionError."


def test_a_value_in_place_of_a_function():
    outcome = raised("TypeError", "'int' object is not callable", frames=False)
    found = told(outcome, found=loaded("step", parameters=None))
    assert found.headline == "`step` must be a function."
    assert found.sentences[:2] == (
        "In the file it is a value of type int.",
        "It is used like this: h = step(x, W)",
    )


def test_a_use_is_shown_line_by_line():
    outcome = raised("TypeError", "'int' object is not callable", frames=False)
    task = exercise(run="# a\fb\nh = step(x, W)")
    assert told(outcome, found=loaded("step", parameters=None), task=task).sentences[1] == (
        "It is used like this: # a\fb; h = step(x, W)"
    )


def test_a_value_in_place_of_a_class():
    task = exercise(run="h = Step(W).forward(x)")
    outcome = raised("TypeError", "'NoneType' object is not callable", frames=False)
    assert told(outcome, found=loaded("Step", parameters=None), task=task).headline == "`Step` must be a class."


def test_what_a_function_gives_back_may_be_called_too():
    outcome = raised("TypeError", "'int' object is not callable", frames=False)
    assert told(outcome).headline == "Check what `step` gives back: 'int' object is not callable."


@pytest.mark.parametrize(
    ("size", "hint"),
    [
        ("74.5 GiB", "The largest array asked for has 74.5 GiB: look at the sizes it is made with."),
        ("512. MiB", "The largest array asked for has 512 MiB: look at the sizes it is made with."),
        ("600 MiB", "The largest array asked for has 600 MiB: look at the sizes it is made with."),
        ("7.63 MiB", "The last array asked for has only 7.63 MiB, so much is kept at once: look for what grows."),
        ("800 bytes", "The last array asked for has only 800 bytes, so much is kept at once: look for what grows."),
    ],
)
def test_the_array_for_which_there_was_no_memory_need_not_be_the_large_one(size, hint):
    message = f"Unable to allocate {size} for an array with shape (1000, 1000) and data type float64"
    assert told(OutOfMemory(limit=1 << 30, message=message)).sentences[0] == hint


# ── hidden cases ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hidden_case_that_does_not_finish():
    found = told(TimedOut(seconds=2, clock="cpu", scope="case"), public=False)
    assert found.headline == "In a hidden case `step` does not finish: it was stopped after 2 s of computing."
    assert found.sentences == ("Every public case is right: try larger inputs, and values that they lack.",)


def test_nothing_that_a_hidden_case_said_is_told():
    secret = "Unable to allocate 0.12345 GiB for an array"
    assert "0.12345" not in repr(told(OutOfMemory(limit=1 << 30, message=secret), public=False))
    assert "0.12345" not in repr(told(raised("ValueError", secret), public=False))
