"""What students have at hand is read as what it holds, by the methods of its base; nothing else is read."""

from __future__ import annotations

import enum
import sys
from collections import Counter, OrderedDict, UserDict, defaultdict, deque, namedtuple
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from grader.records.record import Foreign
from grader.records.values import FOREIGN_KEYS, MASKED, MAX_ITEMS, SAME_KEYS, TOO_LARGE, Wire, unpack
from grader.sandbox.protocol import MAX_REPLY, READ_AS
from grader.sandbox.worker.ordinary import packed

DECODER = msgspec.msgpack.Decoder(Wire)
Pair = namedtuple("Pair", "low high")


class Liar:
    """Says something else by every method that could be asked, in front of any base."""

    def __lie(self, *_):
        raise RuntimeError("a method of the student's own was called")

    __iter__ = __len__ = __getitem__ = __str__ = __int__ = __float__ = __complex__ = keys = items = values = __lie
    copy = tolist = tobytes = view = __array__ = __lie
    __class__ = property(lambda _self: int)


class LyingDict(Liar, dict): ...


class LyingList(Liar, list): ...


class LyingTuple(Liar, tuple):
    __slots__ = ()


class LyingText(Liar, str):
    __slots__ = ()


class LyingArray(Liar, np.ndarray): ...


class Number(float): ...


class Colour(enum.IntEnum):
    RED = 1


class Other(str):
    """Text that is never equal to any other."""

    __slots__ = ()
    __hash__ = object.__hash__
    __eq__ = object.__eq__


def read(value):
    """What arrives of a value, and how it was read."""
    wires, ways = packed({"y": value})
    assert {name for name, _ in ways} <= {"y"}
    return unpack(DECODER.decode(msgspec.msgpack.encode(wires["y"]))), [way for _, way in ways]


