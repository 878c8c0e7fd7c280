"""What the handout shows beside its text. `grade figures assignment3` draws it; students get the pictures alone."""

import numpy as np
from matplotlib.figure import Figure


def decay_curve() -> Figure:
    """Strength of a memory over 20 words, at three rates.

    At rate 1.0 it stays at 1. At rate 0.9 it falls in a curve: 0.59 after 5 words, 0.35 after 10, 0.12 after 20. At
    rate 0.5 it is below 0.05 after 5 words.
    """
    words = np.arange(21)
    figure = Figure()
    axes = figure.subplots()
    for rate, label_at in ((1.0, (14, 1.03)), (0.9, (7.3, 0.52)), (0.5, (3.2, 0.16))):
        (line,) = axes.plot(words, [rate**n for n in words.tolist()], marker="o")
        axes.annotate(f"rate {rate}", label_at, color=line.get_color())
    axes.set(xlabel="words since", ylabel="strength", xlim=(-0.4, 20.4), ylim=(-0.03, 1.12), xticks=range(0, 21, 5))
    return figure


SENTENCE = ["The", "letters", "that", "my", "grandmother", "wrote", "to", "us", "until", "I", "was", "twelve", "are"]


def gate_activations() -> Figure:
    """Three gates of an LSTM while it reads a sentence, and what the cell keeps.

    The sentence is: The letters that my grandmother wrote to us until I was twelve are. The input gate opens at
    "letters" alone, and the cell rises to 0.9. The forget gate stays near 1 until "are", so the cell keeps more than
    0.8 for ten words, where a memory of rate 0.9 falls to 0.3. The output gate opens at "are", where the number
    of the verb is needed; there the forget gate shuts, and the cell is empty again.
    """
    steps = np.arange(len(SENTENCE))
    needed, heard = len(SENTENCE) - 1, SENTENCE.index("letters")
    forget = np.where(steps == needed, 0.1, 0.99)
    store = np.where(steps == heard, 0.95, 0.01)
    show = np.where(steps == needed, 0.97, 0.05)
    cell, plain, kept, faded = [], [], 0.0, 0.0
    for step in steps:
        new = 0.95 if step == heard else 0.0
        kept = forget[step] * kept + store[step] * new
        faded = 0.9 * faded + store[step] * new
        cell.append(kept)
        plain.append(faded)

    figure = Figure(figsize=(6.4, 4.8))
    gates, memory = figure.subplots(2, sharex=True)
    for name, values in (("forget", forget), ("input", store), ("output", show)):
        gates.plot(steps, values, marker="o", label=name)
    gates.set(ylabel="gate", ylim=(-0.05, 1.1))
    memory.plot(steps, cell, marker="o", label="the cell")
    memory.plot(steps, plain, marker="o", label="a memory of rate 0.9")
    memory.set(ylabel="memory", ylim=(-0.05, 1.1), xticks=steps)
    memory.set_xticklabels(SENTENCE, rotation=40, ha="right", rotation_mode="anchor")
    for axes in (gates, memory):
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 0.98), ncols=3)
    return figure


def gradient_norm() -> Figure:
    """How much of a gradient is left that flows back through 20 steps, for three sizes of W_hh.

    The scale is logarithmic. With W_hh that makes vectors half as long, the norm falls on a straight line to a
    millionth. Where their length stays, it stays near 1. Where they become 1.3 times as long, it rises above 100.
    """
    figure = Figure()
    axes = figure.subplots()
    for size, label_at in ((1.3, (8.2, 60)), (1.0, (14, 1.6)), (0.5, (11.5, 4e-3))):
        norms = _norms_going_back(size, steps=20)
        (line,) = axes.plot(range(len(norms)), norms, marker="o")
        axes.annotate(f"W_hh of size {size}", label_at, color=line.get_color())
    ticks = [10.0**power for power in range(-6, 4, 2)]
    axes.set(xlabel="steps back", ylabel="norm of the gradient", yscale="log", xticks=range(0, 21, 5))
    axes.set_yticks(ticks, ["0.000001", "0.0001", "0.01", "1", "100"])
    axes.minorticks_off()
    return figure


def _norms_going_back(size: float, steps: int) -> list[float]:
    """Norms of the gradient of one number of the last state by each state before, from the last on.

    W_hh turns a vector of two numbers by a tenth of a circle and makes it ``size`` times as long.
    """
    turn = 2 * np.pi / 10
    weights = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    states = [np.array([1e-4, 0.0])]
    for _ in range(steps):
        states.append(np.tanh(weights @ states[-1]))
    gradient, norms = np.array([1.0, 0.0]), [1.0]
    for state in states[:0:-1]:
        gradient = weights.T @ (gradient * (1 - state**2))
        norms.append(float(np.hypot(*gradient)))
    return norms
