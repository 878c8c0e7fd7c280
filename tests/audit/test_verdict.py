"""What fails an audit, and what only asks to be read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.audit.verdict import failures, warnings
from grader.model import Bar
from grader.report.audit_records import Named, Template, VariantMutants
from tests.report.audit_samples import OPEN_ONE, PROVEN_ONE, REJECTED, UNGRADED, VARIANT, version

BAR = Bar()


def failed(exercises=(PROVEN_ONE,), variants=(VARIANT,), template=None, bar=BAR):
    return list(failures(exercises, bar, variants, template))


def test_the_bar_is_reached():
    few = replace(VARIANT, mutants=(VariantMutants("rnn_step", 60, 58),))
    assert failed(variants=[few], template=Template("t", {"rnn_step": 0.0})) == []
    assert list(warnings([PROVEN_ONE], [few], "there")) == ["1 of 4 live versions are waived (25 %): that is many."]


@pytest.mark.parametrize(
    "said",
    [
        "6 of 12 live versions are killed or waived (50 %)",
        "the bar asks for 100 %, each killed by 3 cases.",
        "The misconception `bptt_forgets_dh` no longer differs from the reference in any case.",
        "The waiver of `bptt.old.*` in bptt is stale: no wrong version has such an id. Remove it.",
        "The waiver of `*.float32.*` in bptt is stale: what it waives does not count anyway. Remove it.",
        "Nothing guards the 2 points for `dh0` in bptt: none of 40 wrong versions loses them.",
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


def test_little_room_is_a_warning():
    margins = replace(PROVEN_ONE.margins, right=Named(400.0, "100_far.py"), wrong=Named(1e12, "near"))
    found = list(warnings([replace(PROVEN_ONE, margins=margins)], [VARIANT], "there"))
    assert "rnn_step: the right variant 100_far.py is less than 3 times under what is allowed." in found
    assert "rnn_step: the mistake `near` is less than 100 times over what is allowed." in found
    assert not any("times" in text for text in warnings([PROVEN_ONE], [VARIANT], "there"))
    literal = replace(PROVEN_ONE, margins=replace(margins, literal=True))
    assert not any("times" in text for text in warnings([literal], [VARIANT], "there"))


def test_without_right_variants():
    assert list(warnings([], [], "that folder")) == [
        "No right variant was tried: put some into that folder, to see that right solutions are accepted."
    ]
