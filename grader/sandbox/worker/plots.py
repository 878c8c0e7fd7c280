"""What plotting libraries give back that is more than nothing: axes in their places, limits, colours, settings."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.records.stand_ins import PLOTS
from grader.sandbox.worker.inert import Inert, answers, inert

_MAX_AXES = 10_000
_LIMITS = (0.0, 1.0)  # of axes on which nothing was drawn
_BLACK = (0.0, 0.0, 0.0, 1.0)
_CYCLE = [f"C{number}" for number in range(10)]
_COLOUR_TABLES = ("BASE_COLORS", "TABLEAU_COLORS", "CSS4_COLORS", "XKCD_COLORS")
_COLOUR_MAPS = (
    "viridis plasma inferno magma cividis Greys Purples Blues Greens Oranges Reds YlOrBr YlOrRd OrRd PuRd RdPu BuPu "
    "GnBu PuBu YlGnBu PuBuGn BuGn YlGn binary gray bone pink spring summer autumn winter cool hot afmhot gist_heat "
    "copper PiYG PRGn BrBG PuOr RdGy RdBu RdYlBu RdYlGn Spectral coolwarm bwr seismic twilight twilight_shifted hsv "
    "Pastel1 Pastel2 Paired Accent Dark2 Set1 Set2 Set3 tab10 tab20 tab20b tab20c ocean gist_earth terrain "
    "gist_rainbow rainbow jet turbo nipy_spectral"
)

#: What ``from pylab import *`` and ``from matplotlib.pyplot import *`` bring, beside what is answered here.
PYPLOT = (
    "annotate arrow autoscale axes axhline axhspan axline axvline axvspan bar bar_label barbs barh box boxplot "
    "broken_barh cla clabel clf clim close cohere colorbar colormaps connect contour contourf csd delaxes disconnect "
    "draw draw_if_interactive errorbar eventplot figimage figlegend fignum_exists figtext figure fill fill_between "
    "fill_betweenx gca gcf gci get_figlabels get_fignums getp ginput grid hexbin hist hist2d hlines imread imsave "
    "imshow ioff ion isinteractive legend locator_params loglog magnitude_spectrum margins matshow minorticks_off "
    "minorticks_on new_figure_manager pause pcolor pcolormesh phase_spectrum pie plot plot_date polar psd quiver "
    "quiverkey rc rc_context rcdefaults rgrids savefig sca scatter sci semilogx semilogy set_cmap setp show specgram "
    "spy stackplot stairs stem step streamplot style subplot subplot2grid subplot_mosaic subplots_adjust "
    "subplot_tool suptitle switch_backend table text thetagrids tick_params ticklabel_format tight_layout title "
    "tricontour tricontourf tripcolor triplot twinx twiny violinplot vlines xcorr xkcd xlabel xscale xticks ylabel "
    "yscale yticks Axes Circle Figure Line2D Normalize Polygon Rectangle Slider Text"
)


@answers(PLOTS, "subplots")
def subplots(nrows: Any = 1, ncols: Any = 1, *, squeeze: Any = True, **_: object) -> Any:
    """Of a figure: an axes, or an array of them."""
    axes = inert("matplotlib", "subplots")
    try:
        rows, columns = int(nrows), int(ncols)
    except (TypeError, ValueError, OverflowError):
        return axes
    if min(rows, columns) < 1 or rows * columns > _MAX_AXES:
        return axes
    grid = np.empty((rows, columns), dtype=object)
    for place in np.ndindex(rows, columns):
        grid[place] = inert("matplotlib", "subplots")
    if not squeeze:
        return grid
    return axes if grid.size == 1 else grid.squeeze()


@answers(PLOTS, "subplots", of_modules=True)
def figure_and_axes(*given: Any, **named: Any) -> tuple[Any, Any]:
    """Of ``plt``: a figure with its axes."""
    return inert("matplotlib", "subplots"), subplots(*given, **named)


@answers({"matplotlib"}, "add_gridspec", "GridSpec")
class Grid(Inert):
    """Places for axes."""

    _own = ("matplotlib", "GridSpec")

    def __init__(self, nrows: Any = 1, ncols: Any = 1, *_: object, **__: object) -> None:
        self._size = nrows, ncols

    def subplots(self, *_: object, squeeze: Any = True, **__: object) -> Any:
        """An axes in each."""
        return subplots(*self._size, squeeze=squeeze)


@answers(PLOTS, "xlim", "ylim", "get_xlim", "get_ylim", "get_zlim", "get_xbound", "get_ybound")
def limits(*_: object, **__: object) -> tuple[float, float]:
    """Numbers, from which students make points to draw at."""
    return _LIMITS


@answers(PLOTS, "axis")
def axis(*_: object, **__: object) -> tuple[float, ...]:
    """The limits of both."""
    return _LIMITS + _LIMITS


@answers(PLOTS, "waitforbuttonpress")
def waitforbuttonpress(*_: object, **__: object) -> bool:
    """True, or a loop until somebody presses would never end."""
    return True


class Settings(dict[str, Any]):
    """What was set, and nothing of the rest."""

    def __missing__(self, name: str) -> Any:
        return inert("matplotlib", "rcParams")


answers(PLOTS, "rcParams")(Settings())


# ── colours: there are as many as are asked for, because loops are made over them ─────────────────────────────────


class ColourMap(Inert):
    """A colour for every number."""

    _own = ("matplotlib", "colormaps")
    N = 256
    colors = [_BLACK] * 10

    def __call__(self, values: Any = 0.0, *_: object, **__: object) -> Any:
        """Black."""
        shape = np.shape(values)
        return np.broadcast_to(_BLACK, (*shape, 4)).copy() if shape else _BLACK

    def __getitem__(self, _key: object) -> Any:
        return self

    def same(self, *_: object, **__: object) -> ColourMap:
        """Itself."""
        return self

    get_cmap = resampled = reversed = copy = same


_maps = _COLOUR_MAPS.split()
answers({"matplotlib"}, *_maps, *(f"{name}_r" for name in _maps), "colormaps")(ColourMap())


@answers({"matplotlib"}, "get_cmap")
def get_cmap(*_: object, **__: object) -> ColourMap:
    """One of them."""
    return ColourMap()


@answers({"matplotlib"}, "by_key")
def by_key() -> dict[str, list[str]]:
    """The colours that lines take in turn."""
    return {"color": list(_CYCLE)}


@answers({"seaborn"}, "color_palette", "husl_palette", "hls_palette")
def palette(name: Any = None, n_colors: Any = None, *_: object, **__: object) -> list[Any]:
    """Colours by the name of a palette and their number, or by their number alone."""
    wanted = next((each for each in (n_colors, name) if isinstance(each, int)), 10)
    return [_BLACK[:3]] * min(max(wanted, 0), _MAX_AXES)


answers({"matplotlib"}, *_COLOUR_TABLES)({name: name for name in _CYCLE})
