"""What a result belongs to: a mark is never kept for other work, nor beside marks by other measures."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from grader.records.report import Fingerprint

if TYPE_CHECKING:
    from grader.records.bank import CaseBank
    from grader.records.run import Submission


def fingerprint(bank: CaseBank, submission: Submission) -> Fingerprint:
    """What tells this grading from every other: a submission as it was read, and a bank with all it was made from.

    What lies beside a submission and is not read makes no difference, and what is remarked on how it was read does.
    """
    sources = bank.sources
    as_read = repr(submission).encode()  # which escapes bytes of file names that are not UTF-8
    return Fingerprint(
        submission=_sha256(as_read) if submission.files else "",
        assignment=sources.get("assignment", ""),
        properties=sources.get("properties", ""),
        bank=_sha256(msgspec.json.encode([bank.keys, bank.inputs_sha256])),  # the same, built or fetched
        mistakes=sources.get("mistakes", ""),
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
