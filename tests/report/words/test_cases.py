from __future__ import annotations

from typing import get_args

import pytest

from grader.records.bank import EDGES, Case, Origin, OriginKind, Sifted
from grader.records.listing import ListedCase, ListedExercise
from grader.report.words import cases


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Origin("example"), "example"),
        (Origin("example", note="slide 4"), "example: slide 4"),
        (Origin("bad_input", "ValueError"), "must raise ValueError"),
        (Origin("ones"), "edge: every size 1"),
        (Origin("one_lowest", "T", "0"), "edge: only T is 0"),
        (Origin("shortest", "words"), "edge: words at its shortest"),
        (Origin("extreme", "mode", "'sum'"), "edge: mode = 'sum'"),
        (Origin("distinct"), "sizes all distinct"),
    ],
)
def test_why_a_case_is_there(found, said):
    assert cases.origin(found) == said


def test_every_kind_has_words_of_its_own_and_those_of_an_edge_say_so():
    said = {kind: cases.origin(Origin(kind, "n", "1")) for kind in get_args(OriginKind)}

    assert len(set(said.values())) == len(said)
    assert {kind for kind, words in said.items() if words.startswith("edge: ")} == EDGES
    assert [kind for kind, words in said.items() if not words] == ["diagnostic"]


@pytest.mark.parametrize("kills", [("f.swapped",), ()])
def test_that_a_case_kills_nobody_alarms_nobody(kills):
    case = Case("f/1", Origin("any"), public=True, sizes={}, inputs={}, expected={})
    exercise = ListedExercise("f", "F", (ListedCase(case, kills), ListedCase(case, ("f.left_out",))), 2, Sifted(2))

    assert bool(cases.uncounted(exercise)) == (not kills)
    assert "may be as good" in cases.uncounted(exercise) or kills
