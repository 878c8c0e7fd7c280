"""Reference solutions of assignment 4: other cells, networks of cells, gradients through gates, and costs.

Two conventions meet here, as they do in the documents. Cells for batches have rows: e is (B, D), s and h are (B, H),
and weights stand on the right. All others have columns: x is (D, 1), h and c are (H, 1), and weights stand on the left;
sequences of columns have time as their first axis. All functions leave their arguments as they are.

Cited are the pre-lab handout, the slides of week 3, the slides on language models and their problems ("the slides on
problems"), the slides of day 18, and the written assignment.

The second half holds what students are known to get wrong, exercise by exercise.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.author import misconception

Array = NDArray[np.float64]
Weights = dict[str, Array]


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


# ── cells that read rows ──────────────────────────────────────────────────────────────────────────────────────────


def cell_concatenated(e: Array, s_prev: Array, W_r: Array, b_r: Array, W_o: Array, b_o: Array) -> tuple[Array, Array]:
    """The state s = tanh([e, s_prev] W_r + b_r) (B, H) and the output o = sigmoid(s W_o + b_o) (B, V).

    Slides of day 18, "RNN Cell Architecture"; the embedding stands before the state.
    """
    s = np.tanh(np.concatenate([e, s_prev], axis=1) @ W_r + b_r)
    return s, sigmoid(s @ W_o + b_o)


def cell_separate(
    e: Array, h_prev: Array, w_h: Array, w_x: Array, b_h: Array, w_y: Array, b_y: Array
) -> tuple[Array, Array]:
    """The state h = tanh(h_prev w_h + e w_x + b_h) (B, H) and the probabilities y = softmax(h w_y + b_y) (B, V).

    Written assignment, task 2.
    """
    h = np.tanh(h_prev @ w_h + e @ w_x + b_h)
    return h, _softmax(h @ w_y + b_y)


def _softmax(z: Array) -> Array:
    """exp(z) of each row divided by its sum; the largest exponent is 0, so nothing overflows."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def simple_rnn(
    inputs: Array, W_r: Array, b_r: Array, W_o: Array, b_o: Array, return_sequences: bool = False
) -> Array | tuple[Array, Array]:
    """The last output (B, V); or all outputs (B, T, V) and the last state (B, H).

    The cell of :func:`cell_concatenated` along inputs (B, T, D), from a state of zeros; slides of day 18, "RNNs in
    Tensorflow".
    """
    s = np.zeros((len(inputs), len(b_r)))
    outputs = []
    for t in range(inputs.shape[1]):
        s, o = cell_concatenated(inputs[:, t], s, W_r, b_r, W_o, b_o)
        outputs.append(o)
    return (np.stack(outputs, axis=1), s) if return_sequences else outputs[-1]


def hidden_weights(window: int, embedding: int, hidden: int) -> tuple[int, int]:
    """Numbers in the hidden layer's matrix: of a window model, and of a recurrent network.

    Slides of day 18, "Does RNN fix the limitations of the N-gram model?"; the two are the W of the slides on problems,
    "Review: Window-based neural language model", and the W_r of :func:`cell_concatenated`.
    """
    return window * embedding * hidden, (embedding + hidden) * hidden


# ── LSTMs in other clothes ────────────────────────────────────────────────────────────────────────────────────────


def elementwise_gate(mask: Array, state: Array) -> Array:
    """The product mask ⊙ state.

    Slides on problems, "Element-wise multiplication", 3 × 3 figures; their second picture loses the sign of -2.
    """
    return mask * state


