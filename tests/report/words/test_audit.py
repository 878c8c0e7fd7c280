from collections import defaultdict
from typing import get_args

import pytest
from msgspec.structs import replace

from grader.records.advice import Advice, CheckMore, HiddenByRange, LargerSample, Reach
from grader.records.audit import Killable, NamedDistance, Waived, tally
from grader.records.bank import Origin
from grader.records.bar import Bar
from grader.records.shortcomings import Failure, StaleWaiver, UnguardedPart, Warned
from grader.report.words import audit as words
from grader.report.words import shortcomings
from tests.report.audit_samples import PROVEN_ONE, VARIANT, margins, version

#: A value for each field of a fact: the name of something, or a number.
_SOME = defaultdict(
    lambda: 4,
    origin=Origin("one_lowest", "T", "1"),
    kind="output",
    because="unknown",
    versions=("a.b",),
    beyond=(Reach("p", 1e-6), Reach("T", 9)),
    example="{inputs: {p: 1e-06}}.",
)


def test_row():
    assert words.row(PROVEN_ONE.tally) == ("4", "3", "≥ 7", "0", "0", "1", "100 %", "0")
    assert words.row(tally([])) == ("0", "0", "–", "0", "0", "0", "100 %", "0")


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
        (version("same", "survivor"), "No case tells it from the reference."),
        (version("a.b.1", "alike"), "Not counted: no difference was found."),
        (version("a.float32.1", "remark"), "Not counted: numerically off."),
        (version("a.change_input_in_place.1", "remark"), "Not counted: only changes an input."),
    ],
)
def test_state(found, said):
    assert said in words.state(found, PROVEN_ONE, Bar())


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (version("a.b.1", killed_by=45), "≥ 45"),
        (version("a.b.1", killed_by=0), "0"),
        (version("a.b.1", "weak", killed_by=2), "2"),
        (version("a.b.1", "survivor"), "0"),
    ],
)
def test_of_a_killed_one_no_more_is_known_than_by_how_many_cases_at_least(found, shown):
    assert words.kills(found) == shown


def test_a_pattern_is_listed_with_all_that_it_matches():
    names = tuple(f"a.clipping.{number}" for number in range(10))
    waivers = (Waived("a.*", "so", names), Waived("a.b.1", "so", ("a.b.1",)), Waived("b.*", "no", ("b.c.1",)))
    versions = tuple(version(name, "survivor", waived="so") for name in (*names, "a.b.1"))
    (said,) = words.waived(replace(PROVEN_ONE, versions=versions, waivers=waivers))
    first = ", ".join(f"`{name}`" for name in names[:8])
    assert said == f"so (`a.*` matches 10 versions: {first} and 2 more; `a.b.1`)"


@pytest.mark.parametrize(
    ("mutant", "killed", "said"),
    [
        ("a.b.1", ["a.b.1"], "what it waives is killed. Remove it."),
        ("a.*", ["a.b.1"], "`a.b.1` is killed, and matches it. Waive by exact ids what is not."),
        ("a.*", ["a.b.1", "a.c.1"], "`a.b.1`, `a.c.1` are killed, and match it. Waive by exact ids"),
    ],
)
def test_a_stale_waiver_says_what_is_killed(mutant, killed, said):
    waiver = StaleWaiver("rnn_step", mutant, "killed", tuple(killed))
    assert f"The waiver of `{mutant}` in rnn_step is stale: {said}" in shortcomings.failure(waiver)


def test_a_waiver_by_an_id_of_the_form_that_was():
    waiver = StaleWaiver("rnn_step", "a.b.1", "renamed", renamed=("a.b.0f3c1d",))
    assert shortcomings.failure(waiver) == (
        "The waiver of `a.b.1` in rnn_step has an id of the form that was, which counted: it is `a.b.0f3c1d` now. "
        "Write that instead."
    )


def test_what_a_range_hides():
    one = HiddenByRange((Reach("p", 1e-6),), "{inputs: {p: 1e-06}}", 12, 1000)
    assert words.advice(one) == (
        "Your range hides it; `p = 1e-06` shows it, as 12 of 1,000 inputs from wider domains do. Widen the range, or "
        "write out such `examples`: - {inputs: {p: 1e-06}}"
    )
    assert words.advice(replace(one, beyond=())).startswith("Hardly any input that is drawn shows it, as 12 of")


@pytest.mark.parametrize(
    ("kind", "name", "because", "called"),
    [
        ("output", "h", "", "`h`"),
        ("raises", "ValueError", "", "raises ValueError"),
        ("raises", "ValueError", "it is below 0", "raises ValueError: it is below 0"),
        ("property", "h grows with x", "", "h grows with x"),
    ],
)
def test_a_part_is_called_as_in_a_report(kind, name, because, called):
    part = UnguardedPart("rnn_step", kind, name, 2, 40, because)
    assert shortcomings.failure(part) == (
        f"Nothing guards the 2 points for {called} in rnn_step: none of 40 wrong versions loses them. "
        + (
            "Have the reference check for it, or write a misconception that does not raise."
            if kind == "raises"
            else "Write a misconception that loses them, or take the part out."
        )
    )


def test_there_is_a_sentence_for_every_kind_of_fact():
    assert words.advice(None) == ""
    assert "Let `run` draw more" in words.advice(LargerSample())
    assert words.advice(CheckMore()).startswith("No value tells it, only what stands beside the values does: add")
    facts = [
        *((words.advice, kind) for kind in get_args(Advice)),
        *((shortcomings.failure, kind) for kind in get_args(Failure)),
        *((shortcomings.warning, kind) for kind in get_args(Warned)),
    ]
    told = [said(kind(*(_SOME[field] for field in kind.__struct_fields__))) for said, kind in facts]
    assert all(text and text[-1] == "." for text in told)
    assert len(set(told)) == len(facts) == 25


def test_margins():
    over = "5.3e14 units (1,060 times over the 5e11 that rounding and few digits may cost)"
    assert list(words.margins(margins(imprecise=()))) == [
        ("Worst right variant", "0.82 units (1,220 times under the 1,000 that are right)", "100_loops.py"),
        ("Weakest gross mistake", over, "`rnn_step.repeat_activation.1`"),
    ]
    (right, *_) = words.margins(margins(right=NamedDistance(0.0, "100_same.py")))
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
