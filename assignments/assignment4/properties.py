"""Laws of assignment 4.

Tolerances leave room for float32. Cases may be all zeros, where much that is wrong goes unnoticed: a law that needs
lively numbers takes only the sizes from its case, or none of it.
"""

import numpy as np

from grader.author import UnusableError, close, law, numbers, numbers_of


def lively(case, *names):
    """Inputs of a case's shapes with numbers between -1 and 1, dicts as well; all of them, or those that are named."""
    rng = np.random.default_rng(4)

    def fill(value):
        if isinstance(value, dict):
            return {name: fill(entry) for name, entry in value.items()}
        return np.round(rng.uniform(-1.0, 1.0, np.shape(value)), 2)

    return {name: fill(case.inputs[name]) for name in names or case.inputs}


# ── cells that read rows ──────────────────────────────────────────────────────────────────────────────────────────


@law
def large_scores_are_probabilities_too(student, case):
    """Scores that overflow unless the largest is subtracted."""
    inputs = lively(case)
    b_y = np.where(np.arange(len(inputs["b_y"])) % 2, -1000.0, 1000.0)
    B, V = len(inputs["e"]), len(b_y)
    totals = numbers(student.run({**inputs, "b_y": b_y}), "y", (B, V)).sum(axis=1)
    if close(totals, 1):
        return None
    return f"with 1000 and -1000 in b_y each row of y should sum to 1, but one sums to {totals[0]:.4g}"


@law
def sequences_of_a_batch_do_not_mix(student, case):
    """The first sequence alone, and the batch in another order."""
    inputs = lively(case)
    batch = np.round(np.random.default_rng(5).uniform(-1.0, 1.0, (3, *np.shape(inputs["inputs"])[1:])), 2)
    (B, T, _), V = batch.shape, len(inputs["b_o"])
    order = [2, 0, 1]
    whole, alone, other = student.run_many(
        [{**inputs, "inputs": each} for each in (batch, batch[:1], batch[order])],
    )
    outputs = numbers(whole, "outputs", (B, T, V))
    if not close(numbers(alone, "outputs", (1, T, V)), outputs[:1]):
        return "the first sequence of a batch should give the same outputs alone, but does not"
    if not close(numbers(other, "outputs", (B, T, V)), outputs[order]):
        return "the sequences of a batch in another order should give the same outputs in that order, but do not"
    return None


# ── LSTMs in other clothes ────────────────────────────────────────────────────────────────────────────────────────


@law
def both_forms_compute_the_same(student, case):
    """W h + U x + b, gate by gate, in the new order."""
    inputs = lively(case)
    _, H, D = inputs["U"].shape
    h, x = np.linspace(-1.0, 0.5, H)[:, np.newaxis], np.linspace(2.0, -0.7, D)[:, np.newaxis]
    outputs = student.run(inputs)
    W, b = numbers(outputs, "W_joined", (4, H, H + D)), numbers(outputs, "b_joined", (4, H, 1))
    separate = inputs["W"] @ h + inputs["U"] @ x + inputs["b"]
    for place, (gate, before) in enumerate([("f", 1), ("i", 0), ("c", 3), ("o", 2)]):
        if not close(W[place] @ np.concatenate([h, x]) + b[place], separate[before]):
            return f"for {gate}, W [h; x] + b should be what W h + U x + b was, but is not"
    return None


FIRST_SIZES = {"D": 30, "H": 40}  # enough weights for their spread to tell


@law
def first_weights_are_random_and_small(student, _case):
    """Spread within a factor of 4 of 0.01, so that a uniform distribution is as good as a normal one."""
    D, H = FIRST_SIZES.values()
    names = ("Wf", "Wi", "Wc", "Wo")
    network = student.snippet(
        "lstm = LSTM(D, H)\nWf, Wi, Wc, Wo = lstm.Wf, lstm.Wi, lstm.Wc, lstm.Wo", names, FIRST_SIZES
    )
    seen = []
    for name in names:
        weights = numbers(network, name, (H, H + D))
        spread = float(np.sqrt(np.mean(weights**2)))
        if len(set(weights.flat)) < weights.size / 2 or any(close(weights * 100, other * 100) for other in seen):
            return f"{name} should be random numbers of its own, but they repeat themselves, or those of another gate"
        if not 0.0025 <= spread <= 0.04:
            return f"{name} should hold random numbers of about 0.01; yours are of about {spread:.2g}"
        if abs(weights.mean()) > spread / 2:
            return f"{name} should be spread around 0; the mean of yours is {weights.mean():.2g}"
        seen.append(weights)
    return None


