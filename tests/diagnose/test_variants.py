"""Naming mistakes, measured on single wrong functions of a course whose author wrote down no misconception.

What stands in ``submissions/recurrent.more.yaml`` was written before the diagnosis had seen any of it. The table that
``test_nearly_all_get_something_exact_or_specific`` prints with ``-s`` says what became of each kind.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from grader.bank.build import bank_for
from grader.bank.reference import Reference
from grader.course.find import find_course
from grader.diagnose.diagnose import diagnose
from grader.judge.trials import try_cases
from grader.mistakes.runner import VersionRunner
from grader.records.finding import OutputsRight
from grader.records.run import Returned
from grader.report.words import findings as finding_words
from tests.diagnose.test_diagnosis import ROOT, in_words, kinds
from tests.told import Versions, holds, is_contradicted
from tests.variants import Tried, tried, variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.bank import CaseBank
    from grader.records.finding import Finding

COURSE = ROOT / "tests" / "courses" / "recurrent"
VARIANTS = variants(ROOT / "tests" / "submissions" / "recurrent.more.yaml")
FILES = find_course(COURSE).assignment("recurrent")
NAMED = 0.90  # of what is wrong, exactly or by something specific

#: What the verdict on a shape says by itself, as told below the headline.
SHAPES = {
    "sum_over_everything",
    "lacks_a_one",
    "a_one_too_many",
    "one_shorter",
    "one_longer",
    "transposed",
    "broadcast",
}

#: What is told first of mistakes that got nothing but "has wrong values", or less than this.
FIRST = {
    "softmax_of_all": "`p` sums to 1 as a whole where each of its rows should: look at `axis`.",
    "softmax_in_logarithms": "`p` is the logarithm of what it should be.",
    "cross_entropy_target_kept": "`dscores` is too large by 1 divided by `N` at the entries that `targets` names, and "
    "right elsewhere.",
    "perplexity_log_of_mean": "It behaves as if a logarithm or an exponential and a mean or a sum were taken in the "
    "other order.",
    "step_backward_weights_exchanged": "It behaves as if a gradient were used in place of the array that it "
    "belongs to.",
    "step_backward_ignores_what_comes": "`dx`, `dh`, `dWx`, `dWh` and `db` stay as they are when `dh_new` is set to 0, "
    "and should not: is it used for them?",
    "step_backward_half_done": "`db` is 0, whatever it should be.",
    "unrolled_before_is_after": '`steps[t]["before"]` holds the same as `steps[t]["after"]`, and should not: was it '
    "written again after it was kept?",
    "unrolled_without_start": "In `hs`: it behaves as if `h0` were 0.",
    "lstm_gates_sigmoid_sign": "`f`, `i` and `o`: each is one minus what it should be, so look at what they have in "
    "common.",
    "lstm_gates_coupled": "`i` is one minus what `f` should be.",
    "lstm_gates_two_exchanged": "`i` and `o` are exchanged.",
    "lstm_cell_coupled": "It behaves as if i were 1 - f.",
    "lstm_cell_raw_tanh": "`h_new` stays as it is when `c`, `f` or `i` is set to 0, and should not: are they used for "
    "it?",
    "lstm_slopes_ignores_dh": "`df`, `di`, `dg` and `dc` stay as they are when `dh_new` is set to 0, and should not: "
    "is it used for them?",
    "lstm_slopes_no_derivatives": "`df`, `di`, `do` and `dg` are right but for the slope of the sigmoid or tanh that "
    "made `f`, `i`, `o` and `g`, which is left out.",
    "gru_other_way": "It behaves as if a gate z and 1 - z were exchanged.",
    "fading_what_is_lost": "It behaves as if `rate` were 1 - `rate`.",
}


class Measured(NamedTuple):
    """A variant and what is said of it; ``falls`` is the class it falls in."""

    ran: Tried
    findings: tuple[Finding, ...]
    falls: str

    def __str__(self) -> str:
        variant = self.ran.variant
        return f"{self.falls}: {variant.name}: {variant.mistake}: {[in_words(finding) for finding in self.findings]}"


@pytest.fixture(scope="module")
def bank(bank_cache, pool) -> Iterator[CaseBank]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        yield bank_for(FILES, pool)


@pytest.fixture(scope="module")
def measured(bank, pool, tmp_path_factory) -> list[Measured]:
    right = (COURSE / "reference" / "recurrent.py").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("variants") / "recurrent.py"
    return [_measured(ran, bank) for ran in tried(VARIANTS, right, bank, pool, path)]


def _measured(ran: Tried, bank: CaseBank) -> Measured:
    exercise = next(each for each in bank.assignment.exercises if each.id == ran.variant.exercise)
    cases, outcomes = zip(*ran.public, strict=True)
    public = try_cases(exercise, cases, outcomes)
    known = bank.diagnostics[exercise.id]
    given = try_cases(exercise, known.asked, [outcome for _, outcome in ran.diagnostic])
    findings = diagnose(exercise, known, given, public)
    telling = [finding for finding in findings if not isinstance(finding.fact, OutputsRight)]
    wrong = [trial for trial in public if not trial.right]
    shapes = {each.deviation.fault.what for trial in wrong for each in trial.comparisons if each.deviation} & SHAPES
    if any(kinds(finding) & ran.variant.kinds for finding in findings):
        return Measured(ran, findings, "exact")
    if telling or shapes:
        return Measured(ran, findings, "specific")
    crashed = any(not isinstance(outcome, Returned) for _, outcome in ran.public)
    return Measured(ran, findings, "crash alone" if crashed else "has wrong values")


def table(measured: list[Measured]) -> str:
    """Of each class how many, with one fault and with two."""
    counts = Counter((each.falls, each.ran.variant.faults) for each in measured)
    rows = [f"{'':18}{'one fault':>10}{'two':>6}{'share':>8}"]
    for falls in ("exact", "specific", "crash alone", "has wrong values"):
        one, two = counts[falls, 1], counts[falls, 2]
        rows.append(f"{falls:18}{one:>10}{two:>6}{(one + two) / len(measured):>8.0%}")
    return "\n".join(rows)


def test_each_is_wrong_and_a_third_of_them_twice(measured, bank):
    exercises = {exercise.id: exercise for exercise in bank.assignment.exercises}
    for each in measured:
        exercise = exercises[each.ran.variant.exercise]
        everything = [*each.ran.public, *each.ran.hidden]
        trials = try_cases(exercise, *map(list, zip(*everything, strict=True)))
        assert not all(trial.right for trial in trials), each.ran.variant.name
    assert len(measured) == len(VARIANTS) >= 60
    assert sum(variant.faults == 2 for variant in VARIANTS) >= 20


def test_nearly_all_get_something_exact_or_specific(measured):
    print(f"\n{table(measured)}")
    told = [each for each in measured if each.falls in ("exact", "specific")]
    missed = [str(each) for each in measured if each not in told]
    assert len(told) / len(measured) >= NAMED, "\n".join(missed)
    assert all(len(each.findings) <= 3 for each in measured)


@pytest.mark.parametrize("name", FIRST)
def test_what_is_told_first(name, measured):
    each = next(each for each in measured if each.ran.variant.name == name)
    assert finding_words.sentence(each.findings[0]) == FIRST[name]


def test_no_sentence_is_false_and_none_would_hold_of_a_right_solution(measured, bank, pool):
    exercises = {exercise.id: exercise for exercise in bank.assignment.exercises}
    false, idle = [], []
    with Reference(FILES, pool, bank.assignment.preload) as reference:
        versions = Versions(reference.source, VersionRunner(reference.submission, pool, reference.preload))
        for each in measured:
            exercise = exercises[each.ran.variant.exercise]
            cases, outcomes = zip(*each.ran.diagnostic, strict=True)
            for finding in each.findings:
                said = f"{in_words(finding)} [{each.ran.variant.name}]"
                if is_contradicted(finding, exercise, (cases, outcomes), each.ran.public, each.ran.hidden, versions):
                    false.append(f"{said} (a hidden case contradicts it)")
                if not holds(finding, exercise, cases, outcomes, each.ran.public, versions):
                    false.append(said)
                right = [(case, Returned(case.expected)) for case, _ in each.ran.public]
                if holds(finding, exercise, cases, [Returned(case.expected) for case in cases], right, versions):
                    idle.append(said)
    assert (false, idle) == ([], [])
