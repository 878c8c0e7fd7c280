"""Wrong versions swapped in where the reference runs, one after the other, and held there against what is right.

This runs in a process of the reference's own, which is told once what the versions are tried on. No code of a student's
is here, so this process may know what is expected: what goes back is whether each case tells a version, not what the
version answered. A version takes the place of one definition, and whatever it leaves behind in the module is noticed.
"""

from __future__ import annotations

import sys
import time
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

from grader.diagnose.rows import row
from grader.judge.tolerance import Rule
from grader.judge.yardstick import Yardstick
from grader.mistakes.memory import forget_memory
from grader.records.assignment import Tolerance
from grader.records.bank import Case, Origin
from grader.records.record import Foreign
from grader.records.run import Raised, Returned
from grader.records.values import pack, unpack
from grader.sandbox.worker.inputs import fresh
from grader.sandbox.worker.ordinary import packed
from grader.sandbox.worker.serve import seed
from grader.sandbox.worker.snippet import helpers_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import CellType, CodeType

    from grader.records.run import Outcome

OPAQUE = "opaque"  # state of which nobody can say whether it changed


class Prepared(NamedTuple):
    """What versions are tried on: cases that count, and ``generic`` ones after them whose answers are kept."""

    module: dict[str, Any]
    code: CodeType
    helpers: str
    outputs: Sequence[str]
    yardstick: Yardstick
    cases: Sequence[Case]
    generic: Sequence[Case]
    state: Mapping[str, Any]

    @property
    def can_be_shared(self) -> bool:
        """Whether it would be seen if a version left something behind."""
        return OPAQUE not in self.state.values()


_trials: list[Prepared] = []


def prepare(told: Mapping[str, Any]) -> tuple[bool, float]:
    """Take what versions are to be tried on.

    Returns whether they can be tried here, one after the other, and how long the right version takes for all cases.
    """
    module = vars(sys.modules[told["module"]])
    cases = [
        Case("", Origin("any"), True, each["sizes"], each["inputs"], expected=each["expected"], units=each["units"])
        for each in told["cases"]
    ]
    trial = Prepared(
        module=module,
        code=compile(told["run"], "<run>", "exec", dont_inherit=True),
        helpers=told["helpers"],
        outputs=told["outputs"],
        yardstick=Yardstick({name: _rule(*rule) for name, rule in told["rules"].items()}, cases[: told["count"]]),
        cases=cases[: told["count"]],
        generic=cases[told["count"] :],
        state=dict(_state(module)),
    )
    _trials[:] = [trial]
    began = time.process_time()
    for case in cases:
        _outcome(trial, case)
    seconds = time.process_time() - began
    return trial.can_be_shared and _cleared(module) == trial.state, seconds


def attempt(name: str, text: str) -> dict[str, Any]:
    """What the cases tell of the version that ``text`` defines in the place of ``name``.

    ``clean`` is whether it left all else in the module as it was.
    """
    (trial,) = _trials
    module, own, errors = trial.module, trial.module[name], np.geterr()
    seed(0)
    forget_memory()
    try:
        exec(compile(text, "<version>", "exec", dont_inherit=True), module)  # noqa: S102 - the author's own, changed
        outcomes = [_outcome(trial, case) for case in (*trial.cases, *trial.generic)]
    finally:
        module[name] = own
        np.seterr(**errors)
    found = trial.yardstick.margins(outcomes[: len(trial.cases)])
    return {
        "killed": np.array([each.killed for each in found], bool),
        "units": np.array([np.nan if each.units is None else each.units for each in found], float),
        "row": row(trial.generic, outcomes[len(trial.cases) :]),
        "clean": _cleared(module) == trial.state,
    }


def _outcome(trial: Prepared, case: Case) -> Outcome:
    """As a worker runs a case and a host reads its answer, without the way between them."""
    inputs = {name: fresh(value) for name, value in case.inputs.items()}
    try:
        namespace = {**trial.module, "np": np, **helpers_in(trial.helpers), **case.sizes, **inputs}
        exec(trial.code, namespace)  # noqa: S102 - as above
        return Returned({name: _crossed(namespace[name]) for name in trial.outputs if name in namespace})
    except BaseException as error:  # noqa: BLE001 - whatever it raises tells it
        return Raised(type(error).__name__, "")


def _crossed(value: Any) -> Any:
    """The value as it arrives at a host."""
    if type(value) is np.ndarray and value.dtype == np.float64:
        return value.copy()  # a later case may change it
    wires, _ = packed({"": value})
    return unpack(wires[""])


def _rule(atol: float, rtol: float, literal: bool, precise: bool, extra_keys: bool) -> Rule:
    return Rule(Tolerance(rtol=rtol, atol=atol) if literal else None, precise, extra_keys)


# ── what a version may leave behind ───────────────────────────────────────────────────────────────────────────────


def _cleared(module: Mapping[str, Any]) -> dict[str, Any]:
    for value in module.values():
        if hasattr(type(value), "cache_clear"):
            value.cache_clear()
    return dict(_state(module))


def _state(module: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What each name of the module stands for, so that a change shows."""
    own = module["__name__"]
    for name, value in module.items():
        if name.startswith("__"):
            continue
        if isinstance(value, type) and value.__module__ == own:
            yield name, id(value)
            for attribute, inner in vars(value).items():
                if not attribute.startswith("__"):
                    yield f"{name}.{attribute}", _seen(inner)
        else:
            yield name, _seen(value)


def _seen(value: Any) -> Any:
    if isinstance(value, FunctionType):
        return _seen_function(value)
    if _is_stateless(value):
        return id(value)
    wire = pack(value)
    return OPAQUE if _is_foreign(unpack(wire)) else msgspec.msgpack.encode(wire)


def _seen_function(function: FunctionType) -> Any:
    if any(not isinstance(_content(cell), type) for cell in function.__closure__ or ()):  # as super() has one
        return OPAQUE
    if not (function.__defaults__ or function.__kwdefaults__ or function.__dict__):
        return id(function)
    wire = pack([list(function.__defaults__ or ()), function.__kwdefaults__, function.__dict__])
    return OPAQUE if _is_foreign(unpack(wire)) else (id(function), msgspec.msgpack.encode(wire))


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty
        return None


def _is_stateless(value: Any) -> bool:
    if isinstance(value, type | ModuleType | BuiltinFunctionType | property | staticmethod | classmethod):
        return True
    kind = type(value)
    home = kind.__module__.partition(".")[0]
    return home in {"typing", "types"} or hasattr(kind, "cache_clear") or (home == "numpy" and callable(value))


def _is_foreign(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_is_foreign, value))
    if isinstance(value, dict):
        return any(map(_is_foreign, value.values()))
    return isinstance(value, Foreign)