# ── other networks ────────────────────────────────────────────────────────────────────────────────────────────────


@law
def a_shut_update_gate_keeps_the_state(student, case):
    """The new state equals h_prev where W_z [h_prev; x] is far below 0."""
    inputs = lively(case)
    before = 0.2 + np.arange(len(inputs["h_prev"]))[:, np.newaxis] / 10
    shut = {**inputs, "h_prev": before, "x": np.ones_like(inputs["x"]), "W_z": np.full_like(inputs["W_z"], -300.0)}
    after = numbers(student.run(shut), "h", before.shape)
    if close(after, before):
        return None
    return f"with z = 0 the state should stay {before[0, 0]:.4g}, but becomes {after[0, 0]:.4g}"


@law
def turned_round_the_halves_change_places(student, case):
    """Front and back are the same thing seen from the other side."""
    inputs = lively(case)
    xs, forward, backward = inputs["xs"], inputs["forward"], inputs["backward"]
    T, H = len(xs), len(forward["b_h"])
    here, there = (
        numbers(outputs, "hs", (T, 2 * H, 1))
        for outputs in student.run_many([inputs, {"xs": xs[::-1], "forward": backward, "backward": forward}])
    )
    if close(there[::-1], np.concatenate([here[:, H:], here[:, :H]], axis=1)):
        return None
    return (
        "with the sequence turned round and the two sets of weights exchanged, the states should be the same, the "
        "last first and the lower half on top, but are not"
    )


@law
def two_layers_are_one_after_the_other(student, case):
    """The states of the first layer, read by the second alone."""
    inputs = lively(case, "xs", "first")
    T, H = len(inputs["xs"]), len(inputs["first"]["b_h"])
    rng = np.random.default_rng(6)
    second = {name: rng.uniform(-1.0, 1.0, (H, columns)) for name, columns in (("W_xh", H), ("W_hh", H), ("b_h", 1))}
    both, one = student.run_many([{**inputs, "others": [second]}, {**inputs, "others": []}])
    below = numbers(one, "hs", (T, H, 1))
    above = student.run({"xs": below, "first": second, "others": []}, {"T": T, "D": H, "H": H})
    if close(numbers(both, "hs", (T, H, 1)), numbers(above, "hs", (T, H, 1))):
        return None
    return "two layers should give what the second gives for the states of the first, but do not"


# ── backwards through an LSTM ─────────────────────────────────────────────────────────────────────────────────────


@law
def reading_in_two_parts_changes_nothing(student, case):
    """The second half, begun from the last h and c of the first half, continues what one run gives."""
    inputs = lively(case)
    middle, H = len(inputs["xs"]), len(inputs["h0"])
    xs = np.concatenate([inputs["xs"], 0.5 - inputs["xs"]])
    whole, first = student.run_many([{**inputs, "xs": xs}, {**inputs, "xs": xs[:middle]}])
    h, c = (numbers(first, name, (middle, H, 1))[-1] for name in ("hs", "cs"))
    second = student.run({**inputs, "xs": xs[middle:], "h0": h, "c0": c})
    for name in ("hs", "cs"):
        in_parts = np.concatenate([numbers(part, name, (middle, H, 1)) for part in (first, second)])
        if not close(in_parts, numbers(whole, name, (2 * middle, H, 1))):
            return (
                f"{2 * middle} steps at once and the same in two parts (the second started with h0 and c0 = the last "
                f"h and c of the first) give different {name}"
            )
    return None


SIZES = {"D": 2, "H": 3, "T": 4}
STEP = 0.005  # wide enough for float32; the four-point formula makes up for it: its error falls with STEP**4


def made_up(seed, **shapes):
    """Numbers between -1 and 1 in these shapes, and weights for them."""
    rng = np.random.default_rng(seed)
    shapes |= {"W": (4, 3, 5), "b": (4, 3, 1)}
    return {name: np.round(rng.uniform(-1.0, 1.0, shape), 2) for name, shape in shapes.items()}


