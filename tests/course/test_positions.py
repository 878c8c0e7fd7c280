from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.course.positions import MAX_BYTES, MAX_DEPTH, read
from grader.records.errors import AssignmentError


def printed(source: str | bytes) -> list[str]:
    """The mistakes of a source, fatal or not, as an author sees them."""
    try:
        return [str(mistake) for mistake in read(source, file="a.yaml").mistakes]
    except AssignmentError as error:
        return str(error).splitlines()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-6", 1e-6),
        ("1E5", 1e5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-3", -3),
        ("+3", 3),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        (".inf", math.inf),
        ("-.inf", -math.inf),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("2024-01-31", "2024-01-31"),
        ("1..6", "1..6"),
        ("1e", "1e"),
        (".", "."),
        ("0b1", "0b1"),
        ("=", "="),
        ("'10'", "10"),
        ('"true"', "true"),
        ("<<", "<<"),
    ],
)
def test_scalars_are_what_people_mean(text, value):
    tree = read(f"key: {text}\n", file="a.yaml").tree
    assert tree == {"key": value}
    assert type(tree["key"]) is type(value)


def test_nan_is_a_number():
    assert math.isnan(read(".nan", file="a.yaml").tree)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3:1: a is a duplicate key: it already stands at line 1, column 1"),
        (
            "x:\n  - {k: 1, k: 2}\n",
            "a.yaml:2:12: x[0].k is a duplicate key: it already stands at line 2, column 6",
        ),
        (
            "x: {<<: [{a: 1}, b]}\n",
            "a.yaml:1:5: x has a merge key << of no mapping: name one that has an anchor, as in <<: *name",
        ),
        (
            "x: !!python/object:os.system {}\n",
            (
                "a.yaml:1:4: x has the tag tag:yaml.org,2002:python/object:os.system: tags are refused, "
                "quotes make a value text"
            ),
        ),
        ("x: [1, !y 2]\n", "a.yaml:1:8: x[1] has the tag !y: tags are refused, quotes make a value text"),
        ("!k x: 1\n", "a.yaml:1:1: the file has a key with the tag !k: tags are refused"),
        ("x: {1: 2}\n", "a.yaml:1:5: x has a key that is no text (got 1): put it in quotes"),
        ("? [a]\n: 1\n", "a.yaml:1:3: the file has a list or a mapping as a key: keys must be text"),
        ("x: 1e999\n", "a.yaml:1:4: x is a number beyond float64 (got 1e999)"),
        ("x: 9223372036854775808\n", "a.yaml:1:4: x is a whole number beyond 64 bits (got 9223372036854775808)"),
        ('x: "\\ud800"\n', "a.yaml:1:4: x has half of a character (\\uD800 to \\uDFFF), which is no text"),
    ],
)
def test_mistakes_that_let_the_rest_be_read(source, expected):
    assert printed(source) == [expected]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", "a.yaml: the file is empty: it must hold title, module and exercises"),
        ("# nothing\n", "a.yaml: the file is empty: it must hold title, module and exercises"),
        ("x: 1" + " " * MAX_BYTES, "a.yaml: the file is larger than 1 MiB, which no assignment needs"),
        (b"a: 1\nb: \xff\n", "a.yaml:2:4: this is no UTF-8 (byte 0xff): save the file as UTF-8"),
        ("a: 1\n".encode("utf-16"), "a.yaml:1:1: this is no UTF-8 (byte 0xff): save the file as UTF-8"),
        ("a: 1\nb: \0\n", "a.yaml:2:4: the character U+0000 is not allowed in YAML: take it out"),
        (b"\xef\xbb\xbfa: \x07\n", "a.yaml:1:4: the character U+0007 is not allowed in YAML: take it out"),
        (
            "a: 1\n---\nb: 2\n",
            (
                "a.yaml:2:1: cannot read this YAML: expected a single document in the stream, but found another "
                "document, begun at line 1 (keep one assignment in a file, and take the '---' out)"
            ),
        ),
        (
            "a:\n\t- 1\n",
            (
                "a.yaml:2:1: cannot read this YAML: while scanning for the next token, found character '\\t' that "
                "cannot start any token (indent with spaces, not with tabs)"
            ),
        ),
        *(
            (
                text,
                (
                    f"a.yaml:{place}: cannot read this YAML: mapping values are not allowed here (it stands further in "
                    "than the entry above: entries of one level start in the same column)"
                ),
            )
            for text, place in (("title: a\n  module: m.py\n", "2:9"), ("a:\n- id: f\n  points: 2\n   run: x\n", "4:7"))
        ),
        (
            "title: Week 3: memory\n",
            (
                "a.yaml:1:14: cannot read this YAML: mapping values are not allowed here "
                "(text that contains ': ' needs quotes, or a block after '|')"
            ),
        ),
        (
            "title: 'Week 3\nx: 1\n",
            (
                "a.yaml:3:1: cannot read this YAML: while scanning a quoted scalar, found unexpected end of stream, "
                "begun at line 1 (close the quotes)"
            ),
        ),
        (
            "a: @b\n",
            (
                "a.yaml:1:4: cannot read this YAML: while scanning for the next token, found character '@' that cannot "
                "start any token (put text that begins with this character in quotes)"
            ),
        ),
        (
            "a: *b\n",
            "a.yaml:1:4: cannot read this YAML: found undefined alias 'b' (put text that begins with * in quotes)",
        ),
        (
            '"\\UFFFFFFFF"',
            "a.yaml:1:4: cannot read this YAML: a number or an escape such as \\U is too large",
        ),
        ("&a [1, *a]\n", "a.yaml:1:1: [1] contains itself through an alias"),
        (
            "&a {<<: *a}\n",
            f"a.yaml:1:1: the file merges mappings more than {MAX_DEPTH} levels deep, or one with itself",
        ),
        ("[" * 100_000, f"a.yaml:1:33: cannot read this YAML: nested more than {MAX_DEPTH} levels deep"),
    ],
)
def test_sources_that_cannot_be_read(source, expected):
    with pytest.raises(AssignmentError) as caught:
        read(source, file="a.yaml")
    assert [str(mistake) for mistake in caught.value.mistakes] == [expected]


