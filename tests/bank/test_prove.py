"""Wrong versions of a reference against the cases of its bank."""

from __future__ import annotations

from contextlib import nullcontext
from textwrap import dedent

import numpy as np
import pytest
from msgspec.structs import replace

from grader.bank.calibrate import NOISY
from grader.bank.freeze import freeze
from grader.bank.layout import pack_cases
from grader.bank.prove import KNOWN_WELL, Prover
from grader.course.secret import Draws
from grader.mistakes.runner import VersionRunner
from grader.records.assignment import Assignment, Cases, Exercise, Interval, Output, PropertyCheck, Reals
from grader.records.bank import Case, Kill, MistakeKind, Origin
from grader.records.bar import Bar
from grader.records.run import NotRun, Returned, Run, Submission, TimedOut, job_of
from grader.sandbox.fake import FakeSandbox

MISCONCEPTION, INHERITED, PROBE, MUTANT = MistakeKind
REFERENCE = '''
    """Known."""
    import numpy as np
    from grader.author import misconception


    def f(x):
        return scaled(x) + 1.0


    def scaled(x):
        return 3.0 * x


    def unrelated(x):
        return x


    @misconception(of="f", says="You take the absolute value.")
    def f_absolute(x):
        return abs(scaled(x) + 1.0)


    @misconception(of="scaled", says="You scale by 4.")
    def scaled_by_4(x):
        return 4.0 * x


    @misconception(of="unrelated", says="You are elsewhere.")
    def elsewhere(x):
        return -x


    @misconception(of="f", says="You add in another order.")
    def f_equivalent(x):
        return 1.0 + scaled(x)


    @misconception(of="f", says="You never return.")
    def f_raises(x):
        raise ValueError(x)
'''
F = Exercise(
    id="f", title="f", points=1, inputs={"x": Reals(range=(-4, 4))}, run="y = f(x)", outputs={"y": Output(shape=())}
)


class FakeRunner:
    """Runs versions in this process; ``hanging`` names a misconception that ends its process in every case."""

    def __init__(self, hanging=()):
        self.hanging = hanging
        self.asked = []  # how many cases each version was given, by its misconception if it has one

    def run(self, sources, jobs):
        for source, job in zip(sources, jobs, strict=True):
            name = source.rpartition("= type(")[2].partition(")")[0] if "= type(" in source else ""
            self.asked.append((name, len(job.inputs)))
            if name in self.hanging:
                yield (TimedOut(0.5, "cpu", "case"), *[NotRun()] * (len(job.inputs) - 1))[: len(job.inputs)]
            else:
                yield self.open(source).run(job).outcomes

    def outcomes(self, source, job):
        return next(self.run([source], [job]))

    right = run

    def several(self, source, jobs):
        return [self.outcomes(source, job) for job in jobs]

    def each(self, work, *given):
        return map(work, *given)

    def running(self, source, instead=""):
        return self.open(source, instead)

    def open(self, *sources):
        names = {}
        for source in sources:
            exec(source, names)  # our own text
        return FakeSandbox({name: value for name, value in names.items() if not name.startswith("__")})

    def answers(self, source):
        return lambda exercise, cases: [self._answer(source, exercise, case) for case in cases]

    def _answer(self, source, exercise, case):
        (outcome,) = next(self.run([source], [job_of(exercise, [case])])) or (None,)
        return outcome.outputs if isinstance(outcome, Returned) else None


def assignment(exercise=F, by=3, **fields):
    return Assignment(id="week", title="Week", module="week.py", exercises=(exercise,), audit=Bar(by=by), **fields)


def prover(source=REFERENCE, *, by=3, runner=None, diagnostics=False, properties=None):
    runner, source = runner or FakeRunner(), dedent(source)
    answers = runner.answers(source) if diagnostics else None
    return Prover(assignment(by=by), source, runner, properties or {}, "reference/week.py", answers, seed=0)


def cases_of(*numbers, function=lambda x: 3.0 * x + 1.0):
    return [Case("", Origin("any"), False, {}, {"x": x}, expected={"y": function(x)}) for x in map(float, numbers)]


def ids(versions, *kinds):
    return [version.id for version in versions if version.kind in kinds]


# ── wrong versions ────────────────────────────────────────────────────────────────────────────────────────────────


