"""``tqdm``: a progress bar shows nothing, and goes through what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from grader.sandbox.worker.inert import Inert, answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TQDM = ("tqdm",)


@answers(_TQDM, "tqdm", "tqdm_notebook", "tqdm_gui", "tqdm_pandas")
class Progress(Inert):
    """A bar that nobody sees."""

    _own = ("tqdm", "tqdm")

    def __init__(self, iterable: Any = None, desc: Any = None, total: Any = None, *_: object, **named: Any) -> None:
        self.iterable, self.desc, self.total = iterable, desc, total
        self.n = named.get("initial", 0)

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable:
            self.n += 1
            yield item

    def __reversed__(self) -> Iterator[Any]:
        yield from reversed(self.iterable)

    def __contains__(self, item: object) -> bool:
        return item in self.iterable

    def __len__(self) -> int:
        return len(self.iterable) if hasattr(self.iterable, "__len__") else int(self.total or 0)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __enter__(self) -> Self:
        return self

    def update(self, n: Any = 1) -> bool:
        """So many more are done."""
        self.n += n
        return False

    def reset(self, total: Any = None) -> None:
        """None is done."""
        self.n, self.total = 0, self.total if total is None else total

    @classmethod
    def write(cls, text: Any, file: Any = None, end: str = "\n", **_: object) -> None:
        """Print beside the bar."""
        print(text, file=file, end=end)

    @classmethod
    def wrapattr(cls, stream: Any, *_: object, **__: object) -> Any:
        """A file, read beside the bar."""
        return stream


@answers(_TQDM, "trange", "tnrange")
def trange(*given: Any, **_: object) -> Progress:
    """A bar over a range."""
    return Progress(range(*given))


@answers(_TQDM, "tenumerate")
def tenumerate(iterable: Any, start: int = 0, **_: object) -> Iterator[Any]:
    """As Python's own."""
    return enumerate(iterable, start)


@answers(_TQDM, "tzip")
def tzip(*iterables: Any, **_: object) -> Iterator[Any]:
    """As Python's own."""
    return zip(*iterables, strict=False)


@answers(_TQDM, "tmap")
def tmap(function: Any, *iterables: Iterable[Any], **_: object) -> Iterator[Any]:
    """As Python's own."""
    return map(function, *iterables)


@answers(_TQDM, "process_map", "thread_map")
def mapped(function: Any, *iterables: Iterable[Any], **_: object) -> list[Any]:
    """One after the other: nothing else can be started."""
    return list(map(function, *iterables))