def slopes_fit(student, inputs, gradient_of, forward, loss_of):
    """Along one direction for each input: <gradient, direction> against the measured slope of a loss.

    ``forward`` is an expression that gives what the loss is made of, for the inputs ``each``.
    """
    rng = np.random.default_rng(7)
    signs = {name: rng.choice([-1.0, 1.0], size=inputs[name].shape) for name in gradient_of}
    directions = {name: sign / np.sqrt(sign.size) for name, sign in signs.items()}
    shifted = [
        {**inputs, name: inputs[name] + shift * STEP * direction}
        for name, direction in directions.items()
        for shift in (-2, -1, 1, 2)
    ]
    there = student.snippet(f"found = [{forward} for each in shifted]", ("found",), {"shifted": shifted}, SIZES).get(
        "found"
    )
    if not isinstance(there, list | tuple | np.ndarray) or len(there) != len(shifted):
        raise UnusableError("the forward pass gives nothing that can be compared")
    measured = np.reshape([loss_of(found) for found in there], (-1, 4)) @ [1.0, -8.0, 8.0, -1.0] / (12 * STEP)
    here = student.run(inputs, SIZES)
    for (name, direction), slope in zip(directions.items(), measured, strict=True):
        claimed = float(np.sum(numbers(here, gradient_of[name], direction.shape) * direction))
        if abs(claimed - slope) > 5e-3 * max(1.0, abs(slope)):
            return (
                f"the gradient for {name} does not fit your own forward pass: moving {name} a little changes what it "
                f"gives {slope:.4g} times as much, your gradient says {claimed:.4g} times"
            )
    return None


@law
def step_gradients_agree_with_finite_differences(student, _case):
    """The loss is <dh, h> + <dc, c>, whose gradients for h and c are dh and dc."""
    inputs = made_up(8, x=(2, 1), h_prev=(3, 1), c_prev=(3, 1), dh=(3, 1), dc=(3, 1))
    weights = np.array([inputs["dh"], inputs["dc"]])
    gradient_of = {name: f"d{name}" for name in ("x", "h_prev", "c_prev", "W", "b")}
    return slopes_fit(
        student,
        inputs,
        gradient_of,
        'lstm_step(each["x"], each["h_prev"], each["c_prev"], each["W"], each["b"])[:2]',
        lambda found: float(np.sum(weights * numbers_of(found, "what lstm_step gives", (2, 3, 1)))),
    )


@law
def gradients_agree_with_finite_differences(student, _case):
    """The loss is <dhs, hs>, whose gradients for the states are dhs."""
    inputs = made_up(9, xs=(4, 2, 1), h0=(3, 1), c0=(3, 1), dhs=(4, 3, 1))
    gradient_of = {name: f"d{name}" for name in ("xs", "h0", "c0", "W", "b")}
    return slopes_fit(
        student,
        inputs,
        gradient_of,
        'lstm_forward(each["xs"], each["h0"], each["c0"], each["W"], each["b"])[0]',
        lambda found: float(np.sum(inputs["dhs"] * numbers_of(found, "`hs`", (4, 3, 1)))),
    )


# ── how gradients flow ────────────────────────────────────────────────────────────────────────────────────────────


@law
def terms_add_up_to_the_gradient(student, _case):
    """A recurrent network that reads nothing and has the loss <dh_T, h_T>, whose slope is measured."""
    rng = np.random.default_rng(10)
    dh_T, h0, W_hh = (np.round(rng.uniform(-1.0, 1.0, shape), 2) for shape in ((3, 1), (3, 1), (3, 3)))

    def states(weights):
        found, h = [], h0
        for _ in range(4):
            h = np.tanh(weights @ h)
            found.append(h)
        return np.array(found)

    terms = numbers(
        student.run({"dh_T": dh_T, "hs": states(W_hh), "h0": h0, "W_hh": W_hh}, {"T": 4, "H": 3}), "terms", (4, 3, 3)
    )
    for place in np.ndindex(3, 3):
        change = np.zeros((3, 3))
        change[place] = 1e-5
        slope = float(np.sum(dh_T * (states(W_hh + change)[-1] - states(W_hh - change)[-1]))) / 2e-5
        claimed = float(terms[(slice(None), *place)].sum())
        if abs(claimed - slope) > 1e-3:
            return (
                f"the terms of all steps should add up to the gradient; at {place} of W_hh they give {claimed:.4g}, "
                f"and the loss changes by {slope:.4g}"
            )
    return None
