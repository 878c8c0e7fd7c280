"""What is switched off while grading: libraries for plots, notebooks and tests, and how a value of one is known.

And what authors import, so that a reference can be graded as a submission: whether it earns all points is the first
thing that an author wants to see.

Used in the worker as well, so this module imports nothing.
"""

from __future__ import annotations

PLOTS = frozenset({"matplotlib", "pylab", "mpl_toolkits", "seaborn", "plotly", "bokeh"})
NOTEBOOKS = frozenset({"IPython", "ipywidgets", "google.colab", "tqdm", "marimo"})
TESTS = frozenset({"otter", "nose", "pytest"})
AUTHORS = frozenset({"grader.author"})
#: Libraries for which a worker has an inert module instead. An assignment's ``stand_ins`` are further ones.
STAND_INS = PLOTS | NOTEBOOKS | TESTS | AUTHORS
_BY_ROOT = {name.partition(".")[0]: name for name in STAND_INS}

#: The end of the name of a type of which every value of a stand-in is: ``matplotlib.plot (switched off)``.
SWITCHED_OFF = " (switched off)"


def library_of(type_name: str) -> str | None:
    """The library that a value of this type stands in for; empty for one not listed here, None for any other value.

    What is left of the name was chosen by student code.
    """
    if not type_name.endswith(SWITCHED_OFF):
        return None
    return _BY_ROOT.get(type_name.partition(".")[0], "")
