"""Laws that hold for right solutions of assignment 3, whatever the numbers.

Each function gets the student's code behind ``student`` and a case, and returns None or a sentence for the student.
Tolerances leave room for a solution that computes in float32. Cases are small and may be all zeros, where much that is
wrong goes unnoticed: a law that needs lively numbers takes only the sizes from its case.
"""

import numpy as np

from grader.author import UnusableError, close, law, numbers


def differ(got, expected, rtol=1e-3):
    """Whether any element is off by more than rtol of the largest expected magnitude (at least 1)."""
    return bool(np.any(np.abs(got - expected) > rtol * max(1.0, np.abs(expected).max(initial=0.0))))


def off(got, expected):
    """The two values at the place where they differ most, for a sentence: ``0.5 instead of 0.7``."""
    worst = np.argmax(np.abs(got - expected))
    return f"{got.flat[worst]:.6g} instead of {expected.flat[worst]:.6g}"


# ── recurrent networks ────────────────────────────────────────────────────────────────────────────────────────────


@law
def reading_in_two_parts_changes_nothing(student, case):
    """The second half, begun from the last state of the first half, continues what one run gives."""
    rng = np.random.default_rng(3)
    inputs = {name: rng.uniform(-1.0, 1.0, np.shape(value)) for name, value in case.inputs.items()}
    middle, H, V = len(inputs["xs"]), len(inputs["b_h"]), len(inputs["b_y"])
    xs = rng.uniform(-1.0, 1.0, (2 * middle, *inputs["xs"].shape[1:]))

    whole, first = student.run_many([{**inputs, "xs": xs}, {**inputs, "xs": xs[:middle]}])
    last = numbers(first, "hs", (middle, H, 1))[-1]
    second = student.run({**inputs, "xs": xs[middle:], "h0": last})

    for name, size in (("hs", H), ("ys", V)):
        at_once = numbers(whole, name, (2 * middle, size, 1))
        in_parts = np.concatenate([numbers(part, name, (middle, size, 1)) for part in (first, second)])
        if differ(in_parts, at_once):
            step = next(t for t in range(2 * middle) if differ(in_parts[t], at_once[t]))
            return (
                f"{2 * middle} steps at once and the same steps in two parts (the second started with h0 = the last "
                f"state of the first) give different {name}, from step {step} on: does h0 begin the sequence, and "
                "does every later step use the state before it?"
            )
    return None


FIRST_SIZES = {"D": 30, "H": 40, "V": 20}  # enough weights for their spread to tell


def first_network(student):
    """The attributes of a SimpleRNN as its constructor left them."""
    return student.snippet(
        "rnn = SimpleRNN(D, H, V)\nWxh, Whh, Why, bh, by = rnn.Wxh, rnn.Whh, rnn.Why, rnn.bh, rnn.by",
        ("Wxh", "Whh", "Why", "bh", "by"),
        FIRST_SIZES,
    )


@law
def first_weights_are_random_and_small(student, _case):
    """Spread within a factor of 4 of 0.01, so that a uniform distribution is as good as a normal one."""
    D, H, V = FIRST_SIZES.values()
    network = first_network(student)
    for name, shape in (("Wxh", (H, D)), ("Whh", (H, H)), ("Why", (V, H))):
        weights = numbers(network, name, shape)
        if len(set(weights.flat)) < weights.size / 2:
            return f"{name} should be random, but its {weights.size} values repeat themselves"
        spread = float(np.sqrt(np.mean(weights**2)))
        if not 0.0025 <= spread <= 0.04:
            return f"{name} should hold random numbers of about 0.01; yours are of about {spread:.2g}"
        if abs(weights.mean()) > spread / 2:
            return f"{name} should be spread around 0; the mean of yours is {weights.mean():.2g}"
    return None


@law
def first_biases_are_zero(student, _case):
    """Both biases are columns of zeros."""
    network = first_network(student)
    for name, shape in (("bh", (FIRST_SIZES["H"], 1)), ("by", (FIRST_SIZES["V"], 1))):
        bias = numbers(network, name, shape)
        if bias.any():
            return f"{name} should begin as zeros; one of its values is {bias[bias != 0][0]:.2g}"
    return None


# ── gates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def pushed(inputs, bias):
    """A gate's inputs with weights a thousand times as large and every bias set to ``bias``."""
    return {
        name: value * 1000 if name.startswith("W") else np.full_like(value, bias) if name.startswith("b") else value
        for name, value in inputs.items()
    }


