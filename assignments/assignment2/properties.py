"""Laws of assignment 2.

Tolerances leave room for float32. Much that is wrong goes unnoticed where all numbers are 0, so laws make lively ones.
"""

import numpy as np

from grader.author import close, law, numbers


@law
def rows_are_one_hot_products(student, case):
    """All words of the vocabulary in turn give E itself."""
    V, D = np.shape(case.inputs["E"])
    E = 1.0 + np.arange(V * D).reshape(V, D)
    outputs = student.run({"tokens": np.arange(V)[::-1], "windows": np.zeros((1, V), int), "E": E})
    if close(numbers(outputs, "e", (V, D)), np.eye(V)[::-1] @ E):
        return None
    return "row by row, embed(tokens, E) should be the one-hot vectors of the tokens times E, but is not"


@law
def sigmoid_of_large_numbers(student, case):
    """1000 overflows in exp(z), -1000 in exp(-z)."""
    z = np.array([1000.0, -1000.0, *case.inputs["z"]])
    s = numbers(student.run({"z": z}), "s", z.shape)
    if close(s[:2], [1, 0]):
        return None
    return f"sigmoid of 1000 and -1000 should be 1 and 0, but yours are {s[0]:.4g} and {s[1]:.4g}"


@law
def rows_sum_to_1(student, case):
    """As drawn, and with a score far above or far below the others."""
    z = case.inputs["z"]
    far = np.vstack([z, z, z])
    far[0, 0], far[1, -1] = 1000.0, -1000.0
    far[2] = -1000.0
    totals = numbers(student.run({"z": far}), "p", far.shape, "with 1000 or -1000 among the scores").sum(axis=1)
    if close(totals, 1):
        return None
    return f"every row should sum to 1, but one sums to {totals[np.argmax(np.abs(totals - 1))]:.4g}"


@law
def a_constant_changes_nothing(student, case):
    """A small one and a large one, other ones for each row."""
    z = np.vstack([case.inputs["z"], np.linspace(-1.0, 2.0, case.inputs["z"].shape[1])])
    constants = np.linspace(-700.0, 900.0, len(z))[:, np.newaxis]
    given = ["", "with a number from -700 to 900 added to the scores, another one for each row"]
    found = student.run_many([{"z": z}, {"z": z + constants}])
    before, after = (numbers(each, "p", z.shape, what) for each, what in zip(found, given, strict=True))
    if close(before, after):
        return None
    return "adding one number to all scores of a row should leave its probabilities as they are, but does not"


@law
def guessing_among_n_has_perplexity_n(student, case):
    """The loss of each step is the logarithm of N."""
    steps = len(case.inputs["losses"])
    for n in (2, 21, 512):
        got = float(numbers(student.run({"losses": np.full(steps, np.log(n))}), "n", ()))
        if not np.isclose(got, n, rtol=1e-3):
            return f"a loss of log({n}) at each of {steps} steps has the perplexity {n}, but yours is {got:.6g}"
    return None


@law
def large_scores_are_probabilities_too(student, case):
    """Scores that overflow unless the largest is subtracted."""
    b2 = np.where(np.arange(len(case.inputs["b2"])) % 2, -1000.0, 1000.0)
    p = numbers(student.run({**case.inputs, "b2": b2}), "p", b2.shape, "with 1000 and -1000 in b2")
    if close(p.sum(), 1):
        return None
    return f"with 1000 and -1000 in b2 the probabilities should sum to 1, but sum to {p.sum():.4g}"


@law
def places_in_the_window_matter(student, _case):
    """Each place of the window has weights of its own."""
    inputs = {
        "E": np.array([[1.0], [-1.0], [0.5]]),
        "W": np.array([[0.9, -0.5, 0.3, 0.1]]),
        "b1": np.array([0.1]),
        "U": np.array([[1.0], [-1.0], [0.0]]),
        "b2": np.zeros(3),
    }
    orders = np.array([0, 1, 2, 2]), np.array([2, 2, 1, 0])
    one, other = (
        numbers(outputs, "p", (3,))
        for outputs in student.run_many([{**inputs, "tokens": order} for order in orders], {"V": 3, "D": 1, "H": 1})
    )
    if not close(one, other):
        return None
    return f"the windows {orders[0].tolist()} and {orders[1].tolist()} should differ, but give the same probabilities"
