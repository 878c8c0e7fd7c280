"""Case banks: drawing inputs, freezing what the reference makes of them, storing the result.

:mod:`~grader.bank.store` and :mod:`~grader.bank.cache` alone are needed to grade on a frozen bank, and load nothing
else of this package but :mod:`~grader.bank.layout`. Drawing and freezing (:mod:`~grader.bank.freeze`) load Hypothesis.
"""
