"""Levels: from what was refused, to a number and a sentence that mends it."""

from __future__ import annotations

import errno
import itertools
import shutil
import subprocess
import sys

import pytest

from grader.records.errors import GuardError
from grader.sandbox.confine import kernel, landlock, levels, seccomp
from grader.sandbox.confine.capability import Capability, LayerTrial

linux = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's own")
forks = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # a BLAS library's idle thread is harmless

LAYERS = ("user", "landlock", "seccomp", "together", "bubblewrap")
#: What each layer refuses where it holds.
HOLDS = {"user": levels.OWN_USER, "landlock": levels.OWN_USER | {"exec", "bind"}, "seccomp": levels.SEALED}


def works(*layers: str) -> dict[str, bool]:
    return {layer: layer in layers for layer in LAYERS}


def test_the_level_is_what_the_layers_amount_to():
    assert levels.level(works(*LAYERS)) == 5
    assert levels.level(works("user", "landlock", "seccomp", "together")) == 4
    assert levels.level(works("landlock", "seccomp", "together")) == 4
    assert levels.level(works("user", "seccomp", "together", "bubblewrap")) == 3
    assert levels.level(works("user", "landlock", "bubblewrap")) == 2
    assert levels.level(works("landlock", "seccomp", "bubblewrap")) == 1  # each alone holds, but not the stack
    assert levels.level(works()) == 1


def flown(monkeypatch, *working: str, without_bwrap=True) -> Capability:
    """What a machine is found to be on which these layers work."""
    from grader.sandbox.confine import canary

    def fly(uid=None, *, landlock=False, seccomp=False):
        asked = {"user": uid is not None, "landlock": landlock, "seccomp": seccomp}
        if missing := [layer for layer, given in asked.items() if given and layer not in working]:
            return canary.Findings(frozenset(), f"no {missing[0]}")
        refused = itertools.chain.from_iterable(HOLDS[layer] for layer, given in asked.items() if given)
        return canary.Findings(frozenset(refused))

    monkeypatch.setattr(canary, "fly", fly)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(landlock, "version", lambda: 7)
    return levels.probe()


@linux
@pytest.mark.parametrize(
    ("working", "level"),
    [
        (("user", "landlock", "seccomp"), 4),
        (("landlock", "seccomp"), 4),
        (("user", "seccomp"), 3),
        (("seccomp",), 3),
        (("user", "landlock"), 2),
        (("user",), 2),
        (("landlock",), 1),
        ((), 1),
    ],
)
def test_a_machine_is_what_its_layers_make_it(working, level, monkeypatch):
    capability = flown(monkeypatch, *working)
    assert capability.level == level
    assert {layer for layer in HOLDS if capability.works(layer)} == set(working)
    for trial in capability.trials:
        assert bool(trial.problem) == bool(trial.remedy) == (not trial.works)


@linux
def test_what_a_layer_lets_through_is_its_problem(monkeypatch):
    monkeypatch.setitem(HOLDS, "seccomp", levels.SEALED - {"fork", "bind"})
    capability = flown(monkeypatch, "seccomp")
    (trial,) = [trial for trial in capability.trials if trial.layer == "seccomp"]
    assert trial.problem == "it let through: bind, fork"
    assert not trial.works
    assert capability.level == 1


@linux
@pytest.mark.parametrize(("version", "more"), [(1, set()), (4, {"bind"}), (6, {"bind", "signal"})])
def test_landlock_must_refuse_more_with_each_version(version, more, monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: version)
    assert levels._landlocked() == {"read", "write", "environment", "exec", "memory"} | more


@linux
def test_landlock_that_is_not_offered_is_left_to_the_canary_to_tell(monkeypatch):
    def missing():
        raise GuardError("Landlock is not offered")

    monkeypatch.setattr(landlock, "version", missing)
    assert levels._landlocked() == frozenset()


@linux
@forks
def test_this_machine_is_tried():
    capability = levels.probe()
    assert [trial.layer for trial in capability.trials] == list(LAYERS)
    assert capability.level == levels.level({trial.layer: trial.works for trial in capability.trials})
    seccomp = capability.trials[2]
    assert seccomp.works or seccomp.problem
    assert capability.level >= 3 or not seccomp.works


