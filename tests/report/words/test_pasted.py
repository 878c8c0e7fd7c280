"""What stands in a file and is no Python: what Python says of it is told as what to do."""

from __future__ import annotations

import pytest

from tests.report.words.test_old_python import told

OK = "import numpy as np\n\ndef f():\n    return np.ones(3)\n"

ADVICE = {
    f"{OK}<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n": "This line is Git's, of two versions",
    f"{OK}x = 2\n>>>>>>> theirs\n": "This line is Git's, of two versions",
    f"```python\n{OK}```\n": "This line is no Python: it frames code in a text.",
    f"{OK}```\n": "This line is no Python: it frames code in a text.",
    ">>> import numpy as np\n>>> x = 1\n": "This was copied from a console: take the prompts out",
    f"{OK}x = “a”\n": "“ is no character of Python's: write \" for it, outside of texts and comments.",
    f"{OK}x = 3 − 2\n": "− is no character of Python's: write - for it, outside of texts and comments.",
    f"{OK}x = 3 × 2\n": "× is no character of Python's: write * for it, outside of texts and comments.",
    f"{OK}x = 3 ≤ 2\n": "≤ is no character of Python's: write <= for it, outside of texts and comments.",
    f"{OK}x = f（2）\n": "（ is no character of Python's: write ( for it, outside of texts and comments.",
    f"{OK}x =\u00a01\n": "An invisible character (U+00A0) stands in this line",
    f"{OK}x = 1\u200b\n": "An invisible character (U+200B) stands in this line",
}


@pytest.mark.parametrize("source", ADVICE)
def test_what_is_no_python_is_told_as_what_to_do(source):
    assert told(source).startswith(ADVICE[source])


@pytest.mark.parametrize(
    "source",
    [
        "x = = 1\n",
        "x = 1 €\n",
        "def f(:\n    pass\n",
        "x >>> 1\n",
        "x = 1\n  y = 2\n",
        "=== 1\n",
        "======= Exercise 1 =======\n",
        f"{OK}=======\n",
    ],
)
def test_of_the_rest_nothing_is_guessed(source):
    assert told(source) == "Python cannot read what stands there."
