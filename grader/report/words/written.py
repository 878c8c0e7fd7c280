"""A report in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader.records.chance import Distribution
from grader.records.item_at import item_at
from grader.records.run import Raised, Returned
from grader.records.schemas import REPORT
from grader.records.verdict import WrongInHidden
from grader.report.causes import of_the_whole, told_by
from grader.report.clean import LIMIT, cleaned
from grader.report.document import (
    Document,
    WrittenDeviation,
    WrittenExample,
    WrittenExercise,
    WrittenFinding,
    WrittenGroup,
    WrittenIsolation,
    WrittenOutput,
    WrittenPart,
)
from grader.report.words import cases, endings, findings, practice, problems, reasons, submission
from grader.report.words.language import sentence

if TYPE_CHECKING:
    from grader.records.credit import CreditGroup
    from grader.records.finding import Finding
    from grader.records.report import ExerciseResult, Report
    from grader.records.verdict import Counterexample, Deviation, OutputDetail, Part, PartKey


def written(report: Report) -> Document:
    """Everything that is to be read of a report, cleaned of what student code could do to a reader's screen."""
    raised = report.problem if isinstance(report.problem, Raised) else None
    return cleaned(
        Document(
            schema=REPORT,
            assignment=report.assignment,
            title=report.title,
            module=report.module,
            view=report.view,
            hidden=report.hidden if report.view == "student" else "counts",
            practice=report.practice is not None,
            possible=round(sum(each.possible for each in report.exercises), 2),
            score=report.score,
            max_score=report.max_score,
            headline=submission.lost_cells(report.lost),
            problem=submission.problem(report.problem, report.module, stopped=report.stopped),
            error=endings.error(raised) if raised else "",
            broken_off=report.stopped and raised is not None,
            traceback=raised.frames if raised else (),
            remarks=(
                *([submission.REVEALED] if report.view == "revealed" else ()),
                *map(submission.read_remark, report.remarks),
                *(submission.lost_cell(cell, report.module) for cell in report.lost),
                *map(submission.twice, report.twice),
                *map(submission.stand_in, report.stand_ins),
                *practice.older_bundle(report.practice, report.version),
            ),
            exercises=_exercises(report),
            sandbox=WrittenIsolation(report.isolation.level, report.isolation.layers),
            bank=report.bank,
            version=report.version,
            fingerprint=report.fingerprint,
            timing=replace(report.timing, exercises=dict(sorted(report.timing.exercises.items()))),
        )
    )


def _exercises(report: Report) -> tuple[WrittenExercise, ...]:
    """The exercises, each with where its cause is told if that is not here."""
    told = told_by(report.exercises)
    return tuple(
        replace(
            exercise(result),
            told_by=told.get(result.id, ""),
            of_problem=of_the_whole(result.reason),
            defined=report.defined.get(result.id),
        )
        for result in report.exercises
    )


def exercise(result: ExerciseResult) -> WrittenExercise:
    """An exercise in words."""
    raised = result.raised
    explanation = reasons.explanation(result)
    diagnosis = tuple(map(finding, result.diagnosis))
    return WrittenExercise(
        id=result.id,
        title=result.title,
        status=result.status,
        points=result.points,
        earned=result.earned,
        possible=result.possible,
        headline=reasons.headline(result.reason),
        diagnosis=diagnosis,
        explanation=explanation,
        parts=tuple(part(found, result) for found in result.parts),
        error=endings.error(raised) if raised else "",
        traceback=raised.frames if raised else (),
        counterexamples=tuple(example(found, result) for found in result.counterexamples),
        remarks=tuple(dict.fromkeys(map(problems.remark, sorted(result.remarks, key=lambda each: each.kind)))),
        printed=result.printed,
        beyond=reasons.beyond(result),
        error_said=reasons.says_error(result),
        counted=reasons.counts_cases(result),
    )


