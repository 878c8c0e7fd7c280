"""What comes out of a stand-in: it does nothing, whatever is done with it.

It is empty where a container is meant, false where a truth is, 0 where a number is, so that every loop over it ends;
calculating with it gives another of its kind. It unpacks into as many names as stand on the left. As a decorator it
leaves what it decorates as it is. A name with a capital (``Formatter``) is a class, to be made, subclassed and asked
for by isinstance; one like ``ParseError`` is an exception that is never raised.

The class of each carries in its name what it came from (``plot (switched off)`` of the module ``matplotlib``), which is
how it is told to a student whose output it becomes. It is inherited from by what answers with more than nothing;
:func:`answers` registers those.
"""

from __future__ import annotations

import sys
from abc import ABCMeta
from functools import lru_cache, partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import numpy as np

from grader.records.stand_ins import SWITCHED_OFF
from grader.sandbox.worker.unpacking import names_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

_T = TypeVar("_T")
_MAX_NAME = 80  # characters of a name in a type's
_ERRORS = ("Error", "Exception")
_WARNINGS = ("Warning", "Deprecation")

_answers: dict[tuple[str, str], Any] = {}
_answers_of_modules: dict[tuple[str, str], Any] = {}


def answers(libraries: Iterable[str], *names: str, of_modules: bool = False) -> Callable[[_T], _T]:
    """Have ``libraries`` answer some names with what is decorated: all that comes out of them, or their modules."""

    def register(value: _T) -> _T:
        known = _answers_of_modules if of_modules else _answers
        known.update({(library, name): value for library in libraries for name in names})
        return value

    return register


def answered(library: str) -> set[str]:
    """The names that a library has answers for."""
    return {name for known, name in (*_answers, *_answers_of_modules) if known == library}


def attribute(library: str, name: str, *, of_module: bool = False) -> Any:
    """What anything that came out of a library, or one of its modules, has by a name."""
    if of_module and (library, name) in _answers_of_modules:
        return _answers_of_modules[library, name]
    if (library, name) in _answers:
        return _answers[library, name]
    if name.endswith((*_ERRORS, *_WARNINGS)):
        return _exception(library, name)
    # HTML and CSS4_COLORS are as often values as classes, and a value can be subclassed as well.
    return kind(library, name) if name[:1].isupper() and not name.isupper() else inert(library, name)


def inert(library: str, name: str) -> Inert:
    """What ``name`` of a library is, or gave back."""
    return cast("Inert", object.__new__(cast("type[Any]", kind(library, name))))


@lru_cache(maxsize=1000)
def kind(library: str, name: str) -> InertKind:
    """The class of what ``name`` of a library is."""
    return InertKind("", (Inert,), {"_own": (library, name)})


@lru_cache(maxsize=1000)
def _exception(library: str, name: str) -> type[Exception]:
    return type(name, (UserWarning if name.endswith(_WARNINGS) else Exception,), {"__module__": library})


def _is_decorating(given: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Whether a call may be that of a decorator, whose only argument is a function or class of the student's own."""
    if named or len(given) != 1:
        return False
    (only,) = given
    if isinstance(only, type):
        return only.__module__ != "builtins" and not issubclass(only, BaseException | Inert)
    if isinstance(only, FunctionType):
        return only.__name__ != "<lambda>"
    return isinstance(only, staticmethod | classmethod | property | partial)


class InertKind(ABCMeta):
    """The class of what is inert: it has every attribute. One that a student derives is a class like any other."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **named: Any) -> InertKind:
        """One with a place of its own (``_own``: a library, and a name in it) is called after that."""
        if "_own" in namespace:
            namespace["__module__"], own = namespace["_own"]
            name = f"{own[:_MAX_NAME]}{SWITCHED_OFF}"
        return super().__new__(mcs, name, bases, namespace, **named)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        """An instance, or what is decorated with it."""
        if cls._is_own() and _is_decorating(given, named):
            return given[0]
        return super().__call__(*given, **named)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_") or cls is Inert:
            raise AttributeError(name)
        library, _ = cls._own
        return attribute(library, name)

    def __instancecheck__(cls, value: object) -> bool:
        # What plt.gca() gave is an Axes, and a Figure as well.
        return type.__instancecheck__(cls, value) or (cls._is_own() and is_own(value))

    def _is_own(cls) -> bool:
        return "_own" in vars(cls)


def is_own(value: object) -> bool:
    """Whether a value came out of a stand-in as it is, not out of a class that a student derived from one."""
    made = type(value)
    return isinstance(made, InertKind) and "_own" in vars(made)


class Inert(metaclass=InertKind):
    """Does nothing, whatever is done with it; see the module."""

    def __init__(self, *_given: object, **_named: object) -> None:
        """Takes everything."""

    def __init_subclass__(cls, **_named: object) -> None:
        """As above."""

    def __class_getitem__(cls, _key: object) -> type[Self]:
        return cls

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (InertKind("Inert", (kind(*self._own),), {}),)  # a new one: no base may be given twice

    def __instancecheck__(self, value: object) -> bool:
        return is_own(value)

    def _again(self) -> Inert:
        return inert(*self._own)

    # ── what it has, and what calling gives ───────────────────────────────────────────────────────────────────────

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        library, _ = self._own
        return attribute(library, name)

    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: D102 - see the module
        return given[0] if _is_decorating(given, named) else self._again()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, _error: object, _traceback: object) -> bool | None:
        return None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def __await__(self) -> Generator[Any, None, Inert]:
        yield from ()  # never waits
        return self._again()

    # ── a container of nothing ────────────────────────────────────────────────────────────────────────────────────

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter([self._again() for _ in range(names_waiting(sys._getframe(1)))])  # noqa: SLF001 - no public way

    def __next__(self) -> Inert:  # of an iterator of colours
        return self._again()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Inert:
        raise StopAsyncIteration

    def __contains__(self, _item: object) -> bool:
        return False

    def __getitem__(self, _key: object) -> Any:
        return self._again()

    def __setitem__(self, _key: object, _value: object) -> None:
        pass

    def __delitem__(self, _key: object) -> None:
        pass

    # ── a number, a truth, a text ─────────────────────────────────────────────────────────────────────────────────

    def __bool__(self) -> bool:
        return False

    def __int__(self) -> int:
        return 0

    __index__ = __trunc__ = __floor__ = __ceil__ = __int__

    def __float__(self) -> float:
        return 0.0

    def __complex__(self) -> complex:
        return 0j

    def __lt__(self, _other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __repr__(self) -> str:
        library, name = self._own
        return f"<{library}.{name[:_MAX_NAME]}{SWITCHED_OFF}>"

    def __format__(self, _how: str) -> str:
        return str(self)

    def __fspath__(self) -> str:
        return str(self)

    def __bytes__(self) -> bytes:
        return b""

    def _operate(self, *_: object, **__: object) -> Inert:
        return self._again()

    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _operate
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = _operate
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = _operate
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = _operate
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _operate

    def __divmod__(self, _other: object) -> tuple[Inert, Inert]:
        return self._again(), self._again()

    __rdivmod__ = __divmod__

    # ── with NumPy, and copied ────────────────────────────────────────────────────────────────────────────────────

    def __array__(self, dtype: Any = None, copy: object = None) -> np.ndarray[Any, Any]:
        """An object without dimensions, so that several of it make an array of several."""
        array = np.empty((), dtype=object)
        array[()] = self
        return array if dtype is None else array.astype(dtype)

    __array_ufunc__ = __array_function__ = _operate

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (inert, self._own) if is_own(self) else super().__reduce_ex__(protocol)