def exactly(value):
    """A value with the type of everything in it."""
    if isinstance(value, dict):
        return dict, [(exactly(key), exactly(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return type(value), [exactly(item) for item in value]
    return type(value), np.asarray(value).dtype, np.asarray(value).tolist()


counted = defaultdict(int, {"a": 1})
several = [
    (Counter("aab"), {"a": 2, "b": 1}, ["Counter"]),
    (counted, {"a": 1}, ["defaultdict"]),
    (OrderedDict([("b", 1), ("a", [Pair(1, 2)])]), {"b": 1, "a": [(1, 2)]}, ["OrderedDict", "namedtuple"]),
    (LyingDict(a=Counter("a")), {"a": {"a": 1}}, ["subclass of dict", "Counter"]),
    (LyingList([1, LyingText("t")]), [1, "t"], ["subclass of list", "subclass of str"]),
    (LyingTuple([1.5]), (1.5,), ["subclass of tuple"]),
    (Pair(0.5, np.float64(2.0)), (0.5, np.float64(2.0)), ["namedtuple"]),
    (list(np.unique(["b", "a"])), ["a", "b"], ["np.str_"]),
    (np.unique(["b", "a"]), ["a", "b"], ["array of text"]),
    (np.array("a"), "a", ["array of text"]),
    ([Colour.RED, Number(0.5)], [1, 0.5], ["subclass of a number"]),
    ({np.int64(1): 1, np.str_("a"): 2}, {1: 1, "a": 2}, ["NumPy keys", "np.str_"]),
    ({np.bool_(True): 1, np.float32(0.5): 2, None: 3}, {True: 1, 0.5: 2, None: 3}, ["NumPy keys"]),
    ({("a", np.str_("b")): 1}, {("a", "b"): 1}, ["np.str_"]),
    (np.array([[1.0, 2.0]]).view(np.matrix), np.array([[1.0, 2.0]]), ["np.matrix"]),
    (np.ma.array([1.0, 2.0], mask=[False, False]), np.array([1.0, 2.0]), ["masked array"]),
    (np.ma.array([1.0, 2.0]), np.array([1.0, 2.0]), ["masked array"]),
    (np.array([[1, 2]]).view(LyingArray), np.array([[1, 2]]), ["subclass of ndarray"]),
    (np.char.array(["a"]), ["a"], ["subclass of ndarray", "array of text"]),
    (np.linalg.slogdet(np.eye(2)), (np.float64(1.0), np.float64(0.0)), ["namedtuple"]),
]


@pytest.mark.parametrize(
    ("value", "meant", "ways"), several, ids=lambda value: str(value)[:30] if type(value) is list else ""
)
def test_what_it_holds_is_read(value, meant, ways):
    got, taken = read(value)
    assert exactly(got) == exactly(meant)
    assert taken == ways
    assert READ_AS.issuperset(taken)


@pytest.mark.parametrize(
    "value", [{"a": [1, (2.5, None, "t", 1j)]}, [1.0, True], np.zeros((2, 1)), np.float32(0.5), {1: 2}], ids=repr
)
def test_of_what_crosses_as_it_is_there_is_nothing_to_say(value):
    got, ways = read(value)
    assert (exactly(got), ways) == (exactly(value), [])


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (np.ma.array([1.0, 2.0], mask=[False, True]), MASKED),
        (np.ma.masked, MASKED),
        ({1, 2}, "set"),
        (range(3), "range"),
        ({}.keys(), "dict_keys"),
        ((n for n in range(3)), "generator"),
        (deque([1]), "collections.deque"),
        (UserDict(a=1), "collections.UserDict"),
        (SimpleNamespace(a=1), "types.SimpleNamespace"),
        (np.array([1, "a"], dtype=object), "array of objects (dtype=object)"),
        (np.array(["2000-01-01"], dtype="datetime64[D]"), "array of dtype datetime64[D]"),
        (2**70, "int beyond 64 bits"),
        (Counter(range(MAX_ITEMS + 1)), "collections.Counter"),
        ({Other("a"): 1, Other("a"): 2}, SAME_KEYS),
        ({Other("a"): 1, "a": 2}, SAME_KEYS),
        ({frozenset("ab"): 1, frozenset("bc"): 2}, FOREIGN_KEYS),  # as different as can be
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_meant_is_not_guessed(value, type_):
    got, ways = read(value)
    assert (got, ways) == (Foreign(type=type_), [] if type_ != SAME_KEYS else ["subclass of str"])


def test_an_object_that_only_becomes_an_array_is_none():
    class Convertible:
        def __array__(self, *_):
            return np.zeros(3)

    assert isinstance(read(Convertible())[0], Foreign)


def test_many_keys_that_are_numbers_of_numpys_are_plain_ones():
    many = {np.int64(n): n for n in range(5000)}
    assert read(many) == (dict.fromkeys(range(5000)) | {n: n for n in range(5000)}, ["NumPy keys"])


def test_nan_as_a_key_is_found_again():
    once, again = (read({float("nan"): 1, 2.0: 2})[0] for _ in range(2))
    assert once == again
    assert read({float("nan"): 1, float("nan"): 2})[0] == Foreign(type=SAME_KEYS)


# ── libraries ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Series:
    def __init__(self, values):
        self.values = values

    def __array__(self, *_, **__):
        if self.values is None:
            raise ValueError("no values")
        return np.asarray(self.values)


class Sparse:
    dtype = np.dtype(float)

    def __init__(self, *shape):
        self.shape = shape

    def toarray(self):
        return np.eye(*self.shape)


@pytest.fixture
def libraries(monkeypatch):
    """Stand-ins of the names by which the worker knows pandas and SciPy, which need not be installed."""
    pandas = SimpleNamespace(Series=Series, DataFrame=type("DataFrame", (Series,), {}), Index=type("Index", (), {}))
    sparse = SimpleNamespace(issparse=lambda value: isinstance(value, Sparse))
    monkeypatch.setitem(sys.modules, "pandas", pandas)
    monkeypatch.setitem(sys.modules, "scipy.sparse", sparse)


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize(
    ("value", "meant", "way"),
    [
        (Series([1.0, 2.0]), np.array([1.0, 2.0]), "pandas Series"),
        (Series(np.array(["a", "b"], dtype=object)), ["a", "b"], "pandas Series"),
        (Series(np.array([["a", 1]], dtype=object)), [["a", 1]], "pandas Series"),
        (Sparse(2, 3), np.eye(2, 3), "sparse matrix"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_library_is_asked_for_the_values(value, meant, way):
    got, ways = read(value)
    assert (exactly(got), ways) == (exactly(meant), [way])


@pytest.mark.usefixtures("libraries")
@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (Series(None), "tests.Series"),
        (Sparse(1 << 40, 1 << 40), TOO_LARGE),
        (Sparse(1, MAX_REPLY), TOO_LARGE),
        (Series(np.zeros(MAX_ITEMS + 1, dtype=object)), "array of objects (dtype=object)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_library_cannot_give_is_not_read(value, type_):
    assert read(value)[0] == Foreign(type=type_)


@pytest.mark.parametrize("module", ["pandas", "scipy.sparse"])
def test_the_libraries_themselves(module):
    library = pytest.importorskip(module)
    values = {"pandas": ("Series", "DataFrame", "Index"), "scipy.sparse": ("csr_matrix", "coo_array", "lil_matrix")}
    for name in values[module]:
        meant = np.arange(3.0) if name in {"Series", "Index"} else np.arange(6.0).reshape(2, 3)
        assert exactly(read(getattr(library, name)(meant))[0]) == exactly(meant)
