"""One submission, from a path to a report. Read :mod:`grader.grading.grade` first."""