def part(found: Part, result: ExerciseResult) -> WrittenPart:
    """A part in words."""
    key = found.key
    said = problems.problem(found.problem)
    shown = "" if found.right or reasons.says_problem(result, found) else sentence(said, result.names)
    return WrittenPart(
        kind=key.kind,
        name=f"raises {key.number}" if key.kind == "raises" else key.name,
        title=part_title(key, found.title, found.given),
        points=found.points,
        earned=found.earned,
        right=found.right,
        public=found.public,
        public_failed=found.public_failed,
        hidden=found.hidden,
        hidden_failed=found.hidden_failed,
        unshown=isinstance(found.problem, WrongInHidden),
        problem=said,
        followed=found.followed,
        groups=tuple(map(_group, found.groups)) if len(found.groups) > 1 else (),
        beyond=shown,
    )


def _group(found: CreditGroup) -> WrittenGroup:
    return WrittenGroup(
        kind=found.kind,
        title=cases.GROUPS[found.kind],
        points=found.points,
        earned=found.earned,
        right=found.right,
        public=found.public,
        public_failed=found.public_failed,
        hidden=found.hidden,
        hidden_failed=found.hidden_failed,
    )


def part_title(key: PartKey, title: str, given: str = "") -> str:
    """What a part is called; ``title`` is the author's own, ``given`` is for which inputs, where others have it too."""
    match key.kind:
        case "output":
            return f"`{key.name}`"
        case "raises":
            return f"raises {key.name}{f' for {given}' if given else ''}{f': {title}' if title else ''}"
        case "property":
            return title
        case "source":
            return f"how it is written{f': {title}' if title else ''}"


def example(found: Counterexample, result: ExerciseResult | None = None) -> WrittenExample:
    """A counterexample in words; ``result`` is that of its exercise, if anything is said of it."""
    raised = found.raised
    said = None if result is None else result.raised
    told = raised is not None and said is not None and (raised.error, raised.message) == (said.error, said.message)
    outcome = found.outcome
    assert not isinstance(outcome, Returned), "a case that returned has outputs instead"
    return WrittenExample(
        case=found.case,
        origin=cases.origin(found.origin),
        hidden=found.hidden,
        minimised=found.minimised,
        sizes=dict(sorted(found.sizes.items())),
        inputs=found.inputs,
        code=found.code,
        outputs=tuple(map(output, found.outputs)),
        outcome=outcome,
        ended="" if outcome is None or told else endings.outcome(outcome),
        law=found.law,
        law_tried=found.law_tried,
        calls=found.calls,
        cut=len(found.code) > LIMIT,
    )


def output(found: OutputDetail) -> WrittenOutput:
    """An output of a counterexample in words."""
    path = () if found.deviation is None else found.deviation.path
    keys_differ = found.deviation is not None and found.deviation.fault.what in ("keys", "extra_keys")
    return WrittenOutput(
        name=found.name,
        shown=found.shown,
        expected=found.expected,
        got=found.got,
        deviation=None if found.deviation is None else deviation(found.deviation),
        tolerance=problems.bound(found.bound),
        shares=found.shares,
        item="".join(f"[{step}]" for step in path),
        item_expected=item_at(found.expected, path) if path else None,
        item_got=item_at(found.got, path) if path else None,
        keys_differ=keys_differ or isinstance(found.expected, Distribution),  # of no draw it is known what it should be
        bound=found.bound,
        steps=found.steps,
        wrong_at=found.wrong,
    )


def deviation(found: Deviation) -> WrittenDeviation:
    """How an output is wrong, in words; True and False are no numbers to be read."""
    truth = found.wanted is not None and found.wanted.type == "bool"
    return WrittenDeviation(
        kind=found.fault.kind,
        summary=problems.fault(found.fault),
        detail=problems.detail(found),
        where=found.where,
        expected=None if truth else found.expected,
        got=None if truth else found.got,
        wrong=found.wrong,
        total=found.total,
        nans=found.nans,
        infs=found.infs,
    )


def finding(found: Finding) -> WrittenFinding:
    """What is known of a mistake, in words."""
    return WrittenFinding(found.kind, found.name, findings.sentence(found), findings.evidence(found), found.outputs)
