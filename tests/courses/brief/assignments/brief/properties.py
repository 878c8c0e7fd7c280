"""The law of the square root."""

import numpy as np


def its_square_is_the_number(student, case):
    """Tried on numbers that the cases do not have."""
    root = np.asarray(student.run({"number": case.inputs["number"] + 4.0})["root"])
    return None if abs(root**2 - case.inputs["number"] - 4.0) < 1e-3 else "the square of the result is another number"
