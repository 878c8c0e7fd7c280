"""An audit as JSON, as ``audit.schema.json`` beside this file describes it.

The same assignment on the same machine gives the same bytes: there are no times in it. It shows changed lines of the
reference: it is for staff only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from grader.records.schemas import AUDIT
from grader.report import audit_document as written
from grader.report.clean import cleaned
from grader.report.schemas import described
from grader.report.words import audit as words
from grader.report.words import shortcomings

if TYPE_CHECKING:
    from grader.records.audit import (
        Audit,
        ExerciseAudit,
        KnowNothing,
        Margins,
        NamedDistance,
        Tally,
        Variant,
        VariantMutants,
        Version,
    )


def render(audit: Audit) -> str:
    """The audit as JSON text, indented by two spaces, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(document(audit)), indent=2).decode() + "\n"


def schema() -> str:
    """What is written, as JSON Schema: the text of ``audit.schema.json``."""
    return described(written.AuditDocument, AUDIT, "Audit of an assignment's tests")


def document(audit: Audit) -> written.AuditDocument:
    """What is written of an audit."""
    audit = cleaned(audit)
    template = audit.template
    mutants = audit.killable
    return written.AuditDocument(
        schema=AUDIT,
        assignment=audit.assignment,
        title=audit.title,
        reference=audit.reference,
        reached=not audit.failures,
        bar=written.WrittenBar(kill=audit.bar.kill, by=audit.bar.by, know_nothing=audit.bar.know_nothing),
        failures=tuple(map(shortcomings.failure, audit.failures)),
        warnings=tuple(map(shortcomings.warning, audit.warnings)),
        tally=_tally(audit.tally),
        exercises=tuple(map(_exercise, audit.exercises)),
        variants=tuple(map(_variant, audit.variants)),
        variant_mutants=written.WrittenKillable(**mutants._asdict(), share=mutants.share),
        template=None if template is None else written.WrittenTemplate(name=template.name, points=template.points),
        know_nothing=tuple(map(_know_nothing, audit.know_nothing)),
        bank=audit.bank,
        version=audit.version,
    )


def _tally(found: Tally) -> written.WrittenTally:
    return written.WrittenTally(**found._asdict(), share=found.share)


def _exercise(exercise: ExerciseAudit) -> written.AuditedExercise:
    return written.AuditedExercise(
        id=exercise.id,
        title=exercise.title,
        points=exercise.points,
        guarded=exercise.guarded,
        tally=_tally(exercise.tally),
        margins=_margins(exercise.margins),
        versions=tuple(map(_version, exercise.versions)),
        waivers=tuple(
            written.WrittenWaiver(mutant=waiver.mutant, because=waiver.because, matches=waiver.matches)
            for waiver in exercise.waivers
        ),
        stale_waivers=tuple(
            written.WrittenStaleWaiver(
                mutant=waiver.mutant, because=waiver.because, killed=waiver.killed, renamed=waiver.renamed
            )
            for waiver in exercise.stale
        ),
        unguarded_parts=tuple(
            written.AuditedPart(title=shortcomings.part(part), points=part.points, tried=part.tried)
            for part in exercise.unguarded
        ),
    )


def _margins(found: Margins) -> written.WrittenMargins:
    return written.WrittenMargins(
        right=None if found.right is None else _distance(found.right),
        imprecise=tuple(map(_distance, found.imprecise)),
        wrong=None if found.wrong is None else _distance(found.wrong),
        right_limit=found.right_limit,
        wrong_limit=found.wrong_limit,
        own_tolerance=found.literal,
    )


def _distance(found: NamedDistance) -> written.WrittenDistance:
    return written.WrittenDistance(units=found.units, name=found.name)


def _version(version: Version) -> written.WrittenVersion:
    return written.WrittenVersion(
        id=version.id,
        kind=version.kind,
        sentence=version.sentence,
        line=version.line,
        change=version.change,
        killed_by=version.killed_by,
        elsewhere=version.elsewhere,
        off=version.off,
        fate=version.fate,
        waived=version.waived,
        suggestion=words.advice(version.advice),
    )


def _variant(variant: Variant) -> written.WrittenVariant:
    return written.WrittenVariant(
        name=variant.name,
        score=variant.score,
        max_score=variant.max_score,
        accepted=variant.accepted,
        lost=tuple(written.WrittenLoss(exercise=loss.exercise, headline=words.lost(loss)) for loss in variant.lost),
        mutants=tuple(map(_mutants, variant.mutants)),
    )


def _know_nothing(found: KnowNothing) -> written.WrittenKnowNothing:
    return written.WrittenKnowNothing(
        kind=found.kind,
        score=found.score,
        parts=tuple(
            written.WrittenPaidPart(exercise=each.exercise, title=shortcomings.part(each), points=each.points)
            for each in found.parts
        ),
    )


def _mutants(found: VariantMutants) -> written.WrittenMutants:
    return written.WrittenMutants(
        exercise=found.exercise,
        made=found.made,
        killed=found.killed,
        escaped=tuple(
            written.WrittenEscaped(line=each.line, change=each.change, suggestion=words.advice(each.advice))
            for each in found.escaped
        ),
    )
