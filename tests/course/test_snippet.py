"""What the text of a snippet shows is held against what happens when it runs."""

from __future__ import annotations

import sys
import warnings
from contextlib import suppress
from types import FunctionType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.snippet import SnippetError, SourcePlace, needed_names, parse_snippet
from grader.records.assignment import Output
from tests.judge.examples import exercise


class Anything:
    """Stands for whatever a snippet takes from elsewhere; what is made of it is another."""

    def __init__(self, *given, **named):
        pass

    def __call__(self, *given, **named):
        return given[0] if given and isinstance(given[0], FunctionType) else Anything()  # as decorators do

    def __iter__(self):
        return iter([Anything(), Anything()])

    def keys(self):
        return ["key"]

    def __getitem__(self, index):
        return Anything()

    def __setitem__(self, index, value):
        pass

    def __delitem__(self, index):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def __add__(self, other):
        return Anything()

    __radd__ = __mul__ = __add__

    def __lt__(self, other):
        return True

    def __float__(self):
        return 1.0

    def __str__(self):
        return "3"

    __repr__ = __str__


def run(source, names):
    """What is there when a snippet has run in a module that has some names; and the name that it lacks, if it does."""
    there = {"np": np, **{name: Anything() for name in names}}
    before = dict(there)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(source, "run", "exec", dont_inherit=True), there)
    except NameError as error:
        return set(), error.name
    except ExceptionGroup as group:  # in which Python before 3.11.4 wraps what an except* raises
        (error,) = group.exceptions
        assert isinstance(error, NameError)
        return set(), error.name
    return {name for name, value in there.items() if name not in before or value is not before[name]} - {
        "__builtins__"
    }, None


