"""Name and version of each format that is written for other programs, which look at ``schema`` before all else.

One that reads what it did not expect refuses it, so a format that loses a field, or gives one another meaning, gets a
new version here.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ReportSchema: TypeAlias = Literal["grader/report/v2"]
ClassSchema: TypeAlias = Literal["grader/class/v1"]
AuditSchema: TypeAlias = Literal["grader/audit/v1"]
AnswersSchema: TypeAlias = Literal["grader/answers/v1"]
MistakeSchema: TypeAlias = Literal["grader/mistake/v1"]
UnexplainedSchema: TypeAlias = Literal["grader/unexplained/v1"]
SignatureSchema: TypeAlias = Literal["grader/signature/v1"]

REPORT: ReportSchema = "grader/report/v2"
#: Versions of a report that can still be read for its points.
READ_REPORTS = frozenset({"grader/report/v1", REPORT})
CLASS: ClassSchema = "grader/class/v1"
AUDIT: AuditSchema = "grader/audit/v1"
ANSWERS: AnswersSchema = "grader/answers/v1"
MISTAKE: MistakeSchema = "grader/mistake/v1"
#: Of a hand-in's whole report, for the staff: bytes, which begin with this.
RECORD = "grader/record/v1"
UNEXPLAINED: UnexplainedSchema = "grader/unexplained/v1"
SIGNATURE: SignatureSchema = "grader/signature/v1"
