"""grader: an automated grader for numerical programming courses. Start reading at :mod:`grader.grading.grade`."""

__version__ = "0.1.0"