# Each snippet, what it takes from elsewhere, and what it leaves behind. What it only may take or leave, and does not
# here, has a question mark.
SNIPPETS = [
    ("h = step(x, W)", "step x W", "h"),
    ("h = np.array([step(v) for v in x])", "step x", "h"),
    ("h = [v for v in v]", "v", "h"),
    ("kept = [(last := v) for v in x]\nh = step(last)", "x step", "kept last h"),
    ("def f():\n    [(last := v) for v in x]\n    return last\nh = f()", "x", "f h"),
    ("def f():\n    [v for v in x if (last := v)]\n    return last\nh = f()", "x", "f h"),
    ("h = [[w for w in v if w] for v in x if step(v)]", "x step", "h"),
    ("h = {k: w for k, w in zip(x, y)}", "x y", "h"),
    ("h = list(step(v) for v in x)", "step x", "h"),
    ("h = [(lambda: (a := v))() for v in x]", "x", "h"),
    ("square = lambda z, s=scale: z * s\nh = square(step(x))", "scale step x", "square h"),
    ("def twice(z, *more, key=1, **named):\n    z, *m = step(z)\n    return m\nh = twice(x)", "step x", "twice h"),
    ("@wrap\ndef f(a: kind) -> kind:\n    return a\nh = f(x)", "wrap kind x", "f h"),
    ("def f():\n    y: nothing = x\n    return y\nh = f()", "x", "f h"),
    ("h: kind = x\nk: int", "kind x", "h"),
    ("def f():\n    global h\n    h = step(x)\nf()", "step x", "f h"),
    ("def f():\n    a = 1\n    def g():\n        nonlocal a\n        a = x\n    return g()\nh = f()", "x", "f h"),
    ("def f():\n    global g\n    def inner():\n        return g\n    return inner\nh = f()()", "g", "f h"),
    ("class A(Base, key=1):\n    y = x\n    def f(self):\n        return y\nh = A", "Base x ?y", "A h"),
    ("class A:\n    x = x\n    z = [x for _ in a]\nh = A.x", "x a", "A h"),
    ("class A:\n    name = __qualname__\n    def f(self):\n        return __class__\nh = A().f()", "", "A h"),
    ("class A:\n    global h\n    h = x\n    del h\n    h = x", "x", "A h"),
    ("h = x\nh += y", "x y", "h"),
    ("h += y", "h y", "h"),
    ("h[0] += y", "h y", ""),
    ("h = h(x)", "h x", "h"),
    ("for t in x:\n    h = step(h, t)", "x step h", "t h"),
    ("while step(h):\n    h = x\n    break", "step h x", "h"),
    ("for v in x:\n    h = v\nelse:\n    k = h", "x", "v h k"),
    ("a = b = x\ndel a, b[0]", "x", "b"),
    ("del x", "x", ""),
    ("try:\n    h = step(x)\nexcept ValueError as e:\n    h = e\nelse:\n    k = 1\nfinally: m = 1", "step x", "h k m"),
    ("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    h = str(error)", "", "h"),
    ("try:\n    raise ExceptionGroup('', [ValueError()])\nexcept* ValueError as e:\n    h = step(e)", "step", "h"),
    ("import math, os.path\nfrom os import sep as s\nh = math.exp(step(x)) if os else s", "step x", "math os s h"),
    ("with step(x) as (a, b), a as c:\n    h = c", "step x", "a b c h"),
    ("with np.errstate(all='ignore'):\n    h = h(x)", "h x", "h"),
    ("match [1, x]:\n    case [1, *a]: h = 1\n    case {'k': c}: pass\n    case Kind(d): pass", "x ?Kind", "a h ?c ?d"),
    ("match [1, 2]:\n    case [a, *b] if step(a): h = b", "step", "a b h"),
    ("match {1: 2, 3: 4}:\n    case {1: a, **b} as c: h = a", "", "a b c h"),
    ("h = f(*args, **named)", "f args named", "h"),
    ("h = f'{x!r:{width}}'", "x width", "h"),
    ("a, (b, *c) = [x, y], z[0]", "x y z", "a b c"),
    ("(a := step)(a)", "step", "a"),
    ("h = {a: (a := x)}", "a x", "h a"),
    ("h = x < y < z and step or k", "x y z step ?k", "h"),
    ("h = x if step else y", "x step ?y", "h"),
    ("assert x, message\nh = 1", "x ?message", "h"),
    ("async def f():\n    async with a as b:\n        return [c async for c in b]\nh = f", "?a", "f h"),
    ("sum = sum([1])\nlen = np.add(len('a'), x)", "x", "sum len"),
    ("h = [σ for σ in x] + [µ(x)]", "x μ", "h"),
    ("", "", ""),
]  # fmt: skip
IN_3_12 = [
    ("type h = list[x]", "?x", "h"),
    ("type Pair[T] = tuple[T, x]\nh = Pair.__value__", "x", "Pair h"),
    ("def f[T: x](a: T) -> T:\n    return [T for _ in a]\nh = f(y)", "?x y", "f h"),
    ("class A[T](list[T]):\n    def f(self, a: T, b: other) -> T: ...\nh = A", "other", "A h"),
    ("class A:\n    B = x\n    def f[T](self, a: B, b: T): ...\nh = A", "x", "A h"),
]
if sys.version_info >= (3, 12):
    SNIPPETS += IN_3_12


@pytest.mark.parametrize(("source", "taken", "left"), SNIPPETS)
def test_what_a_snippet_takes_and_leaves_is_what_running_it_shows(source, taken, left):
    snippet = parse_snippet(source)
    names, surely = set(taken.replace("?", "").split()), {name for name in taken.split() if name[0] != "?"}

    assert snippet.taken == names
    assert snippet.left == set(left.replace("?", "").split())
    there, missing = run(source, names)
    assert missing is None
    assert there - {"__annotations__"} == {name for name in left.split() if name[0] != "?"}
    for name in surely:
        assert run(source, names - {name})[1] == name