@linux
@forks
@pytest.mark.parametrize(
    ("denied", "level", "problem"),
    [
        ((), 4, ""),
        (("landlock_create_ruleset",), 3, "Landlock is not offered: landlock_create_ruleset: Operation not permitted"),
        (("landlock_restrict_self",), 3, "Landlock was refused: landlock_restrict_self: Operation not permitted"),
        (("seccomp",), 1, "seccomp was refused: seccomp: Operation not permitted"),
        (("close_range", "landlock_create_ruleset"), 3, ""),
    ],
)
def test_in_a_container_that_denies_a_layer_the_rest_holds(denied, level, problem, free, nobody, monkeypatch):
    """A container's own filter, emulated around the one that is tried."""
    if not levels.probe().level >= 4:
        pytest.skip("this machine itself offers less than level 4")
    monkeypatch.setattr(shutil, "which", lambda _: None)

    def container():
        refuse = seccomp.Step(seccomp.RETURN, seccomp.ERROR | errno.EPERM)
        steps = [seccomp.Step(seccomp.LOAD, seccomp.NUMBER)]
        for name in denied:
            steps += [seccomp.Step(seccomp.EQUAL, kernel.number(name, kernel.machine()), otherwise=1), refuse]
        nobody()
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        seccomp.install((*steps, seccomp.Step(seccomp.RETURN, seccomp.ALLOW)))
        found = levels.probe()
        return found.level, [trial.problem for trial in found.trials if trial.layer in ("landlock", "seccomp")]

    said = free(container).said
    assert said.startswith(f"({level}, ")
    assert problem in said


def test_other_systems_have_level_1(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    capability = levels.probe()
    assert capability.level == 1
    assert capability.trials[0].problem == "darwin has none of the layers that grader uses"
    assert not capability.works("seccomp")
    assert not capability.works("landlock")


# ── bubblewrap ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def bwrap(tmp_path, monkeypatch):
    """Puts a program in place of bwrap."""

    def put(script: str):
        program = tmp_path / "bwrap"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(shutil, "which", lambda name: str(program) if name == "bwrap" else None)
        monkeypatch.setattr(levels, "SETTINGS", tmp_path)

    return put


def test_bubblewrap_that_is_missing_can_be_installed(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    trial = levels.bubblewrap()
    assert (trial.works, trial.problem) == (False, "the program bwrap is not installed")
    assert trial.remedy == "Install it: apt install bubblewrap."


@linux
def test_bubblewrap_that_starts_works(bwrap):
    bwrap("exit 0")
    assert levels.bubblewrap() == LayerTrial("bubblewrap", True)


@linux
@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("kernel/unprivileged_userns_clone", "0", "As root: sysctl kernel.unprivileged_userns_clone=1."),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "As root: sysctl kernel.apparmor_restrict_unprivileged_userns=0.",
        ),
        ("user/max_user_namespaces", "0", "As root: sysctl user.max_user_namespaces=10000."),
        (
            "user/max_user_namespaces",
            "9",
            "Allow user namespaces; in a container, run it with a seccomp profile that lets it make them.",
        ),
    ],
)
def test_bubblewrap_that_is_refused_is_mended_by_the_setting_that_refuses_it(setting, value, remedy, bwrap, tmp_path):
    bwrap("echo 'bwrap: No permissions to create new namespace' >&2; exit 1")
    (tmp_path / setting).parent.mkdir()
    (tmp_path / setting).write_text(f"{value}\n")
    trial = levels.bubblewrap()
    assert not trial.works
    assert trial.problem == "bwrap: No permissions to create new namespace"
    assert trial.remedy == remedy


@linux
def test_bubblewrap_that_says_nothing_or_never_ends_does_not_work(bwrap, monkeypatch):
    bwrap("exit 3")
    assert levels.bubblewrap().problem == "bwrap ended with exit code 3"
    bwrap("exec sleep 30")
    monkeypatch.setattr(levels, "BUBBLEWRAP_SECONDS", 0.2)
    assert "timed out" in levels.bubblewrap().problem


@linux
def test_importing_the_guard_loads_nothing_heavy():
    code = "import sys; import grader.sandbox.confine.guard; print('numpy' in sys.modules, 'msgspec' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "False False\n"
