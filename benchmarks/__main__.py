"""``python -m benchmarks``: every measurement beside its yardstick, as a table of ratios."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measurements import measurements
from benchmarks.timing import compare
from grader.sandbox.open import open_pool

if TYPE_CHECKING:
    from benchmarks.timing import Result


def main() -> None:
    """Measure, and print a table, or JSON with every single time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Time grading beside its yardsticks.")
    parser.add_argument("--repeat", type=int, default=21, metavar="N", help="rounds, after one that fills caches")
    parser.add_argument("--json", action="store_true", help="print seconds as JSON instead of a table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_pool(alone=True) as pool:
        results = compare(measurements(Path(folder), pool), options.repeat)
    print(as_json(results) if options.json else as_table(results))


def as_table(results: list[Result]) -> str:
    """Medians with half the distance between the quartiles; the ratio is the median over rounds."""
    rows = [("", "time", "yardstick", "time", "ratio", "at most")]
    for result in results:
        pair, promise = result.pair, result.pair.promise
        times = (_duration(result.seconds), _duration(result.yardstick_seconds))
        ratio = f"{_median(result.ratios):.2f} ± {_spread(result.ratios):.2f}"
        rows.append((pair.name, times[0], pair.yardstick, times[1], ratio, f"{promise:.2f}" if promise else ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def as_json(results: list[Result]) -> str:
    """Every time in seconds, in the order of the rounds."""
    found = [
        {
            "name": result.pair.name,
            "yardstick": result.pair.yardstick,
            "promise": result.pair.promise,
            "ratio": _median(result.ratios),
            "seconds": result.seconds,
            "yardstick_seconds": result.yardstick_seconds,
        }
        for result in results
    ]
    return json.dumps(found, indent=2, ensure_ascii=False)


def _duration(seconds: list[float]) -> str:
    scale, unit = (1e3, "ms") if _median(seconds) >= 1e-3 else (1e6, "µs")
    return f"{_median(seconds) * scale:.1f} ± {_spread(seconds) * scale:.1f} {unit}"


def _median(values: list[float]) -> float:
    return _quantile(values, 0.5)


def _spread(values: list[float]) -> float:
    return (_quantile(values, 0.75) - _quantile(values, 0.25)) / 2


def _quantile(values: list[float], share: float) -> float:
    """By linear interpolation; of a single value, that value."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


if __name__ == "__main__":
    main()