# A name's first use is to be read, to be bound, or nobody knows.
@pytest.mark.parametrize(
    ("source", "borrowed"),
    [
        ("h = h(x)", {"h": (1, 5)}),
        ("a = 1\nσ = 'µ', h(σ := h)\nh = a", {"h": (2, 10)}),
        ("h = step(x)\nh = h(h)", {}),
        ("if a:\n    h = f(x)\ny = h\nh = 1", {}),
        ("if a:\n    y = h\nelse:\n    y = h\nh = 1", {"h": (2, 9)}),
        ("if a:\n    y = h\nh = 1", {}),
        ("for t in x:\n    if t:\n        h = 1\n    else:\n        y = h", {}),
        ("for t in x:\n    y = h(t)\n    h = y", {"h": (2, 9)}),
        ("for h in h(x): pass", {"h": (1, 10)}),
        ("for t in x:\n    h = t\ny = h", {}),
        ("while True:\n    h = 1\n    break\ny = h", {}),
        ("with a:\n    y = h\nh = 1", {}),
        ("with a:\n    h = h(x)", {"h": (2, 9)}),
        ("try:\n    h = f(x)\nexcept ValueError:\n    y = h", {}),
        ("try:\n    y = 1\nfinally:\n    h = h(x)", {"h": (4, 9)}),
        ("try:\n    y = h\nfinally:\n    h = 1", {}),
        ("a and (h := 1)\ny = h", {}),
        ("h = a and h", {}),
        ("h = a < b < h", {}),
        ("h = [h(t) for t in x]", {}),
        ("h = [t for t in h]", {"h": (1, 17)}),
        ("h = (h(t) for t in x)", {}),
        ("f = lambda: h\nh = f()", {}),
        ("def f(a=h): return h\nh = f()", {"h": (1, 9)}),
        ("def f():\n    global h\n    h = 1\nf()\ny = h", {}),
        ("class A:\n    y = h\nh = A", {"h": (2, 9)}),
        ("match x:\n    case [h]: pass\n    case y: z = h", {}),
        ("del h\nh = 1", {"h": (1, 5)}),
        ("h = h", {"h": (1, 5)}),
    ],
)
def test_names_that_are_certainly_read_before_they_are_bound(source, borrowed):
    assert parse_snippet(source).borrowed == borrowed
    for name in borrowed:
        assert name in parse_snippet(source).taken


EXPRESSIONS = [
    lambda name, value: name,
    lambda name, value: "1",
    lambda name, value: f"({name} := {value()})",
    lambda name, value: f"[{name} for {name} in [{value()}] if {value()}]",
    lambda name, value: f"[({name} := {value()}) for _ in '12']",
    lambda name, value: f"list({value()} for {name} in [{value()}])",
    lambda name, value: f"(lambda {name}={value()}: {value()})()",
    lambda name, value: f"({value()} if {name} is {value()} else {value()})",
    lambda name, value: f"({value()} and {name})",
    lambda name, value: f"(0 is {name} is {value()})",
    lambda name, value: f"{{{value()}: {value()} for _ in '1'}}",
]
STATEMENTS = [
    lambda name, value, block: f"{name} = {value()}\n",
    lambda name, value, block: f"{name} += {value()}\n",
    lambda name, value, block: f"{value()}\n",
    lambda name, value, block: f"del {name}\n",
    lambda name, value, block: f"import os as {name}\n",
    lambda name, value, block: f"if {value()}:\n{block()}else:\n{block()}",
    lambda name, value, block: f"for {name} in [{value()}]:\n{block()}",
    lambda name, value, block: f"while {value()} is None:\n{block()}    break\nelse:\n{block()}",
    lambda name, value, block: f"try:\n{block()}except TypeError as {name}:\n{block()}finally:\n{block()}",
    lambda name, value, block: f"with suppress(TypeError) as {name}:\n{block()}",
    lambda name, value, block: f"def {name}(a={value()}):\n{block()}",
    lambda name, value, block: f"def {name}():\n    global b, c\n{block()}{name}()\n",
    lambda name, value, block: f"class {name}:\n{block()}",
    lambda name, value, block: f"match {value()}:\n    case [{name}, 1]: pass\n    case {name} if {value()}: pass\n",
]


