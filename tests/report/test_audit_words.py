import pytest
from msgspec.structs import replace

from grader.model import Bar
from grader.report import audit_words as words
from grader.report.audit_records import Killable, Named, tally
from tests.report.audit_samples import OPEN_ONE, PROVEN_ONE, VARIANT, margins, version


@pytest.mark.parametrize(
    ("share", "shown"), [(1.0, "100 %"), (0.99999, "99.9 %"), (0.5, "50 %"), (0.995, "99.5 %"), (0.0, "0 %")]
)
def test_a_share_is_only_called_whole_if_it_is(share, shown):
    assert words.percent(share) == shown


def test_row():
    assert words.row(PROVEN_ONE.tally) == ("4", "3", "7, 7", "0", "0", "1", "100 %")
    assert words.row(tally([])) == ("0", "0", "–", "0", "0", "0", "100 %")


def test_an_exercise_is_good_when_all_is_killed_and_something_guards_it():
    assert words.good(PROVEN_ONE, Bar())
    assert not words.good(OPEN_ONE, Bar())
    assert not words.good(replace(PROVEN_ONE, versions=()), Bar())
    same = version("same", "survivor", kind="misconception", killed_by=0)
    assert not words.good(replace(PROVEN_ONE, versions=(*PROVEN_ONE.versions, same)), Bar(kill=0.5))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (version("a.b.1", "weak", killed_by=2), "Weak: 2 cases kill it, of 3 asked for."),
        (
            version("a.b.1", "survivor", off=7e11),
            "Alive: no case of the bank tells it from the reference, though other",
        ),
        (
            version("a.b.1", "survivor", off=None),
            "Alive: no case of the bank tells it from the reference, though other",
        ),
        (version("a.b.1", "survivor", off=4e4), "it is off by 40,000 units, too few to count."),
        (version("a.b.1", "survivor"), "Alive: the same as the reference, as far as was measured."),
        (version("same", "survivor"), "No longer differs from the reference."),
        (version("a.float32.1", "remark"), "Not counted: numerically off."),
        (version("a.change_input_in_place.1", "remark"), "Not counted: only changes an input."),
    ],
)
def test_state(found, said):
    assert said in words.state(found, PROVEN_ONE, Bar())


def test_margins():
    assert list(words.margins(margins(imprecise=()))) == [
        ("Worst right variant", "0.82 units (1,220 times under the 1,000 allowed)", "100_loops.py"),
        ("Weakest gross mistake", "5.3e14 units (1,060 times over the 5e11)", "`rnn_step.repeat_activation.1`"),
    ]
    (right, *_) = words.margins(margins(right=Named(0.0, "100_same.py")))
    assert right == ("Worst right variant", "0 units", "100_same.py")
    (right, *_) = words.margins(margins(literal=True))
    assert right[1] == "0.82 units"
    assert list(words.margins(margins(right=None, imprecise=(), wrong=None))) == []


def test_mutants_of_right_variants():
    assert words.mutants(Killable(0, 0, 0)) == ""
    assert words.mutants(Killable(10, 1, 1)) == (
        "1 of 1 mutant of right variants killed (100 %). Not counted: 9 that no further input tells from right."
    )
    assert words.killed(VARIANT) == "96 / 97"
    assert words.killed(replace(VARIANT, mutants=())) == "–"


def test_one_of_a_thing_is_not_several():
    assert (words.worth(1), words.worth(2), words.worth(0.5)) == ("1 point", "2 points", "0.5 points")
    assert (words.cases(1), words.cases(3)) == ("1 case", "3 cases")