def within(student, case, low, high):
    """The first value of the only output that leaves [low, high], as a sentence."""
    inputs = case.inputs
    H = len(inputs["h_prev"])
    situations = {"": inputs, "very large ": pushed(inputs, 1000.0), "very negative ": pushed(inputs, -1000.0)}
    for situation, outputs in zip(situations, student.run_many(list(situations.values())), strict=True):
        name = next(iter(outputs), "the result")
        values = numbers(outputs, name, (H, 1))
        outside = values[(values < low - 1e-6) | (values > high + 1e-6)]
        if outside.size:
            where = f" for a {situation}W [h_prev; x] + b" if situation else ""
            return f"{name} should lie between {low} and {high}, but a value is {outside[0]:.6g}{where}"
    return None


@law
def gate_lies_between_0_and_1(student, case):
    """A sigmoid stays in [0, 1]; in floating point it may reach the ends."""
    return within(student, case, 0, 1)


@law
def candidate_lies_between_minus_1_and_1(student, case):
    """A tanh stays in [-1, 1]; in floating point it may reach the ends."""
    return within(student, case, -1, 1)


def filled_cell(case):
    """A cell of the size that the case has, without zeros: 1, 1.25, 1.5 and so on."""
    return 1.0 + np.arange(len(case.inputs["c_prev"]))[:, np.newaxis] / 4


@law
def open_forget_gate_keeps_the_cell(student, case):
    """The new cell equals c_prev when f is 1 and i is 0."""
    before = filled_cell(case)
    inputs = {"f": np.ones_like(before), "c_prev": before, "i": np.zeros_like(before), "c_tilde": before / 2}
    after = numbers(student.run(inputs), "c", before.shape)
    if close(after, before, rtol=1e-5, atol=1e-6):
        return None
    return f"with f = 1 and i = 0 the cell should stay as it was, but a value is {off(after, before)}"


@law
def shut_forget_gate_forgets_the_cell(student, case):
    """The new cell is i ⊙ c̃ when f is 0, for any c_prev."""
    before = filled_cell(case)
    shut = {**case.inputs, "f": np.zeros_like(before), "c_prev": before}
    one, other = (
        numbers(outputs, "c", before.shape) for outputs in student.run_many([shut, {**shut, "c_prev": before + 7.0}])
    )
    if not differ(one, other, rtol=1e-6):
        return None
    change = (other - one).flat[np.argmax(np.abs(other - one))]
    return f"with f = 0 the old cell should not matter, yet adding 7 to c_prev changes c by {change:.6g}"


@law
def gates_can_hold_the_cell(student, case):
    """The new cell equals c_prev when W_f [h_prev; x] is very large and W_i [h_prev; x] very negative."""
    inputs = case.inputs
    before = filled_cell(case)
    hold = {
        **inputs,
        "c_prev": before,
        "x": np.ones_like(inputs["x"]),
        "h_prev": np.ones_like(inputs["h_prev"]),
        "W_f": np.full_like(inputs["W_f"], 1000.0),
        "W_i": np.full_like(inputs["W_i"], -1000.0),
    }
    after = numbers(student.run(hold), "c", before.shape)
    if close(after, before, rtol=1e-5, atol=1e-6):
        return None
    return (
        "with W_f [h_prev; x] far above 0 and W_i [h_prev; x] far below 0 the cell should pass the step unchanged, "
        f"but a value of c is {off(after, before)}"
    )


# ── learning through time ─────────────────────────────────────────────────────────────────────────────────────────

GRADIENT_OF = {"W_xh": "dW_xh", "W_hh": "dW_hh", "W_hy": "dW_hy", "b_h": "db_h", "b_y": "db_y", "h0": "dh0"}
SEQUENCE = {  # four steps, five words: with one of either much of a gradient vanishes
    "xs": (4, 2, 1),
    "h0": (3, 1),
    "W_xh": (3, 2),
    "W_hh": (3, 3),
    "W_hy": (5, 3),
    "b_h": (3, 1),
    "b_y": (5, 1),
}
STEP = 0.005  # wide enough for float32; the four-point formula makes up for it: its error falls with STEP**4


def loss_of(outputs):
    """The loss as a float. Raises UnusableError where it is no finite number."""
    return float(numbers(outputs, "loss", ()))


