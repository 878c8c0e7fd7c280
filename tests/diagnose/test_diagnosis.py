"""Naming mistakes, measured on hand-ins of students against what a person says is wrong with each.

``submissions/assignment3.truth.yaml`` was written before anything was diagnosed. A diagnosis is exact where it names
one of the kinds that stand there; every sentence of it has to hold, which ``told.py`` works out anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from msgspec.structs import replace

from grader.bank.build import bank_for
from grader.bank.reference import Reference
from grader.course.find import find_course
from grader.diagnose.diagnose import diagnose
from grader.grading.grade import Demands, grade_path
from grader.judge.trials import try_cases
from grader.mistakes.runner import VersionRunner
from grader.records.assignment import Limits
from grader.records.finding import Exchanged, Factor, NoEffect, Predicted
from grader.records.run import Returned, job_of
from grader.report import terminal, view
from grader.report.words import findings as finding_words
from grader.report.words import reasons
from grader.report.words.written import written
from grader.sandbox.host import ProcessSandbox
from grader.submission import read
from tests.by_hand import MISTAKES
from tests.made_once import made_once
from tests.told import Versions, holds, is_contradicted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.records.assignment import Exercise
    from grader.records.bank import Case, CaseBank
    from grader.records.finding import Finding
    from grader.records.report import ExerciseResult, Report
    from grader.records.run import Outcome

ROOT = Path(__file__).parents[2]
HANDED_IN = ROOT / "tests" / "submissions" / "assignment3"
RIGHT = "100_preallocated_arrays.py"
TRUTH = yaml.safe_load((HANDED_IN.parent / "assignment3.truth.yaml").read_text(encoding="utf-8"))
MISCONCEPTIONS = yaml.safe_load((ROOT / "tests" / "misconceptions.kinds.yaml").read_text(encoding="utf-8"))
FILES = find_course(ROOT).assignment("assignment3")
WEAK = Demands(weak=True)
EXACT, SOME = 0.60, 0.90  # of what fails

#: The kinds of mistake that a finding names, for those whose name is not one of them.
KINDS = {
    "drop_factor": {"drop_term"},
    "use_gradient": {"swap_names"},
    "swap_gates": {"swap_gates", "swap_names"},
    "ignored": {"drop_term"},
    "negated": {"swap_sign"},
    "ahead": {"shift_time"},
    "behind": {"shift_time"},
    "exchanged": {"swap_gates", "swap_names"},
    "instead": {"swap_names"},
    "factor": {"scale"},
    "any_factor": {"scale"},
    "same_factor": {"scale"},
    "complement": {"swap_sign"},
    "transposed": {"transpose"},
    "reversed": {"reverse_time"},
    "shift": {"shift_time"},
    "shape": {"wrong_shape"},
    "length": {"wrong_shape", "off_by_one"},
    "rounded": {"rounding"},
    "limit": {"clipping"},
    "no_effect": {"no_effect", "drop_term"},
    "target": {"target"},
    "repeated": {"alias"},
    "twin": {"alias"},
    "slope": {"wrong_derivative"},
    "coupled_gates": {"coupled", "swap_gates", "swap_names", "swap_sign"},
    "complement_factor": {"swap_sign"},
    "swap_order": {"order"},
    "columns": {"wrong_axis"},
}


def in_words(finding: Finding) -> str:
    """A finding as a student reads it."""
    return f"{finding_words.sentence(finding)} {finding_words.evidence(finding)}"


class Diagnosed(NamedTuple):
    """An exercise of a hand-in that is wrong: the truth, what is said, what cases gave."""

    path: Path
    truth: dict[str, Any]
    result: ExerciseResult
    outcomes: tuple[Outcome, ...]
    graded: tuple[tuple[Case, Outcome], ...]

    @property
    def public(self) -> list[tuple[Case, Outcome]]:
        return [each for each in self.graded if each[0].public]

    @property
    def hidden(self) -> list[tuple[Case, Outcome]]:
        return [each for each in self.graded if not each[0].public]

    @property
    def expected(self) -> bool:
        """Whether there is a kind to name."""
        return self.truth["kinds"] != ["other"]

    def __str__(self) -> str:
        said = [in_words(finding) for finding in self.result.diagnosis]
        told = said or reasons.headline(self.result.reason)
        return f"{self.path.name} {self.result.id}: {self.truth['mistake']}: {told}"


@pytest.fixture(scope="module")
def bank(bank_cache, pool) -> Iterator[CaseBank]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CACHE", str(bank_cache))
        yield bank_for(FILES, pool)


@pytest.fixture(scope="module")
def versions(bank, pool) -> Iterator[Versions]:
    with Reference(FILES, pool, bank.assignment.preload) as reference:
        yield Versions(reference.source, VersionRunner(reference.submission, pool, reference.preload))


@pytest.fixture(scope="module")
def diagnosed(bank, pool, graded, shared) -> list[Diagnosed]:
    def made() -> list[Diagnosed]:
        paths = [HANDED_IN / name for name in TRUTH]
        return [each for path in paths for each in _diagnosed(path, graded(path).strictly, bank, pool)]

    return made_once(shared / "diagnosed.pickle", made)


def _diagnosed(path: Path, report: Report, bank: CaseBank, pool: Any) -> Iterator[Diagnosed]:
    assignment = bank.assignment
    with ProcessSandbox(read(path, assignment.module), Limits(), pool, assignment.preload) as sandbox:
        for exercise, result in zip(assignment.exercises, report.exercises, strict=True):
            if exercise.id in TRUTH[path.name]:
                yield Diagnosed(path, TRUTH[path.name][exercise.id], result, *_given(exercise, result, bank, sandbox))


def _given(
    exercise: Exercise, result: ExerciseResult, bank: CaseBank, sandbox: ProcessSandbox
) -> tuple[tuple[Outcome, ...], tuple[tuple[Case, Outcome], ...]]:
    """What it gave on the diagnostic cases and the witnesses if anything is said, and on those that count."""
    outcomes: tuple[Outcome, ...] = ()
    graded: tuple[tuple[Case, Outcome], ...] = ()
    if result.diagnosis:
        outcomes = tuple(sandbox.run(job_of(exercise, bank.diagnostics[exercise.id].asked)).outcomes)
        cases = [case for case in bank.cases[exercise.id] if case.raises is None]
        graded = tuple(zip(cases, sandbox.run(job_of(exercise, cases)).outcomes, strict=True))
    return outcomes, graded


def kinds(finding: Finding) -> set[str]:
    """The kinds of mistake that a finding names; none for a circumstance, which names none."""
    if finding.kind == "circumstance":
        return set()
    if finding.kind == "misconception":
        return set(MISCONCEPTIONS[finding.name]) - {"other"}
    name, _, inputs = finding.name.partition(".")
    if name == "ignored" and inputs.startswith("b_"):
        return {"drop_bias", "drop_term"}
    if name == "ignored" and inputs in ("h0", "h_prev", "c_prev"):
        return {"wrong_initial_state", "drop_term"}
    if finding.fact == Factor("-1") or (name == "scale" and "minus" in in_words(finding)):
        return {"swap_sign"}
    if isinstance(finding.fact, Exchanged) and finding.fact.rest:
        return {"coupled", "swap_sign"}
    if isinstance(finding.fact, NoEffect) and {"h0", "h_prev", "c_prev"} & set(finding.fact.inputs):
        return {"wrong_initial_state", "drop_term"}
    return KINDS.get(name, {name})


def test_all_that_is_wrong_was_found_wrong(diagnosed):
    assert [str(each) for each in diagnosed if each.result.status not in ("wrong", "partly")] == []
    assert sum(map(len, TRUTH.values())) == len(diagnosed)


def test_most_mistakes_are_named(diagnosed):
    asked = [each for each in diagnosed if each.expected]
    missed = [
        each
        for each in asked
        if not any(kinds(finding) & set(each.truth["kinds"]) for finding in each.result.diagnosis)
    ]
    assert len(asked) >= 150
    assert 1 - len(missed) / len(asked) >= EXACT, "\n".join(map(str, missed))


def test_nearly_all_get_something_specific(diagnosed):
    asked = [each for each in diagnosed if each.expected]
    silent = [each for each in asked if not each.result.diagnosis]
    assert 1 - len(silent) / len(asked) >= SOME, "\n".join(map(str, silent))


def test_no_sentence_is_false_and_none_would_hold_of_a_right_solution(diagnosed, bank, versions):
    exercises = {exercise.id: exercise for exercise in bank.assignment.exercises}
    false, idle = [], []
    for each in diagnosed:
        cases = bank.diagnostics[each.result.id].asked
        asked = (exercises[each.result.id], cases)
        for finding in each.result.diagnosis:
            said = f"{in_words(finding)} [{each}]"
            if is_contradicted(finding, asked[0], (cases, each.outcomes), each.public, each.hidden, versions):
                false.append(f"by a hidden case: {said}")
            if not holds(finding, *asked, each.outcomes, each.public, versions):
                false.append(said)
            right = [(case, Returned(case.expected)) for case, _ in each.public]
            if holds(finding, *asked, [Returned(case.expected) for case in cases], right, versions):
                idle.append(said)
    assert (false, idle) == ([], [])


@pytest.mark.parametrize("name", MISTAKES)
def test_nothing_false_is_said_where_it_easily_would_be(name, bank, pool, versions, tmp_path, capfd):
    mistake, assignment = MISTAKES[name], bank.assignment
    path = tmp_path / assignment.module
    path.write_text((HANDED_IN / RIGHT).read_text(encoding="utf-8") + mistake.source, encoding="utf-8")
    report = grade_path(FILES, bank, path, pool, demands=WEAK)
    assert "Warning" not in capfd.readouterr().err
    exercise = next(each for each in assignment.exercises if each.id == mistake.exercise)
    result = next(each for each in report.exercises if each.id == mistake.exercise)
    assert result.status in ("wrong", "partly")
    assert tuple(finding_words.sentence(finding) for finding in result.diagnosis) == mistake.told
    with ProcessSandbox(read(path, assignment.module), Limits(), pool, assignment.preload) as sandbox:
        outcomes, graded = _given(exercise, result, bank, sandbox)
    for finding in result.diagnosis:
        asked, public = bank.diagnostics[exercise.id].asked, [each for each in graded if each[0].public]
        assert holds(finding, exercise, asked, outcomes, public, versions)


def test_sentences_are_few_and_hold_no_value_and_no_code(diagnosed):
    for each in diagnosed:
        assert len(each.result.diagnosis) <= 3
        for finding in each.result.diagnosis:
            text = in_words(finding)
            assert not re.search(r"\d\.\d|@|\*|np\.|\[|=|diagnostic", text), text


def test_what_is_found_depends_on_no_sentence(diagnosed, bank, monkeypatch):
    """With a key in the place of every text the same findings are made."""
    exercises = {exercise.id: exercise for exercise in bank.assignment.exercises}

    def found(each):
        exercise, known = exercises[each.result.id], keyed[each.result.id]
        public = try_cases(exercise, [case for case, _ in each.public], [outcome for _, outcome in each.public])
        return said(diagnose(exercise, known, try_cases(exercise, known.asked, each.outcomes, brief=True), public))

    def said(findings):
        return [(without_words(finding.fact), finding.rests, finding.outputs) for finding in findings]

    def without_words(fact):
        return replace(fact, mistake=replace(fact.mistake, sentence="")) if isinstance(fact, Predicted) else fact

    told = [each for each in diagnosed if each.result.diagnosis]
    keyed = {
        name: replace(known, mistakes=tuple(replace(mistake, sentence="key") for mistake in known.mistakes))
        for name, known in bank.diagnostics.items()
    }
    for name in ("sentence", "evidence", "condition"):
        monkeypatch.setattr(finding_words, name, lambda _, key=name: key)
    before = [said(each.result.diagnosis) for each in told]
    assert [found(each) for each in told] == before
    assert sum(map(len, before)) > len(told)


def test_a_student_reads_it_below_the_headline(graded):
    report = graded(HANDED_IN / "090_recurrent_weights_transposed.py").report
    lines = terminal.render(written(view.student(report)), width=140).splitlines()
    headline = lines.index("     Check `h`: it has wrong values.")
    assert lines[headline + 1].startswith("     The recurrent weights W_hh are used transposed. Explains all ")
    assert lines[headline + 2].startswith(
        "     It is right whenever `h_prev` is 0, `W_hh` is 0 or `W_hh` is symmetric."
    )


def test_nothing_is_said_of_what_is_right(graded):
    report = graded(HANDED_IN / "100_plain_loops.py").report
    assert {exercise.diagnosis for exercise in report.exercises} == {()}
