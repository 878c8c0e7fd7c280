"""What the handout shows beside its text. `grade figures assignment4` draws it; students get the pictures alone."""

from matplotlib.figure import Figure

STEPS = 20


def gradient_flow() -> Figure:
    """Gradient norms over 20 steps: how much of a gradient at the last step reaches each step before it.

    The scale is logarithmic, and all lines meet at 1 at the last step. In a plain network whose W_hh shortens vectors
    to 0.7 of their length, 0.001 reaches the first step, which is below 0.01 and counts as vanishing. With 0.9 it is
    0.14. With 1.3 it is 146, which is above 100 and counts as exploding. Along the cell of an LSTM whose forget gate is
    0.98, 0.68 of it is left.
    """
    figure = Figure(figsize=(6.4, 4.2))
    axes = figure.subplots()
    steps = range(1, STEPS + 1)
    for size, label, label_at in (
        (1.3, "W_hh of size 1.3", (6.4, 45)),
        (0.98, "the cell, f = 0.98", (2.6, 1.25)),
        (0.9, "W_hh of size 0.9", (7.6, 0.1)),
        (0.7, "W_hh of size 0.7", (9.6, 0.0033)),
    ):
        (line,) = axes.plot(steps, [size ** (STEPS - t) for t in steps], marker="o")
        axes.annotate(label, label_at, color=line.get_color())
    for limit, word, above in ((0.01, "vanishing", False), (100.0, "exploding", True)):
        axes.axhline(limit, color="0.4", linestyle="--", linewidth=1.0)
        axes.annotate(word, (STEPS, limit * (1.4 if above else 0.4)), color="0.3", ha="right")
    axes.set(xlabel="step t", ylabel="norm of ∂h_T/∂h_t", yscale="log", xticks=(1, 5, 10, 15, 20), ylim=(5e-4, 500))
    axes.set_yticks([0.001, 0.01, 0.1, 1, 10, 100], ["0.001", "0.01", "0.1", "1", "10", "100"])
    axes.minorticks_off()
    return figure
