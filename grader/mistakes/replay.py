"""Running the reference with some of its functions answered by others. This runs in the reference's own process.

No code of a student's is here: :mod:`grader.grading.replay` brings what theirs answered, as values, and takes along
what they are to be asked next. Wrong versions of what the reference defines can be run in the same way.

Of what an answered function gives only declared outputs are known. A cache that it hands on to its backward function is
not; an opaque object stands in its place, and for the call that made it. A reference that looks inside fails.
"""

from __future__ import annotations

import ast
import sys
from contextlib import contextmanager
from copy import deepcopy
from functools import lru_cache, partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import msgpack

from grader.records.values import pack
from grader.sandbox.worker.made_up import Appearances, matched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import CodeType

#: A key that other calls do not have, a function's name, what it is given, by the names with which an exercise calls
#: it, the keys of the calls that made what is opaque of that, and what the function makes of it itself.
Call: TypeAlias = tuple[str, str, dict[str, Any], dict[str, str], Any]
#: What became of a run: "ended" with its outputs, "asks" with a Call, "refused" an answer, "failed", or is "lost".
Ended: TypeAlias = tuple[str, Any]
MOST_TURNS = 20_000  # of the loops of a wrong version, some of which end no more


class _Unanswered(BaseException):
    """A call that there is no answer to. No Exception, so that nothing on the way takes it for one of its own."""

    def __init__(self, ended: Ended) -> None:
        self.ended = ended
        super().__init__()


class _Endless(BaseException):
    """A wrong version has gone round a loop too often."""


class Opaque:
    """What the call ``key`` gave at some place where no output is declared. ``own`` tells what is right there."""

    __slots__ = ("key", "own")

    def __init__(self, key: str, own: Callable[[], Any]) -> None:
        self.key = key
        self.own = own

    def __deepcopy__(self, memo: dict[int, Any]) -> Opaque:
        return self


def replay(
    run: str,
    functions: Mapping[str, Mapping[str, Any]],
    known: tuple[Mapping[str, Any], Sequence[str]],
    versions: Sequence[tuple[str, str]],
    names: tuple[Sequence[str], Sequence[str]],
    namespace: dict[str, Any],
) -> list[Ended]:
    """What becomes of a snippet with each version: a name and the text that defines it anew, or two empty ones.

    ``functions`` are answered by others; of each is told with which names an exercise calls it. ``known`` are answers
    by the keys of calls, and the keys of calls that none will be given to. ``names`` are those of inputs and outputs.
    """
    inputs, outputs = names
    appearances = Appearances({*functions, *(name for name, _ in versions if name)}, namespace)
    owns = {name: namespace[name] for name in functions}
    answered = {name: _answered(name, told, known, owns, appearances) for name, told in functions.items()}

    def ended(version: tuple[str, str]) -> Ended:
        try:
            with appearances.held_by(answered), _defined(version, namespace) as defined, appearances.held_by(defined):
                own = {**namespace, **answered, **defined, **{name: deepcopy(namespace[name]) for name in inputs}}
                exec(_compiled(run), own)  # noqa: S102 - the author's own, as the worker runs it
        except _Unanswered as missing:
            return missing.ended
        except _Endless:
            return "lost", None
        except Exception:  # noqa: BLE001 - wrong versions may do so, and then it matters not how
            return "failed", None
        return "ended", {name: own[name] for name in outputs if name in own}

    return [ended(version) for version in versions]


def _answered(
    name: str,
    told: Mapping[str, Any],
    known: tuple[Mapping[str, Any], Sequence[str]],
    owns: Mapping[str, Any],
    appearances: Appearances,
) -> Callable[..., Any]:
    own = owns[name]
    answers, refused = known

    def answered(*given: Any, **named: Any) -> Any:
        values = matched(own, told["arguments"], told["keywords"], *given, **named)
        made = {argument: value.key for argument, value in values.items() if isinstance(value, Opaque)}
        values = {argument: value for argument, value in values.items() if argument not in made}
        if _has_opaque(values):
            raise TypeError("it is given what several calls have made, and no exercise calls it so")
        key = blake2b(msgpack.encode([name, *made.values(), *map(pack, values.values())]), digest_size=16).hexdigest()
        copies = deepcopy((given, named))  # the function may change what it is given

        def right() -> Any:
            with appearances.held_by(owns):  # what the function itself calls is not asked for
                return own(*_revealed(copies[0]), **_revealed(copies[1]))

        if key in answers:
            return _handed_on(deepcopy(answers[key]), told, key, right)
        if key in refused:
            raise _Unanswered(("refused", None))
        values = deepcopy(values)
        raise _Unanswered(("asks", (key, name, values, made, _declared(right(), told))))

    return answered


def _has_opaque(value: Any) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, Opaque) or (isinstance(value, list | tuple) and any(map(_has_opaque, value)))


def _revealed(value: Any) -> Any:
    """With what is right in place of all that is opaque."""
    if isinstance(value, Opaque):
        return value.own()
    if isinstance(value, dict):
        return {name: _revealed(each) for name, each in value.items()}
    return type(value)(map(_revealed, value)) if type(value) in (list, tuple) else value


def _handed_on(answer: Any, told: Mapping[str, Any], key: str, right: Callable[[], Any]) -> Any:
    """An answer as the reference is given it, which may not know all of it."""
    if told["single"]:
        return answer
    return tuple(
        Opaque(key, partial(_at, place, right)) if shape is None else value
        for place, (shape, value) in enumerate(zip(told["results"].values(), answer, strict=True))
    )


def _at(place: int, result: Callable[[], Any]) -> Any:
    return result()[place]


def _declared(result: Any, told: Mapping[str, Any]) -> Any:
    """A result without what no output is declared for, None in its place."""
    if told["single"]:
        return result
    return tuple(
        None if shape is None else value for shape, value in zip(told["results"].values(), result, strict=True)
    )


@contextmanager
def _defined(version: tuple[str, str], namespace: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the text of a version defines, which knows all names of the reference's module."""
    name, text = version
    if not name:
        yield {}
        return
    own = namespace[name]
    module = getattr(own, "__globals__", None) or vars(sys.modules[own.__module__])
    module[_TURN] = _turns()
    try:
        try:
            exec(_counting(text), module)  # noqa: S102 - the author's own, with one change
            defined = {name: module[name]}
        finally:
            module[name] = own
        yield defined
    finally:
        del module[_TURN]


_TURN = "_turn_of_a_wrong_version"


def _turns() -> Callable[[], None]:
    """What is called at every turn of a loop. Raises _Endless after too many."""
    left = iter(range(MOST_TURNS))

    def turn() -> None:
        if next(left, None) is None:
            raise _Endless

    return turn


@lru_cache(maxsize=1024)
def _counting(text: str) -> CodeType:
    """Compiled so that every turn of its loops is counted."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.While):
            node.body.insert(0, ast.Expr(ast.Call(ast.Name(_TURN, ast.Load()), [], [])))
    return compile(ast.fix_missing_locations(tree), "<run>", "exec", dont_inherit=True)


@lru_cache(maxsize=64)
def _compiled(text: str) -> CodeType:
    return compile(text, "<run>", "exec", dont_inherit=True)
