"""An audit as JSON, as ``audit.schema.json`` beside this file describes it.

The same assignment on the same machine gives the same bytes: there are no times in it. It shows changed lines of the
reference: it is for staff only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from grader.report.clean import cleaned

if TYPE_CHECKING:
    from grader.records.audit import Audit, ExerciseAudit, Margins, Named, Tally, Variant, VariantMutants, Version

SCHEMA = "grader/audit/v1"


def render(audit: Audit) -> str:
    """The audit as JSON text, indented by two spaces, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(document(audit)), indent=2).decode() + "\n"


def document(audit: Audit) -> dict[str, Any]:
    """The audit as plain dicts, lists, text and numbers, ready to be encoded."""
    audit = cleaned(audit)
    template = audit.template
    return {
        "schema": SCHEMA,
        "assignment": audit.assignment,
        "title": audit.title,
        "reference": audit.reference,
        "reached": not audit.failures,
        "bar": {"kill": audit.bar.kill, "by": audit.bar.by},
        "failures": list(audit.failures),
        "warnings": list(audit.warnings),
        "tally": _tally(audit.tally),
        "exercises": [_exercise(exercise) for exercise in audit.exercises],
        "variants": [_variant(variant) for variant in audit.variants],
        "variant_mutants": {**audit.killable._asdict(), "share": audit.killable.share},
        "template": None if template is None else {"name": template.name, "points": template.points},
        "bank": audit.bank,
        "version": audit.version,
    }


def _tally(found: Tally) -> dict[str, Any]:
    return {**found._asdict(), "share": found.share}


def _exercise(exercise: ExerciseAudit) -> dict[str, Any]:
    return {
        "id": exercise.id,
        "title": exercise.title,
        "points": exercise.points,
        "guarded": exercise.guarded,
        "tally": _tally(exercise.tally),
        "margins": _margins(exercise.margins),
        "versions": [_version(version) for version in exercise.versions],
        "waivers": [
            {"mutant": waiver.mutant, "because": waiver.because, "matches": list(waiver.matches)}
            for waiver in exercise.waivers
        ],
        "stale_waivers": [
            {"mutant": waiver.mutant, "because": waiver.because, "killed": list(waiver.killed)}
            for waiver in exercise.stale
        ],
        "unguarded_parts": [
            {"title": part.title, "points": part.points, "tried": part.tried} for part in exercise.unguarded
        ],
    }


def _margins(found: Margins) -> dict[str, Any]:
    return {
        "right": _named(found.right),
        "imprecise": [_named(each) for each in found.imprecise],
        "wrong": _named(found.wrong),
        "right_limit": found.right_limit,
        "wrong_limit": found.wrong_limit,
        "own_tolerance": found.literal,
    }


def _named(found: Named | None) -> dict[str, Any] | None:
    return None if found is None else {"units": found.units, "name": found.name}


def _version(version: Version) -> dict[str, Any]:
    return {name: getattr(version, name) for name in version.__struct_fields__}


def _variant(variant: Variant) -> dict[str, Any]:
    return {
        "name": variant.name,
        "score": variant.score,
        "max_score": variant.max_score,
        "accepted": variant.accepted,
        "lost": [{"exercise": loss.exercise, "headline": loss.headline} for loss in variant.lost],
        "mutants": [_mutants(found) for found in variant.mutants],
    }


def _mutants(found: VariantMutants) -> dict[str, Any]:
    return {
        "exercise": found.exercise,
        "made": found.made,
        "killed": found.killed,
        "escaped": [
            {"line": each.line, "change": each.change, "suggestion": each.suggestion} for each in found.escaped
        ],
    }