@st.composite
def snippets(draw):
    """Snippets in which a few names are read and bound in all ways, and nothing fails but for a name."""
    names = st.sampled_from("abcd")

    def expression(depth):
        form = draw(st.sampled_from(EXPRESSIONS if depth else EXPRESSIONS[:2]))
        return form(draw(names), lambda: expression(depth - 1))

    def block(depth, indent=""):
        lines = "".join(statement(depth) for _ in range(draw(st.integers(1, 2)))).splitlines()
        return "".join(f"{indent}{line}\n" for line in lines)

    def statement(depth):
        form = draw(st.sampled_from(STATEMENTS if depth else STATEMENTS[:5]))
        return form(draw(names), lambda: expression(2), lambda: block(depth - 1, "    "))

    return block(2)


@given(snippets(), st.sets(st.sampled_from("abcd")))
def test_whichever_way_it_goes_the_text_has_shown_it(source, given):
    try:
        snippet = parse_snippet(source)
    except SnippetError:
        return  # such as a walrus for the variable of a loop
    there = {"suppress": suppress, **dict.fromkeys(given)}
    missing = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(source, "run", "exec", dont_inherit=True), there)
    except (UnboundLocalError, TypeError):
        pass
    except NameError as error:
        missing = None if "free variable" in str(error) else error.name
    else:
        left = {name for name in set("abcd") & there.keys() if name not in given or there[name] is not None}
        assert left <= snippet.left <= snippet.bound
        assert not left & snippet.borrowed.keys() - given
    assert missing is None or missing in snippet.used


@pytest.mark.parametrize(
    ("source", "bound"),
    [
        ("a = b = 1", {"a", "b"}),
        ("match x:\n    case [a, *b]: pass\n    case {'k': c, **d}: pass\n    case e: pass", {"a", "b", "c", "d", "e"}),
        ("from e import *", {"*"}),
        ("if x:\n    a = 1\nelse:\n    b = 1", {"a", "b"}),
        ("def a():\n    global b\n    b = c = 1", {"a", "b"}),
        ("x[0] = y.z = 1", set()),
    ],
)
def test_names_bound_somewhere(source, bound):
    assert parse_snippet(source).bound == bound


def test_a_name_stands_where_it_is_first_read():
    assert parse_snippet("µ = 'µ', a(b)\n[µ for µ in x]; c = a").used == {
        "a": SourcePlace(1, 10),
        "b": SourcePlace(1, 12),
        "x": SourcePlace(2, 13),
    }


def test_needed_names_are_neither_inputs_sizes_builtins_nor_made_by_the_snippet():
    task = exercise(run="rnn = Net(H, len(x))\nrnn.W = W\nh = np.array([helper(v) for v in rnn.step(x)])")
    assert needed_names(task) == {"Net", "helper"}
    assert needed_names(exercise(outputs={"h": Output()})) == {"step"}
    assert needed_names(exercise(run="x = x + 1\nstep = step(x)")) == {"step"}


@pytest.mark.parametrize(
    ("source", "line", "column"), [("a = 1\nb = (", 2, 5), ("return 1", 1, 1), ("a = 'b", 1, 5), ("a\0", 1, 1)]
)
def test_text_that_is_no_python(source, line, column):
    with pytest.raises(SnippetError) as caught:
        parse_snippet(source)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(
    "source", ["a" + ".b" * 9_000, "-" * 15_000 + "1", "(" * 5_000, "a = " + "[" * 150 + "]" * 150]
)
def test_deep_nesting_is_refused_or_parsed(source):
    try:
        snippet = parse_snippet(source)
    except SnippetError as error:
        message = str(error)
    else:
        assert snippet.bound <= {"a"}
        return
    assert "too" in message


def test_doubtful_escapes_are_no_warnings_here():
    assert parse_snippet(r"a = '\d'").bound == {"a"}