def test_versions_are_misconceptions_of_what_an_exercise_reaches_and_then_mutants():
    versions = prover().versions(F)
    assert ids(versions, MISCONCEPTION) == ["f_absolute", "f_equivalent", "f_raises"]
    assert ids(versions, INHERITED) == ["scaled_by_4"]
    authors = [version.kind in (MISCONCEPTION, INHERITED) for version in versions]
    assert authors == sorted(authors, reverse=True)
    assert len({version.id for version in versions}) == len(versions) > 6
    assert not any("unrelated" in version.id or "elsewhere" in version.id for version in versions)
    assert all(version.sentence and version.line and version.change for version in versions)


def test_an_id_does_not_know_the_lines_above_it():
    longer = REFERENCE.replace("import numpy as np", "import numpy as np\n    import math\n\n\n    LIMIT = 3\n")
    one, other = prover().versions(F), prover(longer).versions(F)
    assert [version.id for version in one] == [version.id for version in other]
    assert [version.line + 5 for version in one] == [version.line for version in other]


# ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────────

EPS = 2.0**-52


@pytest.mark.parametrize(("function", "low", "high"), [("3.0 * x + 1.0", 1.1, 12.0), ("x", 1.01, 6.0)])
def test_units_are_a_few_roundings_of_the_scale(function, low, high):
    source = f"def f(x):\n    return {function}\n"
    for x in (2.0, 2.0**20):
        (found,) = prover(source).examine(F, cases_of(x, function=eval(f"lambda x: {function}")))
        scale = abs(eval(function, {"x": x}))
        assert low < found.units["y"] / (EPS * scale) < high


def test_long_sums_have_larger_units_than_short_ones():
    def unit(terms):
        loop = f"for k in range({terms}):\n        total = total + x / {terms}"
        source = f"def f(x):\n    total = 0.0\n    {loop}\n    return total\n"
        return prover(source).examine(F, cases_of(1.0, function=lambda x: x))[0].units["y"]

    assert unit(1) < unit(1000) < 1000 * unit(1)


def test_where_rounding_moves_too_much_there_is_no_case():
    source = "def f(x):\n    return (x + 1e9) - 1e9 if x > 0 else 2.0 * x\n"
    good, bad = prover(source).examine(F, [*cases_of(-1.0, function=lambda x: 2 * x), *cases_of(1.0, function=float)])
    assert good.units is not None
    assert (bad.units, bad.kills) == (None, frozenset())


def test_where_the_noisy_reference_does_not_return_there_is_no_case():
    source = "def f(x):\n    if x * 3.0 != 3.0:\n        raise ValueError(x)\n    return x\n"
    (found,) = prover(source).examine(F, cases_of(1.0, function=float))
    assert found.units is None


def test_units_are_the_same_every_time():
    one, other = (prover().examine(F, cases_of(*range(-3, 4))) for _ in range(2))
    assert one == other


# ── kills ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_case_kills_what_answers_otherwise():
    negative, zero, positive = prover().examine(F, cases_of(-2, 0, 2))
    assert {"f_absolute", "f_raises", "scaled_by_4"} <= negative.kills
    assert {"scaled_by_4", "f_absolute"}.isdisjoint(zero.kills)
    assert "f_absolute" not in positive.kills
    assert not any("f_equivalent" in found.kills for found in (negative, zero, positive))


def test_what_was_not_run_is_no_kill():
    made = prover(runner=FakeRunner(hanging=("f_absolute",)))
    found = made.examine(F, cases_of(-2, -3, 2))
    assert ["f_absolute" in each.kills for each in found] == [True, False, False]


def test_a_version_that_is_known_well_is_run_no_more():
    runner = FakeRunner()
    made = prover(runner=runner)
    made.examine(F, cases_of(*range(1, KNOWN_WELL)))
    made.examine(F, cases_of(20))
    runner.asked.clear()
    later = made.examine(F, cases_of(30, -30))
    names = [name for name, _ in runner.asked]
    assert {"scaled_by_4", "f_raises"}.isdisjoint(names)
    assert {"f_absolute", "f_equivalent"} <= set(names)
    assert ["f_absolute" in each.kills for each in later] == [False, True]
    assert names.count("") >= 2 * NOISY


