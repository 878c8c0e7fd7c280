"""What this machine can do to confine student code: found by trying, never by asking for a version.

====== ==========================================================
level  student code runs
====== ==========================================================
5      inside bubblewrap, and confined as at level 4
4      under Landlock and a sealed seccomp filter
3      under a sealed seccomp filter
2      as a user of its own
1      as this user, in a process of its own with limits
====== ==========================================================
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from grader.records.errors import GuardError
from grader.records.run import SEALED_LEVEL
from grader.sandbox.confine.capability import Capability, LayerTrial
from grader.sandbox.confine.slots import CANARY_SLOT, slot_uid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.sandbox.confine.canary import Findings

LEVEL_OF = {"user": 2, "seccomp": 3, "together": 3, "landlock": 4, "bubblewrap": 5}
BUBBLEWRAP_SECONDS = 10.0

# What a layer must refuse by itself to count; see canary.ATTEMPTS.
OWN_USER = frozenset(("read", "stat", "write", "chmod", "environment", "signal", "fork", "thread", "memory"))
SEALED = OWN_USER | {"socket", "bind", "exec"}

REMEDIES = {
    "user": "Run the grader as root, for example in a container, to give every student's process its own user.",
    "landlock": "Use Linux 5.13 or newer with landlock among its lsm= modules; in a container, let the seccomp "
    "profile pass the landlock calls.",
    "seccomp": "Use a kernel with CONFIG_SECCOMP_FILTER on x86_64 or aarch64; in a container, let its own seccomp "
    "profile pass the call seccomp.",
    "together": "Look at the layers one by one; if each holds, report this.",
}
SETTINGS = "/proc/sys"
SYSCTLS = {  # the value of a setting that forbids bubblewrap, and what mends it
    "kernel/unprivileged_userns_clone": ("0", "sysctl kernel.unprivileged_userns_clone=1"),
    "kernel/apparmor_restrict_unprivileged_userns": ("1", "sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
    "user/max_user_namespaces": ("0", "sysctl user.max_user_namespaces=10000"),
}


def probe() -> Capability:
    """Try every layer. Call it while this process has one thread, since it forks."""
    if sys.platform != "linux":
        problem = f"{sys.platform} has none of the layers that grader uses"
        return Capability(1, (LayerTrial("seccomp", False, (), problem, "Grade on Linux, or in a Linux container."),))
    from grader.sandbox.confine import canary

    uid = slot_uid(CANARY_SLOT)
    alone = (
        _judge("user", OWN_USER, canary.fly(uid)),
        _judge("landlock", _landlocked(), canary.fly(landlock=True)),
        _judge("seccomp", SEALED, canary.fly(seccomp=True)),
    )
    user, landlock, seccomp = (trial.works for trial in alone)
    stack = canary.fly(uid if user else None, landlock=landlock, seccomp=seccomp)
    trials = (*alone, _judge("together", SEALED, stack), bubblewrap())
    return Capability(level({trial.layer: trial.works for trial in trials}), trials)


def best(highest: int) -> Capability:
    """The best stack of layers that holds, of a level of at most ``highest``.

    The fullest stack is tried first, so that one canary is all that a machine costs on which everything works.
    """
    from grader.sandbox.confine import canary

    if sys.platform != "linux" or highest < SEALED_LEVEL:
        return _at_most(probe() if highest > 1 else Capability(1, ()), highest)
    uid = slot_uid(CANARY_SLOT) if os.geteuid() == 0 else None
    fullest = canary.fly(uid, landlock=highest > SEALED_LEVEL, seccomp=True)
    together = _judge("together", SEALED, fullest)
    if not together.works:
        return _at_most(probe(), highest)
    layers = [layer for layer, used in (("user", uid is not None), ("landlock", highest > SEALED_LEVEL)) if used]
    trials = (*(LayerTrial(layer, True) for layer in (*layers, "seccomp")), together)
    return Capability(min(highest, SEALED_LEVEL + 1), trials)


def _at_most(found: Capability, highest: int) -> Capability:
    """What was found without the layers that belong to higher levels."""
    beyond = {layer for layer, least in LEVEL_OF.items() if least > highest}
    trials = tuple(trial for trial in found.trials if trial.layer not in beyond)
    return Capability(min(found.level, highest), trials)


def level(works: Mapping[str, bool]) -> int:
    """The level that layers which hold amount to."""
    if works["together"] and works["landlock"]:
        return 5 if works["bubblewrap"] else 4
    if works["together"]:
        return 3
    return 2 if works["user"] else 1


def bubblewrap() -> LayerTrial:
    """Start a program inside namespaces of its own."""
    import shutil  # these are not needed to confine a process, which must start quickly
    import subprocess

    bwrap = shutil.which("bwrap")
    if bwrap is None:
        problem = "the program bwrap is not installed"
        return LayerTrial("bubblewrap", False, (), problem, "Install it: apt install bubblewrap.")
    inside = shutil.which("true") or sys.executable
    command = [bwrap, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--proc", "/proc", inside]
    try:
        ended = subprocess.run(  # noqa: S603 - a constant command
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=BUBBLEWRAP_SECONDS, check=False
        )
        said = ended.stderr.decode(errors="replace").strip()[-200:]
        problem = (said or f"bwrap ended with exit code {ended.returncode}") if ended.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        problem = str(error)
    return LayerTrial("bubblewrap", not problem, (), problem, _namespace_remedy() if problem else "")


def _landlocked() -> frozenset[str]:
    """What this kernel's Landlock must refuse: more with each version."""
    from grader.sandbox.confine import landlock

    try:
        _, tcp, outside = landlock.handled(landlock.version())
    except GuardError:
        return frozenset()  # the canary says why
    more = {"bind"} if tcp else set()
    return frozenset({"read", "write", "environment", "exec", "memory"} | more | ({"signal"} if outside else set()))


def _judge(layer: str, must: frozenset[str], findings: Findings) -> LayerTrial:
    """A layer holds if everything that it must refuse was refused."""
    passed = sorted(must - findings.refused)
    problem = findings.problem or (f"it let through: {', '.join(passed)}" if passed else "")
    return LayerTrial(layer, not problem, tuple(sorted(findings.refused)), problem, REMEDIES[layer] if problem else "")


def _namespace_remedy() -> str:
    """The setting that forbids user namespaces, if one does."""
    from pathlib import Path

    for name, (forbids, command) in SYSCTLS.items():
        setting = Path(SETTINGS, name)
        if setting.is_file() and setting.read_text(encoding="ascii").strip() == forbids:
            return f"As root: {command}."
    return "Allow user namespaces; in a container, run it with a seccomp profile that lets it make them."