@law
def gradients_agree_with_finite_differences(student, _case):
    """Along one direction for each parameter: <gradient, direction> against the measured slope of the loss."""
    rng = np.random.default_rng(3)
    inputs = {name: np.round(rng.uniform(-1.0, 1.0, shape), 2) for name, shape in SEQUENCE.items()}
    inputs["targets"] = np.array([1, 0, 3, 1])
    signs = {name: rng.choice([-1.0, 1.0], size=np.shape(inputs[name])) for name in GRADIENT_OF}
    directions = {name: sign / np.sqrt(sign.size) for name, sign in signs.items()}
    moved = [
        {**inputs, name: inputs[name] + shift * STEP * direction}
        for name, direction in directions.items()
        for shift in (-2, -1, 1, 2)
    ]
    here, *there = student.run_many([inputs, *moved], {"D": 2, "H": 3, "V": 5, "T": 4})
    losses = np.reshape([loss_of(outputs) for outputs in there], (-1, 4))
    measured = losses @ [1.0, -8.0, 8.0, -1.0] / (12 * STEP)
    for (name, direction), slope in zip(directions.items(), measured, strict=True):
        claimed = float(np.sum(numbers(here, GRADIENT_OF[name], direction.shape) * direction))
        if abs(claimed - slope) > 5e-3 * max(1.0, abs(slope)):
            return (
                f"the gradient for {name} does not fit your own loss: moving {name} a little changes the loss "
                f"{slope:.4g} times as much, your gradient says {claimed:.4g} times"
            )
    return None


@law
def raising_all_scores_changes_nothing(student, case):
    """A softmax does not feel a constant added to all scores, unless its exponentials overflow."""
    raised = {**case.inputs, "b_y": case.inputs["b_y"] + 1000.0}
    before, after = student.run_many([case.inputs, raised])
    shapes = {"loss": ()} | {GRADIENT_OF[name]: np.shape(case.inputs[name]) for name in GRADIENT_OF}
    for name, shape in shapes.items():
        try:
            expected = numbers(before, name, shape)
        except UnusableError:
            continue  # wrong with or without the constant: not what this law is about
        try:
            got = numbers(after, name, shape)
        except UnusableError as problem:
            return f"with 1000 added to b_y, {problem}: subtract the largest score before you take exponentials"
        if differ(got, expected, rtol=1e-2):
            return f"adding 1000 to every b_y should not change {name}, but a value of it is {off(got, expected)}"
    return None


CLIPPED = {"G_xh": "C_xh", "G_hh": "C_hh", "g_h": "c_h"}


def with_norm(inputs, norm):
    """The gradients of a case, scaled to a norm together; where all are zero, ones take their place."""
    gradients = {name: np.asarray(inputs[name], dtype=float) for name in CLIPPED}
    if not any(gradient.any() for gradient in gradients.values()):
        gradients = {name: np.ones_like(gradient) for name, gradient in gradients.items()}
    factor = norm / np.sqrt(sum(np.sum(gradient**2) for gradient in gradients.values()))
    return {name: factor * gradient for name, gradient in gradients.items()}


def clipped(student, inputs, gradients):
    """Before and after clipping, each as one long vector."""
    outputs = student.run({**inputs, **gradients})
    after = [numbers(outputs, CLIPPED[name], gradient.shape).ravel() for name, gradient in gradients.items()]
    return np.concatenate([gradient.ravel() for gradient in gradients.values()]), np.concatenate(after)


@law
def large_gradients_shrink_together(student, case):
    """Ten times too large: the result has the norm max_norm and the old direction."""
    max_norm = case.inputs["max_norm"]
    before, after = clipped(student, case.inputs, with_norm(case.inputs, 10 * max_norm))
    norm = float(np.linalg.norm(after))
    if abs(norm - max_norm) > 1e-3 * max_norm:
        return (
            f"gradients with a norm of {10 * max_norm:.6g} together should be clipped to {max_norm:.6g}, "
            f"but yours have {norm:.6g}"
        )
    if differ(after, before / 10, rtol=1e-3):
        return (
            "clipping should multiply all arrays by the same factor, but a value became "
            f"{off(after, before / 10)}: the direction has changed"
        )
    return None


@law
def small_gradients_stay(student, case):
    """Half as large as allowed: nothing happens."""
    max_norm = case.inputs["max_norm"]
    before, after = clipped(student, case.inputs, with_norm(case.inputs, max_norm / 2))
    if close(after / max_norm, before / max_norm, rtol=1e-5, atol=1e-6):
        return None
    return (
        f"gradients with a norm of {max_norm / 2:.6g} are below max_norm = {max_norm:.6g} and should stay as they are, "
        f"but a value became {off(after, before)}"
    )
