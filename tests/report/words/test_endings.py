"""How a case ended: what a student may read of a hidden one, what of a public one, and what to do about it."""

import pytest

from grader.records.run import (
    BadReply,
    Crashed,
    Frame,
    NotRun,
    OutOfMemory,
    Raised,
    Returned,
    TimedOut,
)
from grader.records.verdict import ending
from grader.report.words.endings import advice, error, outcome, phrase, place_of_import
from grader.report.words.language import place

OWN = Frame(file="memory.py", line=3, function="<module>", text="import helpers")
HELPER = Frame(file="helpers.py", line=7, function="sizes", text="return 1 / 0")
UNREAD = Frame(file="memory.py", line=4, function="", text="h = (")

SEGFAULT = (
    "It crashed Python with SIGSEGV: memory that is not the program's own was touched, or recursion went too deep."
)
GAVE_UP = "It crashed Python with SIGABRT: a library gave up."
LOOP = "Look for a loop whose condition never becomes false, or for work that grows much too fast."
DEEP = "Very deep recursion, or memory that is written past its end, does this."
GROWS = "Look for a list or an array that grows without end."


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        (Raised("ValueError", "no"), "It raised ValueError: no"),
        (Raised("ValueError", ""), "It raised ValueError."),
        (TimedOut(2.0, "cpu", "case"), "It was stopped after 2 s of computing, the limit for one case."),
        (TimedOut(20.5, "wall", "exercise"), "It was stopped after 20.5 s of waiting, the limit for the exercise."),
        (TimedOut(10, "cpu", "load"), "It was stopped after 10 s of computing, the limit for importing the module."),
        (Crashed(signal="SIGSEGV"), SEGFAULT),
        (Crashed(signal="SIGABRT"), GAVE_UP),
        (Crashed(signal="SIGUSR1"), "It crashed Python with SIGUSR1."),
        (Crashed(exit_code=3), "It ended Python itself with exit code 3."),
        (Crashed(), "It ended Python itself."),
        (OutOfMemory(1 << 29), "It asked for more memory than the limit of 512 MiB."),
        (OutOfMemory(1 << 30, "74.5 GiB"), "It asked for more memory than the limit of 1 GiB (74.5 GiB)."),
        (BadReply("x"), "It gave no valid answer: something wrote where only the grader's worker may."),
        (NotRun(), "It was not tried: an earlier case ended the program."),
        (Returned(outputs={}), ""),
    ],
)
def test_outcome(ended, sentence):
    assert outcome(ended) == sentence


@pytest.mark.parametrize(
    ("ended", "said", "hint"),
    [
        (Returned(outputs={}), "returns", ""),
        (Raised("KeyError", "0.25", ancestors=("KeyError", "LookupError")), "stops with KeyError", ""),
        (Raised("Secret025", "0.25", ancestors=("Secret025", "ValueError")), "stops with ValueError", ""),
        (Raised("Secret025", "0.25", ancestors=("Secret025",)), "stops with an exception", ""),
        (TimedOut(2, "cpu", "case"), "does not finish: it was stopped after 2 s of computing", LOOP),
        (TimedOut(0.5, "wall", "case"), "does not finish: it was stopped after 0.5 s of waiting", LOOP),
        (Crashed(exit_code=123), "ends the whole Python process", "Take out os._exit and the like."),
        (Crashed(signal="SIGSEGV"), "crashes Python itself", DEEP),
        (OutOfMemory(64 << 20), "needs more than 64 MiB of memory", GROWS),
        (OutOfMemory(3 << 29), "needs more than 1.5 GiB of memory", GROWS),
        (
            BadReply("0.25"),
            "disturbs the way back to the grader, so that no answer could be read",
            "Do not write to file descriptors other than standard output.",
        ),
        (NotRun(), "was not tried, because an earlier case ended the process", ""),
    ],
)
def test_phrase_and_advice(ended, said, hint):
    assert (phrase(ending(ended)), advice(ended)) == (said, hint)


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        (
            "SyntaxError",
            "Missing parentheses in call to 'print'. Did you mean print(...)?",
            "This is Python 2: write print(...) with parentheses.",
        ),
        ("SyntaxError", "invalid", "Python cannot read what stands there."),
        ("TabError", "inconsistent", "Tabs and spaces are mixed: indent with spaces alone."),
        (
            "EOFError",
            "input() is not available while grading",
            "Take values as arguments instead of asking for them with input().",
        ),
        ("AttributeError", "module 'numpy' has no attribute 'float'.", "NumPy no longer has np.float: write float."),
        (
            "ModuleNotFoundError",
            "No module named 'torch'",
            (
                "torch is not available here: solve the task with NumPy alone, "
                "or hand the file in beside the module if torch is your own."
            ),
        ),
        (
            "NameError",
            "name 'W_hh' is not defined",
            (
                "W_hh is unknown where it is used: pass it as an argument, or define it in code of the file "
                "(or of a cell) that runs to its end."
            ),
        ),
        ("UnboundLocalError", "h", "A variable is read before it gets a value inside the function."),
        (
            "FileNotFoundError",
            "data.csv",
            (
                "While grading no files are there but data files that are handed in beside the module and named in "
                "its code, and what the code itself writes."
            ),
        ),
        ("RuntimeError", "can't start new thread", "Threads are out of reach while grading."),
        ("PermissionError", "no", "Files, the network and other processes are out of reach while grading."),
        ("RecursionError", "maximum recursion depth exceeded", "A function calls itself without end."),
        ("SystemExit", "", "The code ends Python with exit() or sys.exit(): take that out."),
        ("ValueError", "no", ""),
    ],
)
def test_well_known_errors_come_with_advice(name, message, hint):
    assert advice(Raised(name, message)) == hint


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
    assert advice(OutOfMemory(limit=1 << 30, message=message)) == hint


def test_pythons_own_words():
    assert error(Raised("ValueError", "no")) == "ValueError: no"
    assert error(Raised("ValueError", "")) == "ValueError"


def test_a_line_of_a_helper_is_named_with_its_file():
    assert (place(OWN, "memory.py"), place(HELPER, "memory.py")) == ("line 3", "line 7 of helpers.py")


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