def lstm_separate(x: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    """The new h and c, both (H, 1), with W (4, H, H) on h_prev, U (4, H, D) on x, b (4, H, 1), each for i, f, o, c.

    Slides of day 18, "The Complete LSTM", in the order of its equations.
    """
    z = W @ h_prev + U @ x + b
    i, f, o = sigmoid(z[:3])
    c = f * c_prev + i * np.tanh(z[3])
    return o * np.tanh(c), c


def concatenate_weights(W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    """Weights of :func:`lstm_separate` as (4, H, H + D) and (4, H, 1) for [h_prev; x], for f, i, c, o.

    From slides of day 18, "The Complete LSTM", to slides of week 3, "Complete LSTM Mathematics", (1) to (5).
    """
    order = [1, 0, 3, 2]
    return np.concatenate([W, U], axis=2)[order], b[order]


class LSTM:
    """An LSTM without biases, Wf, Wi, Wc, Wo (H, H + D); slides of week 3, "LSTM Implementation: Complete Code"."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        """Weights are normal with standard deviation 0.01."""
        rng = np.random.default_rng()
        self.Wf, self.Wi, self.Wc, self.Wo = rng.normal(scale=0.01, size=(4, hidden_size, hidden_size + input_size))

    def step(self, x: Array, h_prev: Array, c_prev: Array) -> tuple[Array, Array]:
        """The new h and c, both (H, 1)."""
        combined = np.concatenate([h_prev, x])
        c = sigmoid(self.Wf @ combined) * c_prev + sigmoid(self.Wi @ combined) * np.tanh(self.Wc @ combined)
        return sigmoid(self.Wo @ combined) * np.tanh(c), c


# ── other networks ────────────────────────────────────────────────────────────────────────────────────────────────


def gru_step(x: Array, h_prev: Array, W_z: Array, W_r: Array, W: Array) -> Array:
    """The new state h = (1 - z) ⊙ h_prev + z ⊙ h̃ (H, 1), h̃ = tanh(W [r ⊙ h_prev; x]), no biases.

    Slides of week 3, "GRU: The Simplified Alternative".
    """
    combined = np.concatenate([h_prev, x])
    z = sigmoid(W_z @ combined)
    r = sigmoid(W_r @ combined)
    h_tilde = np.tanh(W @ np.concatenate([r * h_prev, x]))
    return (1.0 - z) * h_prev + z * h_tilde


def _states(xs: Array, weights: Weights) -> Array:
    """All states (T, H, 1) of a plain recurrent network with W_xh, W_hh, b_h, from a state of zeros."""
    h = np.zeros_like(weights["b_h"])
    hs = []
    for x in xs:
        h = np.tanh(weights["W_hh"] @ h + weights["W_xh"] @ x + weights["b_h"])
        hs.append(h)
    return np.array(hs)


def bidirectional(xs: Array, forward: Weights, backward: Weights) -> Array:
    """The states of both directions at each step, those from the front on top (T, 2 H, 1).

    Slides on problems, "Bidirectional/multi-layer RNNs/LSTMs": h_t = [h→_t; h←_t].
    """
    return np.concatenate([_states(xs, forward), _states(xs[::-1], backward)[::-1]], axis=1)


def stacked(xs: Array, layers: Sequence[Weights]) -> Array:
    """The states of the last layer (T, H, 1), each layer reading those of the one before it.

    Slides on problems, "Bidirectional/multi-layer RNNs/LSTMs", "More information".
    """
    for layer in layers:
        xs = _states(xs, layer)
    return xs


# ── backwards through an LSTM ─────────────────────────────────────────────────────────────────────────────────────


def lstm_step(x: Array, h_prev: Array, c_prev: Array, W: Array, b: Array) -> tuple[Array, Array, tuple]:
    """The new h and c, both (H, 1), and what :func:`lstm_step_backward` needs.

    Slides of week 3, "Complete LSTM Mathematics", (1) to (6): W (4, H, H + D) and b (4, H, 1) hold f, i, c and o.
    """
    combined = np.concatenate([h_prev, x])
    gates = W @ combined + b
    gates[[0, 1, 3]] = sigmoid(gates[[0, 1, 3]])
    gates[2] = np.tanh(gates[2])
    c = gates[0] * c_prev + gates[1] * gates[2]
    cache = combined, c_prev, gates, c, W
    return gates[3] * np.tanh(c), c, cache


def lstm_forward(xs: Array, h0: Array, c0: Array, W: Array, b: Array) -> tuple[Array, Array, list[tuple]]:
    """All h and all c, both (T, H, 1), and the caches of all steps."""
    steps = [(h0, c0, ())]
    for x in xs:
        steps.append(lstm_step(x, *steps[-1][:2], W, b))
    hs, cs, caches = zip(*steps[1:], strict=True)
    return np.array(hs), np.array(cs), caches


def lstm_step_backward(dh: Array, dc: Array, cache: tuple) -> tuple[Array, Array, Array, Array, Array]:
    """Gradients for x, h_prev, c_prev, W and b, from those for h and c.

    The chain rule through (6) to (1) of slides of week 3, "Complete LSTM Mathematics"::

        dc (all)  = dc + dh ⊙ o ⊙ (1 - tanh²(c))
        dc_prev   = f ⊙ dc                                   ("Gradient flow analysis")
        dz_f      = dc ⊙ c_prev ⊙ f ⊙ (1 - f)
        dz_i      = dc ⊙ c̃ ⊙ i ⊙ (1 - i)
        dz_c      = dc ⊙ i ⊙ (1 - c̃²)
        dz_o      = dh ⊙ tanh(c) ⊙ o ⊙ (1 - o)
        [dh_prev; dx] = Σ W_gᵀ dz_g        dW_g = dz_g [h_prev; x]ᵀ        db_g = dz_g
    """
    combined, c_prev, gates, c, W = cache
    f, i, c_tilde, o = gates
    dc = dc + dh * o * (1.0 - np.tanh(c) ** 2)
    slopes = gates * (1.0 - gates)
    slopes[2] = 1.0 - c_tilde**2
    dz = slopes * np.array([dc * c_prev, dc * c_tilde, dc * i, dh * np.tanh(c)])
    d_combined = np.einsum("gij,gik->jk", W, dz)
    return d_combined[len(c) :], d_combined[: len(c)], f * dc, dz @ combined.T, dz


def lstm_backward(dhs: Array, caches: Sequence[tuple]) -> tuple[Array, Array, Array, Array, Array]:
    """Gradients for xs (T, D, 1), h0, c0, W and b, from those that each h gets from outside (T, H, 1).

    :func:`lstm_step_backward` from the last step to the first. What it gives for h_prev and c_prev is carried to the
    step before; what it gives for W and b adds up.
    """
    steps = [(0.0, 0.0, 0.0)]
    for dh, cache in zip(dhs[::-1], caches[::-1], strict=True):
        steps.append(lstm_step_backward(dh + steps[-1][1], steps[-1][2], cache))
    dxs, dhs_before, dcs_before, dWs, dbs = zip(*steps[:0:-1], strict=True)
    return np.array(dxs), dhs_before[0], dcs_before[0], sum(dWs), sum(dbs)


# ── how gradients flow ────────────────────────────────────────────────────────────────────────────────────────────


def gradient_flow(W_hh: Array, hs: Array) -> Array:
    """The spectral norm of ∂h_T/∂h_t for t = 1, …, T, shape (T,); the last is 1.

    ∂h_T/∂h_t is the product of diag(1 - h_s²) W_hh over the later steps s = t + 1, …, T. Slides of week 3, "The Fatal
    Flaw: Gradients Vanish Over Time", print the transpose, with the state before the step by a slip.
    """
    product = np.eye(len(W_hh))
    norms = [1.0]
    for h in hs[:0:-1]:
        product = product @ ((1.0 - h**2) * W_hh)
        norms.append(np.linalg.norm(product, 2))
    return np.array(norms[::-1])


def lstm_gradient_flow(fs: Array) -> Array:
    """∂c_T/∂c_t along the cell, f_{t+1} ⊙ … ⊙ f_T for t = 1, …, T, shape (T, H, 1); ones at T.

    Slides of week 3, "Complete LSTM Mathematics", "Gradient flow analysis".
    """
    product = np.ones_like(fs[0])
    products = [product]
    for f in fs[:0:-1]:
        product = product * f
        products.append(product)
    return np.array(products[::-1])


def classify_flow(norms: Sequence[float]) -> str:
    """What the first norm says: "vanishing" below 0.01, "exploding" above 100, otherwise "stable".

    Slides on problems, "Problems: Summary"; below 0.01 a memory is "effectively zero" in the pre-lab handout, part 3.
    """
    if norms[0] < 0.01:
        return "vanishing"
    return "exploding" if norms[0] > 100 else "stable"


def gradient_terms(dh_T: Array, hs: Array, h0: Array, W_hh: Array) -> Array:
    """What each step t = 1, …, T adds to ∂L_T/∂W_hh, shape (T, H, H); dh_T is ∂L_T/∂h_T.

    Slides on problems, "More explanation: long-term dependency and chain rule": the terms of ∂L_T/∂W, the last step's
    first there, the first step's first here.
    """
    terms = []
    dh = dh_T
    for h, h_prev in zip(hs[::-1], [*hs[-2::-1], h0], strict=True):
        da = (1.0 - h**2) * dh
        terms.append(da @ h_prev.T)
        dh = W_hh.T @ da
    return np.array(terms[::-1])


def sgd_step(weights: Weights, gradients: Weights, rate: float) -> Weights:
    """Each weight less rate times its gradient; slides of week 3, "Training RNNs", step 4 of the algorithm."""
    return {name: weight - rate * gradients[name] for name, weight in weights.items()}


def descend(w: float, curvature: float, rate: float, steps: int) -> tuple[Array, str]:
    """The path of w down the loss curvature/2 · w² (steps + 1,), and how it goes.

    "approaches" where rate · curvature is at most 1, "overshoots" below 2, and "diverges" from there on. Slides on
    problems, "Exploding gradient": "A single update step can overshoot the minimum".
    """
    reach = rate * curvature
    path = w * (1.0 - reach) ** np.arange(steps + 1)
    if reach <= 1:
        return path, "approaches"
    return path, "overshoots" if reach < 2 else "diverges"


# ── what it costs ─────────────────────────────────────────────────────────────────────────────────────────────────

BLOCKS = {"rnn": 1, "lstm": 4, "gru": 3}


def parameter_count(cell: str, input_size: int, hidden_size: int) -> int:
    """Numbers in the blocks of a cell, of which each has a matrix (h, h + x) and a bias (h).

    Slides of week 3, "RNN vs LSTM vs GRU: Complete Comparison": 1, 4, 3 blocks. Raises ValueError for any other cell.
    """
    if cell not in BLOCKS:
        raise ValueError(f"no cell is called {cell!r}")
    return BLOCKS[cell] * hidden_size * (hidden_size + input_size + 1)


def operations_per_step(cell: str, input_size: int, hidden_size: int) -> int:
    """Multiplications in the matrix products of a step: 1, 4 or 3 times h² + h x.

    Slides of week 3, "Computational Complexity Analysis".
    """
    return BLOCKS[cell] * (hidden_size**2 + hidden_size * input_size)


def attention_exceeds(d: int, input_size: int, hidden_size: int) -> int:
    """The smallest n for which n² d is more than n (h² + h x).

    Slides of week 3, "Computational Complexity Analysis": a Transformer against a recurrent network, n words long.
    """
    return (hidden_size**2 + hidden_size * input_size) // d + 1


def memory_size(model: str, hidden_size: int, n: int) -> int:
    """Numbers that are kept while n words are read: h, 2 h, h for "rnn", "lstm", "gru", and n² for "attention".

    Slides of week 3, "Computational Complexity Analysis", column "Memory".
    """
    return {"rnn": hidden_size, "lstm": 2 * hidden_size, "gru": hidden_size, "attention": n**2}[model]


# ── misconceptions: cells that read rows ──────────────────────────────────────────────────────────────────────────


@misconception(of="cell_concatenated", says="The state stands before the embedding. Here the embedding comes first.")
def cell_concatenated_state_first(e, s_prev, W_r, b_r, W_o, b_o):
    s = np.tanh(np.concatenate([s_prev, e], axis=1) @ W_r + b_r)
    return s, sigmoid(s @ W_o + b_o)


@misconception(of="cell_concatenated", says="The output is computed from the state before. It needs the new one.")
def cell_concatenated_output_of_the_old_state(e, s_prev, W_r, b_r, W_o, b_o):
    s, _ = cell_concatenated(e, s_prev, W_r, b_r, W_o, b_o)
    return s, sigmoid(s_prev @ W_o + b_o)


@misconception(of="cell_concatenated", says="The output is not squashed: its sigmoid is missing.")
def cell_concatenated_scores_for_output(e, s_prev, W_r, b_r, W_o, b_o):
    s, _ = cell_concatenated(e, s_prev, W_r, b_r, W_o, b_o)
    return s, s @ W_o + b_o


@misconception(of="cell_concatenated", says="The state is squashed by a sigmoid, so it is never negative.")
def cell_concatenated_sigmoid_for_tanh(e, s_prev, W_r, b_r, W_o, b_o):
    s = sigmoid(np.concatenate([e, s_prev], axis=1) @ W_r + b_r)
    return s, sigmoid(s @ W_o + b_o)


@misconception(of="cell_separate", says="The recurrent weights w_h are used transposed, as if states were columns.")
def cell_separate_recurrent_weights_transposed(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    return cell_separate(e, h_prev, w_h.T, w_x, b_h, w_y, b_y)


@misconception(of="cell_separate", says="Scores come back for probabilities: the softmax is missing.")
def cell_separate_scores(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    h, _ = cell_separate(e, h_prev, w_h, w_x, b_h, w_y, b_y)
    return h, h @ w_y + b_y


@misconception(of="cell_separate", says="Each score goes through a sigmoid by itself, so rows do not sum to 1.")
def cell_separate_sigmoids_for_softmax(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    h, _ = cell_separate(e, h_prev, w_h, w_x, b_h, w_y, b_y)
    return h, sigmoid(h @ w_y + b_y)


@misconception(of="cell_separate", says="All of a batch together sums to 1. Each row should.")
def cell_separate_softmax_of_all(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    h, _ = cell_separate(e, h_prev, w_h, w_x, b_h, w_y, b_y)
    powers = np.exp(h @ w_y + b_y)
    return h, powers / powers.sum()


@misconception(of="cell_separate", says="The biases are missing.")
def cell_separate_without_biases(e, h_prev, w_h, w_x, b_h, w_y, b_y):
    return cell_separate(e, h_prev, w_h, w_x, 0 * b_h, w_y, 0 * b_y)


@misconception(of="simple_rnn", says="The state is zero at every step. Only the first step starts from zeros.")
def simple_rnn_zeros_at_every_step(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    alone = [simple_rnn(inputs[:, [t]], W_r, b_r, W_o, b_o, True) for t in range(inputs.shape[1])]
    outputs, state = np.concatenate([each for each, _ in alone], axis=1), alone[-1][1]
    return (outputs, state) if return_sequences else outputs[:, -1]


@misconception(of="simple_rnn", says="The first output comes back instead of the last.")
def simple_rnn_first_for_last(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    outputs, state = simple_rnn(inputs, W_r, b_r, W_o, b_o, True)
    return (outputs, state) if return_sequences else outputs[:, 0]


@misconception(of="simple_rnn", says="return_sequences means the opposite: True gives the last output alone.")
def simple_rnn_the_other_way_round(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    return simple_rnn(inputs, W_r, b_r, W_o, b_o, not return_sequences)


@misconception(of="simple_rnn", says="States come back for outputs: the second layer of the cell is missing.")
def simple_rnn_states_for_outputs(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    upto = [simple_rnn(inputs[:, : t + 1], W_r, b_r, W_o, b_o, True)[1] for t in range(inputs.shape[1])]
    return (np.stack(upto, axis=1), upto[-1]) if return_sequences else upto[-1]


@misconception(of="simple_rnn", says="Time stands before the batch in the outputs. The batch should come first.")
def simple_rnn_time_first(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    outputs, state = simple_rnn(inputs, W_r, b_r, W_o, b_o, True)
    return (outputs.swapaxes(0, 1), state) if return_sequences else outputs[:, -1]


@misconception(of="simple_rnn", says="Beside all outputs comes the last output. The last state should.")
def simple_rnn_last_output_for_state(inputs, W_r, b_r, W_o, b_o, return_sequences=False):
    outputs, _ = simple_rnn(inputs, W_r, b_r, W_o, b_o, True)
    return (outputs, outputs[:, -1]) if return_sequences else outputs[:, -1]


@misconception(of="hidden_weights", says="The weights of the recurrent network grow with the window. They do not.")
def hidden_weights_both_grow(window, embedding, hidden):
    return window * embedding * hidden, window * (embedding + hidden) * hidden


@misconception(of="hidden_weights", says="The recurrent weights, from state to state, are not counted.")
def hidden_weights_without_recurrence(window, embedding, hidden):
    return window * embedding * hidden, embedding * hidden


@misconception(of="hidden_weights", says="The window model counts one word alone. It has weights for each place.")
def hidden_weights_one_word(window, embedding, hidden):
    return embedding * hidden, (embedding + hidden) * hidden


# ── misconceptions: LSTMs in other clothes ────────────────────────────────────────────────────────────────────────


@misconception(of="elementwise_gate", says="The mask says what is forgotten. It should say what is kept.")
def elementwise_gate_upside_down(mask, state):
    return (1 - mask) * state


@misconception(of="elementwise_gate", says="Signs are lost, as in a picture of the slides. -2 stays -2.")
def elementwise_gate_signs_lost(mask, state):
    return mask * abs(state)


@misconception(of="elementwise_gate", says="Mask and state are added. They should be multiplied.")
def elementwise_gate_added(mask, state):
    return mask + state


@misconception(of="elementwise_gate", says="The mask is rounded to 0 or 1. It may keep a share.")
def elementwise_gate_all_or_nothing(mask, state):
    return (mask > 0.5) * state


@misconception(
    of="lstm_separate", says="The blocks are taken in the order f, i, o, c. Here the input gate comes first."
)
def lstm_separate_forget_first(x, h_prev, c_prev, W, U, b):
    order = [1, 0, 2, 3]
    return lstm_separate(x, h_prev, c_prev, W[order], U[order], b[order])


@misconception(of="lstm_separate", says="The blocks are taken in the order i, f, c, o. Here the candidate comes last.")
def lstm_separate_candidate_before_output(x, h_prev, c_prev, W, U, b):
    order = [0, 1, 3, 2]
    return lstm_separate(x, h_prev, c_prev, W[order], U[order], b[order])


@misconception(of="lstm_separate", says="The cell comes back first. The hidden state should.")
def lstm_separate_cell_first(x, h_prev, c_prev, W, U, b):
    return lstm_separate(x, h_prev, c_prev, W, U, b)[::-1]


@misconception(of="lstm_separate", says="The biases are missing.")
def lstm_separate_without_biases(x, h_prev, c_prev, W, U, b):
    return lstm_separate(x, h_prev, c_prev, W, U, 0 * b)


@misconception(of="lstm_separate", says="The cell that is passed on has gone through a tanh. Only h should.")
def lstm_separate_cell_squashed(x, h_prev, c_prev, W, U, b):
    h, c = lstm_separate(x, h_prev, c_prev, W, U, b)
    return h, np.tanh(c)


@misconception(of="concatenate_weights", says="U stands before W. For [h; x] the weights of h come first.")
def concatenate_weights_u_first(W, U, b):
    joined, biases = concatenate_weights(W, U, b)
    return np.roll(joined, U.shape[2], axis=2), biases


@misconception(of="concatenate_weights", says="The blocks stay in the order i, f, o, c. They should be f, i, c, o.")
def concatenate_weights_old_order(W, U, b):
    return np.concatenate([W, U], axis=2), b


@misconception(of="concatenate_weights", says="The biases stay in the old order. They move with their blocks.")
def concatenate_weights_biases_left_behind(W, U, b):
    return concatenate_weights(W, U, b)[0], b


@misconception(
    of="concatenate_weights", says="The matrices are transposed, as for rows. They stand on the left of columns."
)
def concatenate_weights_transposed(W, U, b):
    joined, biases = concatenate_weights(W, U, b)
    return joined.swapaxes(1, 2), biases


@misconception(of="LSTM", says="x stands on top of h_prev in step. The weights expect h_prev on top.")
class lstm_class_x_on_top(LSTM):
    def step(self, x, h_prev, c_prev):
        combined = np.concatenate([x, h_prev])
        c = sigmoid(self.Wf @ combined) * c_prev + sigmoid(self.Wi @ combined) * np.tanh(self.Wc @ combined)
        return sigmoid(self.Wo @ combined) * np.tanh(c), c


@misconception(of="LSTM", says="step returns the cell before the hidden state. The hidden state comes first.")
class lstm_class_cell_first(LSTM):
    def step(self, x, h_prev, c_prev):
        return super().step(x, h_prev, c_prev)[::-1]


@misconception(of="LSTM", says="A forget gate of 1 forgets everything. It should keep everything.")
class lstm_class_share_forgotten(LSTM):
    def step(self, x, h_prev, c_prev):
        combined = np.concatenate([h_prev, x])
        c = sigmoid(-self.Wf @ combined) * c_prev + sigmoid(self.Wi @ combined) * np.tanh(self.Wc @ combined)
        return sigmoid(self.Wo @ combined) * np.tanh(c), c


@misconception(of="LSTM", says="h_prev takes the place of the old cell, and c_prev makes no difference.")
class lstm_class_hidden_state_for_cell(LSTM):
    def step(self, x, h_prev, c_prev):  # noqa: ARG002 - the mistake
        return super().step(x, h_prev, h_prev)


# ── misconceptions: other networks ────────────────────────────────────────────────────────────────────────────────


@misconception(of="gru_step", says="The update gate works the other way round: z = 1 should take the new state.")
def gru_step_update_gate_upside_down(x, h_prev, W_z, W_r, W):
    return gru_step(x, h_prev, -W_z, W_r, W)


@misconception(of="gru_step", says="The reset gate acts on the product of W. It should act on h_prev before it.")
def gru_step_reset_after_the_product(x, h_prev, W_z, W_r, W):
    H = len(h_prev)
    combined = np.concatenate([h_prev, x])
    z, r = sigmoid(W_z @ combined), sigmoid(W_r @ combined)
    return (1 - z) * h_prev + z * np.tanh(r * (W[:, :H] @ h_prev) + W[:, H:] @ x)


@misconception(of="gru_step", says="The reset gate is left out: the candidate sees all of h_prev.")
def gru_step_without_reset(x, h_prev, W_z, W_r, W):
    z = sigmoid(W_z @ np.concatenate([h_prev, x]))
    return (1 - z) * h_prev + z * np.tanh(W @ np.concatenate([h_prev, x]))


@misconception(of="gru_step", says="The reset gate shuts out x as well. It should act on h_prev alone.")
def gru_step_reset_of_all(x, h_prev, W_z, W_r, W):
    combined = np.concatenate([h_prev, x])
    z, r = sigmoid(W_z @ combined), sigmoid(W_r @ combined)
    return (1 - z) * h_prev + z * np.tanh(W @ np.concatenate([r * h_prev, r.mean() * x]))


@misconception(of="gru_step", says="x stands on top of h_prev. The weights expect h_prev on top.")
def gru_step_x_on_top(x, h_prev, W_z, W_r, W):
    combined = np.concatenate([x, h_prev])
    z, r = sigmoid(W_z @ combined), sigmoid(W_r @ combined)
    return (1 - z) * h_prev + z * np.tanh(W @ np.concatenate([x, r * h_prev]))


@misconception(
    of="bidirectional",
    says="The states from the back are in the order in which they were computed. They have to be turned round.",
)
def bidirectional_back_not_turned(xs, forward, backward):
    return np.concatenate([_states(xs, forward), _states(xs[::-1], backward)], axis=1)


@misconception(of="bidirectional", says="Both directions use the same weights. Each has its own.")
def bidirectional_one_set_of_weights(xs, forward, backward):
    return bidirectional(xs, forward, forward)


@misconception(of="bidirectional", says="Both directions read from the front.")
def bidirectional_both_from_the_front(xs, forward, backward):
    return np.concatenate([_states(xs, forward), _states(xs, backward)], axis=1)


@misconception(of="bidirectional", says="The states from the back stand on top. Those from the front should.")
def bidirectional_back_on_top(xs, forward, backward):
    return np.roll(bidirectional(xs, forward, backward), len(forward["b_h"]), axis=1)


@misconception(of="bidirectional", says="The two states are added. They should stand one on the other.")
def bidirectional_added(xs, forward, backward):
    return _states(xs, forward) + _states(xs[::-1], backward)[::-1]


@misconception(
    of="stacked", says="Each layer starts from the last state of the one below it. It should start from zeros."
)
def stacked_state_handed_up(xs, layers):
    h = np.zeros_like(layers[0]["b_h"])
    for layer in layers:
        hs = []
        for x in xs:
            h = np.tanh(layer["W_hh"] @ h + layer["W_xh"] @ x + layer["b_h"])
            hs.append(h)
        xs = np.array(hs)
    return xs


@misconception(of="stacked", says="Only the first layer is used.")
def stacked_first_layer_alone(xs, layers):
    return stacked(xs, layers[:1])


@misconception(of="stacked", says="The first layer's weights are used in every layer.")
def stacked_first_weights_everywhere(xs, layers):
    hs = stacked(xs, layers[:1])
    for _ in layers[1:]:
        hs = _states(hs, layers[0] | {"W_xh": np.resize(layers[0]["W_xh"], layers[0]["W_hh"].shape)})
    return hs


@misconception(of="stacked", says="Only the last step's state comes back. All steps should.")
def stacked_last_step_alone(xs, layers):
    return stacked(xs, layers)[-1]


# ── misconceptions: backwards through an LSTM ─────────────────────────────────────────────────────────────────────


@misconception(of="lstm_step", says="x stands on top of h_prev. The weights expect h_prev on top of x.")
def lstm_step_x_on_top(x, h_prev, c_prev, W, b):
    h, c, (_, *others) = lstm_step(x, h_prev, c_prev, np.roll(W, len(x), axis=2), b)
    return h, c, (np.concatenate([x, h_prev]), *others[:-1], W)


@misconception(of="lstm_step", says="The blocks are taken in the order i, f, o, c. Here they are f, i, c, o.")
def lstm_step_other_order(x, h_prev, c_prev, W, b):
    order = [1, 0, 3, 2]
    return lstm_step(x, h_prev, c_prev, W[order], b[order])


@misconception(of="lstm_step", says="The cell is shown as it is: the tanh in h is missing.")
def lstm_step_hidden_state_without_tanh(x, h_prev, c_prev, W, b):
    _, c, cache = lstm_step(x, h_prev, c_prev, W, b)
    return cache[2][3] * c, c, cache


@misconception(of="lstm_step", says="The biases are missing.")
def lstm_step_without_biases(x, h_prev, c_prev, W, b):
    return lstm_step(x, h_prev, c_prev, W, 0 * b)


@misconception(of="lstm_forward", says="The cell starts from zeros, whatever c0 is.")
def lstm_forward_c0_ignored(xs, h0, c0, W, b):
    return lstm_forward(xs, h0, 0 * c0, W, b)


@misconception(of="lstm_forward", says="The cell starts from h0. It should start from c0.")
def lstm_forward_cell_from_h0(xs, h0, c0, W, b):
    return lstm_forward(xs, h0, h0, W, b)


@misconception(of="lstm_forward", says="Every step starts from h0 and c0. Only the first should.")
def lstm_forward_initial_states_at_every_step(xs, h0, c0, W, b):
    hs, cs, caches = zip(*(lstm_step(x, h0, c0, W, b) for x in xs), strict=True)
    return np.array(hs), np.array(cs), list(caches)


@misconception(of="lstm_forward", says="The states before each step come back. Those after it should.")
def lstm_forward_states_before(xs, h0, c0, W, b):
    hs, cs, caches = lstm_forward(xs, h0, c0, W, b)
    return np.array([h0, *hs[:-1]]), np.array([c0, *cs[:-1]]), caches


@misconception(of="lstm_forward", says="All caches hold the gates of the last step: one array is filled anew at each.")
def lstm_forward_gates_of_the_last_step(xs, h0, c0, W, b):
    hs, cs, caches = lstm_forward(xs, h0, c0, W, b)
    _, _, last, _, _ = caches[-1]
    return hs, cs, tuple((combined, c_prev, last, c, W) for combined, c_prev, _, c, _ in caches)


def _from_h(dh, cache):
    """What reaches the cell through h."""
    _, _, gates, c, _ = cache
    return dh * gates[3] * (1.0 - np.tanh(c) ** 2)


@misconception(of="lstm_step_backward", says="What comes back through h does not reach the cell: dc lacks its share.")
def lstm_step_backward_dh_misses_the_cell(dh, dc, cache):
    return lstm_step_backward(dh, dc - _from_h(dh, cache), cache)


@misconception(of="lstm_step_backward", says="The gradient for the cell before does not pass the forget gate.")
def lstm_step_backward_cell_not_gated(dh, dc, cache):
    dx, dh_prev, _, dW, db = lstm_step_backward(dh, dc, cache)
    return dx, dh_prev, dc + _from_h(dh, cache), dW, db


@misconception(
    of="lstm_step_backward", says="Only dc goes on to the cell before. What comes through h belongs to it as well."
)
def lstm_step_backward_cell_without_dh(dh, dc, cache):
    dx, dh_prev, _, dW, db = lstm_step_backward(dh, dc, cache)
    return dx, dh_prev, cache[2][0] * dc, dW, db


def _through_gates(slopes, dh, dc, cache):
    """The gradients where ``slopes`` gives the slopes of the gates and of the candidate."""
    combined, c_prev, gates, c, W = cache
    into = dc + _from_h(dh, cache)
    dz = slopes(gates) * np.array([into * c_prev, into * gates[2], into * gates[1], dh * np.tanh(c)])
    both = (W.swapaxes(1, 2) @ dz).sum(axis=0)
    return both[len(c) :], both[: len(c)], gates[0] * into, dz @ combined.T, dz


@misconception(of="lstm_step_backward", says="Gradients pass gates and candidate as if these had no slope.")
def lstm_step_backward_without_slopes(dh, dc, cache):
    return _through_gates(np.ones_like, dh, dc, cache)


@misconception(of="lstm_step_backward", says="The gates have the slope of a tanh. They are sigmoids.")
def lstm_step_backward_slope_of_tanh_for_gates(dh, dc, cache):
    return _through_gates(lambda gates: 1.0 - gates**2, dh, dc, cache)


@misconception(of="lstm_step_backward", says="The candidate has the slope of a sigmoid. It is a tanh.")
def lstm_step_backward_slope_of_sigmoid_for_candidate(dh, dc, cache):
    return _through_gates(lambda gates: gates * (1.0 - gates), dh, dc, cache)


@misconception(
    of="lstm_step_backward", says="The gradient is cut as if x stood on top. Its first rows belong to h_prev."
)
def lstm_step_backward_cut_the_wrong_way(dh, dc, cache):
    dx, dh_prev, dc_prev, dW, db = lstm_step_backward(dh, dc, cache)
    both = np.concatenate([dh_prev, dx])
    return both[: len(dx)], both[len(dx) :], dc_prev, dW, db


def _backward(dhs, caches, *, carry_h=1.0, carry_c=1.0):
    """lstm_backward that carries shares of what it should, and the gradients for W and b of each step."""
    dh_later = dc_later = 0.0
    steps = []
    for dh, cache in zip(dhs[::-1], caches[::-1], strict=True):
        steps.append(lstm_step_backward(dh + carry_h * dh_later, carry_c * dc_later, cache))
        _, dh_later, dc_later, _, _ = steps[-1]
    dxs, _, _, dWs, dbs = zip(*steps[::-1], strict=True)
    return np.array(dxs), dh_later, dc_later, dWs, dbs


@misconception(of="lstm_backward", says="What comes back through the cell is not carried from step to step.")
def lstm_backward_cell_not_carried(dhs, caches):
    dxs, dh0, dc0, dWs, dbs = _backward(dhs, caches, carry_c=0.0)
    return dxs, dh0, dc0, sum(dWs), sum(dbs)


@misconception(of="lstm_backward", says="What comes back through the hidden state is not carried from step to step.")
def lstm_backward_hidden_state_not_carried(dhs, caches):
    dxs, dh0, dc0, dWs, dbs = _backward(dhs, caches, carry_h=0.0)
    return dxs, dh0, dc0, sum(dWs), sum(dbs)


@misconception(
    of="lstm_backward", says="W and b get their gradients from the first step alone: it overwrites all others."
)
def lstm_backward_overwritten(dhs, caches):
    dxs, dh0, dc0, dWs, dbs = _backward(dhs, caches)
    return dxs, dh0, dc0, dWs[0], dbs[0]


@misconception(of="lstm_backward", says="Only the last state gets a gradient from outside. Every state should.")
def lstm_backward_last_gradient_alone(dhs, caches):
    return lstm_backward(np.concatenate([0 * dhs[:-1], dhs[-1:]]), caches)


@misconception(of="lstm_backward", says="The gradients for h0 and c0 are never set and stay zero.")
def lstm_backward_initial_gradients_never_set(dhs, caches):
    dxs, dh0, dc0, dW, db = lstm_backward(dhs, caches)
    return dxs, 0 * dh0, 0 * dc0, dW, db


@misconception(
    of="lstm_backward", says="The gradients for the inputs stand in the order of the way back, the last first."
)
def lstm_backward_inputs_from_the_back(dhs, caches):
    dxs, *others = lstm_backward(dhs, caches)
    return dxs[::-1], *others


@misconception(of="lstm_backward", says="The gradient for b is a mean over time. It should be a sum.")
def lstm_backward_bias_averaged(dhs, caches):
    *others, db = lstm_backward(dhs, caches)
    return *others, db / len(dhs)


# ── misconceptions: how gradients flow ────────────────────────────────────────────────────────────────────────────


@misconception(
    of="gradient_flow",
    says="The slope is taken from the earlier state of a step, as the slides print it. It belongs to the later one.",
)
def gradient_flow_slope_of_the_step_before(W_hh, hs):
    return gradient_flow(W_hh, np.concatenate([hs[:1], hs[:-1]]))


@misconception(
    of="gradient_flow",
    says="The norm is that of all entries. The spectral norm, the largest singular value, is asked for.",
)
def gradient_flow_frobenius(W_hh, hs):
    product, norms = np.eye(len(W_hh)), [1.0]
    for h in hs[:0:-1]:
        product = product @ ((1 - h**2) * W_hh)
        norms.append(np.linalg.norm(product))
    return np.array(norms[::-1])


@misconception(of="gradient_flow", says="Norms of single steps are multiplied. The norm of the product is smaller.")
def gradient_flow_product_of_norms(W_hh, hs):
    norms = [1.0]
    for h in hs[:0:-1]:
        norms.append(norms[-1] * np.linalg.norm((1 - h**2) * W_hh, 2))
    return np.array(norms[::-1])


@misconception(of="gradient_flow", says="The slope of the tanh is left out: only powers of W_hh are taken.")
def gradient_flow_without_slope(W_hh, hs):
    return gradient_flow(W_hh, 0 * hs)


@misconception(of="gradient_flow", says="The last step stands first. The first step should.")
def gradient_flow_last_first(W_hh, hs):
    return gradient_flow(W_hh, hs)[::-1]


@misconception(
    of="lstm_gradient_flow",
    says="The gate of step t itself is multiplied in. Only those of the later steps lie between c_t and c_T.",
)
def lstm_gradient_flow_one_gate_too_many(fs):
    return lstm_gradient_flow(fs) * fs


@misconception(
    of="lstm_gradient_flow", says="The product runs from the first step on. It should run from step t to the end."
)
def lstm_gradient_flow_from_the_front(fs):
    return np.cumprod(fs, axis=0)


@misconception(of="lstm_gradient_flow", says="The gates are added up. They should be multiplied.")
def lstm_gradient_flow_added(fs):
    return np.concatenate([np.cumsum(fs[:0:-1], axis=0)[::-1], np.ones_like(fs[:1])])


@misconception(
    of="classify_flow", says="The last norm is looked at, which is always 1. The first tells how much comes back."
)
def classify_flow_last(norms):
    return classify_flow(norms[::-1])


@misconception(of="classify_flow", says="A norm of exactly 0.01 counts as vanishing. Only what is below it does.")
def classify_flow_threshold_vanishes(norms):
    return "vanishing" if norms[0] <= 0.01 else classify_flow(norms)


@misconception(
    of="classify_flow",
    says="All that is below 1 vanishes, all that is above 1 explodes. The thresholds are 0.01 and 100.",
)
def classify_flow_around_1(norms):
    return "vanishing" if norms[0] < 1 else "exploding" if norms[0] > 1 else "stable"


@misconception(of="classify_flow", says="Any small norm on the way counts. The first alone decides.")
def classify_flow_smallest(norms):
    return classify_flow([min(norms)])


@misconception(of="gradient_terms", says="The gradient passes a step without the slope of the tanh.")
def gradient_terms_without_slope(dh_T, hs, h0, W_hh):
    terms, dh = [], dh_T
    for h_prev in [*hs[-2::-1], h0]:
        terms.append(dh @ h_prev.T)
        dh = W_hh.T @ dh
    return np.array(terms[::-1])


@misconception(of="gradient_terms", says="The last step's term stands first. The first step's should.")
def gradient_terms_last_first(dh_T, hs, h0, W_hh):
    return gradient_terms(dh_T, hs, h0, W_hh)[::-1]


@misconception(of="gradient_terms", says="On the way back W_hh is used as it is. It has to be transposed.")
def gradient_terms_without_transposing(dh_T, hs, h0, W_hh):
    return gradient_terms(dh_T, hs, h0, W_hh.T)


@misconception(
    of="gradient_terms",
    says="The state after each step is taken. The weights were multiplied with the state before it.",
)
def gradient_terms_state_after(dh_T, hs, h0, W_hh):
    terms, dh = [], dh_T
    for h in hs[::-1]:
        da = (1 - h**2) * dh
        terms.append(da @ h.T)
        dh = W_hh.T @ da
    return np.array(terms[::-1])


@misconception(of="gradient_terms", says="The terms are added up already. Each step's own is asked for.")
def gradient_terms_running_sum(dh_T, hs, h0, W_hh):
    return np.cumsum(gradient_terms(dh_T, hs, h0, W_hh), axis=0)


@misconception(of="sgd_step", says="The step goes uphill: the gradient is added. It should be taken away.")
def sgd_step_uphill(weights, gradients, rate):
    return sgd_step(weights, gradients, -rate)


@misconception(of="sgd_step", says="The whole gradient is taken away, whatever the rate is.")
def sgd_step_without_rate(weights, gradients, rate):
    return sgd_step(weights, gradients, 1.0)


@misconception(of="sgd_step", says="The change comes back. The new weights should.")
def sgd_step_change_alone(weights, gradients, rate):
    return {name: -rate * gradients[name] for name in weights}


@misconception(of="descend", says="The gradient is taken for w. It is curvature times w.")
def descend_without_curvature(w, curvature, rate, steps):
    return descend(w, 1.0, rate, steps)[0], descend(w, curvature, rate, steps)[1]


@misconception(of="descend", says="The gradient of the start is used at every step. It changes with w.")
def descend_first_gradient(w, curvature, rate, steps):
    return w - rate * curvature * w * np.arange(steps + 1), descend(w, curvature, rate, steps)[1]


@misconception(of="descend", says="The start is left out of the path.")
def descend_start_missing(w, curvature, rate, steps):
    path, verdict = descend(w, curvature, rate, steps)
    return path[1:], verdict


@misconception(
    of="descend", says="The gradient has a factor of 2 too many: the loss is half of curvature times w squared."
)
def descend_twice_the_gradient(w, curvature, rate, steps):
    return descend(w, 2 * curvature, rate, steps)


@misconception(of="descend", says="Whatever jumps over the minimum counts as diverging. It may still come nearer.")
def descend_overshooting_diverges(w, curvature, rate, steps):
    path, verdict = descend(w, curvature, rate, steps)
    return path, "diverges" if verdict == "overshoots" else verdict


@misconception(
    of="descend", says="To and fro at the same distance counts as overshooting. It gets no nearer, so it diverges."
)
def descend_to_and_fro_overshoots(w, curvature, rate, steps):
    path, verdict = descend(w, curvature, rate, steps)
    return path, "overshoots" if rate * curvature == 2 else verdict


# ── misconceptions: what it costs ─────────────────────────────────────────────────────────────────────────────────


def _with_blocks(count, cell, input_size, hidden_size, **blocks):
    """A count for a cell of which the number of blocks is another."""
    return count(cell, input_size, hidden_size) * blocks.get(cell, BLOCKS[cell]) // BLOCKS[cell]


@misconception(of="parameter_count", says="An LSTM has three blocks here. The candidate is the fourth.")
def parameter_count_three_gates(cell, input_size, hidden_size):
    return _with_blocks(parameter_count, cell, input_size, hidden_size, lstm=3, gru=2)


@misconception(of="parameter_count", says="The biases are not counted.")
def parameter_count_without_biases(cell, input_size, hidden_size):
    return parameter_count(cell, input_size - 1, hidden_size)


@misconception(of="parameter_count", says="The weights on the input are not counted, only those on the state.")
def parameter_count_state_alone(cell, input_size, hidden_size):
    return parameter_count(cell, 0, hidden_size)


@misconception(of="parameter_count", says="Input and hidden size have changed places.")
def parameter_count_sizes_exchanged(cell, input_size, hidden_size):
    return parameter_count(cell, hidden_size, input_size)


@misconception(of="parameter_count", says="An unknown cell counts as a plain one. It should raise a ValueError.")
def parameter_count_anything_goes(cell, input_size, hidden_size):
    return parameter_count(cell.lower() if cell.lower() in BLOCKS else "rnn", input_size, hidden_size)


@misconception(of="operations_per_step", says="An LSTM has three matrix products here. The candidate is the fourth.")
def operations_per_step_three_gates(cell, input_size, hidden_size):
    return _with_blocks(operations_per_step, cell, input_size, hidden_size, lstm=3, gru=2)


@misconception(of="operations_per_step", says="Biases are counted. They are added, not multiplied.")
def operations_per_step_with_biases(cell, input_size, hidden_size):
    return parameter_count(cell, input_size, hidden_size)


@misconception(of="operations_per_step", says="The products with the input are not counted.")
def operations_per_step_state_alone(cell, input_size, hidden_size):
    return operations_per_step(cell, 0, hidden_size)


@misconception(of="attention_exceeds", says="At this length both take the same. Attention should take more.")
def attention_exceeds_or_equals(d, input_size, hidden_size):
    return max(1, -(-(hidden_size**2 + hidden_size * input_size) // d))


@misconception(of="attention_exceeds", says="The recurrent network is taken for one step. It takes n of them.")
def attention_exceeds_one_step(d, input_size, hidden_size):
    n = 1
    while n * n * d <= hidden_size**2 + hidden_size * input_size:
        n += 1
    return n


@misconception(of="attention_exceeds", says="The products with the input are not counted.")
def attention_exceeds_state_alone(d, input_size, hidden_size):
    return attention_exceeds(d, 0, hidden_size)


@misconception(of="memory_size", says="An LSTM keeps one state here. It keeps h and c.")
def memory_size_cell_forgotten(model, hidden_size, n):
    return memory_size("rnn" if model == "lstm" else model, hidden_size, n)


@misconception(
    of="memory_size", says="Recurrent networks keep the states of all steps. To go on reading, the last is enough."
)
def memory_size_of_all_steps(model, hidden_size, n):
    return memory_size(model, hidden_size, n) * (1 if model == "attention" else n)


@misconception(of="memory_size", says="Attention keeps a number for each word. It keeps one for each pair of words.")
def memory_size_one_for_each_word(model, hidden_size, n):
    return n if model == "attention" else memory_size(model, hidden_size, n)


@misconception(of="memory_size", says="A GRU keeps two states here. It has no cell, only h.")
def memory_size_gru_with_cell(model, hidden_size, n):
    return memory_size("lstm" if model == "gru" else model, hidden_size, n)
