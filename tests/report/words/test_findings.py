"""What is known of a mistake, in words."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from grader.records.bank import Condition, KnownMistake, MistakeKind
from grader.records.finding import (
    Alike,
    AnyFact,
    AtTarget,
    Beyond,
    Changed,
    Columns,
    Contrast,
    DictEntries,
    EqualSizes,
    Exchanged,
    Factor,
    Finding,
    FirstWrong,
    Items,
    Length,
    Limited,
    NamedByInstructor,
    NoEffect,
    NotZero,
    OutputsRight,
    OverAxis,
    Predicted,
    Repeated,
    Rounded,
    Share,
    Shift,
    Slope,
    Steps,
    Twin,
    When,
)
from grader.report.words.findings import condition, evidence, sentence

OWN = KnownMistake(MistakeKind.MISCONCEPTION, "step_transposed", "W_hh is used transposed.")
INHERITED = KnownMistake(MistakeKind.INHERITED, "cell_transposed", "W_hh is used transposed.")
PROBE = KnownMistake(MistakeKind.PROBE, "ignored.b", "It behaves as if `b` were 0.")
MUTANT = KnownMistake(MistakeKind.MUTANT, "drop_term", "A term is missing.")
ALL, RETURNED, SOME = Share(4, 4, 4), Share(3, 3, 4), Share(14, 16, 16)
B, T = Condition("zero", "b"), Condition("size_one", "T")
TWO, THREE = ("y", "z"), ("x", "y", "z")
SAME = "the same numbers at every t, and should not: does the state move on, and is a copy of it kept?"
MOVED = "each holds what belongs to the one"
NEARLY = (
    "`y`: off by less than a hundredth of its largest number, as lost digits or a small number that is added would be."
)

SAID = [
    # known mistakes
    (
        Finding(Predicted(OWN), ALL, ("y",)),
        "W_hh is used transposed.",
        "Explains all 4 cases tried to find it.",
    ),
    (
        Finding(Predicted(INHERITED), RETURNED, ("y",)),
        "W_hh is used transposed.",
        "Explains all 3 cases tried to find it, of those that return the right shape.",
    ),
    (
        Finding(Predicted(PROBE), ALL, ("y",)),
        "It behaves as if `b` were 0.",
        "Explains all 4 cases tried to find it.",
    ),
    (Finding(Predicted(MUTANT), ALL, ("y",)), "A term is missing.", "Explains all 4 cases tried to find it."),
    (
        Finding(Predicted(OWN, partly=True), ALL, ("y",)),
        "In `y`: W_hh is used transposed.",
        "Explains `y` in all 4 cases tried to find it.",
    ),
    (
        Finding(Predicted(INHERITED, partly=True), ALL, TWO),
        "In `y` and `z`: W_hh is used transposed.",
        "Explains `y` and `z` in all 4 cases tried to find it.",
    ),
    (
        Finding(Predicted(PROBE, partly=True), ALL, THREE),
        "In `x`, `y` and `z`: it behaves as if `b` were 0.",
        "Explains `x`, `y` and `z` in all 4 cases tried to find it.",
    ),
    (
        Finding(Predicted(MUTANT, partly=True), RETURNED, ("y",)),
        "In `y`: a term is missing.",
        "Explains `y` in all 3 cases tried to find it, of those that return the right shape.",
    ),
    (
        Finding(Predicted(OWN), SOME, ("y",)),
        "Nearly as if: W_hh is used transposed.",
        "Explains 14 of the 16 cases tried to find it.",
    ),
    (
        Finding(Predicted(OWN, partly=True), Share(14, 16, 20), ("y",)),
        "In `y`, nearly as if: W_hh is used transposed.",
        "Explains `y` in 14 of the 16 cases tried to find it, of those that return the right shape.",
    ),
    # relations
    (
        Finding(Changed("zero"), ALL, ("y",)),
        "`y` is 0, whatever it should be.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Changed("absolute"), RETURNED, ("y",)),
        "`y` has lost its signs: it is the absolute value of what it should be.",
        "True of all 3 cases tried to find the mistake, of those that return.",
    ),
    (
        Finding(Changed("transposed"), ALL, ("y",)),
        "`y` is transposed.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Changed("reversed"), ALL, ("y",)),
        "`y` is in reversed order along its first axis.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Changed("reversed"), ALL, TWO),
        "`y` and `z`: each is in reversed order along its first axis.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Changed("complement"), ALL, ("y",)),
        "`y` is one minus what it should be.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Changed("logarithm"), ALL, ("y",)),
        "`y` is the logarithm of what it should be.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Changed("exponential"), ALL, ("y",)),
        "`y` is the exponential of what it should be.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Columns(), ALL, ("y",)),
        "`y` has columns that sum to 1 where its rows should: look at `axis`.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Changed("shape"), ALL, ("y",)),
        "`y` holds the right numbers in another shape.",
        "True of all 4 cases tried to find the mistake.",
    ),
    *(
        (Finding(fact, ALL, ("y",)), f"`y` {words}.", "True of all 4 cases tried to find the mistake.")
        for fact, words in (
            (Factor("-1"), "has the wrong sign"),
            (Factor("2"), "is twice what it should be"),
            (Factor("1/2"), "is half of what it should be"),
            (Factor("1/log 2"), "is as large as with a logarithm to base 2"),
            (Factor("1/log 10"), "is as large as with a logarithm to base 10"),
            (Factor("1/size", "N"), "is divided by `N`: averaged where it should be summed"),
            (Factor("size", "N"), "is multiplied by `N`: summed where it should be averaged"),
            (Shift(late=True, along="steps"), f"comes one step too late: {MOVED} before"),
            (Shift(late=False, along="steps"), f"comes one step too early: {MOVED} after"),
            (Shift(late=True, along="rows"), f"has its rows moved by one: {MOVED} before"),
            (Shift(late=False, along="rows"), f"has its rows moved by one: {MOVED} after"),
            (Shift(late=True, along="entries"), f"has its entries moved by one: {MOVED} before"),
            (Shift(late=False, along="entries"), f"has its entries moved by one: {MOVED} after"),
            (Length(lacks=True, end="first"), "lacks its first entry; all others are right"),
            (Length(lacks=True, end="last"), "lacks its last entry; all others are right"),
            (Length(lacks=False, end="first"), "has an entry too many in front; all others are right"),
            (Length(lacks=False, end="last"), "has an entry too many at its end; all others are right"),
            (Rounded(0, cut=False), "is rounded to whole numbers"),
            (Rounded(1, cut=False), "is rounded to one decimal"),
            (Rounded(2, cut=False), "is rounded to 2 decimals"),
            (Rounded(0, cut=True), "is cut off to whole numbers"),
            (Rounded(1, cut=True), "is cut off to one decimal"),
            (Rounded(3, cut=True), "is cut off to 3 decimals"),
            (Limited(both=True), "is cut off at a limit above and below, and right up to there"),
            (Limited(both=False), "is cut off at a limit on one side, and right up to there"),
            (
                Factor("sizes", "N", "V"),
                "is multiplied by `N` and divided by `V`: it seems that one size stands for the other",
            ),
            (Columns(whole=True), "sums to 1 as a whole where each of its rows should: look at `axis`"),
            (AtTarget("t", 1), "is too large by exactly 1 at the entries that `t` names, and right elsewhere"),
            (
                AtTarget("t", 2, each_time=True),  # named twice, it is off by 4
                "is too large by exactly 2 for each time that `t` names an entry, and right elsewhere",
            ),
            (
                AtTarget("t", -2, "N"),
                "is too small by 2 divided by `N` at the entries that `t` names, and right elsewhere",
            ),
            (Exchanged("z", rest=True), "is one minus what `z` should be"),
            (
                Slope("missing", ("f",)),
                "is right but for the slope of the sigmoid or tanh that made `f`, which is left out",
            ),
            (
                Slope("twice", ("f",)),
                "is right but for the slope of the sigmoid or tanh that made `f`, which is there once too often",
            ),
            (
                Slope("tanh_for_sigmoid", ("f",)),
                "is right but for the slope of a tanh, which stands where that of the sigmoid that made `f` belongs",
            ),
            (
                Slope("sigmoid_for_tanh", ("g",)),
                "is right but for the slope of a sigmoid, which stands where that of the tanh that made `g` belongs",
            ),
        )
    ),
    (
        Finding(Changed("complement"), ALL, THREE),
        "`x`, `y` and `z`: each is one minus what it should be, so look at what they have in common.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(NoEffect(("b",)), Share(3, 3, 20), ("y",)),
        "`y` stays as it is when `b` is set to 0, and should not: is it used for it?",
        "Seen in all 3 cases in which that was tried.",
    ),
    (
        Finding(NoEffect(("a", "b", "c")), Share(3, 3, 20), TWO),
        "`y` and `z` stay as they are when `a`, `b` or `c` is set to 0, and should not: are they used for them?",
        "Seen in all 3 cases in which that was tried.",
    ),
    (
        Finding(Repeated((("h",), ("pair", 1))), ALL, ("steps",)),
        f'`steps[t]["h"]` and `steps[t]["pair"][1]` hold {SAME}',
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Repeated(((0,),)), ALL, ("steps",)),
        f"`steps[t][0]` holds {SAME}",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Twin((0,), (1,)), ALL, ("steps",)),
        "`steps[t][0]` holds the same as `steps[t][1]`, and should not: was it written again after it was kept?",
        "True of all 4 cases tried to find the mistake.",
    ),
    (Finding(Exchanged("z"), ALL, TWO), "`y` and `z` are exchanged.", "True of all 4 cases tried to find the mistake."),
    (
        Finding(Exchanged("z"), RETURNED, ("y",)),
        "`y` holds what `z` should hold.",
        "True of all 3 cases tried to find the mistake, of those that return.",
    ),
    # likenesses
    (
        Finding(Alike("same_factor"), ALL, TWO),
        "`y` and `z`: right but for a factor that is the same in all cases.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Alike("any_factor"), ALL, ("y",)),
        "`y`: right but for one factor in each case.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Alike("row_factor"), ALL, ("y",)),
        "`y`: right but for one factor in each row.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Alike("nearly"), ALL, ("y",)),
        NEARLY,
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Alike("rises"), ALL, ("y",)),
        (
            "`y`: larger wherever the right numbers are larger, as if another function came last, or "
            "something were added before it."
        ),
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Alike("falls"), ALL, ("y",)),
        (
            "`y`: smaller wherever the right numbers are larger, as if another function came last, or "
            "something were added before it."
        ),
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Beyond(-1, 1), Share(3, 4, 4), ("y",)),
        "`y`: some numbers lie outside -1 to 1, where all the right ones lie.",
        "True of 3 of 4 cases tried to find the mistake.",
    ),
    (
        Finding(Beyond(0, 1), Share(3, 4, 6), ("y",)),
        "`y`: some numbers lie outside 0 to 1, where all the right ones lie.",
        "True of 3 of 4 cases tried to find the mistake, of those that return.",
    ),
    (
        Finding(OverAxis("sum", 0, left_out=False), ALL, ("y",)),
        "`y` is the sum along `axis=0` of what it should be.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(OverAxis("last", 1, left_out=True), ALL, ("y",)),
        "`y` has an axis too many: its last entry along `axis=1` is what it should be.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Items("reversed", "item", everywhere=True), ALL, ("y",)),
        "`y` holds the right items in reverse order.",
        "True of all 4 cases tried to find the mistake.",
    ),
    (
        Finding(Items("one_in_front", "entry", everywhere=False), RETURNED, ("y",)),
        "Where it is wrong, `y` has one entry too many in front; all others are right.",
        "True of all 3 that are wrong of 4 cases tried to find the mistake.",
    ),
    (
        Finding(Items("others_among", "row", everywhere=False), RETURNED, ("y",)),
        "Where it is wrong, `y` holds the right rows in the right order, and further ones among them.",
        "True of all 3 that are wrong of 4 cases tried to find the mistake.",
    ),
    (
        Finding(Items("one_at_end", "item", everywhere=False), RETURNED, ("y", "z")),
        "Where they are wrong, `y` and `z`: each has one item too many at its end; all others are right.",
        "True of all 3 that are wrong of 4 cases tried to find the mistake.",
    ),
    (
        Finding(DictEntries("keys_missing"), RETURNED, ("y",)),
        "Where it is wrong, `y` lacks keys, and all that is there is right.",
        "True of all 3 that are wrong of 4 cases tried to find the mistake.",
    ),
    # circumstances
    (
        Finding(When(right=True, conditions=(B,)), Contrast(3, 16, 16)),
        "It is right whenever `b` is 0.",
        "Right in all 3 such cases, wrong in 16 of 16 ordinary cases.",
    ),
    (
        Finding(When(right=True, conditions=(B, T)), Contrast(5, 15, 16), ("y",)),
        "`y` is right whenever `b` is 0 or `T` is 1.",
        "Right in all 5 such cases, wrong in 15 of 16 ordinary cases.",
    ),
    (
        Finding(When(right=True, conditions=(B, T, Condition("symmetric", "W"))), Contrast(6, 4, 4), TWO),
        "`y` and `z` are right whenever `b` is 0, `T` is 1 or `W` is symmetric.",
        "Right in all 6 such cases, wrong in at least 4 of 4 ordinary cases.",
    ),
    (
        Finding(When(right=False, conditions=(Condition("one_item", "xs"),)), Contrast(3, 4, 4)),
        "It is wrong when `xs` has one item.",
        "Wrong in all 3 such cases, right in all 4 ordinary cases.",
    ),
    (
        Finding(When(right=False, conditions=(T,), unless=("N",)), Contrast(3, 4, 4)),
        "It is wrong when `T` is 1 and `N` is not.",
        "Wrong in all 3 such cases, right in all 4 ordinary cases.",
    ),
    (
        Finding(When(right=False, conditions=(T,), unless=("N", "H")), Contrast(3, 4, 4)),
        "It is wrong when `T` is 1 and `N` and `H` are not.",
        "Wrong in all 3 such cases, right in all 4 ordinary cases.",
    ),
    (
        Finding(FirstWrong("y", 1, "first"), Share(3, 3, 16)),
        "`y` is right at its first step, and goes wrong after it.",
        "True of all 3 cases that are wrong and have several steps.",
    ),
    (
        Finding(FirstWrong("y", 2, "last"), Share(3, 3, 16)),
        "`y` is right at its last two steps, and goes wrong before them.",
        "True of all 3 cases that are wrong and have several steps.",
    ),
    (
        Finding(NotZero("dh"), Share(3, 3, 3), TWO),
        "`y` and `z` are not 0 where `dh` is, and should be.",
        "Seen in all 3 such cases.",
    ),
    (
        Finding(EqualSizes(right=True, sizes=("D", "H")), Contrast(2, 3, 3)),
        "It is right when `D` and `H` are equal.",
        "Right in all 2 such cases, wrong in all 3 ordinary cases where they differ.",
    ),
    (
        Finding(EqualSizes(right=False, sizes=("D", "H", "T")), Contrast(2, 3, 3)),
        "It is wrong when `D`, `H` and `T` are equal.",
        "Wrong in all 2 such cases, right in all 3 ordinary cases where they differ.",
    ),
    *(
        (
            Finding(Steps("y", right=right, end=end, along=along), Share(3, 3, 16)),
            f"`y` is {'right' if right else 'wrong'} {place} only.",
            f"True of all 3 cases that are wrong and have several {along}.",
        )
        for right in (True, False)
        for end, along, place in (
            ("first", "steps", "at its first step"),
            ("last", "steps", "at its last step"),
            ("first", "rows", "in its first row"),
            ("last", "rows", "in its last row"),
        )
    ),
    (
        Finding(NamedByInstructor("0a1b", "The bias is added twice."), Share(9, 9, 9), ("y",)),
        "The bias is added twice.",
        "Gives what this mistake gives on all 9 inputs that are kept of it.",
    ),
    (
        Finding(NamedByInstructor("0a1b", "The bias is added twice.", partly=True), Share(9, 9, 9), ("y",)),
        "In `y`: The bias is added twice.",
        "Gives what this mistake gives on all 9 inputs that are kept of it.",
    ),
    (
        Finding(OutputsRight(("a", "c")), Share(4, 5, 5), ("b",)),
        "`a` and `c` are right; `b` is not.",
        "Wrong in 4 of 5 cases tried to find the mistake.",
    ),
    (
        Finding(OutputsRight(("a",)), Share(4, 4, 4), TWO),
        "`a` is right; `y` and `z` are not.",
        "Wrong in 4 of 4 cases tried to find the mistake.",
    ),
]


@pytest.mark.parametrize(("finding", "said", "rests"), SAID)
def test_a_finding_in_words(finding, said, rests):
    assert (sentence(finding), evidence(finding)) == (said, rests)


def test_the_staff_reads_what_a_hidden_case_contradicts():
    finding = Finding(Changed("zero"), ALL, ("y",), contradicted=True)
    assert evidence(finding) == "True of all 4 cases tried to find the mistake. A hidden case contradicts it."


def test_no_two_findings_read_alike_and_every_kind_of_fact_is_among_them():
    facts = {finding.fact for finding, _, _ in SAID if not isinstance(finding.fact, Predicted)}
    assert {type(finding.fact) for finding, _, _ in SAID} == set(get_args(AnyFact))
    assert len({sentence(Finding(fact, ALL, ("y",))) for fact in facts}) == len(facts)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("zero", "`x` is 0"),
        ("symmetric", "`x` is symmetric"),
        ("one_item", "`x` has one item"),
        ("size_one", "`x` is 1"),
    ],
)
def test_a_condition_in_words(kind, said):
    assert condition(Condition(kind, "x")) == said


@pytest.mark.parametrize(("finding", "said", "rests"), SAID)
def test_a_finding_survives_being_written_down(finding, said, rests):
    assert msgspec.json.decode(msgspec.json.encode(finding), type=Finding) == finding
