"""What counts as killed, and what does not count at all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.audit.standing import FEWER_DIGITS, fate, stale, together, waivers, weakest
from grader.audit.standing import standing as in_the_light_of
from grader.mistakes.registry import OPERATORS
from grader.records.assignment import Exercise, Output, Waiver
from grader.records.audit import CHANGES_INPUT, NamedDistance, Waived
from grader.records.bank import Kill, WrongVersion
from grader.records.shortcomings import StaleWaiver

EXERCISE = Exercise(id="step", title="", points=1, inputs={}, run="h = 1", outputs={"h": Output()})


def wrong(kind="transpose", kills=0, off=0.0, name=""):
    kills = tuple(Kill(f"step/{number}") for number in range(kills))
    return WrongVersion(name or f"step.{kind}.1", kind, "It is wrong.", 3, "a → b", kills, off)


def standing(exercise, wrong_versions, by, told=()):
    """In an assignment of one exercise."""
    all_of = together([exercise], {exercise.id: wrong_versions})._replace(told=told)
    return in_the_light_of(exercise, wrong_versions, by, all_of, told)


def fates(versions):
    return {version.id: version.fate for version in versions}


@pytest.mark.parametrize(
    ("kind", "kills", "off", "expected"),
    [
        ("transpose", 3, 1e15, "killed"),
        ("transpose", 2, 1e15, "weak"),
        ("transpose", 0, 0.0, "survivor"),
        ("transpose", 0, 1e15, "survivor"),
        ("transpose", 0, None, "survivor"),
        ("transpose", 0, 1e8, "remark"),
        ("float32", 0, 1e8, "remark"),
        ("float32", 0, 0.0, "remark"),
        ("rounding", 0, 12.0, "remark"),
        ("add_epsilon", 0, 1e15, "survivor"),
        ("float32", 3, 1e15, "killed"),
        (CHANGES_INPUT, 0, 0.0, "remark"),
        (CHANGES_INPUT, 0, 1e15, "survivor"),
        ("misconception", 0, 1e8, "survivor"),
        ("misconception", 0, 0.0, "survivor"),
        ("inherited", 0, 0.0, "survivor"),
        ("inherited", 0, 1e8, "remark"),
    ],
)
def test_fate(kind, kills, off, expected):
    assert fate(EXERCISE, wrong(kind, kills, off), 3, kills) == expected


def test_the_exercise_can_make_a_remark_a_fault():
    strict = replace(EXERCISE, inputs_unchanged="required", precision="required")
    assert fate(strict, wrong(CHANGES_INPUT), 3, 0) == "survivor"
    assert fate(strict, wrong("transpose", off=1e8), 3, 0) == "survivor"
    assert fate(strict, wrong("float32", off=1.0), 3, 0) == "remark"


def test_what_does_not_count_is_named_as_the_operators_are():
    assert {CHANGES_INPUT, *FEWER_DIGITS} <= {operator.name for operator in OPERATORS}


def test_only_what_is_open_is_waived():
    waiving = replace(EXERCISE, waive=(Waiver("step.*", "no need"), Waiver("step.transpose.1", "again")))
    wrong_versions = [wrong(), wrong("float32", off=1e8), wrong("scale", 5, 1e15), wrong("clipping", 1, 1e15)]
    found = {version.kind: version.waived for version in standing(waiving, wrong_versions, 3)}
    assert found == {"transpose": "no need", "float32": "", "scale": "", "clipping": "no need"}


def test_what_a_rule_tells_is_killed():
    (version,) = standing(EXERCISE, [wrong()], 3, {"step.transpose.1"})
    assert version.fate == "killed"
    assert version.told_by_rule


def test_stale_waivers():
    names = ("step.transpose.1", "step.scale.*", "step.float32.*", "gone.*")
    waiving = replace(EXERCISE, waive=tuple(Waiver(name, "so") for name in names))
    versions = standing(waiving, [wrong(), wrong("scale", 5, 1e15), wrong("float32", off=1e8)], 3)
    assert list(stale(waiving, waivers(waiving, versions), fates(versions), {})) == [
        StaleWaiver("step", "step.scale.*", "killed", ("step.scale.1",)),
        StaleWaiver("step", "step.float32.*", "remark"),
        StaleWaiver("step", "gone.*", "unknown"),
    ]


def test_a_pattern_is_stale_as_soon_as_one_of_its_matches_is_killed():
    waiving = replace(EXERCISE, waive=(Waiver("step.*", "no need"),))
    wrong_versions = [wrong(), wrong("scale", 5, 1e15), wrong("float32", off=1e8)]
    versions = standing(waiving, wrong_versions, 3)
    (waived,) = waivers(waiving, versions)
    assert waived == Waived("step.*", "no need", ("step.transpose.1", "step.scale.1", "step.float32.1"))
    killed = StaleWaiver("step", "step.*", "killed", ("step.scale.1",))
    assert list(stale(waiving, [waived], fates(versions), {})) == [killed]
    others = standing(waiving, [wrong_versions[0], wrong_versions[2]], 3)
    assert list(stale(waiving, waivers(waiving, others), fates(others), {})) == []


def test_what_another_exercise_tells_is_told_and_what_it_waives_is_waived():
    waive = (Waiver("step.axis.1", "none differs"), Waiver("*.clipping.*", "no end"))
    other = replace(EXERCISE, id="back", waive=waive)
    here = [wrong(), wrong("scale", 1, 1e15), wrong("axis"), wrong("float32", off=1e8), wrong("sign")]
    there = [wrong(kills=3), wrong("scale", 2, 1e15), wrong("axis"), wrong("float32", 3, 1e15), wrong("clipping")]
    all_of = together([EXERCISE, other], {"step": here, "back": there})
    versions = in_the_light_of(EXERCISE, here, 3, all_of)
    assert fates(versions) == {
        "step.transpose.1": "killed",
        "step.scale.1": "killed",
        "step.axis.1": "survivor",
        "step.float32.1": "remark",
        "step.sign.1": "survivor",
    }
    assert [(each.killed_by, each.elsewhere, each.told_here) for each in versions[:3]] == [
        (3, 3, False),
        (3, 2, True),
        (0, 0, False),
    ]
    assert [each.id for each in versions if each.waived] == ["step.axis.1"]


def test_an_id_of_the_form_that_was():
    waiving = replace(EXERCISE, waive=(Waiver("step.transpose.1", "so"), Waiver("step.scale.*", "so")))
    versions = standing(waiving, [wrong(name="step.transpose.0a1b2c"), wrong("scale")], 3)
    former = {"step.transpose.1": "step.transpose.0a1b2c", "step.scale.2": "step.scale.1"}
    assert list(stale(waiving, waivers(waiving, versions), fates(versions), former)) == [
        StaleWaiver("step", "step.transpose.1", "renamed", renamed=("step.transpose.0a1b2c",)),
    ]


def test_the_weakest_is_no_rounding():
    wrong_versions = [wrong("rounding", 3, 1e12), wrong("scale", 3, 2e15), wrong("axis", 3, None)]
    assert weakest(wrong_versions) == NamedDistance(2e15, "step.scale.1")
    assert weakest([wrong("rounding", 3, 1e12)]) is None