def test_aliases_are_expanded():
    tree = read("a: &one [1, 2]\nb: *one\n", file="a.yaml").tree
    assert tree == {"a": [1, 2], "b": [1, 2]}


def test_merge_keys_bring_what_a_mapping_lacks():
    source = "a: &a {k: 1, m: 1}\nb: &b {<<: *a, k: 2}\nc: {n: 3, <<: [*b, *a], m: 4}\nd: {'<<': 5}\n"
    document = read(source, file="a.yaml")
    assert document.tree["b"] == {"k": 2, "m": 1}
    assert document.tree["c"] == {"n": 3, "k": 2, "m": 4}
    assert document.tree["d"] == {"<<": 5}
    assert document.place(("b", "m")) == (1, 17)
    assert document.place(("c", "k")) == (2, 19)


def test_merge_keys_cannot_make_a_billion_values():
    wide = f"a: &a {{{', '.join(f'k{n}: 1' for n in range(2000))}}}\n"
    assert "makes more than 100,000 values" in printed(f"{wide}b: {{<<: [{', '.join(['*a'] * 60)}]}}\n")[-1]
    deep = ["a0: &a0 {x: 1}"] + [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 20)]
    assert read("\n".join(deep), file="a.yaml").tree["a19"] == {"x": 1}  # and soon
    # each but the first is a duplicate, and so not looked at before the last asks for it
    hidden = ["a: &a0 {x: 1}"] + [f"a: &a{n} {{<<: *a{n - 1}}}" for n in range(1, 2000)] + ["b: *a1999"]
    assert "merges mappings more than 32 levels deep" in printed("\n".join(hidden))[-1]


def test_aliases_cannot_make_a_billion_values():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "makes more than 100,000 values with all aliases written out" in printed("\n".join(lines))[-1]


def test_aliases_cannot_nest_without_end():
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 2 * MAX_DEPTH)]
    assert f"is nested more than {MAX_DEPTH} levels deep through an alias" in printed("\n".join(lines))[-1]


def test_a_byte_order_mark_is_left_out():
    document = read(b"\xef\xbb\xbfa: 1\n", file="a.yaml")
    assert document.tree == {"a": 1}
    assert document.place(("a",)) == (1, 4)


def test_places_of_keys_and_values():
    document = read("a:\n  - b: [1, two]\n    c: 3\n", file="a.yaml")
    assert document.place(()) == (1, 1)
    assert document.place(("a", 0, "b", 1)) == (2, 12)
    assert document.place(("a", 0, "c"), key=True) == (3, 5)
    assert document.place(("a", 0, "c")) == (3, 8)
    assert document.place(("a", 0, "missing", "below")) == (2, 5), "what holds it, where it is not in the file"


@pytest.mark.parametrize(
    ("source", "line", "column", "place"),
    [
        ("run: |\n  a = 1\n  b = (\n", 2, 5, (3, 7)),
        ("run: |  # code\n\n    a = 1\n\n    if a:\n      b = (\n", 5, 3, (6, 7)),
        ("run: &code |2\n   a = 1\n", 1, 2, (2, 4)),
        ("run: h = f(x\n", 1, 6, (1, 11)),
        ("run: &code h = f(x\n", 1, 1, (1, 12)),
        ("run: 'h = f(x'\n", 1, 6, (1, 12)),
        ("run: 'it''s'\n", 1, 4, (1, 6)),
        ("run: >\n  a\n  b\n", 1, 1, (1, 6)),
        ("run: [1]\n", 1, 1, (1, 6)),
        ("run: |\n  a\n", 2, 1, (2, 4)),
        ("run: |\n  # a\u2028  # b\n  c = (\n", 2, 5, (4, 7)),  # two lines of YAML's, and one of Python's
        ("run: |\n  c = (  # \u2028\n", 1, 5, (1, 6)),
        ('run: "# \\f\\L\\x85 a"\n', 2, 1, (1, 6)),
        ("run: ab\n", 2, 1, (1, 8)),
        ('run: ""\n', 1, 1, (1, 7)),
    ],
)
def test_places_inside_a_text(source, line, column, place):
    assert read(source, file="a.yaml").place_in_text(("run",), line, column) == place


@given(st.text() | st.binary() | st.text(alphabet="ab1.:-[]{}&*!|>'\"#,?% \n\t\\x~"))
@settings(deadline=None)
@example("%YAML 1." + "9" * 5000 + "\n---\na")
@example("x: " + "9" * 5000)
@example("- " * 5000)
@example("? " * 5000)
@example("\ufeff\ufeff")
@example("a: \ud800")
def test_any_source_is_read_or_refused(source):
    try:
        document = read(source, file="a.yaml")
    except AssignmentError as error:
        mistakes = error.mistakes
    else:
        assert all(line > 0 and column > 0 for line, column in map(document.place, document.values))
        return
    assert mistakes
