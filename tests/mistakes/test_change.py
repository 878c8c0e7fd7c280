"""The few ways to write a change."""

from __future__ import annotations

import ast

import pytest

from grader.mistakes.change import (
    called,
    exchange,
    expression,
    holds,
    is_number,
    replace,
    same,
    shifted,
    whole_number,
    with_fields,
)


def node(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def test_templates_are_filled_with_nodes():
    filled = expression("A @ (x + A)", A=node("a + b"))

    assert ast.unparse(filled) == "(a + b) @ (x + (a + b))"


def test_changes_say_what_stands_where():
    one, other = node("a"), node("b")

    assert replace(one, other, "So.").edits == ((one, other),)
    assert replace(one, other, "So.").sentence == "So."
    assert exchange(one, other).edits == ((one, other), (other, one))


def test_a_copy_leaves_its_original():
    total = node("a + b")

    assert ast.unparse(with_fields(total, op=ast.Sub())) == "a - b"
    assert ast.unparse(total) == "a + b"


@pytest.mark.parametrize(
    ("text", "name"), [("np.linalg.norm(x)", "norm"), ("f(x)", "f"), ("f", ""), ("(lambda: 0)()", ""), ("a + b", "")]
)
def test_the_function_that_is_called(text, name):
    assert called(node(text)) == name


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("-1", -1), ("True", None), ("1.0", None), ("-n", None)])
def test_whole_numbers(text, value):
    assert whole_number(node(text)) == value


def test_numbers_are_literals_of_any_kind_but_truths():
    assert [is_number(node(text)) for text in ("1", "0.5", "True", "'1'", "n")] == [True, True, False, False, False]


def test_nodes_are_compared_by_their_text():
    assert same(node("a+b"), node("(a + b)"))
    assert not same(node("a + b"), node("b + a"))
    assert holds(node("a + f(b)"), ast.Call)
    assert not holds(node("a + b"), ast.Call)


@pytest.mark.parametrize(
    ("text", "by", "after"),
    [
        ("n", 1, "n + 1"),
        ("n", -1, "n - 1"),
        ("n + 1", -1, "n"),
        ("n + 1", 1, "n + 2"),
        ("n - 1", 1, "n"),
        ("n - 1", -1, "n - 2"),
        ("3", -1, "2"),
        ("-1", -1, "-2"),
        ("f(n)", 1, "f(n) + 1"),
    ],
)
def test_numbers_are_shifted_as_a_person_would_write_it(text, by, after):
    assert ast.unparse(shifted(node(text), by)) == after
