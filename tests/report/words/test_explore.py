import pytest
from msgspec.structs import replace

from grader.records.assignment import Exercise, Output
from grader.records.bank import Case, Origin
from grader.records.hunt import Explored, FalsePass
from grader.records.run import NotRun
from grader.records.verdict import Trial
from grader.report.words.explore import explored

EXERCISE = Exercise(id="step", title="", points=1, inputs={}, run="h = 1", outputs={"h": Output()})
FOUND = FalsePass(EXERCISE, Trial(Case("step/1", Origin("any"), False, {}, {}), NotRun()))
NOTHING = Explored(EXERCISE, tried=1200)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (NOTHING, "step: 1,200 inputs tried: nothing found"),
        (replace(NOTHING, everything=True), "step: 1,200 inputs tried, all that its domains hold: nothing found"),
        (replace(NOTHING, found=FOUND), "step: 1,200 inputs tried: a false pass"),
        (replace(NOTHING, unanswered=1), "nothing found; the reference has no answer to 1 more"),
        (replace(NOTHING, ill=2000), "nothing found; where 2,000 differed, rounding decides"),
    ],
)
def test_what_a_hunt_gave(found, said):
    assert explored(found).endswith(said)