def test_a_bar_above_that_has_it_run_for_longer():
    made = prover(by=KNOWN_WELL + 4)
    kills = [made.examine(F, cases_of(*range(start, start + 5))) for start in (1, 10, 20)]
    assert ["f_raises" in each.kills for found in kills for each in found] == [True] * 10 + [False] * 5


def test_content_when_all_are_killed_or_nothing_more_comes_of_it():
    made = prover()
    assert made.content(F)
    made.examine(F, cases_of(-1.5, 2))
    assert not made.content(F)
    made.examine(F, cases_of(3))
    assert not made.content(F)
    made.examine(F, cases_of(0.5, 0.25, 7, -3, -4))
    made.examine(F, cases_of(4))
    assert made.content(F)  # f_equivalent is alive, but no case of the last ones killed anything that needed it
    assert prover(by=0).content(F)


def test_the_first_cases_may_be_none_at_all():
    made = prover(diagnostics=True)
    assert made.examine(F, []) == []
    assert made.content(F)


# ── proof ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def kills(*numbers):
    return tuple(Kill(f"f/{number}") for number in numbers)


def numbered(cases):
    return [replace(case, id=f"f/{number}") for number, case in enumerate(cases, 1)]


def test_the_proof_names_the_cases_of_the_bank_and_the_largest_deviation():
    made, cases = prover(), cases_of(-2, -3, 1, 2)
    made.examine(F, [*cases, *cases_of(-4)])
    suspects = {suspect.id: suspect for suspect in made.proof(F, numbered(cases))}
    assert suspects["f_absolute"].killed_by == kills(1, 2)
    assert suspects["scaled_by_4"].killed_by == kills(1, 2, 3, 4)
    assert (suspects["f_equivalent"].killed_by, suspects["f_raises"].off) == ((), None)
    assert suspects["f_equivalent"].off < 10
    assert suspects["f_absolute"].off > 1e14
    assert list(suspects) == [version.id for version in made.versions(F)]


def test_the_proof_names_no_case_that_a_version_was_not_run_on():
    made, first, later = prover(), cases_of(*range(1, KNOWN_WELL + 1)), cases_of(20, -20)
    made.examine(F, first)
    made.examine(F, later)
    suspects = {suspect.id: suspect for suspect in made.proof(F, numbered([*first, *later]))}
    assert suspects["scaled_by_4"].killed_by == kills(*range(1, KNOWN_WELL + 1))
    assert suspects["f_absolute"].killed_by == kills(KNOWN_WELL + 2)


def test_what_no_value_kills_a_required_exception_may():
    source = (
        REFERENCE.replace("return scaled(x) + 1.0\n", "check(x)\n        return scaled(x) + 1.0\n", 1)
        + """

    def check(x):
        if x > 100:
            raise ValueError("too large")


    @misconception(of="check", says="You check nothing.")
    def check_nothing(x):
        return None


    @misconception(of="check", says="You check for something else.")
    def check_for_keys(x):
        if x > 100:
            raise KeyError("too large")
"""
    )
    refused = Case("f/3", Origin("bad_input", "ValueError"), True, {}, {"x": 200.0}, raises="ValueError")

    made = prover(source)
    cases = cases_of(-2, 2)
    made.examine(F, cases)
    suspects = {suspect.id: suspect for suspect in made.proof(F, [*numbered(cases), refused])}
    assert suspects["check_nothing"].killed_by == suspects["check_for_keys"].killed_by == kills(3)
    assert suspects["f_equivalent"].killed_by == kills(3)  # it has no check either
    assert suspects["f_absolute"].killed_by == kills(1, 3)


class Endless(nullcontext):
    """A process in which nothing ends."""

    def __init__(self):
        super().__init__(self)
        self.waited = 0

    def run(self, _):
        self.waited += 1
        return Run((TimedOut(0.5, "cpu", "case"),))


def test_who_never_ends_is_waited_for_as_often_as_the_bar_asks(monkeypatch):
    refused = [
        Case(f"f/{number}", Origin("bad_input", "ValueError"), True, {}, {"x": number}, raises="ValueError")
        for number in range(3, 9)
    ]
    runner, endless, cases = FakeRunner(), Endless(), cases_of(-2, 2)
    made = prover(runner=runner)
    made.examine(F, cases)
    monkeypatch.setattr(runner, "running", lambda *_: endless)
    monkeypatch.setattr(runner, "open", lambda *_: endless)
    proven = {version.id: version for version in made.proof(F, [*numbered(cases), *refused])}
    assert proven["f_equivalent"].killed_by == kills(3, 4, 5)
    assert endless.waited == 3 * sum(len(version.killed_by) >= 3 for version in proven.values())


