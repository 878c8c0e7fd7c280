"""A sandbox without a process, for tests: snippets run here, against names that the test gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from grader.records.run import Definition, Isolation, Loaded, Raised, Returned, Run
from grader.sandbox.api import Used
from grader.sandbox.worker.inputs import fresh
from grader.sandbox.worker.snippet import Interruption, execute, helpers_in, statements_of
from grader.sandbox.worker.student import parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from grader.records.run import Job, Outcome


class FakeSandbox:
    """Runs snippets in this process. ``names`` is what the submission defines.

    ``outcomes`` replaces the outcome of every case of a snippet that mentions the name it is given for.
    """

    isolation: Isolation = Isolation(level=0, layers=("none: a fake for tests",))

    def __init__(self, names: Mapping[str, Any], outcomes: Mapping[str, Outcome] | None = None) -> None:
        self._names = dict(names)
        self._outcomes = dict(outcomes or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def used(self) -> Used:
        """Nothing."""
        return Used()

    def load(self) -> Loaded:
        """The given names."""
        found = [(name, parameters(value)) for name, value in self._names.items()]
        return Loaded(
            names=tuple(
                Definition(name=name, parameters=None if given is None else tuple(given)) for name, given in found
            )
        )

    def run(self, job: Job) -> Run:
        """One outcome for each case, exceptions included."""
        cases = zip(job.sizes, job.inputs, strict=True)
        found = [self._case(job, sizes, inputs) for sizes, inputs in cases]
        before = {number: left for number, (_, left) in enumerate(found) if left is not None}
        return Run(tuple(outcome for outcome, _ in found), before)

    def run_each(self, jobs: Iterable[Job]) -> Iterator[Run]:
        """One after the other."""
        return map(self.run, jobs)

    def aside(self) -> Self:
        """Itself: nothing is kept from one snippet to the next."""
        return self

    def close(self) -> None:
        """Nothing was started."""

    def _case(self, job: Job, sizes: Mapping[str, int], inputs: Mapping[str, Any]) -> tuple[Outcome, Returned | None]:
        """An outcome, and what had been set before it if it raised."""
        for name, outcome in self._outcomes.items():
            if name in job.run:
                return outcome, None
        given = {name: fresh(value) for name, value in inputs.items()}
        namespace = {**self._names, "np": np, **helpers_in(job.helpers), **sizes, **given}
        try:
            execute(statements_of(job.run), namespace)
        except Interruption as interruption:
            error = interruption.error
            if not isinstance(error, Exception):
                raise error from None
            ancestors = tuple(kind.__name__ for kind in type(error).__mro__)
            settled = {name: namespace[name] for name in job.outputs if name in interruption.settled}
            raised = Raised(error=type(error).__name__, message=str(error), ancestors=ancestors)
            return raised, Returned(settled) if settled else None
        missing = tuple(name for name in job.outputs if name not in namespace)
        outputs = {name: namespace[name] for name in job.outputs if name in namespace}
        return Returned(outputs=outputs, missing=missing), None
