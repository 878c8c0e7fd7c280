"""Sentences about signed reports: what one proves, what it does not, and why another proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from grader.records.signature import Unproven, is_of_course
from grader.report.clean import line
from grader.report.format import points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.records.signature import Compared, Flaw, SignedReport, Vouched

_WHY: Final[dict[Unproven, str]] = {
    Unproven.NOT_READ: "it cannot be read ({about})",
    Unproven.NO_REPORT: "it is no report that can be read: {about}",
    Unproven.UNSIGNED: "it bears no signature: anybody could have written it",
    Unproven.OTHER_FORM: "its signature is of a form that this grader does not know ({about}): update grader",
    Unproven.NO_KEYS: "the course has no signing-keys.txt with the public key that it was signed with",
    Unproven.UNKNOWN_KEY: "it is signed with key {about}, which is none of this course",
    Unproven.TAMPERED: "it was changed since it was signed, or was never signed with key {about}, which it names",
    Unproven.OTHER_ASSIGNMENT: "it is a report of {about}",
}

_SOURCES: Final = {
    "": "",
    "option": "named by whoever ran the grading",
    "GITHUB_REPOSITORY": "the repository that GitHub named",
    "CI_PROJECT_PATH": "the project that GitLab named",
}

#: What no signature says.
LIMITS: Final = (
    "It proves that whoever holds this key signed this very report: no point and no sentence of it was changed since.",
    "It does not prove who wrote the work, nor the time, which is what the clock of the machine that graded said.",
    "Whoever could edit the workflow, or read its secrets, could sign whatever they liked.",
)


def unproven(flaw: Flaw) -> str:
    """Why a report proves nothing, as the end of a sentence."""
    return _WHY[flaw.why].format(about=line(flaw.about, 200) or "nothing")


def score(report: SignedReport) -> str:
    """The score as it is read."""
    if report.score is None:
        return f"not graded, of {points(report.max_score)}, which is no 0"
    return f"{points(report.score)} of {points(report.max_score)}"


def proven(report: SignedReport, course: str, known: str, *, newest: bool, compared: Compared, path: str) -> str:
    """What a signed report proves, and what it does not: several lines.

    ``course`` is the folder of this course, ``known`` the fingerprint of its secret, or empty.
    """
    graded, age = report.signature.graded, "" if newest else ", an earlier one"
    other = compared == "another"
    facts = [
        ("Assignment", f"{report.assignment}: {report.title}"),
        ("Score", score(report)),
        ("Course", _course(graded, known)),
        ("Student", _student(graded)),
        ("Commit", graded.commit or "not said"),
        ("Signed at", graded.time.replace("T", " ").replace("Z", " UTC")),
        ("Isolation", f"level {report.sandbox.level}"),
        ("Hidden cases", _hidden(report)),
        ("Grader", report.version),
        ("Submission", _submission(graded, compared, path)),
    ]
    signed = f"signed with key {report.signature.key}{age} of the course in {course}."
    verdict = f"NOT VALID for {path}: another submission was graded. The report itself is" if other else "Valid:"
    if not is_of_course(graded, known):
        verdict = "NOT VALID here: another course graded it, or this one with another secret. The report itself is"
    lines = [f"  {name:<13}{line(value)}" for name, value in facts]
    return "\n".join([f"{verdict} {signed}", *lines, "", *LIMITS]) + "\n"


def _course(graded: Vouched, known: str) -> str:
    if not graded.course:
        return "not said, but by the key"
    if not known:
        return f"{graded.course}, and the secret of this one is not known here"
    return f"{graded.course}, {'this one' if graded.course == known else f'and this one is {known}'}"


def _student(graded: Vouched) -> str:
    if not graded.student:
        return "not said: the report may be anybody's"
    return f"{graded.student}, {_SOURCES[graded.student_from]}"


def _hidden(report: SignedReport) -> str:
    if report.signature.graded.hidden:
        return "graded"
    return "not graded" if report.score is None else "not graded: the assignment had none"


def _submission(graded: Vouched, compared: Compared, path: str) -> str:
    known = graded.handed_in.sha256
    match compared:
        case "the same":
            nothing = f"nothing that can be graded, as what lies in {path} is"
            return f"what lies in {path} is the very one that was graded" if known else nothing
        case "another":
            nothing = "nothing could be graded then"
            return f"NOT what lies in {path}: {'that differs from what was graded' if known else nothing}"
        case "not asked":
            named = f"SHA-256 {known[:16]}…" if known else "nothing that could be graded"
            return f"{named}, not compared: `grade verify REPORT PATH` compares what lies at PATH"


#: Of who has no result in a run that ended early.
NOT_YET: Final = "not taken in yet: run it again"


# ── rows of a class ───────────────────────────────────────────────────────────────────────────────────────────────


def signed_for_another(student: str) -> str:
    """That a report bears another name than what it was taken for."""
    return f"it is signed for {line(student, 200)}"


def signed_for_nobody() -> str:
    """That a report says of no one whose it is."""
    return "it does not say whose it is: only the name of its file does"


def same_student(student: str, others: Sequence[str]) -> str:
    """That several have handed in the report of one student."""
    listed = ", ".join(others)
    if not student:
        return f"it does not say whose it is, and the very same lies in {listed}: see whose it is"
    return f"it is signed for {line(student, 200)}, as is what lies in {listed}: see whose it is"


def several_students(students: Sequence[str]) -> str:
    """That one hand-in holds reports that are signed for several students."""
    return f"its reports are signed for {', '.join(line(each, 200) or 'nobody' for each in students)}: see whose it is"


def newest_of(count: int, time: str) -> str:
    """That a student has several reports."""
    return f"the newest of {count} signed reports, of {time}"


def left_aside(names: Sequence[str], why: str) -> str:
    """That some of a student's reports prove nothing, and another one counts."""
    return f"not taken: {', '.join(names)} ({why})"


def other_cases(count: int, of: int) -> str:
    """That a report was made on other cases, or for other points, than most of the class."""
    return f"it was graded on other cases, or for other points, than {count} of {of} in this class: grade them alike"


#: That a report is of another course, by its secret: of two that sign with one key, or before the secret was changed.
OTHER_COURSE: Final = "another course graded it, or this one with another secret: grade it here"


def without_hidden() -> str:
    """That hidden cases decided nothing of a score, and something of others."""
    return "hidden cases were not graded, as they were for others"


def nothing_there(path: str) -> str:
    """That there is no report of somebody."""
    return f"there is no report in {path}: expected a JSON file that `grade --sign` wrote"


def not_understood(error: str) -> str:
    """That a report is as it was signed, and of a form that is not known."""
    return f"its signature is valid, and this grader cannot read it ({line(error, 200)}): update grader"


def not_opened(path: str) -> str:
    """That something is there, and is no file of JSON."""
    return f"{path} is not opened: unpack it, or put the report itself in its place"
