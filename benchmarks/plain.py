"""A case bank for a script that knows nothing of grader: JSON that points into one flat array for each dtype.

The same layout as the bank's own (:mod:`grader.bank.layout`), so that neither side gains from how cases are stored.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from grader.records.bank import Case, CaseBank
    from grader.records.record import Value


def write_plain(bank: CaseBank, folder: Path) -> None:
    """Write every case of a bank, public and hidden, as ``cases.json`` and ``cases.npz``."""
    flats: dict[str, list[Any]] = {}
    exercises = [
        {
            "id": exercise.id,
            "run": exercise.run,
            "cases": [_case(case, flats) for case in bank.cases[exercise.id]],
        }
        for exercise in bank.assignment.exercises
    ]
    (folder / "cases.json").write_text(json.dumps(exercises), encoding="utf-8")
    np.savez(folder / "cases.npz", allow_pickle=False, **{name: np.array(items, name) for name, items in flats.items()})


def _case(case: Case, flats: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        "sizes": case.sizes,
        "inputs": {name: _node(value, flats) for name, value in case.inputs.items()},
        "expected": {name: _node(value, flats) for name, value in case.expected.items()},
        "raises": case.raises,
    }


def _node(value: Value, flats: dict[str, list[Any]]) -> Any:
    if isinstance(value, np.ndarray):
        flat = flats.setdefault(value.dtype.name, [])
        start = len(flat)
        flat.extend(value.ravel().tolist())
        return {"dtype": value.dtype.name, "start": start, "shape": value.shape}
    if isinstance(value, list):
        return [_node(item, flats) for item in value]
    return value.item() if isinstance(value, np.generic) else value
