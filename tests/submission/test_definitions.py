from grader.records.run import Frame, Submission
from grader.submission.definitions import defined_at

MAIN = """\
import numpy as np
text = '''
def step(): in a text
'''


def step(x):
    return x


class Net:
    def step(self):  # its own
        pass


step = jit(step)
"""


def test_the_last_definition_counts_and_the_module_comes_before_other_files():
    submission = Submission("memory.py", {"gates.py": "\ndef gate(): pass\ndef step(): pass\n", "memory.py": MAIN})
    names = {"one": {"step"}, "both": {"Net", "step"}, "beside": {"gate"}, "missing": {"gone"}}
    assert defined_at(submission, names) == {
        "one": Frame("memory.py", 16, "step"),
        "both": Frame("memory.py", 11, "Net"),
        "beside": Frame("gates.py", 2, "gate"),
    }


def test_cells_have_no_lines_in_a_file():
    assert defined_at(Submission("a.ipynb", {"a.ipynb": MAIN}, cells=(MAIN,)), {"one": {"step"}}) == {}
