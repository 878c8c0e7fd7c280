"""Wrong versions that an author wrote down, and mistakes in how they are marked."""

from __future__ import annotations

import pytest

from grader.course.misconceptions import misconceptions
from grader.records.errors import ReferenceFault

SOURCE = '''
"""A reference."""
from __future__ import annotations
from grader.author import misconception


def mean(values):
    return sum(values) / len(values)


def spread(values, about=None):
    centre = mean(values) if about is None else about
    return mean([abs(value - centre) for value in values])


class Mean:
    def of(self, values):
        return mean(values)


@misconception(of="mean", says="You never divide.")
def sum_for_mean(values):
    return mean(values) * len(values)


@misconception(of="spread", says="You measure from 0.")
def spread_about_zero(values, about=0, *, scale=1):
    return spread(values, about) * scale


@misconception(of="Mean", says="You take the largest.")
class Largest(Mean):
    def of(self, values):
        return max(values)
'''


def run(source: str) -> dict[str, object]:
    scope: dict[str, object] = {}
    exec(compile(source, "reference", "exec"), scope)  # our own text
    return scope


def test_misconceptions_are_read_in_order():
    found = misconceptions(SOURCE)

    assert [(each.name, each.of, each.says, each.line) for each in found] == [
        ("sum_for_mean", "mean", "You never divide.", 22),
        ("spread_about_zero", "spread", "You measure from 0.", 27),
        ("Largest", "Mean", "You take the largest.", 32),
    ]


def test_a_source_without_any():
    assert misconceptions("def mean(values):\n    return 0\n") == []


def test_everybody_meets_the_wrong_version_and_it_meets_the_right_one():
    module = run(misconceptions(SOURCE)[0].source)

    assert module["mean"]([1, 2, 3]) == 6
    assert module["spread"]([1, 2, 3]) == 5 + 4 + 3  # twice with the wrong mean
    assert module["Mean"]().of([1, 2, 3]) == 6


def test_defaults_are_those_of_the_wrong_version():
    module = run(misconceptions(SOURCE)[1].source)

    assert module["spread"]([1, 3]) == 2
    assert module["spread"]([1, 3], 1, scale=10) == 10


def test_a_class_stands_for_another():
    module = run(misconceptions(SOURCE)[2].source)

    assert module["Mean"]().of([1, 5]) == 5
    assert module["Mean"] is module["Largest"]


def test_the_decorator_may_be_written_with_its_module():
    source = "import grader.author\n\ndef f(): ...\n\n@grader.author.misconception(of='f', says='No.')\ndef g(): ...\n"

    assert [each.name for each in misconceptions(source)] == ["g"]


TWO_TEXTS = 'is not marked with two plain texts: write @misconception(of="…", says="…")'


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ("@misconception", TWO_TEXTS),
        ("@misconception()", TWO_TEXTS),
        ("@misconception('mean', 'No.')", TWO_TEXTS),
        ("@misconception(of='mean')", TWO_TEXTS),
        ("@misconception(of='mean', says=f'{1}')", TWO_TEXTS),
        ("@misconception(of='mean', says=1)", TWO_TEXTS),
        ("@misconception(of='mean', says='No.', more='No.')", TWO_TEXTS),
        ("@misconception(**marks)", TWO_TEXTS),
        (
            "@misconception(of='maen', says='No.')",
            "is of 'maen', which the module does not define; did you mean `mean`?",
        ),
        ("@misconception(of='wrong', says='No.')", "is of 'wrong', which the module does not define; it defines mean"),
        ("@misconception(of='mean', says=' ')", "says nothing: write the sentence for whoever makes this mistake"),
        ("@cache\n@misconception(of='mean', says='No.')", "has other decorators: leave @misconception alone"),
    ],
)
def test_mistakes_in_a_mark_are_told(mark, problem):
    with pytest.raises(ReferenceFault) as caught:
        misconceptions(f"def mean(values): ...\n\n{mark}\ndef wrong(values): ...\n", "week3.py")

    (mistake,) = caught.value.mistakes
    assert (mistake.file, mistake.line, mistake.column) == ("week3.py", 4 + mark.count("\n"), 1)
    assert (mistake.path, mistake.message) == ("wrong", problem)


def test_all_mistakes_are_told_at_once():
    source = """
@misconception(of="f", says="No.")
def wrong(): ...

@misconception(of="f", says="No.")
def wrong(): ...

class Holder:
    @misconception(of="f", says="No.")
    def inner(self): ...
"""
    with pytest.raises(ReferenceFault) as caught:
        misconceptions(source, "week3.py")

    assert [(each.line, each.path, each.message.partition(":")[0]) for each in caught.value.mistakes] == [
        (3, "wrong", "has a name that is defined twice"),
        (3, "wrong", "is of 'f', which the module does not define; it defines Holder"),
        (6, "wrong", "has a name that is defined twice"),
        (6, "wrong", "is of 'f', which the module does not define; it defines Holder"),
        (10, "inner", "is no function or class of the module itself"),
        (10, "inner", "is of 'f', which the module does not define; it defines Holder"),
    ]


def test_a_wrong_version_that_cannot_be_called_like_the_right_one_is_a_mistake():
    source = 'def norm(x, gamma, beta): ...\n\n@misconception(of="norm", says="No.")\ndef wrong(x, gamma): ...\n'
    with pytest.raises(ReferenceFault) as caught:
        misconceptions(source, "week3.py")

    assert str(caught.value) == "week3.py:4:1: wrong does not take `beta`, which norm takes"