@pytest.mark.parametrize(
    ("law", "killed_by"),
    [
        (lambda student, case: None, ()),
        (lambda student, case: "is not so", (Kill("f/1", "law"), Kill("f/2", "law"))),
        (lambda student, case: 1 / 0, (Kill("f/1", "law"), Kill("f/2", "law"))),
        (lambda student, case: "no" if case.inputs["x"] > 0 else "", (Kill("f/2", "law"),)),
        (lambda student, case: None if student.run(case.inputs)["y"] == case.expected["y"] else "no", ()),
    ],
)
def test_what_no_value_kills_a_law_may(law, killed_by):
    lawful, cases = replace(F, properties=(PropertyCheck("law", "A law"),)), cases_of(-2, 2)
    made = prover(properties={"law": law})
    made.examine(lawful, cases)
    proven = {version.id: version for version in made.proof(lawful, numbered(cases))}
    assert proven["f_equivalent"].killed_by == killed_by


# ── in earnest ────────────────────────────────────────────────────────────────────────────────────────────────────

GARBAGE = """
import numpy as np
from grader.author import misconception
from helper import rate


def g(x):
    y = np.zeros(x.shape)
    y[1:] = np.tanh(rate * x[:-1])
    return y


@misconception(of="g", says="You leave the first step as memory had it.")
def g_empty(x):
    y = np.empty(x.shape)
    y[1:] = np.tanh(rate * x[:-1])
    return y


@misconception(of="g", says="You never stop.")
def g_endless(x):
    while True:
        pass


@misconception(of="g", says="You leave.")
def g_leaves(x):
    import os
    os._exit(0)
"""
G = Exercise(
    id="g",
    title="g",
    points=1,
    inputs={"x": Reals(shape=("N", 2))},
    run="y = g(x)",
    outputs={"y": Output(shape=("N", 2))},
    dims={"N": Interval(1, 4)},
    cases=Cases(public=2, hidden=8),
)


def frozen(pool, *, kept):
    """A bank of ``g``, with its proof and its diagnostics, as one record that can be compared."""
    reference = Submission(module="week.py", files={"week.py": GARBAGE, "helper.py": "rate = 0.25\n"})
    runner = VersionRunner(reference, pool, ("grader.author",))
    asked = assignment(G)
    with runner if kept else nullcontext(), runner.open(GARBAGE) as sandbox:

        def answers(exercise, cases):
            return [outcome.outputs for outcome in sandbox.run(job_of(exercise, cases)).outcomes]

        made = Prover(asked, GARBAGE, runner, {}, "reference/week.py", answers, "week", seed=0)
        draws = Draws("seen", "unseen")
        cases = freeze(asked, 0, draws, run=lambda _, job: sandbox.run(job), guide=made).cases
        return cases, made.proof(G, cases), made.diagnostics(G, cases)


def test_two_builds_are_the_same_and_no_version_harms_another(pool, monkeypatch):
    """One in processes that are kept, the other in new ones each time."""
    monkeypatch.setattr("grader.mistakes.runner.CASE_SECONDS", 0.1)
    (cases, proof, diagnostics), (other_cases, other_proof, other_diagnostics) = (
        frozen(pool, kept=kept) for kept in (True, False)
    )
    assert len(cases) == 10
    assert pack_cases({"g": cases}) == pack_cases({"g": other_cases})
    assert proof == other_proof
    assert diagnostics.mistakes == other_diagnostics.mistakes
    assert np.array_equal(diagnostics.answers, other_diagnostics.answers, equal_nan=True)
    assert [case.id for case in diagnostics.cases] == [case.id for case in other_diagnostics.cases]
    proven = {version.id: version for version in proof}
    assert len(proven["g_leaves"].killed_by) >= 3
    assert len(proven["g_endless"].killed_by) >= 3
    assert proven["g_leaves"].off is None
    weak = {version.kind for version in proof if len(version.killed_by) < 3}
    assert weak == {"float32"}  # of what tanh gives: no case could tell it
