"""Mistakes of which false things are easily said: what is appended to a right solution, and all that is told."""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """``then`` follows a right solution, whose function it may call ``right``; ``told`` is all that is said of it."""

    exercise: str
    then: str
    told: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        return f"\n\nright = {self.exercise}\n\n\n{self.then}\n"


MISTAKES = {
    "one infinite number": Mistake(
        "lstm_step",
        """def lstm_step(*inputs):
    h, c = right(*inputs)
    h = h.copy()
    h[0] = np.inf
    return h, c""",
        ("`h` is wrong in its first row only.", "`c` is right; `h` is not."),
    ),
    "one output infinite": Mistake(
        "lstm_step",
        """def lstm_step(*inputs):
    h, c = right(*inputs)
    return h, np.full_like(c, np.inf)""",
        ("`h` is right; `c` is not.",),
    ),
    "all infinite": Mistake(
        "lstm_step",
        """def lstm_step(*inputs):
    h, c = right(*inputs)
    return np.sign(h) * np.inf, np.sign(c) * np.inf""",
    ),
    "an ordinary case contradicts": Mistake(
        "gradient_product",
        """def gradient_product(factors):
    return float(np.prod([factor for factor in factors if factor > 0]))""",
    ),
    "a case that counts contradicts": Mistake(
        "rnn_step",
        """def rnn_step(*inputs):
    return np.round(right(*inputs), 3)""",
        ("`h` is rounded to 3 decimals.",),
    ),
    "an edge contradicts": Mistake(
        "rnn_step",
        """def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    h = right(x, h_prev, W_xh, W_hh, 0 * b_h)
    return h if np.any(x) else h + 0.25""",
        ("Nearly as if: The bias b_h is missing.",),
    ),
    "an output that is wrong where it counts": Mistake(
        "rnn_forward",
        """def rnn_forward(xs, h0, *weights):
    hs, ys = map(np.array, right(xs, h0, *weights))
    return hs * (0.5 if len(xs) == 1 or len(h0) == 1 else 1.0), ys + 0.3 * np.sin(7 * ys)""",
    ),
    "wrong in two circumstances": Mistake(
        "rnn_step",
        """def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    h = right(x, h_prev, W_xh, W_hh, b_h)
    return h + 0.3 * np.sin(h) + 0.01 if len(x) == 1 or len(h) == 1 else h""",
        (
            "`h`: some numbers lie outside -1 to 1, where all the right ones lie.",
            "It is wrong when `D` is 1 or `H` is 1.",
        ),
    ),
    "single numbers met by chance": Mistake(
        "gradient_product",
        """def gradient_product(factors):
    return float(int(np.prod(factors)))""",
        ("`product` is cut off to whole numbers.",),
    ),
    "all zero": Mistake(
        "forget_gate",
        """def forget_gate(h_prev, x, W_f, b_f):
    return np.zeros_like(b_f)""",
        ("`f` is 0, whatever it should be.",),
    ),
    "empty": Mistake(
        "rnn_step",
        """def rnn_step(*inputs):
    return right(*inputs)[:0]""",
    ),
    "rows that are no steps": Mistake(
        "rnn_step",
        """def rnn_step(x, h_prev, W_xh, W_hh, b_h):
    h = np.zeros_like(h_prev)
    h[0] = right(x, h_prev, W_xh, W_hh, b_h)[0]
    return h""",
        ("`h` is right in its first row only.", "It is right whenever `H` is 1."),
    ),
    "rows moved": Mistake(
        "rnn_step",
        """def rnn_step(*inputs):
    return np.roll(right(*inputs), 1, axis=0)""",
        (
            "`h` has its rows moved by one: each holds what belongs to the one before.",
            "It is right whenever `H` is 1.",
        ),
    ),
    "a factor near 1": Mistake(
        "bptt",
        """def bptt(*inputs):
    loss, gradients = right(*inputs)
    return loss * 1.008, gradients""",
        ("`loss`: right but for a factor that is the same in all cases.",),
    ),
    "numbers near the largest": Mistake(
        "rnn_step",
        """def rnn_step(*inputs):
    return right(*inputs) * 1e308""",
        ("`h`: some numbers lie outside -1 to 1, where all the right ones lie.",),
    ),
}
