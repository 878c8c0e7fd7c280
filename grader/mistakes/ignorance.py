"""Making a module know nothing: its functions answer with the shapes of right results, and nothing else of them.

This runs in a process of its own, in which the reference is the submission: `grade audit` grades it. Only the outermost
call is answered so; what a function calls on its way is as it was, so that it comes to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getattr_static
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: What is answered: one number, numbers by chance, or what was given. Any other kind is an exception that is raised.
KINDS = ("zeros", "ones", "nan", "random", "echo")
_METHODS = ("__init__", "__call__")  # of those with two underscores


def forget(namespace: dict[str, Any], names: Sequence[str], kind: str) -> None:
    """Replace what these names stand for in a module."""
    ignorance = _Ignorance(kind)
    for name in names:
        known = namespace[name]
        namespace[name] = ignorance.of(known) if kind in KINDS else _refusing(kind)


def _refusing(error: str) -> Callable[..., Any]:
    import builtins

    def refuse(*_given: Any, **_named: Any) -> Any:
        raise getattr(builtins, error)

    return refuse


class _Ignorance:
    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._busy = False

    def of(self, known: Any, given: Sequence[Any] = ()) -> Any:
        """What stands for a value where whatever was ``given`` is all that is known."""
        return self._of(known, list(_numbers(given)))

    def _of(self, known: Any, given: list[Any]) -> Any:
        match known:
            case dict():
                return {key: self._of(value, given) for key, value in known.items()}
            case list():
                return [self._of(value, given) for value in known]
            case tuple():
                return tuple(self._of(value, given) for value in known)
            case Iterator():
                return iter([self._of(value, given) for value in known])
            case bool() | int() | float() | complex() | np.generic():
                return self._filled(np.asarray(known), given).item()
            case np.ndarray():
                return self._filled(known, given)
            case type():
                return self._class(known)
        if callable(known):
            return self._function(known)
        if hasattr(known, "__dict__"):
            self._blank(known, given)
            return known
        return "" if isinstance(known, str) else None

    def _filled(self, known: Any, given: list[Any]) -> Any:
        """An array of the shape of a known one, and where that can be of its dtype."""
        match self._kind:
            case "zeros":
                return np.zeros_like(known)
            case "ones":
                return np.ones_like(known)
            case "nan":
                return np.full(known.shape, np.nan)
            case "random":
                return np.random.uniform(size=known.shape)  # noqa: NPY002 - the worker has seeded this one
        for place, array in enumerate(given):
            if array.shape == known.shape:  # each input once, while there are others
                given.append(given.pop(place))
                return array
        return np.resize(given[0], known.shape) if given else np.zeros_like(known)

    def _blank(self, known: Any, given: list[Any]) -> None:
        own = vars(known)
        own.update({name: self._of(value, given) for name, value in list(own.items())})

    def _class(self, known: type) -> type:
        wanted = [name for name in dir(known) if not name.startswith("__") or name in _METHODS]
        methods = {name: getattr_static(known, name) for name in wanted}
        made = {name: self._method(each) for name, each in methods.items() if isinstance(each, FunctionType)}
        return type(known.__name__, (known,), made)

    def _method(self, known: Callable[..., Any]) -> Callable[..., Any]:
        def answered(this: Any, *given: Any, **named: Any) -> Any:
            outermost = not self._busy
            answer = self._call(known, (this, *given), named, [*given, *named.values()])
            if outermost and known.__name__ == "__init__":
                self._blank(this, list(_numbers(given)))
            return answer

        return answered

    def _function(self, known: Callable[..., Any]) -> Callable[..., Any]:
        def answered(*given: Any, **named: Any) -> Any:
            return self._call(known, given, named, [*given, *named.values()])

        return answered

    def _call(self, known: Callable[..., Any], given: Sequence[Any], named: dict[str, Any], told: list[Any]) -> Any:
        if self._busy:
            return known(*given, **named)
        self._busy = True
        try:
            result = known(*given, **named)
        except Exception:  # noqa: BLE001 - who knows nothing refuses nothing, whatever the reference refuses
            result = 0.0
        finally:
            self._busy = False
        return self.of(result, told)


def _numbers(given: Any) -> Iterator[Any]:
    """All arrays and numbers among arguments, as arrays."""
    if isinstance(given, list | tuple):
        for value in given:
            yield from _numbers(value)
    elif isinstance(given, dict):
        yield from _numbers(list(given.values()))
    elif isinstance(given, np.ndarray | np.generic | int | float | complex):
        array = np.asarray(given)
        if array.size and array.dtype.kind in "biufc":
            yield array
