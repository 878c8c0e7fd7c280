"""Reference solutions of assignment 3: decay, recurrent networks, LSTM gates, backpropagation through time.

Vectors are columns: x is (D, 1), h and c are (H, 1), y is (V, 1); sequences have time as their first axis. All
functions return float64 and leave their arguments as they are.

The second half holds what students are known to get wrong, exercise by exercise. Each wrong version is written as
briefly as it can be, often as the right one with other arguments: what counts is what it computes.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from grader.author import misconception

Array = NDArray[np.float64]


def decay_table(rate: float, steps: int) -> Array:
    """Strength after 0, 1, …, steps steps: rate**n, shape (steps + 1,)."""
    return np.power(float(rate), np.arange(steps + 1))


def steps_until(rate: float, threshold: float) -> int:
    """Smallest n with rate**n < threshold, for rates from 0 up.

    Raises ValueError if there is none: the rate is 1 or more, or the threshold 0 or less.
    """
    if rate >= 1 or threshold <= 0:
        raise ValueError(f"a strength of {rate}**n never falls below {threshold}")
    n = 0
    while rate**n >= threshold:
        n += 1
    return n


def rnn_step(x: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """The new state tanh(W_hh h_prev + W_xh x + b_h), shape (H, 1)."""
    return np.tanh(W_hh @ h_prev + W_xh @ x + b_h)


def rnn_forward(
    xs: Array, h0: Array, W_xh: Array, W_hh: Array, W_hy: Array, b_h: Array, b_y: Array
) -> tuple[Array, Array]:
    """All hidden states (T, H, 1) and scores y_t = W_hy h_t + b_y (T, V, 1)."""
    hs = np.empty((len(xs), *h0.shape))
    h = h0
    for t, x in enumerate(xs):
        h = hs[t] = rnn_step(x, h, W_xh, W_hh, b_h)
    return hs, W_hy @ hs + b_y


class SimpleRNN:
    """A recurrent network with its own weights: Wxh (H, D), Whh (H, H), Why (V, H), bh (H, 1), by (V, 1)."""

    def __init__(self, input_size: int, hidden_size: int, output_size: int) -> None:
        """Weights are normal with standard deviation 0.01, biases zero."""
        rng = np.random.default_rng()
        self.Wxh = rng.normal(scale=0.01, size=(hidden_size, input_size))
        self.Whh = rng.normal(scale=0.01, size=(hidden_size, hidden_size))
        self.Why = rng.normal(scale=0.01, size=(output_size, hidden_size))
        self.bh = np.zeros((hidden_size, 1))
        self.by = np.zeros((output_size, 1))

    def step(self, x: Array, h_prev: Array) -> tuple[Array, Array]:
        """One step: the scores y (V, 1) and the new state h (H, 1)."""
        h = rnn_step(x, h_prev, self.Wxh, self.Whh, self.bh)
        return self.Why @ h + self.by, h

    def forward(self, inputs: Iterable[Array]) -> tuple[list[Array], Array]:
        """A sequence of columns, from a state of zeros: the scores of every step and the last state."""
        h = np.zeros_like(self.bh)
        outputs = []
        for x in inputs:
            y, h = self.step(x, h)
            outputs.append(y)
        return outputs, h


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow: the exponent is never positive."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def _affine(h_prev: Array, x: Array, W: Array, b: Array) -> Array:
    """W [h_prev; x] + b."""
    return W @ np.concatenate([h_prev, x]) + b


def forget_gate(h_prev: Array, x: Array, W_f: Array, b_f: Array) -> Array:
    """What to keep: sigmoid(W_f [h_prev; x] + b_f), shape (H, 1)."""
    return sigmoid(_affine(h_prev, x, W_f, b_f))


def input_gate(h_prev: Array, x: Array, W_i: Array, b_i: Array) -> Array:
    """What to store: sigmoid(W_i [h_prev; x] + b_i), shape (H, 1)."""
    return sigmoid(_affine(h_prev, x, W_i, b_i))


def candidate(h_prev: Array, x: Array, W_c: Array, b_c: Array) -> Array:
    """What could be stored: tanh(W_c [h_prev; x] + b_c), shape (H, 1)."""
    return np.tanh(_affine(h_prev, x, W_c, b_c))


def output_gate(h_prev: Array, x: Array, W_o: Array, b_o: Array) -> Array:
    """What to show: sigmoid(W_o [h_prev; x] + b_o), shape (H, 1)."""
    return sigmoid(_affine(h_prev, x, W_o, b_o))


def cell_state(f: Array, c_prev: Array, i: Array, c_tilde: Array) -> Array:
    """The new cell f ⊙ c_prev + i ⊙ c̃, shape (H, 1)."""
    return f * c_prev + i * c_tilde


def hidden_state(o: Array, c: Array) -> Array:
    """The new state o ⊙ tanh(c), shape (H, 1)."""
    return o * np.tanh(c)


def lstm_step(
    x: Array,
    h_prev: Array,
    c_prev: Array,
    W_f: Array,
    b_f: Array,
    W_i: Array,
    b_i: Array,
    W_c: Array,
    b_c: Array,
    W_o: Array,
    b_o: Array,
) -> tuple[Array, Array]:
    """The new hidden state h and cell state c, both (H, 1)."""
    f = forget_gate(h_prev, x, W_f, b_f)
    i = input_gate(h_prev, x, W_i, b_i)
    c = cell_state(f, c_prev, i, candidate(h_prev, x, W_c, b_c))
    return hidden_state(output_gate(h_prev, x, W_o, b_o), c), c


def log_softmax(z: Array) -> Array:
    """Logarithm of the softmax along the last axis; the largest exponent is 0, so nothing overflows."""
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def bptt(
    xs: Array,
    targets: NDArray[np.int64],
    h0: Array,
    W_xh: Array,
    W_hh: Array,
    W_hy: Array,
    b_h: Array,
    b_y: Array,
) -> tuple[float, dict[str, Array]]:
    """Cross-entropy summed over time, and its gradients.

    With a_t = W_hh h_{t-1} + W_xh x_t + b_h and p_t = softmax(y_t)::

        loss  = -Σ_t log p_t[target_t]
        dy_t  = p_t - onehot(target_t)
        dh_t  = W_hyᵀ dy_t + W_hhᵀ da_{t+1}      (nothing follows the last step)
        da_t  = (1 - h_t²) ⊙ dh_t
        dW_xh = Σ da_t x_tᵀ     dW_hh = Σ da_t h_{t-1}ᵀ     dW_hy = Σ dy_t h_tᵀ
        db_h  = Σ da_t          db_y  = Σ dy_t              dh0   = W_hhᵀ da_1
    """
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh0 = _through_time(1.0 - hs**2, W_hy.T @ dy, W_hh)
    return loss, _gradients(xs, _before(h0, hs), hs, dy, da, dh0)


def _cross_entropy(ys: Array, targets: NDArray[np.int64]) -> tuple[float, Array]:
    """The loss, and dy for all steps (T, V, 1)."""
    log_p = log_softmax(ys[:, :, 0])
    steps = np.arange(len(ys))
    dy = np.exp(log_p)[:, :, np.newaxis]
    dy[steps, targets] -= 1.0
    return float(-log_p[steps, targets].sum()), dy


def _through_time(slopes: Array, from_scores: Array, W_hh: Array) -> tuple[Array, Array]:
    """All da (T, H, 1) and dh0, from the last step to the first: slopes are those of the tanh."""
    da = np.empty_like(slopes)
    from_later = np.zeros((len(W_hh), 1))
    for t in reversed(range(len(da))):
        da[t] = slopes[t] * (from_scores[t] + from_later)
        from_later = W_hh.T @ da[t]
    return da, from_later


def _before(h0: Array, hs: Array) -> Array:
    """The state before each step."""
    return np.concatenate([h0[np.newaxis], hs[:-1]])


def _gradients(xs: Array, before: Array, hs: Array, dy: Array, da: Array, dh0: Array) -> dict[str, Array]:
    """Sums over the steps that are given, and dh0, by the names of what they belong to."""
    return {
        "W_xh": _outer_sum(da, xs),
        "W_hh": _outer_sum(da, before),
        "W_hy": _outer_sum(dy, hs),
        "b_h": da.sum(axis=0),
        "b_y": dy.sum(axis=0),
        "h0": dh0,
    }


def _outer_sum(left: Array, right: Array) -> Array:
    """Σ_t left_t right_tᵀ of columns, (T, M, 1) and (T, N, 1) to (M, N)."""
    return np.einsum("tmk,tnk->mn", left, right)


def clip_gradients(gradients: Sequence[Array], max_norm: float) -> list[Array]:
    """Gradients scaled by one factor so that the norm of all of them together is at most max_norm."""
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * gradient for gradient in gradients]


def gradient_product(factors: Iterable[float]) -> float:
    """The product of all factors; 1 when there are none."""
    return float(np.prod(list(factors), dtype=float))


# ── misconceptions: a memory that fades ───────────────────────────────────────────────────────────────────────────


@misconception(of="decay_table", says="Every step takes away the same amount. It should take away the same share.")
def decay_table_fixed_amount(rate, steps):
    return 1.0 - (1.0 - rate) * np.arange(steps + 1)


@misconception(of="decay_table", says="The rate is taken for the share that is lost. It is the share that is kept.")
def decay_table_rate_as_loss(rate, steps):
    return decay_table(1.0 - rate, steps)


@misconception(of="decay_table", says="The table begins after the first step, so the full strength is missing.")
def decay_table_start_missing(rate, steps):
    return decay_table(rate, steps)[1:]


@misconception(of="decay_table", says="The table ends one step early: the strength after the last step is missing.")
def decay_table_end_missing(rate, steps):
    return decay_table(rate, steps)[:-1]


@misconception(of="decay_table", says="Every strength has decayed once too often. After 0 steps nothing is lost.")
def decay_table_one_step_ahead(rate, steps):
    return rate * decay_table(rate, steps)


@misconception(of="decay_table", says="Only the strength after the last step comes back, not a table of all.")
def decay_table_last_strength_alone(rate, steps):
    return decay_table(rate, steps)[-1]


@misconception(of="decay_table", says="The table holds whole numbers: what follows the decimal point is cut off.")
def decay_table_whole_numbers(rate, steps):
    return decay_table(rate, steps).astype(int)


# ── misconceptions: when is a memory gone ─────────────────────────────────────────────────────────────────────────


@misconception(of="steps_until", says="A strength that just meets the threshold counts as below it.")
def steps_until_stops_at_the_threshold(rate, threshold):
    n = steps_until(rate, threshold)
    return n - 1 if rate ** (n - 1) == threshold else n


@misconception(of="steps_until", says="The answer is one too many, as if the start were a step.")
def steps_until_start_counted(rate, threshold):
    return steps_until(rate, threshold) + 1


@misconception(of="steps_until", says="This is the last step that is not yet below the threshold, one too few.")
def steps_until_last_step_above(rate, threshold):
    return steps_until(rate, threshold) - 1


@misconception(of="steps_until", says="Every step takes away the same amount. It should take away the same share.")
def steps_until_fixed_amount(rate, threshold):
    return int((1.0 - threshold) / (1.0 - rate)) + 1


@misconception(of="steps_until", says="What comes back is the strength that is left, not the number of steps.")
def steps_until_strength_for_steps(rate, threshold):
    return rate ** steps_until(rate, threshold)


# ── misconceptions: one step of a recurrent network ───────────────────────────────────────────────────────────────


@misconception(of="rnn_step", says="The recurrent weights W_hh are used transposed.")
def rnn_step_recurrent_weights_transposed(x, h_prev, W_xh, W_hh, b_h):
    return rnn_step(x, h_prev, W_xh, W_hh.T, b_h)


@misconception(of="rnn_step", says="The new state does not depend on the previous one: the recurrent term is missing.")
def rnn_step_without_memory(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_xh @ x + b_h)


@misconception(of="rnn_step", says="The new state does not depend on the input: the term of x is missing.")
def rnn_step_without_input(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_hh @ h_prev + b_h)


@misconception(of="rnn_step", says="The bias b_h is missing.")
def rnn_step_without_bias(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_hh @ h_prev + W_xh @ x)


@misconception(of="rnn_step", says="The bias b_h is added after the tanh. It belongs inside.")
def rnn_step_bias_outside(x, h_prev, W_xh, W_hh, b_h):
    return np.tanh(W_hh @ h_prev + W_xh @ x) + b_h


@misconception(of="rnn_step", says="The new state is not squashed: the tanh is missing.")
def rnn_step_without_tanh(x, h_prev, W_xh, W_hh, b_h):
    return W_hh @ h_prev + W_xh @ x + b_h


@misconception(of="rnn_step", says="The state is squashed by a sigmoid, so it is never negative. It should be a tanh.")
def rnn_step_sigmoid_for_tanh(x, h_prev, W_xh, W_hh, b_h):
    return sigmoid(W_hh @ h_prev + W_xh @ x + b_h)


@misconception(of="rnn_step", says="The new state is added to the previous one. It should take its place.")
def rnn_step_adds_to_the_state(x, h_prev, W_xh, W_hh, b_h):
    return h_prev + rnn_step(x, h_prev, W_xh, W_hh, b_h)


# ── misconceptions: a whole sequence ──────────────────────────────────────────────────────────────────────────────


@misconception(of="rnn_forward", says="Every step starts from h0. Only the first one should.")
def rnn_forward_h0_at_every_step(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs = np.array([rnn_step(x, h0, W_xh, W_hh, b_h) for x in xs])
    return hs, W_hy @ hs + b_y


@misconception(of="rnn_forward", says="The first step starts from zeros, whatever h0 is.")
def rnn_forward_h0_ignored(xs, h0, *weights):
    return rnn_forward(xs, np.zeros_like(h0), *weights)


@misconception(of="rnn_forward", says="The recurrent weights W_hh are used transposed.")
def rnn_forward_recurrent_weights_transposed(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    return rnn_forward(xs, h0, W_xh, W_hh.T, W_hy, b_h, b_y)


@misconception(of="rnn_forward", says="hs holds the states before the steps. It should hold those after them.")
def rnn_forward_states_before_each_step(xs, h0, *weights):
    hs, ys = rnn_forward(xs, h0, *weights)
    return _before(h0, hs), ys


@misconception(of="rnn_forward", says="Every entry of hs is the last state, as if all shared one array.")
def rnn_forward_last_state_everywhere(xs, h0, *weights):
    hs, ys = rnn_forward(xs, h0, *weights)
    return np.repeat(hs[-1:], len(hs), axis=0), ys


@misconception(of="rnn_forward", says="Scores come from the state before each step. They should come from the new one.")
def rnn_forward_scores_of_the_state_before(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, _ = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    return hs, W_hy @ _before(h0, hs) + b_y


@misconception(of="rnn_forward", says="The bias b_y is missing from the scores.")
def rnn_forward_scores_without_bias(xs, h0, W_xh, W_hh, W_hy, b_h, b_y):
    return rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, np.zeros_like(b_y))


@misconception(of="rnn_forward", says="ys holds probabilities: the scores have gone through a softmax.")
def rnn_forward_probabilities_for_scores(xs, h0, *weights):
    hs, ys = rnn_forward(xs, h0, *weights)
    return hs, _softmax_of_columns(ys)


def _softmax_of_columns(z):
    """Probabilities for each column."""
    exponentials = np.exp(z - z.max(axis=-2, keepdims=True))
    return exponentials / exponentials.sum(axis=-2, keepdims=True)


# ── misconceptions: the class SimpleRNN ───────────────────────────────────────────────────────────────────────────


@misconception(of="SimpleRNN", says="The recurrent weights Whh are used transposed.")
class simple_rnn_recurrent_weights_transposed(SimpleRNN):
    def step(self, x, h_prev):
        h = rnn_step(x, h_prev, self.Wxh, self.Whh.T, self.bh)
        return self.Why @ h + self.by, h


@misconception(of="SimpleRNN", says="The new state does not depend on the previous one: h_prev makes no difference.")
class simple_rnn_without_memory(SimpleRNN):
    def step(self, x, h_prev):
        return super().step(x, np.zeros_like(h_prev))


@misconception(of="SimpleRNN", says="The bias by is missing from the output.")
class simple_rnn_output_without_bias(SimpleRNN):
    def step(self, x, h_prev):
        y, h = super().step(x, h_prev)
        return y - self.by, h


@misconception(of="SimpleRNN", says="The output holds probabilities: the scores have gone through a softmax.")
class simple_rnn_probabilities_for_scores(SimpleRNN):
    def step(self, x, h_prev):
        y, h = super().step(x, h_prev)
        return _softmax_of_columns(y), h


@misconception(of="SimpleRNN", says="step returns the state before the output. The output comes first.")
class simple_rnn_state_before_output(SimpleRNN):
    def step(self, x, h_prev):
        return super().step(x, h_prev)[::-1]

    def forward(self, inputs):
        h = np.zeros_like(self.bh)
        outputs = []
        for x in inputs:
            h, y = self.step(x, h)
            outputs.append(y)
        return outputs, h


@misconception(of="SimpleRNN", says="forward empties its memory at every word. It should carry the state along.")
class simple_rnn_memory_emptied_at_every_word(SimpleRNN):
    def forward(self, inputs):
        steps = [self.step(x, np.zeros_like(self.bh)) for x in inputs]
        return [y for y, _ in steps], steps[-1][1]


@misconception(of="SimpleRNN", says="forward goes on from the state of the last call. It should start from zeros.")
class simple_rnn_memory_kept_between_calls(SimpleRNN):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.h = np.zeros_like(self.bh)

    def step(self, x, h_prev):
        y, self.h = super().step(x, h_prev)
        return y, self.h

    def forward(self, inputs):
        return [self.step(x, self.h)[0] for x in inputs], self.h


@misconception(of="SimpleRNN", says="forward goes on where it ended the last time. It should start from zeros.")
class simple_rnn_forward_goes_on(SimpleRNN):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.h = np.zeros_like(self.bh)

    def forward(self, inputs):
        outputs = []
        for x in inputs:
            y, self.h = self.step(x, self.h)
            outputs.append(y)
        return outputs, self.h


# ── misconceptions: the gates of an LSTM ──────────────────────────────────────────────────────────────────────────


@misconception(of="forget_gate", says="The gate says how much to forget. A forget gate of 1 should keep everything.")
def forget_gate_share_forgotten(h_prev, x, W_f, b_f):
    return 1.0 - forget_gate(h_prev, x, W_f, b_f)


@misconception(of="forget_gate", says="x stands on top of h_prev. The weights expect h_prev on top of x.")
def forget_gate_x_on_top(h_prev, x, W_f, b_f):
    return forget_gate(x, h_prev, W_f, b_f)


@misconception(of="forget_gate", says="The gate is a tanh, so it can be negative. A share lies between 0 and 1.")
def forget_gate_tanh_for_sigmoid(h_prev, x, W_f, b_f):
    return candidate(h_prev, x, W_f, b_f)


@misconception(of="forget_gate", says="The bias b_f is missing.")
def forget_gate_without_bias(h_prev, x, W_f, b_f):
    return forget_gate(h_prev, x, W_f, np.zeros_like(b_f))


@misconception(of="input_gate", says="The gate says how much to leave out. An input gate of 1 should store everything.")
def input_gate_share_left_out(h_prev, x, W_i, b_i):
    return 1.0 - input_gate(h_prev, x, W_i, b_i)


@misconception(of="input_gate", says="x stands on top of h_prev. The weights expect h_prev on top of x.")
def input_gate_x_on_top(h_prev, x, W_i, b_i):
    return input_gate(x, h_prev, W_i, b_i)


@misconception(of="input_gate", says="The gate is a tanh, so it can be negative. A share lies between 0 and 1.")
def input_gate_tanh_for_sigmoid(h_prev, x, W_i, b_i):
    return candidate(h_prev, x, W_i, b_i)


@misconception(of="input_gate", says="The bias b_i is missing.")
def input_gate_without_bias(h_prev, x, W_i, b_i):
    return input_gate(h_prev, x, W_i, np.zeros_like(b_i))


@misconception(of="candidate", says="The candidate is a sigmoid, as a gate is, so it is never negative.")
def candidate_sigmoid_for_tanh(h_prev, x, W_c, b_c):
    return sigmoid(_affine(h_prev, x, W_c, b_c))


@misconception(of="candidate", says="The candidate is not squashed: the tanh is missing.")
def candidate_without_tanh(h_prev, x, W_c, b_c):
    return _affine(h_prev, x, W_c, b_c)


@misconception(of="candidate", says="x stands on top of h_prev. The weights expect h_prev on top of x.")
def candidate_x_on_top(h_prev, x, W_c, b_c):
    return candidate(x, h_prev, W_c, b_c)


@misconception(of="candidate", says="The bias b_c is missing.")
def candidate_without_bias(h_prev, x, W_c, b_c):
    return candidate(h_prev, x, W_c, np.zeros_like(b_c))


@misconception(of="output_gate", says="The gate says how much to hide. An output gate of 1 should show everything.")
def output_gate_share_hidden(h_prev, x, W_o, b_o):
    return 1.0 - output_gate(h_prev, x, W_o, b_o)


@misconception(of="output_gate", says="x stands on top of h_prev. The weights expect h_prev on top of x.")
def output_gate_x_on_top(h_prev, x, W_o, b_o):
    return output_gate(x, h_prev, W_o, b_o)


@misconception(of="output_gate", says="The gate is a tanh, so it can be negative. A share lies between 0 and 1.")
def output_gate_tanh_for_sigmoid(h_prev, x, W_o, b_o):
    return candidate(h_prev, x, W_o, b_o)


@misconception(of="output_gate", says="The bias b_o is missing.")
def output_gate_without_bias(h_prev, x, W_o, b_o):
    return output_gate(h_prev, x, W_o, np.zeros_like(b_o))


# ── misconceptions: cell and hidden state ─────────────────────────────────────────────────────────────────────────


@misconception(of="cell_state", says="A forget gate of 1 forgets everything. It should keep everything.")
def cell_state_share_forgotten(f, c_prev, i, c_tilde):
    return cell_state(1.0 - f, c_prev, i, c_tilde)


@misconception(of="cell_state", says="The forget gate decides on storing too, as in a GRU. The input gate should.")
def cell_state_forget_gate_stores(f, c_prev, i, c_tilde):
    return cell_state(f, c_prev, 1.0 - f, c_tilde)


@misconception(of="cell_state", says="The gates have changed places: the input gate keeps and the forget gate stores.")
def cell_state_gates_exchanged(f, c_prev, i, c_tilde):
    return cell_state(i, c_prev, f, c_tilde)


@misconception(of="cell_state", says="The whole candidate is stored, whatever the input gate says.")
def cell_state_candidate_not_gated(f, c_prev, i, c_tilde):
    return cell_state(f, c_prev, np.ones_like(i), c_tilde)


@misconception(of="cell_state", says="All of the old cell is kept, whatever the forget gate says.")
def cell_state_never_forgets(f, c_prev, i, c_tilde):
    return cell_state(np.ones_like(f), c_prev, i, c_tilde)


@misconception(of="cell_state", says="The cell is overwritten: nothing of the old one is kept.")
def cell_state_old_cell_dropped(f, c_prev, i, c_tilde):
    return i * c_tilde


@misconception(of="cell_state", says="The new cell has gone through a tanh. Only what is shown of it should.")
def cell_state_squashed(f, c_prev, i, c_tilde):
    return np.tanh(cell_state(f, c_prev, i, c_tilde))


@misconception(of="hidden_state", says="The cell is shown as it is: the tanh is missing.")
def hidden_state_without_tanh(o, c):
    return o * c


@misconception(of="hidden_state", says="The tanh is taken after the gate. It should be taken of the cell.")
def hidden_state_tanh_after_the_gate(o, c):
    return np.tanh(o * c)


@misconception(of="hidden_state", says="All of the cell is shown, whatever the output gate says.")
def hidden_state_not_gated(o, c):
    return np.tanh(c)


@misconception(of="hidden_state", says="An output gate of 1 hides everything. It should show everything.")
def hidden_state_share_hidden(o, c):
    return hidden_state(1.0 - o, c)


@misconception(of="hidden_state", says="The cell is squashed by a sigmoid, so its sign is lost.")
def hidden_state_sigmoid_for_tanh(o, c):
    return o * sigmoid(c)


# ── misconceptions: one step of an LSTM ───────────────────────────────────────────────────────────────────────────


@misconception(of="lstm_step", says="The cell comes back first. The hidden state should.")
def lstm_step_cell_before_hidden_state(x, h_prev, c_prev, *weights):
    return lstm_step(x, h_prev, c_prev, *weights)[::-1]


@misconception(of="lstm_step", says="x stands on top of h_prev in all gates. The weights expect h_prev on top.")
def lstm_step_x_on_top(x, h_prev, c_prev, *weights):
    return lstm_step(h_prev, x, c_prev, *weights)


@misconception(of="lstm_step", says="Two gates have changed places: the input gate keeps and the forget gate stores.")
def lstm_step_forget_and_input_exchanged(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    return lstm_step(x, h_prev, c_prev, W_i, b_i, W_f, b_f, W_c, b_c, W_o, b_o)


@misconception(of="lstm_step", says="A forget gate of 1 forgets everything. It should keep everything.")
def lstm_step_share_forgotten(x, h_prev, c_prev, W_f, b_f, *others):
    return lstm_step(x, h_prev, c_prev, -W_f, -b_f, *others)  # σ(-z) = 1 - σ(z)


@misconception(of="lstm_step", says="The biases of all gates and of the candidate are missing.")
def lstm_step_without_biases(x, h_prev, c_prev, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o):
    zero = np.zeros_like(b_f)
    return lstm_step(x, h_prev, c_prev, W_f, zero, W_i, zero, W_c, zero, W_o, zero)


@misconception(of="lstm_step", says="h_prev takes the place of the old cell, and c_prev makes no difference.")
def lstm_step_hidden_state_for_cell(x, h_prev, c_prev, *weights):
    return lstm_step(x, h_prev, h_prev, *weights)


@misconception(of="lstm_step", says="Gates and candidate look at c_prev. They should look at h_prev.")
def lstm_step_gates_look_at_the_cell(x, h_prev, c_prev, *weights):
    return lstm_step(x, c_prev, c_prev, *weights)


@misconception(of="lstm_step", says="The cell is shown as it is: the tanh in h is missing.")
def lstm_step_hidden_state_without_tanh(x, h_prev, c_prev, *weights):
    _, c = lstm_step(x, h_prev, c_prev, *weights)
    *_, W_o, b_o = weights
    return output_gate(h_prev, x, W_o, b_o) * c, c


@misconception(of="lstm_step", says="The cell that is passed on has gone through a tanh. Only h should.")
def lstm_step_cell_squashed(x, h_prev, c_prev, *weights):
    h, c = lstm_step(x, h_prev, c_prev, *weights)
    return h, np.tanh(c)


# ── misconceptions: backpropagation through time ──────────────────────────────────────────────────────────────────


def _bptt_with_derivative(of_tanh, xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    """Backpropagation with any function of the states as the derivative of tanh."""
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh0 = _through_time(of_tanh(hs), W_hy.T @ dy, W_hh)
    return loss, _gradients(xs, _before(h0, hs), hs, dy, da, dh0)


@misconception(of="bptt", says="The gradient that flows back through time is not carried from step t+1 to step t.")
def bptt_not_carried_through_time(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da = (1.0 - hs**2) * (W_hy.T @ dy)
    return loss, _gradients(xs, _before(h0, hs), hs, dy, da, W_hh.T @ da[0])


@misconception(of="bptt", says="On the way back through time W_hh is used as it is. It has to be transposed.")
def bptt_carried_without_transposing(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh0 = _through_time(1.0 - hs**2, W_hy.T @ dy, W_hh.T)
    return loss, _gradients(xs, _before(h0, hs), hs, dy, da, dh0)


@misconception(of="bptt", says="The gradient passes the tanh unchanged: the derivative of tanh is missing.")
def bptt_without_derivative_of_tanh(*inputs):
    return _bptt_with_derivative(np.ones_like, *inputs)


@misconception(of="bptt", says="The derivative of tanh has its square in the wrong place.")
def bptt_square_of_the_difference(*inputs):
    return _bptt_with_derivative(lambda hs: (1.0 - hs) ** 2, *inputs)


@misconception(of="bptt", says="The derivative of tanh takes another tanh, with the square inside it.")
def bptt_square_inside_the_tanh(*inputs):
    return _bptt_with_derivative(lambda hs: 1.0 - np.tanh(hs**2), *inputs)


@misconception(of="bptt", says="The derivative of tanh takes the tanh of a state that is one already.")
def bptt_tanh_of_a_tanh(*inputs):
    return _bptt_with_derivative(lambda hs: 1.0 - np.tanh(hs) ** 2, *inputs)


@misconception(of="bptt", says="The derivative of tanh is taken from what goes in. It needs the state that comes out.")
def bptt_derivative_from_the_sum(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    a = W_hh @ _before(h0, hs) + W_xh @ xs + b_h
    da, dh0 = _through_time(1.0 - a**2, W_hy.T @ dy, W_hh)
    return loss, _gradients(xs, _before(h0, hs), hs, dy, da, dh0)


@misconception(of="bptt", says="The derivative of tanh has lost its parentheses.")
def bptt_parentheses_missing(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh0 = _through_time(np.ones_like(hs), W_hy.T @ dy - hs**2, W_hh)
    return loss, _gradients(xs, _before(h0, hs), hs, dy, da, dh0)


@misconception(of="bptt", says="The weights get their gradients from the last step alone. All steps should add up.")
def bptt_last_step_alone(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh0 = _through_time(1.0 - hs**2, W_hy.T @ dy, W_hh)
    return loss, _gradients(xs[-1:], _before(h0, hs)[-1:], hs[-1:], dy[-1:], da[-1:], dh0)


@misconception(of="bptt", says="The weights get their gradients from the first step alone: it overwrites all others.")
def bptt_overwritten_at_every_step(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh0 = _through_time(1.0 - hs**2, W_hy.T @ dy, W_hh)
    return loss, _gradients(xs[:1], h0[np.newaxis], hs[:1], dy[:1], da[:1], dh0)


@misconception(of="bptt", says="The way back ends before the first step, whose share is missing.")
def bptt_first_step_left_out(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh1 = _through_time(1.0 - hs[1:] ** 2, W_hy.T @ dy[1:], W_hh)
    return loss, _gradients(xs[1:], hs[:-1], hs[1:], dy[1:], da, dh1)


@misconception(of="bptt", says="For W_hh the state after each step is taken. It should be the state before it.")
def bptt_state_after_for_state_before(xs, targets, h0, W_xh, W_hh, W_hy, b_h, b_y):
    hs, ys = rnn_forward(xs, h0, W_xh, W_hh, W_hy, b_h, b_y)
    loss, dy = _cross_entropy(ys, targets)
    da, dh0 = _through_time(1.0 - hs**2, W_hy.T @ dy, W_hh)
    return loss, _gradients(xs, hs, hs, dy, da, dh0)


@misconception(of="bptt", says="The first step starts from zeros, whatever h0 is.")
def bptt_h0_ignored(xs, targets, h0, *weights):
    return bptt(xs, targets, np.zeros_like(h0), *weights)


@misconception(of="bptt", says="The gradient for h0 is never set and stays zero.")
def bptt_gradient_for_h0_never_set(xs, targets, h0, *weights):
    loss, gradients = bptt(xs, targets, h0, *weights)
    return loss, gradients | {"h0": np.zeros_like(h0)}


@misconception(of="bptt", says="All gradients have the opposite sign, as if probability and target were exchanged.")
def bptt_opposite_sign(xs, targets, *others):
    loss, gradients = bptt(xs, targets, *others)
    return loss, {name: -gradient for name, gradient in gradients.items()}


@misconception(of="bptt", says="The loss is a mean over time. Like the gradients it should be a sum.")
def bptt_loss_averaged(xs, targets, *others):
    loss, gradients = bptt(xs, targets, *others)
    return loss / len(xs), gradients


@misconception(of="bptt", says="Loss and gradients are means over time. They should be sums.")
def bptt_all_averaged(xs, targets, *others):
    loss, gradients = bptt(xs, targets, *others)
    return loss / len(xs), {name: gradient / len(xs) for name, gradient in gradients.items()}


@misconception(of="bptt", says="The gradients for the biases are means over time. They should be sums.")
def bptt_bias_gradients_averaged(xs, targets, *others):
    loss, gradients = bptt(xs, targets, *others)
    return loss, gradients | {name: gradients[name] / len(xs) for name in ("b_h", "b_y")}


@misconception(of="bptt", says="The gradients for the biases are row sums of those for the weights.")
def bptt_bias_gradients_from_the_weights(xs, targets, *others):
    loss, gradients = bptt(xs, targets, *others)
    rows = {"b_h": "W_xh", "b_y": "W_hy"}
    return loss, gradients | {bias: gradients[W].sum(axis=1, keepdims=True) for bias, W in rows.items()}


# ── misconceptions: gradients that explode or vanish ──────────────────────────────────────────────────────────────


def _scaled(gradients, norm, max_norm):
    """All gradients times one factor, if what is taken for their norm is too large."""
    return [gradient * (max_norm / norm if norm > max_norm else 1.0) for gradient in gradients]


@misconception(of="clip_gradients", says="Every number is limited by itself. All should shrink by one factor.")
def clip_gradients_by_value(gradients, max_norm):
    return [np.clip(gradient, -max_norm, max_norm) for gradient in gradients]


@misconception(of="clip_gradients", says="Every array is clipped by its own norm. One norm should count for all.")
def clip_gradients_each_array_alone(gradients, max_norm):
    return [clip_gradients([gradient], max_norm)[0] for gradient in gradients]


@misconception(of="clip_gradients", says="Small gradients are blown up to max_norm. They should stay.")
def clip_gradients_always_rescaled(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    return [gradient * (max_norm / norm if norm else 1.0) for gradient in gradients]


@misconception(of="clip_gradients", says="The norms of the arrays are added up. One norm should be taken of all.")
def clip_gradients_sum_of_norms(gradients, max_norm):
    return _scaled(gradients, sum(np.linalg.norm(gradient) for gradient in gradients), max_norm)


@misconception(of="clip_gradients", says="The square root is missing: the sum of squares is taken for the norm.")
def clip_gradients_without_root(gradients, max_norm):
    return _scaled(gradients, sum(np.sum(gradient**2) for gradient in gradients), max_norm)


@misconception(of="clip_gradients", says="Clipped gradients have a norm of 1. It should be max_norm.")
def clip_gradients_norm_of_one(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    return [gradient / (norm if norm > max_norm else 1.0) for gradient in gradients]


@misconception(of="gradient_product", says="The factors are added up. They should be multiplied.")
def gradient_product_sum(factors):
    return sum(factors)


@misconception(of="gradient_product", says="The product starts from 0, so it stays 0 whatever the factors are.")
def gradient_product_starts_from_zero(factors):
    return 0.0


@misconception(of="gradient_product", says="The signs of the factors are lost: only their sizes are multiplied.")
def gradient_product_signs_lost(factors):
    return abs(gradient_product(factors))


@misconception(of="gradient_product", says="The first factor is left out of the product.")
def gradient_product_first_factor_left_out(factors):
    return gradient_product(factors[1:])
