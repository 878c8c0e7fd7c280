"""What is said of a submission as a whole."""

import pytest

from grader.records.run import Crashed, Frame, Raised, ReadRemark
from grader.report.words.submission import problem, read_remark, stand_in


@pytest.mark.parametrize(
    ("remark", "sentence"),
    [
        (ReadRemark("marked", "a.py", "UTF-16"), "a.py is UTF-16, which Python does not run: save it as UTF-8."),
        (
            ReadRemark("declared", "a.py", "utf8mb4"),
            "a.py declares the coding utf8mb4, which it does not have: remove that line.",
        ),
        (
            ReadRemark("guessed", "a.py", "Windows-1252", byte=0xE9, line=4),
            "a.py is not UTF-8 (byte 0xe9 in line 4); read as Windows-1252: save it as UTF-8.",
        ),
        (ReadRemark("cells", "week3.ipynb"), "read from the code cells of week3.ipynb."),
        (
            ReadRemark("alone", "bob.py", module="memory.py", left_out=("alice.py", "gates.py")),
            (
                "bob.py was read alone, without alice.py, gates.py: "
                "hand in a folder that holds memory.py and all it imports."
            ),
        ),
        (
            ReadRemark("only", "final.PY", module="memory.py"),
            "final.PY was taken for memory.py, as the only Python file here: name it memory.py.",
        ),
        (ReadRemark("unpacked", "work.zip"), "read from the archive work.zip."),
    ],
)
def test_how_a_file_was_read(remark, sentence):
    assert read_remark(remark) == sentence


def test_what_did_nothing_is_named():
    assert stand_in("matplotlib") == "matplotlib does nothing while grading: plots and notebook tools cost no marks."


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (None, ""),
        ("Hand in memory.py", "Hand in memory.py."),
        ("Is that all?", "Is that all?"),
        (
            Raised("NameError", "name 'q' is not defined", frames=(Frame("memory.py", 3, "<module>"),)),
            (
                "memory.py stops in line 3 with NameError. q is unknown where it is used: pass it as an argument, or "
                "define it in code of the file (or of a cell) that runs to its end."
            ),
        ),
        (
            Crashed(exit_code=1),
            "memory.py ends the whole Python process while it is imported. Take out os._exit and the like.",
        ),
    ],
)
def test_what_is_wrong_with_the_whole(found, sentence):
    assert problem(found, "memory.py") == sentence
