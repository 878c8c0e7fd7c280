"""What a result belongs to: a mark is never kept for other work, nor beside marks by other measures."""

from __future__ import annotations

import hashlib
import json
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


def content_sha256(submission: Submission) -> str:
    """What stands for all that is graded of a submission, wherever it lies; empty where that is nothing.

    It is the SHA-256 of JSON with sorted keys: the text of each of ``files``, the ``cells`` of a notebook, and by its
    name the SHA-256 of each of the ``data``. Files count by their paths from the module, and not by the package that a
    folder's name makes of them. What is remarked on how it was read does not count, nor does an archive that it was in.
    """
    if not submission.files:
        return ""
    home = submission.module.split("/")[:-1]
    whole = {
        "files": {_from_folder(home, name): text for name, text in submission.files.items()},
        "cells": submission.cells,
        "data": {name: _sha256(content) for name, content in submission.data.items()},
    }
    return _sha256(json.dumps(whole, sort_keys=True).encode())


def _from_folder(home: list[str], name: str) -> str:
    """The way from one folder to a file, both as they lie in the submission."""
    parts = name.split("/")
    shared = 0
    while shared < min(len(home), len(parts) - 1) and home[shared] == parts[shared]:
        shared += 1
    return "/".join([*[".."] * (len(home) - shared), *parts[shared:]])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
