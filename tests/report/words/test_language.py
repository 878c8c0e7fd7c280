import pytest

from grader.report.words.language import are, capital, count, join, lower, lower_first, quoted, sentence


@pytest.mark.parametrize(
    ("names", "listed", "told"),
    [
        (["h"], "h", "`h` is"),
        (["h", "c"], "h and c", "`h` and `c` are"),
        (["h", "c", "y"], "h, c and y", "`h`, `c` and `y` are"),
    ],
)
def test_lists(names, listed, told):
    assert join(names) == listed
    assert are(names) == told
    assert told.startswith(quoted(names))


def test_counts():
    assert [count(number, "check") for number in (0, 1, 2)] == ["0 checks", "1 check", "2 checks"]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("has wrong values", "Has wrong values."),
        ("Is it right?", "Is it right?"),
        (" |h| is 3.5 ", "|h| is 3.5."),
        ("the largest is 3.", "the largest is 3."),
        ("", ""),
    ],
)
def test_sentence(phrase, text):
    assert sentence(phrase) == text


def test_a_sentence_as_a_phrase():
    assert lower("Cannot unpack a float.") == "cannot unpack a float"
    assert lower("") == ""


def test_a_text_with_a_capital_letter():
    assert [capital(text) for text in ("the largest is 3.", "|h| is 3.", "")] == ["The largest is 3.", "|h| is 3.", ""]


def test_names_of_python_keep_their_first_letter():
    assert sentence("same_bag(a, b) differs") == "same_bag(a, b) differs."
    assert sentence("f(x) differs") == "f(x) differs."
    assert sentence("two texts (of one word) differ") == "Two texts (of one word) differ."


def test_names_of_code_keep_their_form():
    names = ("train", "a", "W")
    assert sentence("train should fall", names) == "train should fall."
    assert sentence("trained it is", names) == "Trained it is."
    assert sentence("a state is lost", names) == "A state is lost."
    assert [sentence(text) for text in ("rnn.step keeps h", "W_f is 0", "train(3) is 0")] == [
        "rnn.step keeps h.",
        "W_f is 0.",
        "train(3) is 0.",
    ]
    assert [lower_first(text) for text in ("SimpleRNN is none", "NaN came", "It is", "A b", "W_f is 0")] == [
        "SimpleRNN is none",
        "NaN came",
        "it is",
        "a b",
        "W_f is 0",
    ]
