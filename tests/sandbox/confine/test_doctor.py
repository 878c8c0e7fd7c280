"""The doctor names every layer, and says of each that fails what is wrong and what mends it."""

from __future__ import annotations

import pytest

from grader.sandbox.confine.capability import Capability, LayerTrial
from grader.sandbox.confine.doctor import MEANINGS, NAMES, describe
from grader.sandbox.confine.levels import probe


def test_this_machine_is_described_layer_by_layer():
    found = probe()
    text = describe(found)
    assert text.startswith(f"Isolation level {found.level} of 5. {MEANINGS[found.level]}\n")
    for trial in found.trials:
        assert f"  {'✓' if trial.works else '✗'} {NAMES[trial.layer]}\n" in text


@pytest.mark.parametrize("level", MEANINGS)
def test_a_layer_that_fails_comes_with_its_remedy(level):
    failing = LayerTrial("bubblewrap", False, problem="the program bwrap is not installed", remedy="Install it.")
    text = describe(Capability(level, (LayerTrial("user", True), failing)))
    assert text.splitlines()[2:] == [
        "  ✓ a user of its own",
        "  ✗ bubblewrap: namespaces of its own",
        "    the program bwrap is not installed",
        "    Install it.",
    ]
    assert ("--allow-weak-isolation" in text) == (level < 3)
    assert ("can reach neither files" in text) == (level >= 3)
