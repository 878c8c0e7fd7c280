"""Running the reference with some of its functions answered by others. This runs in the reference's own process.

No code of a student's is here: :mod:`grader.grading.replay` brings what theirs answered, as values, and takes along
what they are to be asked next. Wrong versions of what the reference defines can be run in the same way.
"""

from __future__ import annotations

import sys
from copy import deepcopy
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import msgpack

from grader.records.values import pack
from grader.sandbox.worker.made_up import Appearances, matched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import CodeType

#: A function's name, what it is given, by the names with which an exercise calls it, and what it makes of that itself;
#: and a key that other calls do not have.
Call: TypeAlias = tuple[str, str, dict[str, Any], Any]
#: What became of a run: "ended" with its outputs, "asks" with a Call, "refused" an answer, or "failed".
Ended: TypeAlias = tuple[str, Any]


class _Unanswered(BaseException):
    """A call that there is no answer to. No Exception, so that nothing on the way takes it for one of its own."""

    def __init__(self, ended: Ended) -> None:
        self.ended = ended
        super().__init__()


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
            with appearances.held_by(answered):
                defined = _defined(version, namespace)
                own = {**namespace, **answered, **defined, **{name: deepcopy(namespace[name]) for name in inputs}}
                with appearances.held_by(defined):
                    exec(_compiled(run), own)  # noqa: S102 - the author's own, as the worker runs it
        except _Unanswered as missing:
            return missing.ended
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
        key = blake2b(msgpack.encode([name, *map(pack, values.values())]), digest_size=16).hexdigest()
        if key in answers:
            return deepcopy(answers[key])
        if key in refused:
            raise _Unanswered(("refused", None))
        values, copies = deepcopy(values), deepcopy((given, named))  # the function may change what it is given
        with appearances.held_by(owns):  # what the function itself calls is not asked for
            raise _Unanswered(("asks", (key, name, values, own(*copies[0], **copies[1]))))

    return answered


def _defined(version: tuple[str, str], namespace: Mapping[str, Any]) -> dict[str, Any]:
    """What the text of a version defines, which knows all names of the reference's module."""
    name, text = version
    if not name:
        return {}
    own = namespace[name]
    module = getattr(own, "__globals__", None) or vars(sys.modules[own.__module__])
    try:
        exec(_compiled(text), module)  # noqa: S102 - the author's own, with one change
        return {name: module[name]}
    finally:
        module[name] = own


@lru_cache(maxsize=1024)
def _compiled(text: str) -> CodeType:
    return compile(text, "<run>", "exec", dont_inherit=True)
