"""What fails an audit, and what only asks to be read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.audit.verdict import failures, warnings
from grader.records.audit import NamedDistance, Template, VariantMutants
from grader.records.bar import Bar
from grader.report.words import shortcomings as words
from tests.report.audit_samples import OPEN_ONE, PROVEN_ONE, REJECTED, UNGRADED, VARIANT, margins, version

BAR = Bar()


#: 19 killed and one waived.
MANY_KILLED = replace(
    PROVEN_ONE, versions=(*PROVEN_ONE.versions, *(version(f"rnn_step.scale.{number}") for number in range(16)))
)


def failed(exercises=(MANY_KILLED,), variants=(VARIANT,), template=None, bar=BAR):
    return [words.failure(found) for found in failures(exercises, bar, variants, template)]


def warned(exercises, variants):
    folders = "tests/submissions/course", "assignments/course/right"
    return [words.warning(found) for found in warnings(exercises, variants, folders)]


def test_the_bar_is_reached():
    few = replace(VARIANT, mutants=(VariantMutants("rnn_step", 60, 58),))
    assert failed([MANY_KILLED], [few], Template("t", {"rnn_step": 0.0})) == []
    assert warned([MANY_KILLED], [few]) == []


def test_more_than_a_twentieth_waived_fails_whatever_the_bar():
    said = "1 of 4 live versions are waived (25 %); at most 5 % may be. Kill them, or lower `kill` instead."
    assert failed([PROVEN_ONE], []) == failed([PROVEN_ONE], [], bar=Bar(kill=0.5)) == [said]
    one_more = version("rnn_step.clipping.2", "survivor", waived="again")
    assert failed([replace(MANY_KILLED, versions=(*MANY_KILLED.versions, one_more))])[0].startswith("2 of 21 live")


@pytest.mark.parametrize(
    "said",
    [
        "6 of 11 live versions are killed or waived (54.5 %)",
        "the bar asks for 100 %, each killed by 3 cases.",
        "No case tells the misconception `bptt_forgets_dh` from the reference.",
        "The waiver of `bptt.old.*` in bptt is stale: no wrong version has such an id. Remove it.",
        "The waiver of `bptt.*` in bptt is stale: `bptt.time_index.1`, `bptt.aliasing.1` are killed, and match it.",
        "The waiver of `*.float32.*` in bptt is stale: what it waives does not count anyway. Remove it.",
        (
            "Nothing guards the 2 points for `dh0` in bptt: none of 40 wrong versions loses them. "
            "Write a misconception that loses them, or take the part out."
        ),
        "The right variant assignments/assignment3/right/list.py is rejected: it gets 90 of 100 points.",
        "The right variant assignments/assignment3/right/hangs.py could not be graded.",
        "96 of 97 mutants of right variants are killed (99 %); 99.5 % are asked for.",
        "The starter template t gets 1 point in rnn_step as it is.",
        "The starter template t could not be graded in bptt.",
    ],
)
def test_each_thing_that_fails_is_a_sentence(said):
    template = Template("t", {"rnn_step": 1.0, "bptt": None})
    found = failed([PROVEN_ONE, OPEN_ONE], [VARIANT, REJECTED, UNGRADED], template)
    assert said in " ".join(found)


def test_an_exercise_whose_points_nothing_guards():
    empty = replace(PROVEN_ONE, versions=(version("a.b.1", "remark"),))
    assert failed([empty]) == ["Nothing guards the 10 points of rnn_step: no wrong version is killed.", *failed()]


def test_a_lower_bar_asks_for_less_of_mutants_of_right_variants_too():
    assert [text for text in failed(bar=Bar(kill=0.9)) if "mutants" in text] == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (version("a.drop_term.1", "remark"), "`a.drop_term.1` is wrong and yet passes"),
        (version("a_forgets", "remark", kind="inherited"), "`a_forgets` is wrong and yet passes"),
        (version("a.change_input_in_place.1", "remark"), "`a.change_input_in_place.1` is wrong and yet passes"),
        (version("a.change_input_in_place.1", "remark", off=0.0), ""),
        (version("a.float32.1", "remark"), ""),
        (version("a.clipping.1", "remark"), ""),
        (version("a.drop_term.1", "survivor", off=0.0), ""),
        (version("a.drop_term.1"), ""),
    ],
)
def test_what_is_wrong_and_passes_as_numerically_off_is_a_warning(found, said):
    texts = warned([replace(PROVEN_ONE, versions=(found,))], [VARIANT])
    assert len(texts) == bool(said)
    assert all(said in text and "Give it a `tolerance` or `precision: required`." in text for text in texts)


def test_where_the_author_has_a_tolerance_it_should_be_smaller():
    loose = replace(PROVEN_ONE, versions=(version("a.scale.1", "remark"),), margins=margins(literal=True))
    (said,) = warned([loose], [VARIANT])
    assert said.endswith("though not by having fewer digits. Make its `tolerance` smaller.")


def test_little_room_is_a_warning():
    narrow = margins(right=NamedDistance(400.0, "100_far.py"), wrong=NamedDistance(1e12, "near"))
    found = warned([replace(PROVEN_ONE, margins=narrow)], [VARIANT])
    assert "rnn_step: the right variant 100_far.py is less than 3 times under what is allowed." in found
    assert "rnn_step: the mistake `near` is less than 100 times over what is allowed." in found
    assert not any("times" in text for text in warned([PROVEN_ONE], [VARIANT]))
    literal = replace(PROVEN_ONE, margins=replace(narrow, literal=True))
    assert not any("times" in text for text in warned([literal], [VARIANT]))


def test_without_right_variants():
    (said,) = warned([], [])
    assert said == (
        "No right variant was tried: put some into tests/submissions/course/ (their names begin with 100_) or "
        "assignments/course/right/, to see that right solutions are accepted."
    )
