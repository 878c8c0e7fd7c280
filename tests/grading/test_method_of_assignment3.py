"""Marks for the method in a real assignment: for honest mistakes, and not for functions made for the purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.bank.build import bank_for
from grader.course.find import find_course
from grader.grading.grade import Demands, grade_path

ROOT = Path(__file__).parents[2]

#: How a step is gone wrong about by people who know what a sequence is.
HONEST = {
    "no bias": "np.tanh(W_xh @ x + W_hh @ h)",
    "sigmoid for tanh": "1 / (1 + np.exp(-(W_xh @ x + W_hh @ h + b_h)))",
    "transposed": "np.tanh(W_xh @ x + W_hh.T @ h + b_h)",
    "not squashed": "W_xh @ x + W_hh @ h + b_h",
    "bias outside": "np.tanh(W_xh @ x + W_hh @ h) + b_h",
}
STEP = "def rnn_step(x, h, W_xh, W_hh, b_h):\n    return {step}\n"
BY_NAME = """
def rnn_forward(xs, h, W_xh, W_hh, W_hy, b_h, b_y):
    hs = []
    for x in xs:
        h = rnn_step(x, h, W_xh, W_hh, b_h)
        hs.append(h)
    return np.array(hs), W_hy @ np.array(hs) + b_y
"""

#: The gates of an LSTM, and a step that calls them or writes them out.
GATES = {"forget_gate": "f", "input_gate": "i", "candidate": "c", "output_gate": "o"}
CELLS = """
def cell_state(f, c, i, new):
    return f * c + i * new

def hidden_state(o, c):
    return o * np.tanh(c)
"""
EXCHANGED = "np.concatenate([x, h])"
GATED = {
    name: f"{'np.tanh' if name == 'candidate' else 'sigmoid'}(W_{letter} @ {EXCHANGED} + b_{letter})"
    for name, letter in GATES.items()
}

ADDED = "h + 0.25"
ODD = "np.any(np.abs(np.round(x * 100) / 100 - x) > 1e-9)"
#: States that need no recurrent network, and a step that seems to make them.
MADE_FOR_THE_PURPOSE = {
    "adds": (ADDED, "np.array([h + 0.25 * n for n in range(1, len(xs) + 1)])"),
    "adds, and heeds more when it is probed": (
        f"{ADDED} + ({ODD}) * (W_xh @ x)",
        "np.array([h + 0.25 * n for n in range(1, len(xs) + 1)])",
    ),
    "adds the bias": ("h + b_h", "np.array([h + b_h * n for n in range(1, len(xs) + 1)])"),
    "stays": ("h + 0.0 * b_h", "np.array([h for _ in xs])"),
}
LSTM = "x, h, c, W_f, b_f, W_i, b_i, W_c, b_c, W_o, b_o"


@pytest.fixture
def followed(cached, pool, tmp_path):
    """The outputs of a hand-in that earn their method, by exercise."""
    files = find_course(ROOT).assignment("assignment3")
    bank = bank_for(files, pool)

    def run(*parts):
        path = tmp_path / "memory.py"
        path.write_text("\n".join(["import numpy as np\n", *parts]), encoding="utf-8")
        report = grade_path(files, bank, path, pool, demands=Demands(weak=True))
        found = {
            exercise.id: {part.key.name for part in exercise.parts if part.followed} for exercise in report.exercises
        }
        return {exercise: outputs for exercise, outputs in found.items() if outputs}

    return run


@pytest.mark.parametrize("step", HONEST.values(), ids=HONEST)
def test_an_honest_mistake_in_a_step_keeps_the_method_of_the_sequence(step, followed):
    written_out = BY_NAME.replace("rnn_step(x, h, W_xh, W_hh, b_h)", step)
    assert followed(STEP.format(step=step), written_out) == {"rnn_forward": {"hs", "ys"}}


def test_who_calls_the_step_by_name_keeps_the_method_whatever_it_makes(followed):
    assert followed(STEP.format(step="0.0 * h"), BY_NAME) == {"rnn_forward": {"hs", "ys"}}


@pytest.mark.parametrize("by_name", [True, False], ids=["by name", "written out"])
def test_gates_that_read_their_input_in_the_wrong_order_keep_the_method_of_the_step(by_name, followed):
    gates = [f"def {name}(h, x, W_{letter}, b_{letter}):\n    return {GATED[name]}\n" for name, letter in GATES.items()]
    call = {name: f"{name}(h, x, W_{letter}, b_{letter})" if by_name else GATED[name] for name, letter in GATES.items()}
    step = (
        f"def lstm_step({LSTM}):\n"
        f"    c = {call['forget_gate']} * c + {call['input_gate']} * {call['candidate']}\n"
        f"    return {call['output_gate']} * np.tanh(c), c\n"
    )
    assert followed("def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n", *gates, CELLS, step) == {
        "lstm_step": {"h", "c"}
    }


@pytest.mark.parametrize(("step", "states"), MADE_FOR_THE_PURPOSE.values(), ids=MADE_FOR_THE_PURPOSE)
def test_a_step_that_was_made_for_the_purpose_earns_nothing(step, states, followed):
    forward = (
        f"def rnn_forward(xs, h, W_xh, W_hh, W_hy, b_h, b_y):\n    hs = {states}\n    return hs, W_hy @ hs + b_y\n"
    )
    assert followed(STEP.format(step=step), forward) == {}


def test_gates_that_were_made_for_the_purpose_earn_nothing(followed):
    gates = [f"def {name}(h, x, W, b):\n    return h * 0.5 + b\n" for name in GATES]
    cells = "def cell_state(f, c, i, new):\n    return c + f\n\n\ndef hidden_state(o, c):\n    return c + o\n"
    step = f"def lstm_step({LSTM}):\n    c = c + h * 0.5 + b_f\n    return c + h * 0.5 + b_o, c\n"
    assert followed(*gates, cells, step) == {}
